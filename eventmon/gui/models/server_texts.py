"""What the Server panel says, without Qt: the link without its token, and who watches."""

from __future__ import annotations

from eventmon.engine.server_status import DEFAULT_PORT, ServerStatus

LOWEST_PORT = 1024
HIGHEST_PORT = 65_535
_TOKEN = "#token="
_MASK = "•••"


def shown_link(status: ServerStatus) -> str:
    """The link with its token hidden: the screen may be looked at."""
    address, mark, _ = status.link.partition(_TOKEN)
    return f"{address}{mark}{_MASK}" if mark else address


def port_from(state: object) -> int:
    """The port that was kept, or the usual one when what was kept is none."""
    is_port = isinstance(state, int) and not isinstance(state, bool) and LOWEST_PORT <= state <= HIGHEST_PORT
    return int(state) if is_port else DEFAULT_PORT  # type: ignore[call-overload]  # is_port says that it is a number
