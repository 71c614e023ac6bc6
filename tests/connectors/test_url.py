"""URLs: parameters become typed settings, mistakes become sentences, secrets become stars."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.connectors.base import ConnectorConfig
from eventmon.connectors.url import config_from, masked, query_of, split_url
from eventmon.core.errors import UserError


class BrokerConfig(ConnectorConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings as a broker has them."""

    host: str = "localhost"
    channels: str = ""
    rate: Annotated[float, msgspec.Meta(ge=0.1, le=1_000_000)] = 200.0
    limit: int = 10
    start: Literal["start", "end"] = msgspec.field(default="start", name="from")
    echo: bool = False
    password: Annotated[str, msgspec.Meta(max_length=8)] = ""

    def __post_init__(self) -> None:
        """No limit of 13."""
        if self.limit == 13:
            raise UserError("13 brings bad luck. Take another limit.")


def read(url: str) -> BrokerConfig:
    return config_from(BrokerConfig, split_url(url).parameters)


def test_a_url_is_split_and_decoded_once() -> None:
    parts = split_url("PIPE:///var/log/a%20b%2525.log?topic=logs/{x}&pattern=%5Cd+%26%3D&empty=")
    assert (parts.scheme, parts.authority, parts.path) == ("pipe", "", "/var/log/a b%25.log")
    assert parts.parameters == {"topic": "logs/{x}", "pattern": "\\d+&=", "empty": ""}
    assert split_url("pipe:-").authority is None
    assert split_url("redis://user:pw@host:6379/0").authority == "user:pw@host:6379"


def test_parameters_become_typed_fields_named_as_they_are_written() -> None:
    config = read("x://?rate=1e3&limit=7&from=end&echo=true&channels=a,b.*")
    assert config == BrokerConfig(rate=1000.0, limit=7, start="end", echo=True, channels="a,b.*")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("x://?host=other", "unknown parameter “host”. Known are: channels, echo, from, limit, password, rate"),
        ("x://?start=end", "unknown parameter “start”"),
        ("x://?rate=fast", "rate=fast does not fit: a number from 0.1 to 1000000 is expected"),
        ("x://?rate=0", "rate=0 does not fit: a number from 0.1"),
        ("x://?rate=nan", "rate=nan does not fit"),
        ("x://?rate=inf", "rate=inf does not fit"),
        ("x://?limit=1.5", "limit=1.5 does not fit: a whole number is expected"),
        ("x://?limit=13", "13 brings bad luck"),
        ("x://?from=middle", "from=middle does not fit: one of end, start is expected"),
        ("x://?echo=yes", "echo=yes does not fit: true or false is expected"),
        ("x://?rate", "“rate” has no value"),
        ("x://?rate=1&rate=2", "“rate” stands twice"),
        ("x://?rate=1#top", "Write %23"),
        ("x://?channels=%FF", "not UTF-8"),
        ("no url", "is no URL"),
        ("", "is no URL"),
    ],
)
def test_a_wrong_url_is_refused_with_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        config_from(BrokerConfig, split_url(url).parameters, host="localhost")


def test_a_secret_that_does_not_fit_is_not_repeated() -> None:
    with pytest.raises(UserError, match="“password” does not fit") as caught:
        read("x://?password=correct-horse")
    assert "horse" not in str(caught.value)


def test_only_what_differs_from_the_default_is_written() -> None:
    assert query_of(BrokerConfig()) == ""
    written = query_of(BrokerConfig(rate=0.5, start="end", channels="a&b #+%", echo=True), leave_out=("echo",))
    assert written == "?channels=a%26b%20%23+%25&rate=0.5&from=end"


settings_of_a_broker = st.builds(
    BrokerConfig,
    host=st.text(st.characters(exclude_categories=["Cs"])),
    channels=st.text(st.characters(exclude_categories=["Cs"])),
    rate=st.floats(0.1, 1_000_000),
    limit=st.integers(-(2**63), 2**63 - 1).filter(lambda limit: limit != 13),
    start=st.sampled_from(["start", "end"]),
    echo=st.booleans(),
)


@given(settings_of_a_broker)
def test_what_is_written_reads_back_the_same(config: BrokerConfig) -> None:
    assert read(f"x://{query_of(config)}") == config


@given(st.text())
def test_no_text_raises_anything_but_a_user_error(text: str) -> None:
    masked(text)
    try:
        parts = split_url(text)
    except UserError:
        return
    assert parts.scheme


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://user:s3cr3t@host:6379/0?channels=a", "redis://user:***@host:6379/0?channels=a"),
        ("redis://:s3cr3t@host", "redis://:***@host"),
        ("redis://user:s3/c?r3t@host", "redis://user:***@host"),
        ("redis://user:*3?r3t@host", "redis://user:***@host"),
        ("redis://user:s3#c@r3t@host", "redis://user:***@host"),
        ("http://user:s3cr3t@host/?mail=a@b", "http://user:***@host/?mail=a@b"),
        ("mqtt://host:1883/x?mail=a@b", "mqtt://host:1883/x?mail=a@b"),
        ("nats://user:s3@cr3t@host", "nats://user:***@host"),
        ("http://host/hook?token=s3cr3t&rate=1", "http://host/hook?token=***&rate=1"),
        ("http://host/?api_key=s3cr3t&access_token=s3cr3t", "http://host/?api_key=***&access_token=***"),
        ("pipe:///var/log/a@b.log?from=end", "pipe:///var/log/a@b.log?from=end"),
        ("demo://", "demo://"),
    ],
)
def test_secrets_are_shown_as_stars(url: str, shown: str) -> None:
    assert masked(url) == shown
