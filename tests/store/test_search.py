"""A search finds what contains the words, newest first, slice by slice, in any script and case."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.store.open import open_reader, open_writer
from eventmon.store.reader import SqliteReader
from eventmon.store.writer import SqliteWriter
from tests.store.conftest import commit, order, store

CORPUS = [
    order(1, data=b'{"customer": "Anna", "note": "REFUND please"}'),
    order(2, data='{"customer": "Müller"}'.encode()),
    order(3, data=json.dumps({"customer": "MÜLLER"}).encode()),
    order(4, data=b"\xff\xfe refund \x00 after a NUL ping", source="till-7"),
    order(5, topic="payments/refund/issued", data=b"4711", type="payment.issued"),
    order(6, data=b"plain", subject="Refund 12", type="note"),
    order(7, data="Привет, мир".encode(), type="greeting"),
    order(8, data="订单已创建".encode()),
    order(9, data=json.dumps({"note": "订单已创建 😀"}).encode()),
    order(10, data=b"100% _sure_", source="ŁÓDŹ"),
    order(11, topic="orders/straße", data=b""),
]


@pytest.fixture
def corpus(writer: SqliteWriter, reader: SqliteReader) -> SqliteReader:
    writer.append(CORPUS)
    commit(writer)
    return reader


def found(reader: SqliteReader, text: str, *topics: str) -> list[int]:
    """All hits of a search over everything."""
    return [seq for _, hits in reader.search(topics=topics, text=text, newest=2**40, oldest=1) for seq in hits]


@pytest.mark.parametrize(
    ("text", "seqs"),
    [
        ("", [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ("refund", [6, 5, 4, 1]),
        ("Refund", [6, 5, 4, 1]),
        ("refund -ping", [6, 5, 1]),
        ("refund anna", [1]),
        ("-refund -order.created", [7]),
        ("müller", [3, 2]),
        ("MÜLLER", [3, 2]),
        ("-müller customer", [1]),
        ("привет", [7]),
        ("ПРИВЕТ МИР", [7]),
        ("订单", [9, 8]),
        ("😀", [9]),
        ("łódź", [10]),
        ("straße", [11]),
        ("_sure_ 100%", [10]),
        ("payment.issued", [5]),
        ("till-7", [4]),
        ("nothing-like-this", []),
        ("\ud800", []),
        ("-", [4]),
    ],
)
def test_words_are_found_wherever_they_stand(corpus: SqliteReader, text: str, seqs: list[int]) -> None:
    assert found(corpus, text) == seqs


def test_patterns_and_words_both_have_to_fit(corpus: SqliteReader) -> None:
    assert found(corpus, "refund", "payments/#") == [5]
    assert found(corpus, "", "payments/#", "orders/straße") == [11, 5]
    assert found(corpus, "refund", "stock/#") == []


def test_topics_of_hidden_patterns_are_left_out(corpus: SqliteReader) -> None:
    def shown(text: str, topics: list[str], hidden: list[str]) -> list[int]:
        pages = corpus.search(topics=topics, text=text, newest=2**40, oldest=1, hidden=hidden)
        return [seq for _, hits in pages for seq in hits]

    everything = found(corpus, "")
    payments = found(corpus, "", "payments/#")
    assert payments
    assert shown("", [], ["payments/#"]) == [seq for seq in everything if seq not in payments]
    assert shown("refund", [], ["payments/#", "stock/#"]) == [
        seq for seq in found(corpus, "refund") if seq not in {*payments, *found(corpus, "", "stock/#")}
    ]
    assert shown("", ["payments/#"], ["#"]) == []


def test_a_bad_pattern_is_refused_at_once(corpus: SqliteReader) -> None:
    with pytest.raises(UserError):
        corpus.search(topics=["a#"], text="", newest=10, oldest=1)


def test_slices_go_down_without_a_hole(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 3_000)
    edge = 2_900
    for scanned_to, hits in reader.search(topics=["orders/eu/#"], text="", newest=edge, oldest=101, slice_size=64):
        assert hits == [seq for seq in range(edge, scanned_to - 1, -1) if seq % 3 == 0]
        assert 0 < edge - scanned_to + 1 <= 64
        edge = scanned_to - 1
    assert edge == 100


def test_stopping_early_costs_nothing_more(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 2_000)
    search = reader.search(topics=[], text="order", newest=2_000, oldest=1, slice_size=10)
    assert next(search) == (1_991, list(range(2_000, 1_990, -1)))
    store(writer, 1)
    assert reader.bounds().newest == 2_001


def test_a_stretch_without_rows_is_jumped_over(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 5)
    slices = list(reader.search(topics=[], text="", newest=2**62, oldest=-(2**62), slice_size=10))
    assert slices == [(-4, [5, 4, 3, 2, 1]), (-(2**62), [])]


WORD = st.text(alphabet="aBü€éÉß订😀1-", min_size=1, max_size=4)


@given(
    payloads=st.lists(st.text(alphabet='aBü€éÉ订😀 1-"\\', max_size=12), max_size=8), word=WORD, escaped=st.booleans()
)
@settings(max_examples=60, deadline=None)
def test_a_search_agrees_with_looking_at_every_event(
    tmp_path_factory: pytest.TempPathFactory, payloads: list[str], word: str, escaped: bool
) -> None:
    folder = tmp_path_factory.mktemp("search")
    session = folder / "shop.eventmon"
    writer = open_writer(session, lock_folder=folder / "locks")
    documents = [json.dumps(text, ensure_ascii=escaped) for text in payloads]
    writer.append([Event(topic="t", type="x", seq=seq, data=text.encode()) for seq, text in enumerate(documents, 1)])
    commit(writer)
    writer.close()
    reader = open_reader(session)
    excluded = len(word) > 1 and word.startswith("-")
    wanted = (word[1:] if excluded else word).casefold()
    expected = [
        seq
        for seq, (text, document) in enumerate(zip(payloads, documents, strict=True), 1)
        if _contains(wanted, text, document) is not excluded
    ]
    assert sorted(found(reader, word)) == expected
    reader.close()


def _contains(word: str, text: str, document: str) -> bool:
    """ASCII words are looked for in the payload as it stands, others in what its escapes mean."""
    return word in document.lower() if word.isascii() else word in text.casefold()
