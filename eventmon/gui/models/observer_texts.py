"""What the table of observers says in words: cells, what is read aloud, tooltips. Full texts, never cut for a width."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QCoreApplication

from eventmon.core.secret_names import masked
from eventmon.engine.frame import ObserverStatus
from eventmon.gui.formatting import NOT_APPLICABLE, count, duration, one_line
from eventmon.gui.models.observer_columns import Column
from eventmon.gui.models.observer_states import Condition

NAME_LIMIT = 4_096
TEXT_LIMIT = 512
QUESTION_LIMIT = 120


def _tr(text: str) -> str:
    return QCoreApplication.translate("Observers", text)


def title(column: Column) -> str:
    """The header of a column."""
    titles = {
        Column.NAME: _tr("Name"),
        Column.PATTERN: _tr("Pattern"),
        Column.KIND: _tr("Kind"),
        Column.INSTANCE: _tr("Instance"),
        Column.MATCHED: _tr("Matched"),
        Column.DELIVERED: _tr("Delivered"),
        Column.FAILED: _tr("Failed"),
        Column.DROPPED: _tr("Dropped"),
        Column.PENDING: _tr("Pending"),
        Column.P50: _tr("p50"),
        Column.P99: _tr("p99"),
        Column.VALUES: _tr("Values"),
        Column.ERROR: _tr("Last error"),
    }
    return titles.get(column, "")


def title_tooltip(column: Column) -> str:
    """What a header means, where that needs saying."""
    tips = {
        Column.ON: _tr("On: it sees events. Off: it is paused."),
        Column.INSTANCE: _tr("Which Eventmon on the hub runs it"),
        Column.MATCHED: _tr("Events whose topic matches the pattern: delivered, failed, dropped or pending"),
        Column.DROPPED: _tr("Events that found the queue full"),
        Column.PENDING: _tr("Events that wait in the queue"),
        Column.P50: _tr("Half of all deliveries took no longer"),
        Column.P99: _tr("99 of 100 deliveries took no longer"),
        Column.VALUES: _tr("What the observer has counted"),
    }
    return tips.get(column, title(column))


def condition_word(condition: Condition) -> str:
    """A condition in a word."""
    words: dict[Condition, str] = {
        "fine": _tr("on"),
        "slow": _tr("slow"),
        "failing": _tr("failing"),
        "stopped": _tr("stopped"),
        "paused": _tr("paused"),
    }
    return words[condition]


def cell(status: ObserverStatus, column: Column) -> str:
    """What a cell says."""
    if column == Column.ON:
        return _tr("On") if status.state == "active" else _tr("Off")
    if column in _COUNTS:
        return count(getattr(status, _COUNTS[column]))
    if column in (Column.P50, Column.P99):
        figure = status.p50 if column == Column.P50 else status.p99
        return duration(figure) if figure else NOT_APPLICABLE
    if column == Column.VALUES:
        return values(status.values)
    if column == Column.ERROR:
        return _error(status) or NOT_APPLICABLE
    return one_line(_WORDS[column](status), NAME_LIMIT)


def instance(status: ObserverStatus) -> str:
    """Which Eventmon runs an observer; empty without a hub."""
    return status.host or (_tr("this one") if status.instance else "")


def values(figures: Mapping[str, float]) -> str:
    """The figures of a kind, with their names when there are several."""
    if not figures:
        return NOT_APPLICABLE
    if len(figures) == 1:
        return number(next(iter(figures.values())))
    named = (f"{one_line(name, 60).replace('_', ' ')} {number(figure)}" for name, figure in figures.items())
    return one_line(", ".join(named), TEXT_LIMIT)


def number(figure: float) -> str:
    """A figure that may have a fraction: at most three digits of it."""
    if abs(figure) < 1e15 and float(figure).is_integer():
        return count(int(figure))
    text = f"{figure:,.3f}" if abs(figure) < 1e15 else f"{figure:.6g}"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def spoken(status: ObserverStatus, condition: Condition) -> str:
    """What assistive tools read for a row."""
    figures = _tr("{matched} matched, {failed} failed, {pending} pending").format(
        matched=count(status.matched), failed=count(status.failed), pending=count(status.pending)
    )
    name, kind = one_line(status.name, NAME_LIMIT), one_line(status.kind, 60)
    parts = [name, condition_word(condition), kind, one_line(status.pattern, NAME_LIMIT), figures]
    return ", ".join(part for part in (*parts, one_line(status.why)) if part)


def details(status: ObserverStatus, condition: Condition) -> str:
    """Lines for a tooltip: what it is, how it fares and why, its figures, its last error."""
    what = _tr("{kind} on {pattern}").format(kind=one_line(status.kind, 60), pattern=one_line(status.pattern, 200))
    lines = [f"{one_line(status.name, 200)}: {condition_word(condition)}", what]
    if status.host:
        lines.append(_tr("Runs on {host}").format(host=one_line(status.host, 60)))
    if status.why:
        lines.append(one_line(status.why))
    lines.append(
        _tr("{matched} matched: {delivered} delivered, {failed} failed, {dropped} dropped, {pending} pending").format(
            matched=count(status.matched),
            delivered=count(status.delivered),
            failed=count(status.failed),
            dropped=count(status.dropped),
            pending=count(status.pending),
        )
    )
    if status.values:
        lines.append(values(status.values))
    if status.last_error:
        lines.append(_tr("Last error: {error}").format(error=_error(status)))
    return "\n".join(lines)


def row(status: ObserverStatus) -> str:
    """A whole row for the clipboard, cells parted by tabs."""
    return "\t".join(cell(status, column) for column in Column if column != Column.ON)


def note(numbers: Mapping[Condition, int]) -> str:
    """What stands beside the title of the panel: ``13 attached, 1 paused, 1 failing``."""
    total = sum(numbers.values())
    if not total:
        return ""
    shown: tuple[Condition, ...] = ("paused", "stopped", "failing", "slow")
    parts = [f"{count(numbers[each])} {condition_word(each)}" for each in shown if numbers.get(each)]
    return ", ".join([_tr("{n} attached").format(n=count(total)), *parts])


def stopped_sentence(status: ObserverStatus) -> str:
    """Why an observer is stopped, for the strip."""
    name, why = one_line(status.name, QUESTION_LIMIT), one_line(status.why or status.last_error)
    return _tr("{name}: {why}").format(name=name, why=why or condition_word("stopped"))


def reset_question(status: ObserverStatus) -> str:
    """What is asked before the counters of an observer begin again."""
    counters = _tr("{delivered} delivered, {failed} failed, {dropped} dropped").format(
        delivered=count(status.delivered), failed=count(status.failed), dropped=count(status.dropped)
    )
    return _tr("Reset the counters of “{name}”? They begin again at 0: {counters}. The log keeps its events.").format(
        name=one_line(status.name, QUESTION_LIMIT), counters=counters
    )


def detach_question(status: ObserverStatus) -> str:
    """What is asked before an observer goes for good."""
    name = one_line(status.name, QUESTION_LIMIT)
    if status.pending:
        return _tr("Detach “{name}”? {n} events that wait for it are not delivered.").format(
            name=name, n=count(status.pending)
        )
    return _tr("Detach “{name}”? Its settings and its counters go with it.").format(name=name)


def _error(status: ObserverStatus) -> str:
    text = masked(one_line(status.last_error, TEXT_LIMIT))
    return (
        _tr("{error} (seq {seq})").format(error=text, seq=count(status.last_error_seq))
        if (text and status.last_error_seq and not status.host)
        else text
    )


_COUNTS = {
    Column.MATCHED: "matched",
    Column.DELIVERED: "delivered",
    Column.FAILED: "failed",
    Column.DROPPED: "dropped",
    Column.PENDING: "pending",
}
_WORDS: dict[Column, Callable[[ObserverStatus], str]] = {
    Column.NAME: lambda status: status.name,
    Column.PATTERN: lambda status: status.pattern,
    Column.KIND: lambda status: status.kind,
    Column.INSTANCE: instance,
}
