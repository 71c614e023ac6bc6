"""Addresses of Redis servers: read, written again, and refused in sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.connectors.base import Subscription
from eventmon.connectors.names import item_of
from eventmon.connectors.redis import RedisConfig, RedisConnector
from eventmon.core.errors import UserError

CONNECTOR = RedisConnector()
HOSTS = st.sampled_from(["localhost", "127.0.0.1", "redis.shop.internal", "::1", "fe80::1%eth0"])
ITEMS = st.lists(st.binary(min_size=1, max_size=12).map(item_of), max_size=3, unique=True).map(tuple)
CONFIGS = st.builds(
    RedisConfig,
    host=HOSTS,
    port=st.integers(1, 65_535),
    database=st.integers(0, 16_383),
    user=st.text(max_size=12),
    password=st.text(max_size=12),
    tls=st.booleans(),
    channels=ITEMS,
    streams=ITEMS,
    start=st.sampled_from(["new", "start", "1526919030474-55", "5"]),
    separator=st.sampled_from([":", ".", "/", "", "::"]),
    envelope=st.sampled_from(["plain", "cloudevents"]),
    verify=st.booleans(),
    ca=st.sampled_from(["", "/etc/ssl/shop ca.pem"]),
)


@given(CONFIGS.filter(lambda config: "\ud800" not in config.user + config.password))
def test_settings_come_back_from_their_url(config: RedisConfig) -> None:
    assert CONNECTOR.parse_url(CONNECTOR.url_of(config)) == config


def test_a_reference_to_a_password_stays_readable() -> None:
    for reference in ("keyring:prod", "${REDIS_PASSWORD}"):
        url = f"redis://watcher:{reference}@redis.shop.internal?channels=orders.*,payments.*&streams=audit"
        config = CONNECTOR.parse_url(url)
        assert (config.user, config.password) == ("watcher", reference)
        assert reference in CONNECTOR.url_of(config)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("redis:localhost", "two slashes"),
        ("redis://localhost/audit", "database /audit does not fit"),
        ("redis://localhost/16384", "database /16384 does not fit"),
        ("redis://localhost:0", "port 0 does not fit"),
        ("redis://localhost:port", "USER:PASSWORD@HOST:PORT"),
        ("redis://a:geheim@b@localhost", "Percent-encode"),
        ("redis://localhost?from=yesterday", "from=yesterday does not fit"),
        ("redis://localhost?group=billing", "take=1"),
        ("redis://localhost?take=1", "group=NAME"),
        ("redis://localhost?cert=/c.pem", "needs its key"),
        ("redis://localhost?separator=%25", "separator"),
        ("redis://localhost?envelope=xml", "one of cloudevents, plain"),
        ("redis://localhost?channel=a", "unknown parameter “channel”"),
    ],
)
def test_what_is_wrong_with_an_address_is_said_without_its_password(url: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        CONNECTOR.parse_url(url)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "local", "name"),
    [
        ("localhost", True, "redis"),
        ("127.0.0.1", True, "redis"),
        ("[::1]", True, "redis"),
        ("10.2.0.7", False, "redis"),
        ("redis.shop.internal", False, "redis"),
        ("prod-cache.shop.example", False, "prod-cache"),
        ("$weird", False, "weird"),
    ],
)
def test_this_machine_is_told_from_others(host: str, local: bool, name: str) -> None:
    config = CONNECTOR.parse_url(f"redis://{host}")
    assert (CONNECTOR.is_local(config), CONNECTOR.default_name(config)) == (local, name)


@pytest.mark.parametrize("channels", ["*", "orders.*,**", "?*"])
def test_everything_of_a_foreign_server_is_asked_for_first(channels: str) -> None:
    (question,) = CONNECTOR.cautions(CONNECTOR.parse_url(f"redis://redis.shop.internal?channels={channels}"))
    assert "every message that redis.shop.internal:6379 handles" in question
    assert CONNECTOR.cautions(CONNECTOR.parse_url(f"redis://localhost?channels={channels}")) == []


def test_taking_from_a_group_is_asked_for_first() -> None:
    config = CONNECTOR.parse_url("redis://localhost?streams=audit&group=billing&take=1")
    assert "takes entries away" in CONNECTOR.cautions(config)[0]


def test_names_can_be_exchanged_for_others() -> None:
    config = CONNECTOR.parse_url("redis://localhost?channels=orders.*&streams=audit")
    names = CONNECTOR.subscriptions(config)
    assert names == {Subscription(kind="channel", name="orders.*"), Subscription(kind="stream", name="audit")}
    other = CONNECTOR.with_subscriptions(config, [Subscription(kind="stream", name="payments")])
    assert (other.channels, other.streams) == ((), ("payments",))
    assert CONNECTOR.with_subscriptions(other, names) == config
