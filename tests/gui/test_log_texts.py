"""The log's words, cell by cell and sentence by sentence."""

from __future__ import annotations

import msgspec
import pytest

from eventmon.engine.requests import Gap
from eventmon.gui.models import log_texts
from eventmon.gui.models.log_columns import Column
from eventmon.gui.models.log_texts import RowView
from tests.gui.log_script import order
from tests.helpers.scripted_engine import TAKEN

HOSTILE = (
    b"\x00\x01\x02\xff\xfe",
    b"\x1b[31mred\x1b[0m\x07",
    "\u202edesrever\u202c \u2066iso\u2069".encode(),
    b'<img src="file:///dev/zero">&amp;<b>',
    b"line one\r\n  line two\ttab",
    ("e" + "́" * 500).encode(),
    b"\xed\xa0\x80",
)
PLAIN = order(7)


def view(**changes: object) -> RowView:
    return RowView(msgspec.structs.replace(PLAIN, **changes), PLAIN.received - 26_100)


def gap(reason: str, length: int = 2_370_000) -> Gap:
    return Gap(id=1, after_seq=5, connection="prod", started=TAKEN, ended=TAKEN + length, reason=reason)


def test_the_cells_of_an_order() -> None:
    row = view(received=TAKEN, size=PLAIN.size)
    cells = [log_texts.cell(row, column, utc=True) for column in Column]
    assert cells[Column.TIME] == "14:07:28.123"
    assert cells[Column.TOPIC] == PLAIN.topic
    assert cells[Column.TYPE] == PLAIN.type
    assert cells[Column.SIZE] == f"{PLAIN.size} B"
    assert cells[Column.DATA] == PLAIN.preview.decode()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_bytes_become_one_safe_line(hostile: bytes) -> None:
    text = hostile.decode("utf-8", "surrogateescape")
    row = view(preview=hostile, size=len(hostile), topic=f"prod/{text}", type=text)
    for column in (Column.TOPIC, Column.TYPE, Column.DATA):
        shown = log_texts.cell(row, column, utc=True)
        shown.encode()
        assert not set(shown) & {*map(chr, range(32)), "\x7f", "\u202e", "\u2066"}
    assert "\n" not in log_texts.line(row, utc=True)


@pytest.mark.parametrize(
    ("us", "shown"),
    [
        (26_100, "+26.1"),
        (0, "+0.0"),
        (-3_200, "−3.2"),
        (1_126_600, "+1,126.6"),
        (12_345_000, "+12,345"),
        (1_002_000_000, "+16.7 min"),
        (4 * 3_600_000_000, "+4.0 h"),
        (667_800_000_000, "+7.7 d"),
    ],
)
def test_the_time_since_the_row_above(us: int, shown: str) -> None:
    assert log_texts.delta(us) == shown


def test_the_first_row_has_no_time_since_and_an_unknown_one_claims_none() -> None:
    assert log_texts.delta(None, first=True) == "–"
    assert log_texts.delta(None) == ""


def test_a_cut_payload_says_how_much_is_shown() -> None:
    cut = msgspec.structs.replace(PLAIN, preview=b"x" * 512, size=64_102)
    assert log_texts.is_cut(cut)
    assert log_texts.data(cut).endswith("x…") or log_texts.data(cut) == "x" * 512 + "…"
    assert log_texts.cut_tag(cut) == "512 B of 62.6 KiB"
    assert "512 B of 62.6 KiB" in log_texts.tooltip(RowView(cut, None), Column.DATA, utc=True)
    assert not log_texts.is_cut(PLAIN)


def test_the_full_time_has_date_microseconds_and_zone() -> None:
    assert log_texts.full_time(TAKEN, utc=True) == "2026-11-23T14:07:28.123456Z"
    assert log_texts.full_time(10**18, utc=True) == "–"


def test_a_gap_is_one_sentence() -> None:
    assert log_texts.gap_sentence(gap("disconnected"), utc=True) == (
        "Gap of 2.37 s: prod disconnected 14:07:28.123 – 14:07:30.493. Events in between are unknown."
    )
    assert log_texts.gap_sentence(gap("The file was replaced."), utc=True) == (
        "Gap of 2.37 s: prod, 14:07:28.123 – 14:07:30.493. The file was replaced. Events in between are unknown."
    )
    assert log_texts.gap_sentence(gap("", 412_000), utc=True).startswith("Gap of 412 ms: prod, 14:07:28.123 – ")


def test_a_gaps_reason_is_text_not_markup() -> None:
    sentence = log_texts.gap_sentence(gap("<b>\n\x1b[0m\u202e"), utc=True)
    assert "\n" not in sentence
    assert "\x1b" not in sentence
    assert "\u202e" not in sentence


def test_the_footer_never_claims_more_than_was_searched() -> None:
    assert log_texts.shown_of(312, 100_000, 1_204_551) == "312 shown of the newest 100,000 events"
    assert log_texts.shown_of(312, 1_204_551, 1_204_551) == "312 shown of 1,204,551 events"
    assert log_texts.events(1) == "1 event"
    assert log_texts.jump_to_newest(1_204) == "Jump to newest (1,204 new)"
    assert log_texts.jump_to_newest(0) == "Jump to newest"


def test_a_paused_view_counts_what_waits_and_admits_what_is_gone() -> None:
    assert log_texts.paused(10_236, 0) == "Paused: 10,236 events wait, none lost"
    assert log_texts.paused(1, 0) == "Paused: 1 event waits, none lost"
    assert log_texts.paused(10, 312) == "Paused: 10 events wait, 312 removed by retention"
    assert log_texts.paused(10, 312, deleted=True) == "Paused: 10 events wait, 312 removed"


def test_an_empty_result_mentions_the_gaps_in_it() -> None:
    assert "gap" not in log_texts.no_match(0)
    assert "2 gaps" in log_texts.no_match(2)


def test_a_reason_that_explains_itself_is_not_contradicted() -> None:
    reason = "The server closed the connection. Its streams went on where they had stopped; nothing of them is missing."
    assert log_texts.gap_sentence(gap(reason), utc=True) == (
        f"Gap of 2.37 s: prod, 14:07:28.123 – 14:07:30.493. {reason}"
    )


def test_a_reason_that_begins_with_a_host_is_a_sentence_of_its_own() -> None:
    sentence = log_texts.gap_sentence(gap("shop.example:6379 refused the connection."), utc=True)
    assert sentence == (
        "Gap of 2.37 s: prod, 14:07:28.123 – 14:07:30.493. shop.example:6379 refused the connection. "
        "Events in between are unknown."
    )


def test_a_gap_without_a_length_names_its_moment() -> None:
    sentence = log_texts.gap_sentence(gap("Stream audit: 12 entries were trimmed before they were read.", 0), utc=True)
    assert sentence.startswith("Gap: prod, 14:07:28.123. Stream audit: 12 entries were trimmed")


def test_a_long_reason_leaves_connection_and_times_in_sight() -> None:
    sentence = log_texts.gap_sentence(gap("The host does not answer. " * 200), utc=True)
    assert sentence.startswith("Gap of 2.37 s: prod, 14:07:28.123 – 14:07:30.493. The host does not answer.")
    assert len(sentence) < 700
