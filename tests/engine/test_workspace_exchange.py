"""Workspaces given away and taken in: written without secrets, looked at first, and only what was chosen comes in."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.engine import requests
from eventmon.engine.definitions import ConnectionDefinition, ObserverDefinition
from eventmon.engine.engine import Engine
from eventmon.engine.paths import Paths
from eventmon.engine.requests import ChosenDefinition, ImportedWorkspace, OnConflict
from eventmon.engine.template_definitions import TemplateDefinition
from eventmon.engine.templates import Draft, FormerBook, NamedTemplate, load_book
from eventmon.engine.workspace import read_workspace
from eventmon.engine.workspace_reading import MAX_BYTES, foreign_entries
from eventmon.engine.workspace_review import Here, reviewed
from tests.engine.conftest import Run
from tests.engine.orders_source import OrdersBroker
from tests.engine.test_saved_connections import open_saved, problems_of, running, secrets_of, until
from tests.engine.test_saved_observers import PAID, REFUSED, attach, listed

THEIRS = """format = 1
[connections.demo]
url = "demo://?rate=1"

[connections.closed]
url = "demo://?rate=2"
connected = false

[observers.paid]
kind = "counter"
pattern = "payments/#"

[observers.audit]
kind = "file"
pattern = "orders/#"
settings = {path = "/var/log/orders.jsonl"}

[observers.future]
kind = "teleport"
pattern = "orders/#"

