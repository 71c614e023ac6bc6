"""What the log says in words: cells, gap sentences, the footer. No Qt, so that each sentence is tested by itself.

Everything here passes outside text through ``formatting.one_line``: what is shown is what is there, on one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from eventmon.core.secret_names import masked
from eventmon.engine.requests import Gap, LogRow
from eventmon.gui import formatting
from eventmon.gui.models.log_columns import Column

NO_LONGER_KEPT = "No longer kept"
LOADING = "…"
GAP_NAME_LIMIT = 60
OPTIONAL = frozenset({Column.SOURCE, Column.ID, Column.SUBJECT, Column.CONTENT_TYPE})
"""What an event may be without."""
_ATTRIBUTES = {
    Column.TOPIC: "topic",
    Column.TYPE: "type",
    Column.SOURCE: "source",
    Column.ID: "id",
    Column.SUBJECT: "subject",
    Column.CONTENT_TYPE: "datacontenttype",
}
_UNKNOWN = "Events in between are unknown."


@dataclass(frozen=True)
class RowView:
    """An event together with what its row needs of its surroundings."""

    row: LogRow
    previous: int | None
    """``received`` of the event shown above, None when there is none or it is not known yet."""
    first: bool = False
    """Whether no event is shown above."""
    to_row: bool = False
    """Whether Δ counts from the selected event, not from the one above."""
    since: int | None = None
    """``received`` of the selected event, None when none is selected or it is not known yet."""


def cell(view: RowView, column: Column, utc: bool) -> str:
    """The full, unelided text of one cell."""
    row = view.row
    if column in _ATTRIBUTES:
        return name(row, column)
    match column:
        case Column.TIME:
            return formatting.clock(row.received, utc)
        case Column.RECEIVED:
            return f"{formatting.day(row.received, utc)} {formatting.clock(row.received, utc)}"
        case Column.DELTA:
            return _delta_of(view)
        case Column.DATA:
            return data(row)
    return formatting.count(row.seq) if column == Column.SEQ else formatting.size(row.size)


def _delta_of(view: RowView) -> str:
    since, alone = (view.since, view.since is None) if view.to_row else (view.previous, view.first)
    return delta(None if since is None else view.row.received - since, first=alone)


def name(row: LogRow, column: Column) -> str:
    """The text of a column of names; ``–`` for what the event is without."""
    text = formatting.one_line(attribute(row, column))
    return text or (formatting.NOT_APPLICABLE if column in OPTIONAL else "")


def attribute(row: LogRow, column: Column) -> str:
    """The name that a column of names shows, as it came; empty when the event has none."""
    return getattr(row, _ATTRIBUTES[column]) or ""


def data(row: LogRow) -> str:
    """The payload on one line, its secrets hidden; an ellipsis where the log holds more than the preview."""
    text = formatting.one_line(masked(row.preview.decode("utf-8", "replace")))
    return text if not is_cut(row) or text.endswith("…") else text + "…"


def is_cut(row: LogRow) -> bool:
    """Whether the payload is longer than the preview that is shown."""
    return row.size > len(row.preview)


def cut_tag(row: LogRow) -> str:
    """How much of the payload is shown: ``512 B of 62.6 KiB``."""
    return f"{formatting.size(len(row.preview))} of {formatting.size(row.size)}"


def delta(us: int | None, *, first: bool = False) -> str:
    """Milliseconds since another event, with their sign; ``–`` when there is none (``first``), nothing when unknown."""
    if us is None:
        return formatting.NOT_APPLICABLE if first else ""
    sign, ms = ("−", -us / 1000) if us < 0 else ("+", us / 1000)
    if ms < 9_999.95:
        return f"{sign}{ms:,.1f}"
    if ms < 1_000_000:
        return f"{sign}{ms:,.0f}"
    units = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000))
    unit, length = next(one for one in units if ms >= one[1])
    return f"{sign}{ms / length:,.1f} {unit}"


def full_time(us: int, utc: bool) -> str:
    """Date and time with microseconds and the offset, as RFC 3339 writes it."""
    try:
        moment = datetime.fromtimestamp(us / 1_000_000, UTC).replace(microsecond=us % 1_000_000)
        shown = moment if utc else moment.astimezone()
    except (OverflowError, ValueError, OSError):
        return formatting.NOT_APPLICABLE
    return shown.isoformat(timespec="microseconds").replace("+00:00", "Z")


def tooltip(view: RowView, column: Column, utc: bool) -> str:
    """The long form of a cell as plain text."""
    row = view.row
    match column:
        case Column.TIME | Column.RECEIVED | Column.SEQ:
            return f"{full_time(row.received, utc)}\nseq {formatting.count(row.seq)}"
        case Column.SIZE:
            return f"{formatting.count(row.size)} bytes"
        case Column.DATA if is_cut(row):
            return f"{data(row)}\n{cut_tag(row)} shown"
        case _:
            return cell(view, column, utc)


def line(view: RowView, utc: bool) -> str:
    """A whole row for the clipboard, its cells parted by tabs: time, topic, type, size, data."""
    row = view.row
    columns = (Column.TOPIC, Column.TYPE, Column.SIZE, Column.DATA)
    return "\t".join([full_time(row.received, utc), *(cell(view, column, utc) for column in columns)])


def gap_sentence(gap: Gap, utc: bool) -> str:
    """What could not be seen: how long, which connection and why, from when to when."""
    connection = formatting.one_line(gap.connection, GAP_NAME_LIMIT)
    reason = formatting.one_line(gap.reason).strip()
    span = f"{formatting.clock(gap.started, utc)} – {formatting.clock(gap.ended, utc)}"
    what = f"Gap of {gap_length(gap.ended - gap.started)}: {connection}"
    if gap.ended <= gap.started:
        what, span = f"Gap: {connection}", formatting.clock(gap.started, utc)
    if reason and reason[0].islower() and "." not in reason:
        return f"{what} {reason} {span}. {_UNKNOWN}"
    explained = ". " in reason  # it says itself what that means for what was watched
    sentences = [f"{what}, {span}."] + [f"{reason.rstrip('.')}."] * bool(reason) + [_UNKNOWN] * (not explained)
    return " ".join(sentences)


def gap_length(us: int) -> str:
    """A length with three figures below a minute, since a gap of 2.37 s is not one of 2.4 s."""
    seconds = us / 1_000_000
    return f"{seconds:.2f} s" if 1 <= seconds < 59.995 else formatting.duration(us)


def events(count: int) -> str:
    """``1 event``, ``1,204,551 events``."""
    return f"{formatting.count(count)} event{'' if count == 1 else 's'}"


def shown_of(shown: int, scanned: int, total: int) -> str:
    """How many hits are shown of how much that was looked at."""
    if scanned >= total:
        return f"{formatting.count(shown)} shown of {events(total)}"
    return f"{formatting.count(shown)} shown of the newest {events(scanned)}"


def muted(patterns: int, hidden: int | None = None) -> str:
    """What is not shown because its topic is muted: ``1,204 muted``, or ``1 topic muted`` when nobody has counted."""
    if not patterns:
        return ""
    if hidden is not None:
        return f"{formatting.count(hidden)} muted"
    return f"{formatting.count(patterns)} topic{'' if patterns == 1 else 's'} muted"


def no_match(gaps: int, muted_patterns: int = 0) -> str:
    """Why a filtered view is empty; a gap in what was searched is not kept quiet."""
    sentence = "Nothing in what was searched matches the filter."
    if muted_patterns:
        sentence += f" {muted(muted_patterns)}: show them again in the Topics panel."
    if gaps:
        sentence += f" It has {gaps} gap{'' if gaps == 1 else 's'}: events in between are unknown."
    return sentence


def selected(count: int) -> str:
    """How many events are selected, where it is worth a word."""
    return f"{formatting.count(count)} selected" if count > 1 else ""


def paused(waiting: int, gone: int, *, deleted: bool = False) -> str:
    """What a paused view does not show yet, and the truth about what was removed meanwhile.

    ``deleted``: events were deleted from this log, so that retention may not have been it.
    """
    verb = "waits" if waiting == 1 else "wait"
    if gone:
        return f"Paused: {events(waiting)} {verb}, {formatting.count(gone)} removed{'' if deleted else ' by retention'}"
    return f"Paused: {events(waiting)} {verb}, none lost"


def nearest_to(seq: int) -> str:
    """That another event was gone to."""
    return f"Event {formatting.count(seq)} is not shown, as it is filtered out or muted. The nearest one is selected."


def deleted(seq: int, *, last: bool = False) -> str:
    """That an event was gone to that was deleted; ``last``: nothing comes after it."""
    where = "last" if last else "next"
    return f"Event {formatting.count(seq)} was deleted. The {where} one is selected."


def newest_selected(selected: int, rows: int) -> str:
    """What selecting everything has selected of a long log."""
    return f"The newest {formatting.count(selected)} of {formatting.count(rows)} rows are selected."


def jump_to_newest(new: int) -> str:
    """The words of the button that resumes following."""
    return f"Jump to newest ({formatting.count(new)} new)" if new else "Jump to newest"
