"""Drafts and history: kept in one file that is whole or untouched, whoever changes it."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.engine.paths import Paths
from eventmon.engine.templates import (
    MAX_HISTORY,
    MAX_HISTORY_LETTERS,
    Draft,
    DraftBook,
    FormerBook,
    NamedTemplate,
    change_book,
    checked_name,
    load_book,
    part_from_templates,
    read_former,
)
from tests.helpers.hostile import HOSTILE_TEXTS

ORDER = Draft(
    topic="orders/eu/created",
    type="order.created",
    source="//shop.example/checkout",
    subject="order/48347",
    headers=(("traceparent", "00-4bf92f3577b34da6-00f067aa0ba902b7-01"), ("", "half written")),
    body='{"order": "{{seq}}"}',
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
DRAFTS = st.builds(
    Draft,
    topic=TEXTS,
    type=TEXTS,
    headers=st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple),
    format=st.sampled_from(["json", "text", "hex", "base64", "file"]),
    body=TEXTS,
    file=TEXTS,
)


@pytest.fixture
def path(paths: Paths) -> Path:
    return paths.drafts_file


def test_a_new_profile_has_nothing_yet(path: Path) -> None:
    assert load_book(path) == DraftBook()
    assert not path.exists()


@given(DRAFTS, st.lists(DRAFTS, max_size=3))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_saved_is_loaded(path: Path, draft: Draft, history: list[Draft]) -> None:
    path.unlink(missing_ok=True)
    book = DraftBook().with_draft(draft, 7)
    for each in history:
        book = book.with_history(each)
    assert change_book(path, lambda _before: book) == book
    assert load_book(path) == book


@pytest.mark.parametrize("name", sorted(set(HOSTILE_TEXTS) - {"lone_surrogate"}))
def test_hostile_texts_are_kept_as_they_are(path: Path, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    hostile = Draft(topic=text, body=text, headers=((text, text),))
    change_book(path, lambda book: book.with_draft(hostile))
    assert load_book(path).draft == hostile


def test_what_cannot_be_encoded_is_refused_and_the_file_stays(path: Path) -> None:
    change_book(path, lambda book: book.with_history(ORDER))
    before = path.read_bytes()
    with pytest.raises(UserError, match="could not be saved"):
        change_book(path, lambda book: book.with_draft(Draft(body="order \ud800")))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        "",
        '{"version": 1, "histo',
        '{"version": 2}',
        '{"version": 1, "favourites": []}',
        '{"version": 1, "fired": "many"}',
        '{"version": 1, "history": [{"topic": "orders", "colour": "red"}]}',
        "[" * 100_000,
    ],
)
def test_a_file_with_a_mistake_is_reported_and_left_alone(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match="cannot be read"):
        load_book(path)
    with pytest.raises(UserError, match="cannot be read"):
        change_book(path, lambda book: book.with_history(ORDER))
    assert path.read_text(encoding="utf-8") == content


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file")
    with pytest.raises(UserError, match="could not be saved"):
        change_book(tmp_path / "config" / "templates.json", lambda book: book.with_history(ORDER))


def test_the_history_is_newest_first_and_bounded() -> None:
    book = DraftBook()
    for number in range(MAX_HISTORY + 20):
        book = book.with_history(Draft(topic=f"orders/{number}"))
    assert len(book.history) == MAX_HISTORY
    assert book.history[0].topic == f"orders/{MAX_HISTORY + 19}"
    again = book.with_history(book.history[5])
    assert again.history[0] == book.history[5]
    assert len(again.history) == MAX_HISTORY


def test_long_drafts_push_old_ones_out_and_the_newest_stays() -> None:
    book = DraftBook().with_history(ORDER)
    book = book.with_history(Draft(body="x" * (MAX_HISTORY_LETTERS - 10)))
    assert [len(each.body) for each in book.history] == [MAX_HISTORY_LETTERS - 10]
    book = book.with_history(Draft(body="y" * (MAX_HISTORY_LETTERS + 10)))
    assert len(book.history) == 1


def test_two_windows_lose_nothing_of_each_other(path: Path) -> None:
    def save(window: str) -> None:
        for number in range(10):
            change_book(path, partial(DraftBook.with_history, draft=Draft(topic=f"{window}/{number}")))

    windows = [threading.Thread(target=save, args=(name,)) for name in ("left", "right")]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert len(load_book(path).history) == 20


def test_an_unchanged_book_is_not_written(path: Path) -> None:
    change_book(path, lambda book: book.with_draft(ORDER))
    before = path.stat().st_mtime_ns
    change_book(path, lambda book: book.with_draft(ORDER))
    assert path.stat().st_mtime_ns == before


def test_the_count_of_firings_never_goes_back() -> None:
    book = DraftBook(fired=40).with_draft(ORDER, 12)
    assert book.fired == 40
    assert msgspec.json.decode(msgspec.json.encode(book), type=DraftBook) == book


def test_names_are_trimmed_and_bounded() -> None:
    assert checked_name("  EU order ") == "EU order"
    with pytest.raises(UserError, match="at most 200"):
        checked_name("x" * 201)
    with pytest.raises(UserError, match="cannot be seen"):
        checked_name("EU\norder")


def test_drafts_of_an_earlier_version_are_read_until_they_have_a_file_of_their_own(path: Path) -> None:
    former = path.with_name("templates.json")
    path.parent.mkdir(parents=True)
    refund = NamedTemplate(name="refund", draft=Draft(topic="refunds"))
    former.write_bytes(msgspec.json.encode(FormerBook(fired=7, draft=ORDER, templates=(refund,))))
    assert load_book(path) == DraftBook(fired=7, draft=ORDER)
    change_book(path, lambda book: book.with_draft(Draft(topic="cart"), 9))
    assert load_book(path) == DraftBook(fired=9, draft=Draft(topic="cart"))
    assert read_former(former).templates == (refund,)
    part_from_templates(former, path)
    assert not former.exists()
    assert load_book(path) == DraftBook(fired=9, draft=Draft(topic="cart"))