[topics]
not_recorded = ["prod/heartbeat/#"]
known = ["refunds/eu", "refunds/us", "prod/x", "orders/eu", "orders/us"]
"""


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    path = tmp_path / "theirs.toml"
    path.write_text(THEIRS, encoding="utf-8")
    return path


async def review(engine: Engine, path: Path) -> dict[str, requests.ReviewedDefinition]:
    answer = await engine.answer(requests.ReviewWorkspace(path=str(path)))
    return {each.name: each for each in answer.definitions}


async def take(engine: Engine, path: Path, *names: str, on_conflict: OnConflict = "skip") -> ImportedWorkspace:
    seen = await review(engine, path)
    chosen = [ChosenDefinition(table=seen[name].table, name=name, digest=seen[name].digest) for name in names]
    return await engine.answer(requests.ImportWorkspace(path=str(path), chosen=chosen, on_conflict=on_conflict))


async def export(engine: Engine, path: Path) -> requests.ExportedWorkspace:
    return await engine.answer(requests.ExportWorkspace(path=str(path)))


def test_what_is_exported_is_the_same_when_it_is_looked_at(
    run: Run[Any], paths: Paths, tmp_path: Path, broker: OrdersBroker
) -> None:
    async def scenario() -> None:
        out = tmp_path / "shop.toml"
        async with running(paths) as engine:
            await open_saved(engine, color="red")
            await attach(engine, PAID, REFUSED)
            await engine.answer(requests.CreateTopic(topic="refunds/eu"))
            await engine.answer(requests.RecordTopics(pattern="prod/heartbeat/#", record=False))
            assert await export(engine, out) == requests.ExportedWorkspace(connections=1, observers=2, topics=2)
            seen = await review(engine, out)
            assert {name: each.same for name, each in seen.items()} == dict.fromkeys(
                ("prod", "paid", "refused", "known", "not_recorded"), True
            )
        assert read_workspace(out, ConnectionDefinition) == read_workspace(paths.workspace_file, ConnectionDefinition)
        assert read_workspace(out, ObserverDefinition) == [PAID, REFUSED]

    run(scenario())


def test_no_secret_is_exported(run: Run[Any], paths: Paths, tmp_path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        out = tmp_path / "shop.toml"
        command_line = (("2nd-shop", "orders://checkout:canary-77@shop.example?channels=created"), ("in", "pipe:-"))
        async with running(paths) as engine:
            await open_saved(engine)
            for name, url in command_line[:1]:
                await engine.connections.open(url, name, from_command_line=True)
            answer = await export(engine, out)
        assert answer.connections == 2
        assert answer.notes == ["The password of “2nd-shop” is not written: ${_2ND_SHOP_PASSWORD} stands for it."]
        text = out.read_text(encoding="utf-8")
        assert "hunter2" not in text
        assert "canary-77" not in text
        assert "checkout:keyring:prod@" in text
        assert "checkout:${_2ND_SHOP_PASSWORD}@" in text

    run(scenario())


def test_an_export_that_fails_leaves_what_was_there(run: Run[Any], paths: Paths, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await attach(engine, PAID)
            in_the_way = tmp_path / "letter"
            in_the_way.write_text("Dear Zoë", encoding="utf-8")
            for path, reason in (
                (in_the_way / "shop.toml", "cannot be written"),
                (tmp_path, "is no file"),
                (paths.workspace_file, "workspace in use"),
                (Path("shop.toml"), "whole path"),
            ):
                with pytest.raises(UserError, match=reason):
                    await export(engine, path)
        assert in_the_way.read_text(encoding="utf-8") == "Dear Zoë"
        assert [name for name in os.listdir(tmp_path) if "toml" in name] == []

    run(scenario())


def test_a_review_says_what_each_would_do_and_does_nothing(run: Run[Any], paths: Paths, theirs: Path) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await attach(engine, PAID)
            seen = await review(engine, theirs)
            assert {name: (each.words, each.acts) for name, each in seen.items()} == {
                "demo": ("connects to demo://?rate=1", True),
                "closed": ("connects to demo://?rate=2", True),
                "paid": ("counts and sums for payments/#", False),
                "audit": ("writes to the file /var/log/orders.jsonl for orders/#", True),
                "future": ("cannot be used", True),
                "not_recorded": ("keeps from being stored: prod/heartbeat/#", True),
                "known": ("makes known: refunds/eu, refunds/us, prod/x and 2 more", False),
            }
            assert "no kind of observer" in seen["future"].trouble
            assert [name for name, each in seen.items() if each.taken] == ["paid"]
            assert seen["paid"].free_name == "paid-2"
            assert [each.name for each in await listed(engine)] == ["paid"]
            assert await engine.answer(requests.ListConnections()) == []

    run(scenario())


def test_only_what_was_chosen_comes_in(run: Run[Any], paths: Paths, theirs: Path) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            assert (await take(engine, theirs, "known", "demo")).taken == ["known", "demo"]
            await until(engine, ("demo", "connected"))
            assert await listed(engine) == []
            known = {topic.topic for topic in engine.topics() if topic.topic.startswith("refunds")}
            assert known == {"refunds/eu", "refunds/us"}
            outcome = await take(engine, theirs, "closed", "paid", "future", "not_recorded")
            assert outcome.taken == ["closed", "paid", "not_recorded"]
            assert "teleport" in outcome.refused[0]
            await until(engine, ("demo", "connected"), ("closed", "closed"))
            assert not engine.ingest.recorded.is_recorded("prod/heartbeat/eu")
            assert problems_of(engine) == []
        async with running(paths) as engine:
            await until(engine, ("demo", "connected"), ("closed", "closed"))
            assert [each.name for each in await listed(engine)] == ["paid"]
            assert engine.topic_choices.known[:2] == ("refunds/eu", "refunds/us")

    run(scenario())


@pytest.mark.parametrize(
    ("on_conflict", "patterns"),
    [
        ("skip", {"paid": "orders/+/paid"}),
        ("replace", {"paid": "payments/#"}),
        ("rename", {"paid": "orders/+/paid", "paid-2": "payments/#"}),
    ],
)
def test_a_taken_name_of_an_observer_is_skipped_replaced_or_renamed(
    run: Run[Any], paths: Paths, theirs: Path, on_conflict: OnConflict, patterns: dict[str, str]
) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await attach(engine, PAID)
            outcome = await take(engine, theirs, "paid", on_conflict=on_conflict)
            taken = {"skip": [], "replace": ["paid"], "rename": ["paid-2"]}[on_conflict]
            assert outcome == ImportedWorkspace(taken=taken, skipped=[] if taken else ["paid"])
            assert {each.name: each.pattern for each in await listed(engine)} == patterns

    run(scenario())


@pytest.mark.parametrize(
    ("on_conflict", "urls"),
    [
        ("skip", {"demo": "demo://?rate=50"}),
        ("replace", {"demo": "demo://?rate=1"}),
        ("rename", {"demo": "demo://?rate=50", "demo-2": "demo://?rate=1"}),
    ],
)
def test_a_taken_name_of_a_connection_is_skipped_replaced_or_renamed(
    run: Run[Any], paths: Paths, theirs: Path, on_conflict: OnConflict, urls: dict[str, str]
) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await open_saved(engine, "demo://?rate=50", "demo")
            await take(engine, theirs, "demo", on_conflict=on_conflict)
            statuses = await until(engine, *((name, "connected") for name in urls))
            assert {status.name: status.url for status in statuses} == urls

    run(scenario())


LOGIN = NamedTemplate(
    name="login",
    folder="Shop",
    draft=Draft(
        topic="shop/login",
        headers=(("authorization", "Bearer canary-78"),),
        body='{\n  "user": "{{uuid}}",\n  "password": "canary-79"\n}',
    ),
)
PING = NamedTemplate(name="ping", draft=Draft(topic="shop/ping", format="base64", body="AAEC"))


async def keep(engine: Engine, *templates: NamedTemplate) -> None:
    await engine.answer(requests.ChangeTemplates(put=templates))


async def kept(engine: Engine) -> dict[tuple[str, str], Draft]:
    return {each.place: each.draft for each in await engine.answer(requests.ReadTemplates())}


def test_templates_are_exported_without_their_secrets(run: Run[Any], paths: Paths, tmp_path: Path) -> None:
    async def scenario() -> None:
        out = tmp_path / "shop.toml"
        async with running(paths) as engine:
            await keep(engine, LOGIN, PING)
            answer = await export(engine, out)
            assert answer == requests.ExportedWorkspace(
                templates=2,
                notes=[
                    "“authorization” of “login” is not written: {{env AUTHORIZATION}} stands for it.",
                    "“password” of “login” is not written: {{env PASSWORD}} stands for it.",
                ],
            )
            seen = await review(engine, out)
            assert {name: (each.kind, each.words, each.acts, each.same) for name, each in seen.items()} == {
                "login": (
                    "Template",
                    "publishes to shop/login when fired, with the variables AUTHORIZATION and PASSWORD of this "
                    "machine, in the folder “Shop”",
                    False,
                    False,
                ),
                "ping": ("Template", "publishes to shop/ping when fired", False, True),
            }
        assert "canary-7" not in out.read_text(encoding="utf-8")
        assert "canary-78" in paths.workspace_file.read_text(encoding="utf-8")

    run(scenario())


@pytest.mark.parametrize(
    ("on_conflict", "topics"),
    [
        ("skip", {("", "ping"): "mine"}),
        ("replace", {("", "ping"): "shop/ping"}),
        ("rename", {("", "ping"): "mine", ("", "ping-2"): "shop/ping"}),
    ],
)
def test_a_taken_name_of_a_template_is_skipped_replaced_or_renamed(
    run: Run[Any], paths: Paths, tmp_path: Path, on_conflict: OnConflict, topics: dict[tuple[str, str], str]
) -> None:
    async def scenario() -> None:
        out = tmp_path / "shop.toml"
        async with running(paths) as engine:
            await keep(engine, PING, LOGIN)
            await export(engine, out)
            await engine.answer(requests.ChangeTemplates(removed=(LOGIN.place,)))
            await keep(engine, NamedTemplate(name="ping", draft=Draft(topic="mine")))
            seen = await review(engine, out)
            assert (seen["ping"].taken, seen["ping"].free_name) == (True, "ping-2")
            chosen = [
                ChosenDefinition(table="templates", name="ping", digest=seen["ping"].digest, on_conflict=on_conflict),
                ChosenDefinition(table="templates", name="login", digest=seen["login"].digest),
            ]
            outcome = await engine.answer(requests.ImportWorkspace(path=str(out), chosen=chosen, on_conflict="rename"))
            assert outcome.refused == []
        async with running(paths) as engine:
            found = await kept(engine)
            assert found.pop(("Shop", "login")).topic == "shop/login"
            assert {place: draft.topic for place, draft in found.items()} == topics

    run(scenario())


def test_one_name_in_two_folders_is_no_conflict(run: Run[Any], paths: Paths, tmp_path: Path) -> None:
    async def scenario() -> None:
        out = tmp_path / "theirs.toml"
        out.write_text('format = 1\n[templates.ping]\nfolder = "Shop"\ntopic = "theirs"\n', encoding="utf-8")
        async with running(paths) as engine:
            await keep(engine, PING)
            assert (await take(engine, out, "ping")).taken == ["ping"]
            assert {place: draft.topic for place, draft in (await kept(engine)).items()} == {
                ("", "ping"): "shop/ping",
                ("Shop", "ping"): "theirs",
            }

    run(scenario())


def test_templates_of_a_named_file_come_from_it_and_go_to_it(run: Run[Any], paths: Paths, tmp_path: Path) -> None:
    async def scenario() -> None:
        team = tmp_path / "team.toml"
        team.write_text('format = 1\n[templates.theirs]\ntopic = "orders"\n', encoding="utf-8")
        async with running(paths) as engine:
            await keep(engine, PING)
        async with running(paths, workspace=team) as engine:
            assert list(await kept(engine)) == [("", "theirs")]
            assert (await review_open(engine)) == []
            await keep(engine, LOGIN)
            frame = await engine.answer(requests.TakeFrame(viewer="window"))
            assert (frame.templates > 0, frame.unapproved) == (True, 0)
        assert [each.name for each in read_workspace(team, TemplateDefinition)] == ["theirs", "login"]
        assert [each.name for each in read_workspace(paths.workspace_file, TemplateDefinition)] == ["ping"]

    run(scenario())


def test_a_session_that_is_looked_at_has_the_templates_of_the_profile(
    run: Run[Any], paths: Paths, tmp_path: Path
) -> None:
    async def scenario() -> None:
        session = tmp_path / "friday.eventmon"
        async with running(paths, session=session) as engine:
            await keep(engine, PING)
        async with running(paths, session=session, look=True, serve_control=False) as engine:
            frame = await engine.answer(requests.TakeFrame(viewer="window"))
            assert frame.templates > 0
            assert list(await kept(engine)) == [PING.place]
            await keep(engine, LOGIN)
            async with running(paths) as other:
                await keep(other, NamedTemplate(name="late", draft=PING.draft))
                await until_kept(engine, 3)
            assert (await engine.answer(requests.TakeFrame(viewer="window"))).templates > frame.templates + 1
        assert len(read_workspace(paths.workspace_file, TemplateDefinition)) == 3

    run(scenario())


def test_templates_of_before_are_in_the_workspace_after_a_start(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        paths.create()
        former = msgspec.json.encode(FormerBook(draft=PING.draft, templates=(LOGIN,)))
        paths.former_templates_file.write_bytes(former)
        async with running(paths) as engine:
            assert list(await kept(engine)) == [LOGIN.place]
            assert problems_of(engine) == []
        assert not paths.former_templates_file.exists()
        assert load_book(paths.drafts_file).draft == PING.draft

    run(scenario())


async def until_kept(engine: Engine, number: int) -> None:
    for _ in range(1_000):  # it looks about once a second
        if len(await kept(engine)) == number:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(await kept(engine))


async def review_open(engine: Engine) -> list[requests.ReviewedDefinition]:
    return (await engine.answer(requests.ReviewWorkspace())).definitions


def test_replacing_a_connection_by_its_own_export_keeps_its_password(
    run: Run[Any], paths: Paths, tmp_path: Path, broker: OrdersBroker
) -> None:
    async def scenario() -> None:
        out = tmp_path / "shop.toml"
        async with running(paths) as engine:
            await open_saved(engine)
            await export(engine, out)
            assert (await take(engine, out, "prod", on_conflict="replace")).taken == ["prod"]
            await until(engine, ("prod", "connected"))
            assert secrets_of(paths) == {"prod": "hunter2"}

    run(scenario())


def test_a_password_in_a_file_goes_into_the_store(
    run: Run[Any], paths: Paths, theirs: Path, broker: OrdersBroker
) -> None:
    theirs.write_text(
        'format = 1\n[connections.shop]\nurl = "orders://checkout:hunter2@shop.example"', encoding="utf-8"
    )

    async def scenario() -> None:
        async with running(paths) as engine:
            assert "hunter2" not in (await review(engine, theirs))["shop"].words
            await take(engine, theirs, "shop")
            await until(engine, ("shop", "connected"))
            assert secrets_of(paths) == {"shop": "hunter2"}
        assert "hunter2" not in paths.workspace_file.read_text(encoding="utf-8")

    run(scenario())


def _replace(path: Path, *texts: str) -> None:
    content = path.read_text(encoding="utf-8")
    for text in texts:
        content = content.replace(text, "wtmp")
    path.write_text(content, encoding="utf-8")


def test_a_file_that_changes_after_it_was_looked_at_brings_nothing_in(
    run: Run[Any], paths: Paths, theirs: Path
) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            seen = await review(engine, theirs)
            _replace(theirs, "orders.jsonl", "refunds/us")
            names = ("audit", "known", "paid")
            chosen = [ChosenDefinition(table=seen[name].table, name=name, digest=seen[name].digest) for name in names]
            chosen.append(ChosenDefinition(table="observers", name="gone", digest=""))
            outcome = await engine.answer(requests.ImportWorkspace(path=str(theirs), chosen=chosen))
            assert outcome.taken == ["paid"]
            assert ["was changed in the file" in sentence for sentence in outcome.refused] == [True] * 3

    run(scenario())


def test_a_session_that_is_looked_at_takes_nothing_in(run: Run[Any], paths: Paths, theirs: Path) -> None:
    async def scenario() -> None:
        async with running(paths):
            pass
        session = paths.default_session
        async with running(paths, session=session, look=True, serve_control=False) as engine:
            assert len(await review(engine, theirs)) == 7
            outcome = await take(engine, theirs, "paid", "demo", "known")
            assert outcome.taken == []
            assert len(outcome.refused) == 3
            assert (await export(engine, theirs.with_name("empty.toml"))).connections == 0

    run(scenario())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'format = 1\n[connections.prod]\nurl = "demo://"\ncolour = "red"', r"\[connections.prod\].*“colour”"),
        (b'format = 1\n[observers.paid]\nkind = "counter"\npattern = 7', r"\[observers.paid\], key “pattern”"),
        (b'format = 1\n[observers.paid]\nkind = "counter"\n', r"\[observers.paid\] has no key “pattern”"),
        (b'format = 1\n[topics]\nknown = "all"', r"\[topics\], key “known”"),
        (b'format = 1\n[connections.prod]\nurl = "de', "cannot be read"),
        (b'format = 1\n[connections.prod]\nurl = "\xff\xfe"', "cannot be read"),
        (b"format = 2\n", "its format is 2"),
        (b"", "“format” is missing"),
        (b"format = 1\n#" + b"x" * MAX_BYTES, "larger than 4 MiB"),
        (b"x = " + b"[" * 100_000, "cannot be read"),
        (b"format = 1\n[observers.paid]\nsettings = {n = 0x" + b"f" * 9_000 + b"}", "paid"),
        (b"format = 1\n" + b"a." * 100_000 + b"a = 1", "too many dots"),
    ],
)
def test_a_file_with_a_mistake_is_refused_by_its_place(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "theirs.toml"
    path.write_bytes(content)
    with pytest.raises(UserError, match=said):
        foreign_entries(path)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    for path, said in ((pipe, "is no file"), (tmp_path, "is no file"), (tmp_path / "gone.toml", "There is no file")):
        with pytest.raises(UserError, match=said):
            foreign_entries(path)


@given(
    at=st.integers(0, len(THEIRS)),
    cut=st.integers(0, 40),
    put=st.binary(max_size=12)
    | st.sampled_from([b"[", b'"""', b"=1e999", b"inf", b"1979-05-27", b"\\ud800", b"{}", b"'"]),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_spoilt_workspace_is_reviewed_or_refused_in_a_sentence(tmp_path: Path, at: int, cut: int, put: bytes) -> None:
    path = tmp_path / "spoilt.toml"
    text = THEIRS.encode()
    path.write_bytes(text[:at] + put + text[at + cut :])
    try:
        entries = foreign_entries(path)
    except UserError:
        return
    for entry in entries.values():
        if not isinstance(entry, tuple):
            assert reviewed(entry, Here()).words
