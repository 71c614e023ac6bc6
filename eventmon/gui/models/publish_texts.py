"""What the Publish panel says: answers, counts and states in words. No Qt but its translations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from eventmon.engine.requests import Published
from eventmon.engine.templates import PayloadFormat
from eventmon.gui.formatting import count, size

if TYPE_CHECKING:
    from eventmon.gui.publish_runner import PublishRunner

FORMATS: Final[dict[PayloadFormat, str]] = {
    "json": str(QT_TRANSLATE_NOOP("Publish", "JSON")),
    "text": str(QT_TRANSLATE_NOOP("Publish", "Text")),
    "hex": str(QT_TRANSLATE_NOOP("Publish", "Hex")),
    "base64": str(QT_TRANSLATE_NOOP("Publish", "Base64")),
    "file": str(QT_TRANSLATE_NOOP("Publish", "File")),
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Publish", text)


def format_word(payload_format: PayloadFormat) -> str:
    """A format as people read it."""
    return _tr(FORMATS[payload_format])


def valid_sentence(payload_format: PayloadFormat, data: bytes | None) -> str:
    """What is said of data without a mistake; ``data`` is None when it differs from firing to firing."""
    if data is not None and not data:
        return _tr("No data")
    if payload_format == "json":
        return _tr("Valid JSON")
    if data is None:
        return format_word(payload_format)
    return f"{format_word(payload_format)}, {size(len(data))}"


def placeholder_count(number: int) -> str:
    """How many placeholders there are; empty for none."""
    if not number:
        return ""
    return _tr("1 placeholder") if number == 1 else _tr("{n} placeholders").format(n=count(number))


def answer_sentence(answer: Published, mounted: bool) -> str:
    """What became of an event; that it is not in the log is always said."""
    went = _where_it_went(answer, mounted)
    if went:
        return went if answer.recorded else _tr("{went}, not stored").format(went=went)
    return _tr("Stored as seq {seq}").format(seq=count(answer.seq)) if answer.seq else _tr("Counted, not stored")


def _where_it_went(answer: Published, mounted: bool) -> str:
    """Beside the log; empty for nowhere."""
    if answer.receivers is not None:
        word = _tr("Sent, 1 receiver") if answer.receivers == 1 else _tr("Sent, {n} receivers")
        return word.format(n=count(answer.receivers))
    if mounted and not answer.seq:
        return _tr("Sent")
    if answer.observers:
        word = _tr("Reached 1 observer") if answer.observers == 1 else _tr("Reached {n} observers")
        return word.format(n=count(answer.observers))
    return ""


def whole_answer(answer: Published, mounted: bool) -> str:
    """The same with everything that is known."""
    lines = [answer_sentence(answer, mounted)]
    if answer.seq and answer.observers:
        lines.append(_tr("Stored as seq {seq}").format(seq=count(answer.seq)))
    if answer.receivers is not None and answer.observers:
        lines.append(_tr("Observers here: {n}").format(n=count(answer.observers)))
    if not answer.recorded:
        lines.append(_tr("Its topic is not recorded: the event was counted and is not in the log."))
    return "\n".join(lines)


def run_sentence(run: PublishRunner, mounted: bool) -> str:
    """How far a run is, or how it ended."""
    if run.running:
        if run.kind == "burst":
            return _tr("{n} of {all}").format(n=count(run.answered), all=count(run.wanted))
        return _tr("{n} fired").format(n=count(run.answered)) + _skipped(run) if run.kind == "repeat" else ""
    if run.last is None:
        return ""
    said = answer_sentence(run.last, mounted)
    if run.wanted == 1:
        return said
    return _tr("{n} fired{skipped}. {answer}").format(n=count(run.answered), skipped=_skipped(run), answer=said)


def refusal_sentence(run: PublishRunner) -> str:
    """Why a run ended early, and how far it came."""
    if run.wanted == 1 or not run.answered:
        return str(run.refusal)
    if run.wanted:
        said = _tr("Stopped after {n} of {all}.").format(n=count(run.answered), all=count(run.wanted))
    else:
        said = _tr("Stopped after {n}.").format(n=count(run.answered))
    return f"{said} {run.refusal}"


def _skipped(run: PublishRunner) -> str:
    return _tr(", {n} left out").format(n=count(run.skipped)) if run.skipped else ""
