"""Connection URLs as settings, and settings as URLs: the query's parameters are the fields of a config Struct.

A ``+`` in a query is a plus, not a space, because patterns and times hold it. A list is its items with commas
between (see ``names`` for items that hold a comma themselves). Messages never repeat a password.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args, get_origin
from urllib.parse import quote, unquote_to_bytes

import msgspec

from eventmon.connectors.base import ConnectorConfig
from eventmon.core.errors import UserError

HIDDEN = "***"

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*):(?P<rest>[^?#]*)(?:\?(?P<query>[^#]*))?(?P<fragment>#.*)?\Z", re.S
)
_PORT = r"(?!\d{1,5}(?:[/?#]|\Z))"
_PASSWORDS = (
    re.compile(rf"((?:\A|:)//[^/?#:@]*:){_PORT}[^?#]*@"),
    # one that should have been percent-encoded
    re.compile(rf"((?:\A|:)//[^/?#:@]*:){_PORT}(?!\*{{3}}@).*@", re.DOTALL),
)
_SECRET_PARAMETER = re.compile(
    r"([?&][^=&#]*(?:password|passwd|secret|token|authorization|apikey|api_key)[^=&#]*=)[^&#]*", re.IGNORECASE
)
_C = TypeVar("_C", bound=ConnectorConfig)
_AUTHORITY = re.compile(
    r"(?:(?P<user>[^:@]*)(?::(?P<password>[^@]*))?@)?(?P<host>\[[0-9A-Za-z:.%_~-]+\]|[^:@\[\]]*)(?::(?P<port>\d*))?\Z",
    re.S,
)


@dataclass(frozen=True, slots=True)
class SplitUrl:
    """A URL in its parts.

    Attributes:
        scheme: in lower case.
        authority: what follows ``//`` up to the next slash, still percent-encoded; None without ``//``.
        path: decoded.
        parameters: of the query, decoded.
    """

    scheme: str
    authority: str | None
    path: str
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class Authority:
    """Who and where, decoded; ``port`` None when the URL names none, ``host`` without the brackets of IPv6."""

    user: str
    password: str
    host: str
    port: int | None


def split_authority(authority: str) -> Authority:
    """``[user[:password]@]host[:port]``; UserError says what is wrong and repeats no password."""
    found = _AUTHORITY.match(authority)
    if found is None:
        raise UserError(
            "The part of the URL between // and / is not USER:PASSWORD@HOST:PORT. Percent-encode @ : / in the password."
        )
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 0 < port < 65_536:
        raise UserError(f"The port {port} does not fit: a whole number from 1 to 65535 is expected.")
    host = _decoded(found["host"]).removeprefix("[").removesuffix("]")
    return Authority(_decoded(found["user"] or ""), _decoded(found["password"] or ""), host, port)


def written_authority(authority: Authority) -> str:
    """The authority as it stands in a URL: ``split_authority`` gives the same again."""
    safe = "!$&'()*+,;={}"
    who = quote(authority.user, safe=safe)
    if authority.password:
        who += ":" + quote(authority.password, safe=safe + ":")
    host = f"[{quote(authority.host, safe=':')}]" if ":" in authority.host else quote(authority.host, safe=safe)
    port = "" if authority.port is None else f":{authority.port}"
    return f"{who}@{host}{port}" if who else host + port


def split_url(url: str) -> SplitUrl:
    """The parts of a URL; UserError says what is wrong with it."""
    found = _URL.match(url)
    if found is None:
        raise UserError(f"“{masked(url)[:200]}” is no URL. Write it like demo:// or pipe:///path/to/file.")
    if found["fragment"] is not None:
        raise UserError("The URL holds a “#”. Write %23 in its place.")
    authority, path = None, found["rest"]
    if path.startswith("//"):
        authority, slash, rest = path[2:].partition("/")
        path = slash + rest
    return SplitUrl(found["scheme"].lower(), authority, _decoded(path), _parameters(found["query"] or ""))


def config_from(config_type: type[_C], parameters: Mapping[str, str], **fixed: Any) -> _C:
    """Settings from a URL's parameters.

    Args:
        config_type: the Struct; a parameter is named as the field is encoded, and converted to its type.
        parameters: as the URL has them.
        fixed: fields that the URL says elsewhere, such as its path; they are no parameters.

    Raises:
        UserError: it names the parameter and says what is expected.
    """
    fields = {field.encode_name: field for field in msgspec.structs.fields(config_type) if field.name not in fixed}
    for name in parameters:
        if name not in fields:
            known = ", ".join(sorted(fields)) or "none"
            raise UserError(f"The URL has an unknown parameter “{name[:64]}”. Known are: {known}.")
    given: dict[str, Any] = {
        name: _items(value) if _is_list(fields[name].type) else value for name, value in parameters.items()
    }
    try:
        return msgspec.convert({**given, **fixed}, config_type, strict=False)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, UserError):
            raise error.__cause__ from error
        raise UserError(_misfit(config_type, parameters, str(error))) from error


def query_of(config: ConnectorConfig, *, leave_out: tuple[str, ...] = ()) -> str:
    """The query (with its ``?``, empty when there is nothing to say) of the settings that are not at their default."""
    pairs = []
    for field in msgspec.structs.fields(config):
        value = getattr(config, field.name)
        if field.name not in leave_out and value != field.default:
            pairs.append(f"{field.encode_name}={quote(_written(value), safe='/{}.:,*+$')}")
    return "?" + "&".join(pairs) if pairs else ""


def masked(url: str) -> str:
    """The URL with passwords and secret parameters as ``***``; works for anything, also for what is no URL."""
    for password in _PASSWORDS:
        url = password.sub(rf"\1{HIDDEN}@", url)
    return _SECRET_PARAMETER.sub(rf"\1{HIDDEN}", url)


def _parameters(query: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for piece in filter(None, query.split("&")):
        name, equals, value = piece.partition("=")
        name = _decoded(name)
        if not equals:
            raise UserError(f"The parameter “{name[:64]}” has no value. Write {name[:64]}=VALUE.")
        if name in parameters:
            raise UserError(f"The parameter “{name[:64]}” stands twice in the URL. Leave one out.")
        parameters[name] = _decoded(value)
    return parameters


def _decoded(text: str) -> str:
    try:
        return unquote_to_bytes(text).decode()
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise UserError("The URL is not UTF-8. Percent-encode its UTF-8 bytes.") from error


def _items(text: str) -> tuple[str, ...]:
    """The items of a list, each once, in order."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))


