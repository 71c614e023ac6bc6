from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.core.topic import validate_topic
from eventmon.engine.definitions import ConnectionDefinition, ObserverDefinition, require_observer_name
from eventmon.engine.problems import Problems
from eventmon.engine.workspace import Workspace, read_workspace
from tests.engine.conftest import Run

PROD = ConnectionDefinition(
    name="prod", url="redis://checkout:keyring:prod@shop.example/2?channels=orders.*", read_only=True, color="red"
)
DEV = ConnectionDefinition(name="dev", url="demo://", read_only=False, connected=False)

WRITTEN_BY_HAND = """\
# our shop
format = 1

[connections.prod]      # mind the customers
color = "red"
url = "redis://checkout:keyring:prod@shop.example/2?channels=orders.*"   # orders only

# for trying things
[connections."dev box"]
url = "demo://"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workspace.toml"


@pytest.fixture
def problems() -> Problems:
    return Problems(lambda: 0)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _append(path: Path, text: str, *, anew: bool = False) -> None:
    path.write_text(("" if anew else _text(path)) + text, encoding="utf-8")


def _lose(path: Path) -> None:
    path.unlink()


def _texts(problems: Problems) -> list[str]:
    return [problem.text for problem in problems.since(0)]


def _is_name(text: str) -> bool:
    try:
        validate_topic(text)
    except UserError:
        return False
    return "/" not in text and not text.startswith("$")


def _is_name_of_observer(text: str) -> bool:
    try:
        require_observer_name(text)
    except UserError:
        return False
    return True


definitions = st.builds(
    ConnectionDefinition,
    name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(_is_name),
    url=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    read_only=st.none() | st.booleans(),
    color=st.sampled_from(["", "red", "amber", "green", "blue", "violet"]),
    connected=st.booleans(),
)


@given(kept=st.lists(definitions, max_size=4), removed=st.integers(0, 3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_kept_is_there_again(
    run: Run[Any], tmp_path: Path, kept: list[ConnectionDefinition], removed: int
) -> None:
    path = tmp_path / "workspace.toml"
    path.unlink(missing_ok=True)
    problems = Problems(lambda: 0)

    async def scenario() -> None:
        workspace = Workspace(path, problems)
        assert workspace.load(ConnectionDefinition) == []
        for definition in kept:
            await workspace.keep(definition)
        expected = {definition.name: definition for definition in kept}
        assert {each.name: each for each in read_workspace(path, ConnectionDefinition)} == expected
        for name in list(expected)[:removed]:
            await workspace.remove(ConnectionDefinition, name)
            del expected[name]
        assert {each.name: each for each in read_workspace(path, ConnectionDefinition)} == expected

    run(scenario())
    assert _texts(problems) == []


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
observers = st.builds(
    ObserverDefinition,
    name=texts.filter(_is_name_of_observer),
    kind=st.sampled_from(["counter", "alert", "publish", "file"]),
    pattern=st.sampled_from(["orders/#", "payments/+/failed", "#"]),
    settings=st.dictionaries(
        texts.filter(bool),
        texts | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.booleans(),
        max_size=4,
    ),
    paused=st.booleans(),
    overflow=st.sampled_from(["drop_oldest", "drop_newest", "latest"]),
)


@given(steps=st.lists(st.tuples(observers, st.booleans()), max_size=6), mount=definitions)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_observers_that_are_kept_changed_and_renamed_are_there_again(
    run: Run[Any], tmp_path: Path, steps: list[tuple[ObserverDefinition, bool]], mount: ConnectionDefinition
) -> None:
    path = tmp_path / "workspace.toml"
    path.unlink(missing_ok=True)
    problems = Problems(lambda: 0)

    async def scenario() -> None:
        workspace = Workspace(path, problems)
        expected: dict[str, ObserverDefinition] = {}
        await workspace.keep(mount)
        for definition, renames in steps:
            earlier = next(iter(expected), "") if renames else ""
            expected.pop(earlier, None)
            expected[definition.name] = definition
            await workspace.keep(definition, instead_of=earlier)
            assert {each.name: each for each in read_workspace(path, ObserverDefinition)} == expected
        for name in list(expected):
            await workspace.remove(ObserverDefinition, name)
        assert read_workspace(path, ObserverDefinition) == []
        assert read_workspace(path, ConnectionDefinition) == [mount]

    run(scenario())
    assert _texts(problems) == []


OBSERVERS_BY_HAND = """\
format = 1

[observers.paid]        # the accountants look at it
kind = "counter"
pattern = "orders/+/paid"

[observers.paid.settings]
sum = "total"           # in cents
# below: what wakes us up

