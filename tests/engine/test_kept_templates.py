"""Templates in the workspace file: any text and any bytes come back, two programs merge, old ones are taken over."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.engine.definitions import ConnectionDefinition, ObserverDefinition
from eventmon.engine.kept_templates import KeptTemplates
from eventmon.engine.problems import Problems
from eventmon.engine.template_definitions import MAX_BYTES_OF_ALL, TemplateDefinition
from eventmon.engine.templates import Draft, NamedTemplate, checked_name
from eventmon.engine.workspace import Workspace, read_workspace
from eventmon.engine.workspace_reading import foreign_entries
from tests.engine.conftest import Run
from tests.helpers.hostile import HOSTILE_TEXTS

ORDER = Draft(
    topic="orders/eu/created",
    type="order.created",
    headers=(("traceparent", "{{uuid}}"), ("", "half written"), ("traceparent", "twice")),
    body='{\n  "order": "{{seq}}",\n  "note": "a \\"quoted\\" word"\n}',
)
PAID = NamedTemplate(name="paid", folder="Orders", draft=ORDER)
WRITTEN_BY_HAND = """\
# our shop
format = 1

[templates.ping]   # by hand
topic = "shop/ping"

# of the payments team
[templates."refund"]
folder = "Payments"
topic = "refunds/eu"
content = "base64"
base64 = "AAEC"   # three bytes
"""

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
awkward = texts | st.lists(
    st.sampled_from(["'", '"', "\\", "\n", "\r", "\t", "'''", '"""', "\x00", "\x7f", "{{uuid}}", "{{{{", "é", "#", "]"])
).map("".join)
binaries = st.binary(max_size=40).map(lambda data: base64.b64encode(data).decode())


def _is_name(text: str) -> bool:
    try:
        return bool(checked_name(text)) and checked_name(text) == text
    except UserError:
        return False


names = texts.filter(_is_name)
drafts = st.builds(
    Draft,
    topic=awkward,
    type=awkward,
    source=awkward,
    subject=awkward,
    media_type=awkward,
    headers=st.lists(st.tuples(awkward, awkward), max_size=3).map(tuple),
    format=st.sampled_from(["json", "text", "hex", "base64", "file"]),
    body=awkward | binaries,
    file=awkward,
)
templates = st.builds(NamedTemplate, name=names, folder=st.just("") | names, draft=drafts)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workspace.toml"


def kept_in(path: Path) -> tuple[KeptTemplates, Problems]:
    problems = Problems(lambda: 0)
    return KeptTemplates(Workspace(path, problems)), problems


def said(problems: Problems) -> list[str]:
    return [problem.text for problem in problems.since(0)]


