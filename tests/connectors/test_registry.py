"""What every connector of the table keeps, tested by being in the table, and how URLs find their connector."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from eventmon.connectors.base import Capabilities, Connector, ConnectorConfig
from eventmon.connectors.registry import CONNECTORS, connector_for
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.topic import validate_topic
from tests.connectors.conftest import Run
from tests.connectors.feed import RememberingFeed

EXAMPLES = {
    "demo": ["demo://", "demo:", "demo://?rate=2000&seed=7"],
    "pipe": [
        "pipe:-",
        "pipe:///var/log/shop.log",
        "pipe:///var/log/shop%20eu.log?topic=logs/{service}/{level}&format=json&from=end&time=at",
        "pipe:-?format=text&pattern=%5E(%3FP<topic>\\w+):",
    ],
    "redis": [
        "redis://localhost",
        "redis://cache.shop.example:6380/2?channels=orders.*,audit&streams=payments&from=start",
        "redis://maria:ge%40heim%3A%2F@[::1]?streams=a%252Cb,%252520&from=1526919030474-0&separator=.",
        "redis://:geheim@127.0.0.1?streams=payments&group=billing&take=true&envelope=cloudevents",
    ],
    "rediss": [
        "rediss://cache.shop.example",
        "rediss://cache.shop.example?channels=%23general&ca=/etc/ssl/shop.pem",
        "rediss://cache.shop.example?cert=/etc/ssl/me.pem&key=/etc/ssl/my key.pem&verify=false",
    ],
}
SCHEMES_THAT_SELECT = [scheme for scheme, make in CONNECTORS.items() if make().capabilities.selects]
SCHEMES_THAT_ONLY_READ = [scheme for scheme, make in CONNECTORS.items() if not make().capabilities.publishes]


@pytest.fixture(params=CONNECTORS)
def scheme(request: pytest.FixtureRequest) -> str:
    scheme: str = request.param
    return scheme


@pytest.fixture
def connector(scheme: str) -> Connector:
    return CONNECTORS[scheme]()


def test_the_table_knows_each_connector_by_its_own_scheme(connector: Connector) -> None:
    assert CONNECTORS[connector.scheme]().scheme == connector.scheme
    assert connector.title
    assert connector.icon
    assert isinstance(connector.capabilities, Capabilities)
    assert issubclass(connector.config_type, ConnectorConfig)


def test_the_url_of_settings_gives_the_same_settings_again(scheme: str, connector: Connector) -> None:
    for url in EXAMPLES[scheme]:
        config = connector.parse_url(url)
        assert type(config) is connector.config_type
        assert connector.parse_url(connector.url_of(config)) == config


def test_settings_survive_a_store(scheme: str, connector: Connector) -> None:
    for url in EXAMPLES[scheme]:
        config = connector.parse_url(url)
        assert msgspec.json.decode(msgspec.json.encode(config), type=connector.config_type) == config


def test_a_default_name_is_one_legal_level(scheme: str, connector: Connector) -> None:
    for url in EXAMPLES[scheme]:
        name = connector.default_name(connector.parse_url(url))
        assert validate_topic(name) == name
        assert "/" not in name
        assert not name.startswith("$")


def test_an_unknown_parameter_is_refused_by_name(scheme: str, connector: Connector) -> None:
    with pytest.raises(UserError, match="unknown parameter “colour”"):
        connector.parse_url(EXAMPLES[scheme][0] + "?colour=red")


def test_every_field_is_described(connector: Connector) -> None:
    described = connector.config_type.__doc__ or ""
    for field in msgspec.structs.fields(connector.config_type):
        assert f"{field.name}: " in described


@pytest.mark.parametrize("scheme", SCHEMES_THAT_SELECT)
def test_the_watched_names_are_a_part_of_the_settings_that_can_be_replaced(scheme: str, connector: Connector) -> None:
    for url in EXAMPLES[scheme]:
        config = connector.parse_url(url)
        names = connector.subscriptions(config)
        nothing = connector.with_subscriptions(config, [])
        assert connector.subscriptions(nothing) == frozenset()
        assert connector.subscriptions(connector.with_subscriptions(nothing, names)) == names


@pytest.mark.parametrize("scheme", SCHEMES_THAT_ONLY_READ)
def test_what_does_not_publish_says_so(scheme: str, connector: Connector, run: Run[None]) -> None:
    async def scenario() -> None:
        for url in EXAMPLES[scheme]:
            connection = connector.open(connector.parse_url(url), RememberingFeed("prod"))
            with pytest.raises(UserError, match="another connection"):
                await connection.publish(Event(topic="prod/orders"))

    run(scenario())


def test_a_url_finds_its_connector_whatever_the_case_of_its_scheme() -> None:
    connector, config = connector_for("DEMO://?rate=50")
    assert connector.scheme == "demo"
    assert connector.url_of(config) == "demo://?rate=50"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "is no URL"),
        ("shop.log", "is no URL"),
        ("/var/log/shop.log", "Write pipe:///var/log/shop.log"),
        ("gopher://x", "no connector for gopher: URLs. Known are redis:, rediss:, pipe:, demo:"),
        ("pip:///x", "Did you mean pipe:"),
        ("redi://user:geheim@host", "no connector for redi"),
        ("geheim@host", "is no URL"),
        ("//maria:geheim@host", "names no protocol. Write redis://maria:\\*\\*\\*@host"),
    ],
)
def test_an_unknown_url_is_refused_with_what_is_known(url: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        connector_for(url)
    assert ":geheim" not in str(caught.value)


def test_importing_the_table_imports_no_connector() -> None:
    code = (
        "import sys, eventmon.connectors.registry\n"
        "assert not {'demo', 'pipe', 'redis'} & {name.removeprefix('eventmon.connectors.') for name in sys.modules}\n"
        "assert 'hiredis' not in sys.modules"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
