"""The Redis connector: channels and streams of Redis, Valkey and what speaks their protocol, as events.

Only reading URLs is here; what talks to a server is imported when a connection is opened, so that a form or a help
page loads no client.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from typing import Annotated, ClassVar, Literal

from msgspec import Meta
from msgspec import field as struct_field
from msgspec.structs import replace

from eventmon.connectors.base import (
    BrowseSlice,
    Capabilities,
    Connection,
    Connector,
    ConnectorConfig,
    Feed,
    Subscription,
)
from eventmon.connectors.names import check_separator, item_of
from eventmon.connectors.redis_globs import is_pattern
from eventmon.connectors.url import (
    Authority,
    config_from,
    query_of,
    split_authority,
    split_url,
    written_authority,
)
from eventmon.core.errors import UserError
from eventmon.core.fields import field

PORT = 6379
DATABASES = 16_384
CHANNEL = "channel"
STREAM = "stream"
_SCHEMES = {"redis": False, "rediss": True}
_IN_THE_URL = ("host", "port", "database", "user", "password", "tls")
"""Fields that a URL says elsewhere than in its query."""
_ENTRY_ID = re.compile(r"\d{1,20}(-\d{1,20})?\Z", re.ASCII)
_ALL_CHANNELS = re.compile(r"[*?]*\*[*?]*\Z")
_UNSAFE_IN_NAME = re.compile(r"[^\w\-]+")

Items = tuple[str, ...]


class RedisConfig(ConnectorConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a connection to Redis or Valkey.

    Attributes:
        host: name or address of the server.
        port: its port.
        database: number of the database that streams are in; channels belong to all.
        user: of an access control list; empty for the default user.
        password: or a reference to one.
        tls: whether the connection is encrypted.
        channels: channels to watch; those with * ? or [ are patterns.
        streams: streams to watch.
        start: where a stream is begun the first time: new, start or the id of an entry.
        separator: what parts a name into levels.
        envelope: how published events are sent: the payload alone or as CloudEvents.
        ca: file of the authority that signed the server's certificate, PEM.
        cert: file of a certificate to show to the server, PEM.
        key: file of its key, PEM.
        verify: whether the server's certificate is checked.
        group: a consumer group to read streams with; only together with take.
        take: whether entries may be taken away from the other consumers of the group.
    """

    host: Annotated[str, field("Host")] = "localhost"
    port: Annotated[int, field("Port"), Meta(ge=1, le=65_535)] = PORT
    streams: Annotated[Items, field("Streams", "Names with commas between. Nothing is taken from consumers.")] = ()
    channels: Annotated[Items, field("Channels", "Names or patterns such as orders:*, with commas between.")] = ()
    user: Annotated[str, field("User", "Empty for the default user.")] = ""
    password: Annotated[str, field("Password", secret=True)] = ""
    tls: Annotated[bool, field("Use TLS")] = False
    start: Annotated[
        str,
        field(
            "Streams begin",
            "The first time: new, start, or the id of an entry. Later, where reading stopped.",
            advanced=True,
        ),
    ] = struct_field(default="new", name="from")
    database: Annotated[
        int, field("Database", "Of the streams; channels belong to all.", advanced=True), Meta(ge=0, lt=DATABASES)
    ] = 0
    separator: Annotated[
        str, field("Separator", "Parts names into levels: orders:eu becomes orders/eu.", advanced=True)
    ] = ":"
    envelope: Annotated[Literal["plain", "cloudevents"], field("Published as", advanced=True)] = "plain"
    verify: Annotated[bool, field("Check the certificate", advanced=True)] = True
    ca: Annotated[
        str, field("CA file", "PEM file of the authority behind the certificate.", path=True, advanced=True)
    ] = ""
    cert: Annotated[
        str, field("Client certificate", "PEM file, where the server asks for one.", path=True, advanced=True)
    ] = ""
    key: Annotated[str, field("Key of the client certificate", "PEM file.", path=True, advanced=True)] = ""
    group: Annotated[str, field("Consumer group", "Only to take entries away from it.", advanced=True)] = ""
    take: Annotated[
        bool,
        field("Take entries from the group", "The application's other consumers do not get them.", advanced=True),
    ] = False

    def __post_init__(self) -> None:
        """UserError for what would fail only later."""
        if self.start not in ("new", "start") and not _ENTRY_ID.match(self.start):
            raise UserError(
                f"from={self.start[:64]} does not fit: new, start or the id of an entry such as 1526919030474-0."
            )
        check_separator(self.separator)
        if bool(self.group) != self.take:
            raise UserError(
                "Reading with a group takes entries away from its consumers. Give both group=NAME and take=1, or none."
            )
        if bool(self.cert) != bool(self.key):
            raise UserError("A client certificate needs its key, and a key its certificate. Give both or none.")

    @property
    def where(self) -> str:
        """``host:port``, for people."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def source(self) -> str:
        """The server as the source of events; it holds no secret and no name of what is watched."""
        return f"{'rediss' if self.tls else 'redis'}://{self.where}" + (f"/{self.database}" if self.database else "")


class RedisConnector(Connector):
    """``redis://[user:password@]host[:6379][/db]?channels=a,b.*&streams=s1,s2``, and ``rediss:`` over TLS."""

    scheme: ClassVar[str] = "redis"
    title: ClassVar[str] = "Redis or Valkey"
    icon: ClassVar[str] = "database"
    example: ClassVar[str] = "redis://localhost:6379?channels=orders.*&streams=audit"
    config_type: ClassVar[type[ConnectorConfig]] = RedisConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        publishes=True, subscribes=True, resumes=True, selects=True, tests=True, browses=True
    )

    def parse_url(self, url: str) -> RedisConfig:
        """Settings from a URL; UserError names what is wrong with it."""
        parts = split_url(url)
        if parts.authority is None:
            raise UserError("The address of a server begins with two slashes: write redis://HOST:6379.")
        authority = split_authority(parts.authority)
        return config_from(
            RedisConfig,
            parts.parameters,
            host=authority.host or "localhost",
            port=authority.port or PORT,
            user=authority.user,
            password=authority.password,
            tls=_SCHEMES[parts.scheme],
            database=_database(parts.path),
        )

    def url_of(self, config: RedisConfig) -> str:
        """The URL, secrets included."""
        scheme = "rediss" if config.tls else "redis"
        port = None if config.port == PORT else config.port
        authority = written_authority(Authority(config.user, config.password, config.host, port))
        database = f"/{config.database}" if config.database else ""
        return f"{scheme}://{authority}{database}{query_of(config, leave_out=_IN_THE_URL)}"

    def default_name(self, config: RedisConfig) -> str:
        """The first part of the host's name; ``redis`` for this machine and for addresses."""
        if self.is_local(config) or _address(config.host) is not None:
            return "redis"
        return _UNSAFE_IN_NAME.sub("-", config.host.partition(".")[0]).strip("-") or "redis"

    def is_local(self, config: RedisConfig) -> bool:
        """Whether the server is on this machine."""
        address = _address(config.host)
        return address.is_loopback if address is not None else config.host.lower().rstrip(".") == "localhost"

    def cautions(self, config: RedisConfig) -> list[str]:
        """Everything of a foreign server may be much; a group takes from others."""
        questions = []
        if not self.is_local(config) and any(map(_ALL_CHANNELS.match, config.channels)):
            questions.append(f"“*” receives every message that {config.where} handles. Watch all of them?")
        if config.take:
            questions.append(
                f"Reading as a member of the group “{config.group}” takes entries away from its other consumers. "
                "Take them?"
            )
        return questions

    def subscriptions(self, config: RedisConfig) -> frozenset[Subscription]:
        """Channels, patterns and streams."""
        channels = (Subscription(kind=CHANNEL, name=name) for name in config.channels)
        return frozenset([*channels, *(Subscription(kind=STREAM, name=name) for name in config.streams)])

    def with_subscriptions(self, config: RedisConfig, names: Collection[Subscription]) -> RedisConfig:
        """The same server, other names, in alphabetical order."""
        return replace(
            config,
            channels=tuple(sorted(name.name for name in names if name.kind == CHANNEL)),
            streams=tuple(sorted(name.name for name in names if name.kind == STREAM)),
        )

    def open(self, config: RedisConfig, feed: Feed) -> Connection:
        """A connection that is not yet running; no I/O."""
        from eventmon.connectors.redis_connection import RedisConnection

        return RedisConnection(config, feed)

    async def probe(self, config: RedisConfig) -> str:
        """What answered; ConnectionFault when nothing useful did."""
        from eventmon.connectors.redis_inquiry import probe

        return await probe(config)

    async def browse(self, config: RedisConfig, cursor: str = "") -> BrowseSlice:
        """A part of the channels and streams there are."""
        from eventmon.connectors.redis_inquiry import browse

        return await browse(config, cursor)


def channel_item(channel: bytes) -> str:
    """A channel as an item of ``channels``: one whose name looks like a pattern is written so that it is none."""
    return item_of(re.sub(rb"([*?\[\]\\^])", rb"\\\1", channel) if is_pattern(channel) else channel)


def _database(path: str) -> int:
    """The number in a URL's path."""
    name = path.strip("/")
    if not name:
        return 0
    if not (name.isascii() and name.isdigit() and int(name) < DATABASES):
        raise UserError(
            f"The database /{name[:32]} does not fit: a whole number from 0 to {DATABASES - 1} is expected."
        )
    return int(name)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