[observers.refused]
kind = "alert"
pattern = "payments/#"
settings = {text = "{{topic}}", every = 1}
"""


def test_only_changed_settings_of_an_observer_are_touched(run: Run[Any], path: Path, problems: Problems) -> None:
    path.write_text(OBSERVERS_BY_HAND)

    async def scenario() -> None:
        workspace = Workspace(path, problems)
        paid, refused = workspace.load(ObserverDefinition)
        await workspace.keep(paid)
        await workspace.keep(refused)
        assert _text(path) == OBSERVERS_BY_HAND
        await workspace.keep(msgspec.structs.replace(refused, settings={"text": "{{topic}}", "every": True}))
        assert _text(path) == OBSERVERS_BY_HAND.replace("every = 1", "every = true")
        await workspace.remove(ObserverDefinition, "paid")
        assert "# below: what wakes us up" in _text(path)
        assert [each.name for each in read_workspace(path, ObserverDefinition)] == ["refused"]

    run(scenario())


def test_a_list_is_kept_beside_what_others_write(run: Run[Any], path: Path, problems: Problems) -> None:
    path.write_text("format = 1\n[topics] # quiet ones\nnot_recorded = ['metrics/#']\n")

    async def scenario() -> None:
        workspace, other = Workspace(path, problems), Workspace(path, problems)
        assert workspace.read_list("topics", "not_recorded") == ("metrics/#",)
        await other.keep(PROD)
        await workspace.keep_list("topics", "not_recorded", ["metrics/#", "carts/+/viewed"])
        assert read_workspace(path, ConnectionDefinition) == [PROD]
        assert Workspace(path, problems).read_list("topics", "not_recorded") == ("metrics/#", "carts/+/viewed")
        await workspace.keep_list("topics", "not_recorded", [])
        assert Workspace(path, problems).read_list("topics", "not_recorded") == ()
        assert "# quiet ones" in _text(path)

    run(scenario())
    assert _texts(problems) == []


def test_only_changed_keys_are_touched(run: Run[Any], path: Path, problems: Problems) -> None:
    path.write_text(WRITTEN_BY_HAND)

    async def scenario() -> None:
        workspace = Workspace(path, problems)
        prod, dev = workspace.load(ConnectionDefinition)
        assert (prod.read_only, prod.color, prod.connected, dev.name) == (None, "red", True, "dev box")
        await workspace.keep(prod)
        assert _text(path) == WRITTEN_BY_HAND
        await workspace.keep(ConnectionDefinition(name="prod", url=prod.url, color="red", connected=False))
        expected = WRITTEN_BY_HAND.replace("# orders only\n", "# orders only\nconnected = false\n")
        assert _text(path) == expected
        await workspace.keep(prod)
        await workspace.remove(ConnectionDefinition, "prod")
        assert '[connections."dev box"]\nurl = "demo://"\n' in _text(path)
        assert _text(path).startswith("# our shop\nformat = 1\n")
        assert "# for trying things\n" in _text(path)
        assert "prod" not in _text(path)
        await workspace.remove(ConnectionDefinition, "dev box")
        assert _text(path).startswith("# our shop\nformat = 1\n")
        assert "# for trying things\n" in _text(path)

    run(scenario())


def test_what_was_changed_by_hand_meanwhile_stays(run: Run[Any], path: Path, problems: Problems) -> None:
    async def scenario() -> None:
        workspace = Workspace(path, problems)
        workspace.load(ConnectionDefinition)
        await workspace.keep(PROD)
        _append(path, '\n[connections.test]\nurl = "demo://?rate=1" # slowly\n')
        await workspace.keep(DEV)
        await workspace.remove(ConnectionDefinition, "prod")
        assert [each.name for each in read_workspace(path, ConnectionDefinition)] == ["test", "dev"]
        assert "# slowly" in _text(path)

    run(scenario())


@pytest.mark.parametrize(
    "text",
    [
        "format = 1\nconnections.prod = {url = 'demo://'}\n",
        "format = 1\n[connections]\nprod = {url = 'demo://', color = 'red'} # mine\nold.url = 'demo://'\n",
        "format = 1\n[connections.old]\nurl = 'demo://'\n[connections]\n",
        "format = 1",
    ],
)
def test_every_way_to_write_a_table_can_be_changed(run: Run[Any], path: Path, problems: Problems, text: str) -> None:
    path.write_text(text)

    async def scenario() -> None:
        workspace = Workspace(path, problems)
        workspace.load(ConnectionDefinition)
        await workspace.keep(PROD)
        await workspace.keep(DEV)
        await workspace.remove(ConnectionDefinition, "old")
        assert {each.name: each for each in read_workspace(path, ConnectionDefinition)} == {"prod": PROD, "dev": DEV}
        await workspace.remove(ConnectionDefinition, "prod")
        assert read_workspace(path, ConnectionDefinition) == [DEV]

    run(scenario())
    assert _texts(problems) == []


def test_a_form_that_cannot_be_changed_is_left_alone(run: Run[Any], path: Path, problems: Problems) -> None:
    text = "format = 1\nconnections = {old = {url = 'demo://'}}\n"
    path.write_text(text)

    async def scenario() -> None:
        workspace = Workspace(path, problems)
        assert [each.name for each in workspace.load(ConnectionDefinition)] == ["old"]
        await workspace.keep(PROD)
        assert _text(path) == text

    run(scenario())
    (told,) = _texts(problems)
    assert "[connections.NAME]" in told


MISTAKES = [
    ("format = 1\n[connections.prod]\nurll = 'demo://'\n", r"\[connections\.prod\].*(unknown key “urll”|no key “url”)"),
    ("format = 1\n[connections.prod]\nurl = 5\n", r"\[connections\.prod\], key “url”.*str"),
    ("format = 1\n[connections.prod]\nurl = 'demo://'\ncolor = 'pink'\n", r"\[connections\.prod\], key “color”"),
    ("format = 1\n[connections.prod]\ncolor = 'red'\n", r"\[connections\.prod\].*no key “url”"),
    ("format = 1\n[connections.'a/b']\nurl = 'demo://'\n", r"\[connections\.a/b\].*one level"),
    ("format = 1\n[connections]\nprod = 'demo://'\n", r"\[connections\.prod\]"),
    ("format = 1\n[projects.x]\n", "unknown key “projects”"),
    ("format = 1\n[observers.paid]\nkind = 'counter'\n", r"\[observers\.paid\].*no key “pattern”"),
    ("format = 1\n[observers.paid]\nkind = 1\npattern = '#'\n", r"\[observers\.paid\], key “kind”"),
    ("format = 1\n[observers.paid]\nkind = 'counter'\npattern = '#'\nwhere = 'x'\n", "unknown key “where”"),
    (
        "format = 1\n[observers.paid]\nkind = 'file'\npattern = '#'\noverflow = 'wait'\n",
        r"\[observers\.paid\], key “overflow”",
    ),
    (
        "format = 1\n[observers.paid]\nkind = 'file'\npattern = '#'\nsettings = {path = ['a']}\n",
        r"\[observers\.paid\], key “settings”",
    ),
    ("format = 1\n[topics]\nnot_recorded = ['a', 1]\n", r"\[topics\], key “not_recorded”"),
    ("format = 1\n[topics]\nrecorded = []\n", r"\[topics\] has an unknown key “recorded”"),
    ("[connections]\n", "“format” is missing"),
    ("format = 2\n", "format is 2"),
    ("format = 'new'\n", "key “format”"),
    ("format = 1\n[connections\n", "cannot be read"),
    ("format = 1\nx = " + "[" * 100_000, "cannot be read"),
]


@pytest.mark.parametrize(("text", "named"), MISTAKES)
def test_a_mistake_is_named_and_the_file_left_alone(
    run: Run[Any], path: Path, problems: Problems, text: str, named: str
) -> None:
    path.write_text(text)
    with pytest.raises(UserError, match=named):
        read_workspace(path, ConnectionDefinition)

    async def scenario() -> None:
        workspace = Workspace(path, problems)
        assert workspace.load(ConnectionDefinition) == []
        await workspace.keep(PROD)
        (problem,) = problems.since(0)
        assert (problem.where, problem.count) == ("workspace", 2)
        assert "not remembered" in problem.text
        assert _text(path) == text
        _append(path, "format = 1\n", anew=True)
        await workspace.keep(DEV)
        assert read_workspace(path, ConnectionDefinition) == [PROD, DEV]

    run(scenario())


def test_a_file_that_is_no_text_is_refused(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="cannot be read"):
        read_workspace(path, ConnectionDefinition)


def test_a_file_that_is_lost_is_written_anew_with_everything_in_it(
    run: Run[Any], path: Path, problems: Problems
) -> None:
    async def scenario() -> None:
        workspace = Workspace(path, problems)
        workspace.load(ConnectionDefinition)
        await workspace.keep(PROD)
        _lose(path)
        await workspace.keep(DEV)
        assert read_workspace(path, ConnectionDefinition) == [PROD, DEV]
        (text,) = _texts(problems)
        assert "was gone" in text

    run(scenario())


def test_a_folder_that_cannot_be_written_is_told_once_and_nothing_is_lost(
    run: Run[Any], tmp_path: Path, problems: Problems
) -> None:
    folder = tmp_path / "config"
    folder.write_text("in the way")

    async def scenario() -> None:
        workspace = Workspace(folder / "workspace.toml", problems)
        workspace.load(ConnectionDefinition)
        await workspace.keep(PROD)
        await workspace.keep(DEV)
        await workspace.remove(ConnectionDefinition, "dev")
        assert len(_texts(problems)) == 1
        folder.unlink()
        await workspace.keep(DEV)
        assert read_workspace(folder / "workspace.toml", ConnectionDefinition) == [PROD, DEV]
        assert os.listdir(folder) == ["workspace.toml"]

    run(scenario())


def test_what_is_kept_together_is_written_at_once(run: Run[Any], path: Path, problems: Problems) -> None:
    async def scenario() -> None:
        workspace = Workspace(path, problems)
        async with workspace.together():
            await workspace.keep(PROD)
            async with workspace.together():
                await workspace.keep(DEV)
            assert read_workspace(path, ConnectionDefinition) == []
        assert read_workspace(path, ConnectionDefinition) == [PROD, DEV]

    run(scenario())
