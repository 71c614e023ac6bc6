"""How an instance stands with its hub, as viewers see it."""

from __future__ import annotations

import os
import platform
import uuid
from collections.abc import Callable
from pathlib import Path

import eventmon
from eventmon.core.clock import now_microseconds
from eventmon.engine.frame import HubConflict, HubInstance, HubStatus
from eventmon.hub.base import InstanceInfo, VersionConflict
from eventmon.hub.follower import Follower
from eventmon.hub.waiting import Conflict


def standing(follower: Follower, url: str, active: Callable[[str], int]) -> HubStatus:
    """How it is now; ``url`` is masked, ``active`` gives how many observers of an instance are active."""
    own, waiting = follower.info.id, follower.replica.waiting
    return HubStatus(
        url=url,
        phase=follower.phase,
        detail=follower.detail,
        waiting=len(waiting),
        instances=[
            HubInstance(
                id=info.id,
                host=info.host,
                pid=info.pid,
                version=info.version,
                role=info.role,
                since=info.since,
                observers=active(info.id),
                own=info.id == own,
            )
            for info in (each.info for each in follower.present.values())
        ],
        conflicts=[seen_conflict(each) for each in waiting.conflicts],
    )


def seen_conflict(conflict: Conflict) -> HubConflict:
    """A conflict with the sentence that says whose edit was faster."""
    sentence = str(VersionConflict(conflict.wish, conflict.theirs))
    return HubConflict(id=conflict.id, name=conflict.name, sentence=sentence)


def own_instance(identity: str, profile: Path, role: str) -> InstanceInfo:
    """This run; ``profile`` is the folder that belongs to it alone."""
    host = platform.node() or "this machine"
    return InstanceInfo(
        id=identity,
        run=uuid.uuid4().hex,
        place=f"{host}:{profile}",
        host=host,
        pid=os.getpid(),
        version=eventmon.__version__,
        role=role,
        since=now_microseconds(),
    )
