"""Templates of an earlier version: in the workspace after a start, and never lost on the way."""

from __future__ import annotations

from typing import Any

import msgspec

from eventmon.engine.paths import Paths
from eventmon.engine.template_takeover import take_over
from eventmon.engine.templates import Draft, DraftBook, FormerBook, NamedTemplate, load_book
from tests.engine.conftest import Run
from tests.engine.test_kept_templates import ORDER, PAID, in_file, kept_in, said


def test_templates_of_before_are_taken_over_once(run: Run[Any], paths: Paths) -> None:
    paths.create()
    former = FormerBook(
        fired=7, draft=ORDER, history=(ORDER,), templates=(PAID, NamedTemplate(name="two\nlines", draft=ORDER))
    )
    paths.former_templates_file.write_bytes(msgspec.json.encode(former))

    async def scenario() -> None:
        book, problems = kept_in(paths.workspace_file)
        await book.change([msgspec.structs.replace(PAID, draft=Draft(topic="mine"))])
        await take_over(paths, book, problems)
        assert said(problems) == []
        assert [each.place for each in book.templates] == [("", "two lines"), ("Orders", "paid"), ("Orders", "paid-2")]
        assert in_file(paths.workspace_file)["Orders", "paid-2"].draft == ORDER
        assert not paths.former_templates_file.exists()
        assert load_book(paths.drafts_file) == DraftBook(fired=7, draft=ORDER, history=(ORDER,))
        await take_over(paths, book, problems)
        assert len(book.templates) == 3

    run(scenario())


def test_templates_of_before_stay_until_the_workspace_has_them(run: Run[Any], paths: Paths) -> None:
    paths.create()
    former = msgspec.json.encode(FormerBook(draft=ORDER, templates=(PAID,)))
    paths.former_templates_file.write_bytes(former)
    paths.workspace_file.write_text("format = 1\n[templates", encoding="utf-8")

    async def scenario() -> None:
        book, problems = kept_in(paths.workspace_file)
        await take_over(paths, book, problems)
        assert book.templates == [PAID]
        assert paths.former_templates_file.read_bytes() == former
        paths.workspace_file.write_text("format = 1\n", encoding="utf-8")
        again, problems = kept_in(paths.workspace_file)
        await take_over(paths, again, problems)
        assert list(in_file(paths.workspace_file)) == [PAID.place]
        assert not paths.former_templates_file.exists()

    run(scenario())


def test_a_damaged_file_of_before_is_said_and_left_alone(run: Run[Any], paths: Paths) -> None:
    paths.create()
    paths.former_templates_file.write_text('{"version": 1, "temp', encoding="utf-8")

    async def scenario() -> None:
        book, problems = kept_in(paths.workspace_file)
        await take_over(paths, book, problems)
        assert "are not taken over" in said(problems)[0]
        assert paths.former_templates_file.read_text(encoding="utf-8") == '{"version": 1, "temp'

    run(scenario())
