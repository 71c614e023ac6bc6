"""Which fields of a tree are open, remembered by path: the next event of any topic opens the same ones. No Qt."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from eventmon.gui.models.event_fields import FieldNode, Path
    from eventmon.gui.models.event_tree import EventTreeModel

MOST_REMEMBERED: Final = 2_000
MOST_OPENED: Final = 300
"""Fields opened again for one event; more would take longer than a glance."""
MOST_ROWS: Final = 50
"""A level with more rows is not opened by itself."""


class OpenPaths:
    """What the user opened and closed, newest last; what was touched by nobody opens at the top level."""

    def __init__(self) -> None:
        self._chosen: dict[Path, bool] = {}

    def note(self, node: FieldNode, opened: bool) -> None:
        """The user opened or closed a field."""
        path = node.path()
        self._chosen.pop(path, None)
        self._chosen[path] = opened
        if len(self._chosen) > MOST_REMEMBERED:
            del self._chosen[next(iter(self._chosen))]

    def wanted(self, model: EventTreeModel) -> Iterator[FieldNode]:
        """The fields to open, from the top down."""
        levels = deque([model.root])
        opened = 0
        while levels and opened < MOST_OPENED:
            for node in model.fields(levels.popleft()):
                if opened < MOST_OPENED and model.opens(node) and self._wants(node):
                    opened += 1
                    levels.append(node)
                    yield node

    def _wants(self, node: FieldNode) -> bool:
        path = node.path()
        chosen = self._chosen.get(path)
        if chosen is not None:
            return chosen
        assert isinstance(node.value, list)
        few = len(node.value) <= MOST_ROWS
        return few and (len(path) == 1 or (len(path) == 2 and path[1] == 0))  # the first item shows what items are
