"""The built-in arrangements of panels, as trees of shares; no Qt.

A tree names panels by their ids and copes with any subset of them: what is not there leaves its room to its
neighbours. Panels that an arrangement closes still have a place in it, so that opening one shows it where it belongs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

BuiltIn = Literal["watch", "debug", "publish"]
BUILT_IN: Final[tuple[BuiltIn, ...]] = ("watch", "debug", "publish")
DEFAULT: Final[BuiltIn] = "debug"
GUTTER: Final = 4
SIX_SIDE_BY_SIDE: Final = 1200
"""From this width on, at normal text size, all six panels have the room they need beside each other."""
LEAST_WIDTHS: Final[Mapping[str, int]] = {
    "topics": 240,
    "event_log": 440,
    "event": 312,
    "observers": 360,
    "publish": 320,
    "counters": 320,
    "server": 320,
}
LEAST_WIDTH: Final = 240
LEAST_HEIGHT: Final = 160


@dataclass(frozen=True, slots=True)
class Place:
    """Panels in one place, tabbed when there are several; the first that is open is in front.

    Attributes:
        share: of the room of what contains it, in relation to its neighbours.
        panels: their ids.
        closed: those of them that are not shown at first.
    """

    share: float
    panels: tuple[str, ...]
    closed: frozenset[str] = frozenset()

    @property
    def open(self) -> tuple[str, ...]:
        """Those that are shown."""
        return tuple(panel for panel in self.panels if panel not in self.closed)


@dataclass(frozen=True, slots=True)
class Split:
    """Parts beside each other, or under each other."""

    share: float
    horizontal: bool
    parts: tuple[Node, ...]


Node = Place | Split


def _row(share: float, *parts: Node) -> Split:
    return Split(share, True, parts)


def _column(share: float, *parts: Node) -> Split:
    return Split(share, False, parts)


def _one(share: float, *panels: str, closed: Collection[str] = ()) -> Place:
    return Place(share, panels, frozenset(closed))


_DEBUG = _column(
    1,
    _row(0.6, _one(0.235, "topics"), _one(0.52, "event_log"), _one(0.245, "event")),
    _row(0.4, _one(0.42, "observers"), _one(0.27, "publish"), _one(0.31, "counters", "server", closed=["server"])),
)
_DEBUG_NARROW = _row(
    1,
    _one(0.25, "topics"),
    _column(0.45, _one(0.6, "event_log"), _one(0.4, "observers", "counters")),
    _one(0.3, "event", "publish", "server", closed=["server"]),
)
_WATCH = _row(
    1,
    _column(0.35, _one(0.55, "topics"), _one(0.45, "observers", "publish", closed=["publish"])),
    _column(
        0.65, _one(0.48, "counters", "server", closed=["server"]), _one(0.52, "event_log", "event", closed=["event"])
    ),
)
_PUBLISH = _row(
    1,
    _one(0.2, "topics", "counters", "server", closed=["counters", "server"]),
    _one(0.43, "publish"),
    _column(0.37, _one(0.5, "event_log"), _one(0.5, "event", "observers")),
)


def arrangement(name: BuiltIn, panels: Mapping[str, str], width: int) -> Node | None:
    """The tree of an arrangement for the panels there are; None when there are none.

    Args:
        name: which.
        panels: the area of each panel by its id: a panel that no tree knows joins one of its area.
        width: of the room, at normal text size.
    """
    trees: dict[BuiltIn, Node] = {
        "watch": _WATCH,
        "debug": _DEBUG if width >= SIX_SIDE_BY_SIDE else _DEBUG_NARROW,
        "publish": _PUBLISH,
    }
    pruned = _pruned(trees[name], panels)
    for stranger in [panel for panel in panels if pruned is None or panel not in panels_of(pruned)]:
        pruned = Place(1, (stranger,)) if pruned is None else _joined(pruned, _host(pruned, stranger, panels), stranger)
    return pruned


def panels_of(node: Node) -> list[str]:
    """All panels of a tree, in the order of reading."""
    if isinstance(node, Place):
        return list(node.panels)
    return [panel for part in node.parts for panel in panels_of(part)]


def open_panels_of(node: Node) -> list[str]:
    """Those that are shown."""
    if isinstance(node, Place):
        return list(node.open)
    return [panel for part in node.parts for panel in open_panels_of(part)]


def shared_out(room: int, shares: Sequence[float], least: Sequence[int]) -> list[int]:
    """Pixels for parts in relation to their shares, none below its least unless there is not even room for these."""
    room = max(0, room)
    if sum(least) >= room:
        total = sum(least) or 1
        return _whole([size * room / total for size in least], room)
    wished = [room * share / sum(shares) for share in shares]
    sizes = [max(size, floor) for size, floor in zip(wished, least, strict=True)]
    over = sum(sizes) - room
    spare = sum(size - floor for size, floor in zip(sizes, least, strict=True))
    if over > 0 and spare:
        sizes = [size - over * (size - floor) / spare for size, floor in zip(sizes, least, strict=True)]
    return _whole(sizes, room)


def least_width(node: Node) -> int:
    """The width that the open panels of a tree need, at normal text size."""
    if isinstance(node, Place):
        return max((LEAST_WIDTHS.get(panel, LEAST_WIDTH) for panel in node.open), default=0)
    widths = [least_width(part) for part in node.parts]
    return sum(widths) + GUTTER * (len(widths) - 1) if node.horizontal else max(widths)


def least_height(node: Node) -> int:
    """The height that the open panels of a tree need."""
    if isinstance(node, Place):
        return LEAST_HEIGHT
    heights = [least_height(part) for part in node.parts]
    return max(heights) if node.horizontal else sum(heights) + GUTTER * (len(heights) - 1)


def _whole(sizes: Sequence[float], room: int) -> list[int]:
    """Whole pixels whose sum is the room; what rounding leaves goes to the largest."""
    whole = [int(size) for size in sizes]
    if whole:
        whole[whole.index(max(whole))] += room - sum(whole)
    return whole


def _pruned(node: Node, panels: Collection[str]) -> Node | None:
    """The tree without panels that are not there; places of closed panels alone stay, hidden."""
    if isinstance(node, Place):
        there = tuple(panel for panel in node.panels if panel in panels)
        return replace(node, panels=there) if there else None
    parts = tuple(part for part in (_pruned(part, panels) for part in node.parts) if part is not None)
    if len(parts) == 1:
        return replace(parts[0], share=node.share)
    return replace(node, parts=parts) if parts else None


def _host(node: Node, stranger: str, areas: Mapping[str, str]) -> str:
    known = panels_of(node)
    return next((panel for panel in known if areas.get(panel) == areas[stranger]), known[0])


def _joined(node: Node, host: str, stranger: str) -> Node:
    """The tree with one more panel in the place of another."""
    if isinstance(node, Place):
        return replace(node, panels=(*node.panels, stranger)) if host in node.panels else node
    return replace(node, parts=tuple(_joined(part, host, stranger) for part in node.parts))