def _is_list(kind: Any) -> bool:
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return get_origin(kind) is tuple


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _misfit(config_type: type[ConnectorConfig], parameters: Mapping[str, str], reason: str) -> str:
    """A sentence for a value that does not fit its field; the field stands at the end of msgspec's reason."""
    name = reason.rpartition("`$.")[2].rstrip("`")
    structure = msgspec.inspect.type_info(config_type)
    assert isinstance(structure, msgspec.inspect.StructType)
    expected = {field.encode_name: _expectation(field.type) for field in structure.fields}.get(name, "another value")
    if _SECRET_PARAMETER.match(f"?{name}="):
        return f"The parameter “{name}” does not fit: {expected} is expected."
    return f"The parameter {name}={parameters.get(name, '')[:64]} does not fit: {expected} is expected."


def _expectation(kind: msgspec.inspect.Type) -> str:
    while isinstance(kind, msgspec.inspect.Metadata):  # a title or a description is round it
        kind = kind.type
    if isinstance(kind, msgspec.inspect.LiteralType):
        return "one of " + ", ".join(sorted(map(str, kind.values)))
    if isinstance(kind, msgspec.inspect.BoolType):
        return "true or false"
    if isinstance(kind, msgspec.inspect.IntType | msgspec.inspect.FloatType):
        what = "a whole number" if isinstance(kind, msgspec.inspect.IntType) else "a number"
        if kind.ge is not None and kind.le is not None:
            return f"{what} from {_written(kind.ge)} to {_written(kind.le)}"
        return what
    return "another value"
