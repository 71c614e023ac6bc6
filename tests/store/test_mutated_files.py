"""Whatever bytes a session file of a stranger holds, opening and reading ends soon, with data or with a sentence."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from eventmon.core.errors import UserError
from eventmon.store.base import Retention
from eventmon.store.open import open_reader, open_writer
from tests.store.conftest import START, commit, order, orders

PAGE = 4096
SECONDS = 1.0
"""Processor time that one question may take."""

Damage = Callable[[bytearray, random.Random], None]


def flip_bytes(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice([1, 2, 5, 20, 200])):
        content[chance.randrange(len(content))] = chance.randrange(256)


def change_page_headers(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice([1, 3])):
        page = chance.randrange(len(content) // PAGE) * PAGE
        content[page + chance.randrange(40)] = chance.choice([0, 1, 2, 5, 10, 13, 127, 128, 255])


def change_file_header(content: bytearray, chance: random.Random) -> None:
    content[16 + chance.randrange(52)] = chance.randrange(256)


def swap_pages(content: bytearray, chance: random.Random) -> None:
    first, second = (chance.randrange(1, len(content) // PAGE) * PAGE for _ in range(2))
    content[first : first + PAGE], content[second : second + PAGE] = (
        content[second : second + PAGE],
        content[first : first + PAGE],
    )


def clone_page(content: bytearray, chance: random.Random) -> None:
    first, second = (chance.randrange(1, len(content) // PAGE) * PAGE for _ in range(2))
    content[first : first + PAGE] = content[second : second + PAGE]


def cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def garble_page(content: bytearray, chance: random.Random) -> None:
    page = chance.randrange(len(content) // PAGE) * PAGE
    content[page : page + PAGE] = chance.choice([bytes(PAGE), chance.randbytes(PAGE), b"\xff" * PAGE])


def change_texts(content: bytearray, chance: random.Random) -> None:
    """Hits values rather than structure: topics, types, statements of the schema."""
    for word in (b"orders", b"\x3a\x30\x00\x00", b"created", b"CREATE TABLE", b"INTEGER", b"shop"):
        at = content.find(word, chance.randrange(len(content)))
        if at >= 0:
            content[at + chance.randrange(len(word))] = chance.randrange(256)


DAMAGES: list[Damage] = [
    flip_bytes,
    change_page_headers,
    change_file_header,
    swap_pages,
    clone_page,
    cut,
    garble_page,
    change_texts,
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small session with every kind of row, and pages of every kind: overflow, free, index, pointer map."""
    folder = tmp_path_factory.mktemp("sound")
    writer = open_writer(folder / "shop.eventmon", lock_folder=folder / "locks")
    writer.append([order(seq, topic=f"exports/{seq}", data=bytes(900)) for seq in range(1, 121)])
    commit(writer)
    writer.append([order(121, data=bytes(30_000), source="\ud800", headers={"trace": "4711"})])
    writer.append(orders(122, 200))
    writer.add_gap("prod", START, START + 5, "connection reset")
    writer.set_position("prod", "orders", "1-0")
    commit(writer)
    writer.prune(Retention(max_bytes=180_000), START)
    writer.delete([*range(200, 240, 3), 300])
    writer.forget_topics(["orders/eu/created"], anew=False)
    commit(writer)
    writer.close()
    return (folder / "shop.eventmon").read_bytes()


def look_at_everything(session: Path, *, stranger: bool) -> None:
    """Everything that a viewer asks, each question for itself."""
    reader = open_reader(session, stranger=stranger)
    questions: list[Callable[[], object]] = [
        reader.bounds,
        lambda: reader.rows(1, 500),
        lambda: reader.rows_at([1, 121, 200]),
        lambda: reader.events(1, 500),
        lambda: reader.event_part(121, 10_000, 40_000),
        lambda: reader.newest_events(50, topics=["orders/#"]),
        lambda: reader.count(topics=["+/#"]),
        lambda: list(reader.search(topics=[], text="wei -müller", newest=2**63 - 1, oldest=-(2**63))),
        reader.removed,
        reader.removals,
        reader.topics,
        reader.gaps,
        lambda: reader.histogram(-(2**63), 2**63 - 1),
        reader.totals,
        reader.uuid,
    ]
    for question in questions:
        with contextlib.suppress(UserError):
            question()
    reader.close()


def write_a_little(session: Path, locks: Path) -> None:
    """What an engine does with a session it takes up again."""
    writer = open_writer(session, lock_folder=locks)
    try:
        writer.topics()
        writer.append([order(writer.next_seq + place) for place in range(20)])
        commit(writer)
        writer.delete([123, 150, 201, 202, 310])
        writer.prune(Retention(max_bytes=50_000), START)
        writer.give_back_space()
    finally:
        writer.close()


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("dose", [125, pytest.param(2_500, marks=[pytest.mark.soak, pytest.mark.timeout(600)])])
def test_a_mutated_session_ends_in_data_or_in_a_sentence(
    tmp_path: Path, sound: bytes, damage: Damage, dose: int
) -> None:
    chance = random.Random(damage.__name__)
    refused = 0
    uses: list[Callable[[], None]] = [
        lambda: look_at_everything(session, stranger=True),
        lambda: look_at_everything(session, stranger=False),
        lambda: write_a_little(session, tmp_path / "locks"),
    ]
    session = tmp_path / "shop.eventmon"
    for number in range(dose):
        content = bytearray(sound)
        damage(content, chance)
        for use in uses:
            for ending in ("-wal", "-shm"):
                session.with_name(session.name + ending).unlink(missing_ok=True)
            session.write_bytes(content)
            started = time.process_time()
            try:
                use()
            except UserError as error:
                refused += 1
                _assert_is_a_sentence(str(error))
            assert time.process_time() - started < SECONDS, f"{damage.__name__} {number} takes too long"
    assert refused > 0


def _assert_is_a_sentence(text: str) -> None:
    assert text.endswith(".")
    assert len(text) < 600
    assert "\n" not in text


def test_the_sound_file_is_read_without_complaint(tmp_path: Path, sound: bytes) -> None:
    session = tmp_path / "shop.eventmon"
    session.write_bytes(sound)
    reader = open_reader(session, stranger=True)
    assert reader.bounds().newest == 321
    assert reader.events(121, 1)[0].source == "\ud800"
    reader.close()
    write_a_little(session, tmp_path / "locks")