def text_in(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def require_no_refusal(path: Path) -> None:
    """It can be given away."""
    if path.exists():
        foreign_entries(path)


def in_file(path: Path) -> dict[tuple[str, str], NamedTemplate]:
    return {each.place: each.template for each in read_workspace(path, TemplateDefinition)}


@given(kept=st.lists(templates, max_size=4), again=drafts, removed=st.integers(0, 3))
@example(
    kept=[NamedTemplate(name="a", folder="x", draft=ORDER), NamedTemplate(name="a", draft=ORDER)],
    again=ORDER,
    removed=1,
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_template_is_there_again(
    run: Run[Any], path: Path, kept: list[NamedTemplate], again: Draft, removed: int
) -> None:
    path.unlink(missing_ok=True)

    async def scenario() -> None:
        book, problems = kept_in(path)
        for template in kept:
            assert await book.change([template])
        expected = {template.place: template for template in kept}
        assert in_file(path) == expected
        for place in list(expected)[removed:]:
            expected[place] = NamedTemplate(name=place[1], folder=place[0], draft=again)
        await book.change(list(expected.values())[removed:])
        gone = list(expected)[:removed]
        await book.change([], gone)
        for place in gone:
            del expected[place]
        assert in_file(path) == expected
        require_no_refusal(path)
        assert {each.place: each for each in book.templates} == expected
        assert {each.place: each for each in kept_in(path)[0].templates} == expected
        assert said(problems) == []

    run(scenario())


@pytest.mark.parametrize("name", sorted(set(HOSTILE_TEXTS) - {"lone_surrogate"}))
def test_hostile_texts_are_kept_as_they_are(run: Run[Any], path: Path, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    template = NamedTemplate(name="hostile", draft=Draft(topic=text, body=text, headers=((text, text),), format="text"))

    async def scenario() -> None:
        book, _ = kept_in(path)
        await book.change([template])
        assert in_file(path) == {("", "hostile"): template}

    run(scenario())


def test_a_template_is_written_for_people(run: Run[Any], path: Path) -> None:
    bytes_of_it = NamedTemplate(name="scan", draft=Draft(topic="scans", format="base64", body="AAEC"))
    run(kept_in(path)[0].change([PAID, bytes_of_it]))
    assert path.read_text(encoding="utf-8") == (
        'format = 1\n\n[templates.paid]\ntopic = "orders/eu/created"\nfolder = "Orders"\ntype = "order.created"\n'
        'headers = [["traceparent", "{{uuid}}"], ["", "half written"], ["traceparent", "twice"]]\n'
        "data = '''\n"
        '{\n  "order": "{{seq}}",\n  "note": "a \\"quoted\\" word"\n}'
        "'''\n\n"
        '[templates.scan]\ntopic = "scans"\ncontent = "base64"\nbase64 = "AAEC"\n'
    )


def test_comments_order_and_other_keys_stay(run: Run[Any], path: Path) -> None:
    path.write_text(WRITTEN_BY_HAND, encoding="utf-8")

    async def scenario() -> None:
        book, _ = kept_in(path)
        refund = next(each for each in book.templates if each.name == "refund")
        changed = msgspec.structs.replace(refund, draft=msgspec.structs.replace(refund.draft, topic="refunds/us"))
        await book.change([changed])

    run(scenario())
    assert path.read_text(encoding="utf-8") == WRITTEN_BY_HAND.replace("refunds/eu", "refunds/us")


def test_one_name_in_two_folders_has_a_table_each(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        book, _ = kept_in(path)
        others = [msgspec.structs.replace(PAID, folder=folder) for folder in ("", "Tests")]
        await book.change([PAID, *others])
        found = read_workspace(path, TemplateDefinition)
        assert [(each.name, each.title, each.folder) for each in found] == [
            ("paid", "", "Orders"),
            ("paid-2", "paid", ""),
            ("paid-3", "paid", "Tests"),
        ]
        await book.change([msgspec.structs.replace(PAID, folder="Moved")], [PAID.place])
        assert sorted(in_file(path)) == [("", "paid"), ("Moved", "paid"), ("Tests", "paid")]
        assert [each.place for each in book.templates] == [("", "paid"), ("Moved", "paid"), ("Tests", "paid")]

    run(scenario())


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ('[templates.paid]\ncolour = "red"\n', "table [templates.paid] has an unknown key “colour”"),
        ("[templates.paid]\ntopic = 7\n", "table [templates.paid], key “topic”: expected `str`, got `int`"),
        ('[templates.paid]\ncontent = "xml"\n', "table [templates.paid], key “content”"),
        ('[templates.paid]\nheaders = [["one"]]\n', "table [templates.paid], key “headers”"),
        ('[templates.paid]\nbase64 = "AA=="\n', "table [templates.paid]: the key “base64” stands beside"),
        ('[templates.paid]\ncontent = "base64"\ndata = "AA=="\n', "table [templates.paid]: with content “base64”"),
        ('[templates."two\\nlines"]\n', "cannot be seen"),
        ('[templates.paid]\ndata = """\n{"half', "cannot be read"),
    ],
)
def test_a_mistake_is_named_and_the_file_left_alone(run: Run[Any], path: Path, text: str, mistake: str) -> None:
    path.write_text(f"format = 1\n{text}", encoding="utf-8")

    async def scenario() -> None:
        book, problems = kept_in(path)
        assert book.templates == []
        assert not await book.change([PAID])
        assert book.templates == [PAID]
        assert any(mistake in text for text in said(problems)), said(problems)
        assert text_in(path) == f"format = 1\n{text}"

    run(scenario())


@pytest.mark.parametrize(
    "template",
    [
        NamedTemplate(name="", draft=ORDER),
        NamedTemplate(name="two\nlines", draft=ORDER),
        NamedTemplate(name="x" * 201, draft=ORDER),
        NamedTemplate(name="big", draft=Draft(body="x" * (MAX_BYTES_OF_ALL + 1))),
        NamedTemplate(name="dotted", draft=Draft(body=".".join(["shop"] * 102))),
        NamedTemplate(name="half", draft=Draft(body="order \ud800")),
    ],
    ids=lambda template: template.name[:10] or "nameless",
)
def test_what_cannot_be_kept_is_refused_and_nothing_changes(run: Run[Any], path: Path, template: NamedTemplate) -> None:
    async def scenario() -> None:
        book, _ = kept_in(path)
        await book.change([PAID])
        with pytest.raises(UserError):
            await book.change([template], [PAID.place])
        assert book.templates == [PAID]
        assert list(in_file(path)) == [PAID.place]

    run(scenario())


def test_two_programs_merge_template_by_template(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        (left, left_problems), (right, right_problems) = kept_in(path), kept_in(path)
        await left.change([PAID])
        version = right.version
        ping = NamedTemplate(name="ping", draft=Draft(topic="ping"))
        await right.change([ping])
        assert right.version != version
        assert sorted(in_file(path)) == [("", "ping"), ("Orders", "paid")] == [each.place for each in right.templates]
        await left.change([NamedTemplate(name="pong", draft=Draft(topic="pong"))])
        assert [each.name for each in left.templates] == ["ping", "pong", "paid"]
        await right.change([], [PAID.place])
        await left.change([NamedTemplate(name="ping", draft=Draft(topic="shop/ping"))])
        assert sorted(in_file(path)) == [("", "ping"), ("", "pong")]
        assert in_file(path)["", "ping"].draft.topic == "shop/ping"
        assert said(left_problems) == said(right_problems) == []
        connection = ConnectionDefinition(name="dev", url="demo://")
        await left.workspace.keep(connection)
        assert read_workspace(path, ConnectionDefinition) == [connection]

    run(scenario())


def test_templates_of_another_program_are_seen_without_a_change_of_ours(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        (left, _), (right, problems) = kept_in(path), kept_in(path)
        await right.change([NamedTemplate(name="ping", draft=Draft(topic="ping"))])
        version = right.version
        await right.workspace.follow()
        assert right.version == version
        await left.change([PAID])
        await right.workspace.follow()
        assert right.version != version
        assert [each.name for each in right.templates] == ["ping", "paid"]
        write(path, "format = 1\n[templates.half")
        version = right.version
        await right.workspace.follow()
        assert (right.version, len(right.templates), said(problems)) == (version, 2, [])
        write(path, WRITTEN_BY_HAND)
        await right.workspace.follow()
        assert [each.name for each in right.templates] == ["ping", "refund"]
        await right.change([NamedTemplate(name="ping", draft=Draft(topic="pong"))])
        assert said(problems) == []

    run(scenario())


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def test_an_observer_that_is_kept_leaves_templates_alone(run: Run[Any], path: Path) -> None:
    path.write_text(WRITTEN_BY_HAND, encoding="utf-8")
    observer = ObserverDefinition(name="paid", kind="counter", pattern="orders/#")
    run(Workspace(path, Problems(lambda: 0)).keep(observer))
    assert path.read_text(encoding="utf-8").startswith(WRITTEN_BY_HAND)
    assert len(in_file(path)) == 2
