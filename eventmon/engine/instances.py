"""Which engine runs for a profile, asked over its control socket: what decides how a second start behaves."""

from __future__ import annotations

import msgspec

from eventmon.engine.paths import Paths

ANSWER_SECONDS = 10.0


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers on a control socket: its role (``window`` or ``serve``), process, version and session file."""

    role: str
    pid: int
    version: str
    session: str


def find_instance(paths: Paths) -> Instance | None:
    """The running engine of the profile, or None.

    Raises:
        UserError: something answers that is no Eventmon, or one that hangs.
    """
    if not paths.socket_path.exists():
        return None
    from eventmon.engine.http_client import ControlClient, NotRunning

    with ControlClient(paths.socket_path, timeout=ANSWER_SECONDS) as client:
        try:
            return msgspec.json.decode(client.get("/api/v1/instance"), type=Instance)
        except NotRunning as error:
            if isinstance(error.__cause__, ConnectionRefusedError | FileNotFoundError):
                return None
            raise
