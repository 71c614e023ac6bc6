"""What every connector of the table keeps, tested by being in the table, and how URLs find their connector."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from eventmon.connectors.base import Capabilities, Connector, ConnectorConfig
from eventmon.connectors.registry import CONNECTORS, connector_for
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.topic import validate_topic
from tests.connectors.conftest import Run, Running
from tests.connectors.feed import RememberingFeed

EXAMPLES = {
    "demo": ["demo://", "demo:", "demo://?rate=2000&seed=7"],
    "pipe": [
        "pipe:-",
        "pipe:///var/log/shop.log",
        "pipe:///var/log/shop%20eu.log?topic=logs/{service}/{level}&format=json&from=end&time=at",
        "pipe:-?format=text&pattern=%5E(%3FP<topic>\\w+):",
    ],
}


@pytest.fixture(params=CONNECTORS)
def connector(request: pytest.FixtureRequest) -> Connector:
    return CONNECTORS[request.param]()


def test_the_table_knows_each_connector_by_its_own_scheme(connector: Connector) -> None:
    assert CONNECTORS[connector.scheme]().scheme == connector.scheme
    assert connector.title
    assert isinstance(connector.capabilities, Capabilities)
    assert issubclass(connector.config_type, ConnectorConfig)


def test_a_shown_url_gives_the_same_settings_again(connector: Connector) -> None:
    for url in EXAMPLES[connector.scheme]:
        config = connector.parse_url(url)
        assert type(config) is connector.config_type
        assert connector.parse_url(connector.shown_url(config)) == config


def test_settings_survive_a_store(connector: Connector) -> None:
    for url in EXAMPLES[connector.scheme]:
        config = connector.parse_url(url)
        assert msgspec.json.decode(msgspec.json.encode(config), type=connector.config_type) == config


def test_a_default_name_is_one_legal_level(connector: Connector) -> None:
    for url in EXAMPLES[connector.scheme]:
        name = connector.default_name(connector.parse_url(url))
        assert validate_topic(name) == name
        assert "/" not in name
        assert not name.startswith("$")


def test_an_unknown_parameter_is_refused_by_name(connector: Connector) -> None:
    with pytest.raises(UserError, match="unknown parameter “colour”"):
        connector.parse_url(EXAMPLES[connector.scheme][0] + "?colour=red")


def test_every_field_is_described(connector: Connector) -> None:
    described = connector.config_type.__doc__ or ""
    for field in msgspec.structs.fields(connector.config_type):
        assert f"{field.name}: " in described


def source_for(connector: Connector, folder: Path) -> str:
    """A URL at which this connector finds events."""
    if connector.scheme == "pipe":
        file = folder / "shop.log"
        file.write_bytes(b'{"total":1}\nplain\n{"specversion":"1.0","type":"order.paid","source":"/s","id":"1"}\n')
        return f"pipe://{file}"
    return "demo://?rate=5000"


def test_delivered_topics_lie_below_the_mount_and_a_cancellation_leaves_nothing(
    connector: Connector, tmp_path: Path, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        feed = RememberingFeed("prod")
        config: Any = connector.parse_url(source_for(connector, tmp_path))
        async with running(connector.open(config, feed)):
            await feed.until(lambda: feed.count >= 3)
        assert all(event.topic.startswith("prod/") for event in feed.events)
        assert all(validate_topic(event.topic) and event.seq == 0 and event.type for event in feed.events)
        assert feed.statuses[0][0] in ("connecting", "connected")

    descriptors = len(os.listdir("/proc/self/fd"))
    run(scenario())
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_what_does_not_publish_says_so(connector: Connector, tmp_path: Path, run: Run[None]) -> None:
    assert not connector.capabilities.publishes

    async def scenario() -> None:
        for url in (source_for(connector, tmp_path), EXAMPLES[connector.scheme][0]):
            config: Any = connector.parse_url(url)
            connection = connector.open(config, RememberingFeed("prod"))
            with pytest.raises(UserError, match="another connection"):
                await connection.publish(Event(topic="prod/orders"))

    run(scenario())


def test_a_url_finds_its_connector_whatever_the_case_of_its_scheme() -> None:
    connector, config = connector_for("DEMO://?rate=50")
    assert connector.scheme == "demo"
    assert connector.shown_url(config) == "demo://?rate=50"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "is no URL"),
        ("shop.log", "is no URL"),
        ("/var/log/shop.log", "Write pipe:///var/log/shop.log"),
        ("gopher://x", "no connector for gopher: URLs. Known are demo:, pipe:"),
        ("pip:///x", "Did you mean pipe:"),
        ("redi://user:geheim@host", "no connector for redi"),
        ("geheim@host", "is no URL"),
    ],
)
def test_an_unknown_url_is_refused_with_what_is_known(url: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        connector_for(url)
    assert ":geheim" not in str(caught.value)


def test_importing_the_table_imports_no_connector() -> None:
    code = (
        "import sys, eventmon.connectors.registry\n"
        "assert not [name for name in sys.modules if name in ('eventmon.connectors.pipe', 'eventmon.connectors.demo')]"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
