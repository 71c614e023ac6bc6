from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.core.topic import validate_topic
from eventmon.engine.definitions import ConnectionDefinition
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
        assert workspace.load() == []
        for definition in kept:
            await workspace.keep(definition)
        expected = {definition.name: definition for definition in kept}
        assert {each.name: each for each in read_workspace(path)} == expected
        for name in list(expected)[:removed]:
            await workspace.remove(name)
            del expected[name]
        assert {each.name: each for each in read_workspace(path)} == expected

    run(scenario())
    assert _texts(problems) == []


def test_only_changed_keys_are_touched(run: Run[Any], path: Path, problems: Problems) -> None:
    path.write_text(WRITTEN_BY_HAND)

    async def scenario() -> None:
        workspace = Workspace(path, problems)
        prod, dev = workspace.load()
        assert (prod.read_only, prod.color, prod.connected, dev.name) == (None, "red", True, "dev box")
        await workspace.keep(prod)
        assert _text(path) == WRITTEN_BY_HAND
        await workspace.keep(ConnectionDefinition(name="prod", url=prod.url, color="red", connected=False))
        expected = WRITTEN_BY_HAND.replace("# orders only\n", "# orders only\nconnected = false\n")
        assert _text(path) == expected
        await workspace.keep(prod)
        await workspace.remove("prod")
        assert '[connections."dev box"]\nurl = "demo://"\n' in _text(path)
        assert _text(path).startswith("# our shop\nformat = 1\n")
        assert "# for trying things\n" in _text(path)
        assert "prod" not in _text(path)
        await workspace.remove("dev box")
        assert _text(path).startswith("# our shop\nformat = 1\n")
        assert "# for trying things\n" in _text(path)

    run(scenario())


def test_what_was_changed_by_hand_meanwhile_stays(run: Run[Any], path: Path, problems: Problems) -> None:
    async def scenario() -> None:
        workspace = Workspace(path, problems)
        workspace.load()
        await workspace.keep(PROD)
        _append(path, '\n[connections.test]\nurl = "demo://?rate=1" # slowly\n')
        await workspace.keep(DEV)
        await workspace.remove("prod")
        assert [each.name for each in read_workspace(path)] == ["test", "dev"]
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
        workspace.load()
        await workspace.keep(PROD)
        await workspace.keep(DEV)
        await workspace.remove("old")
        assert {each.name: each for each in read_workspace(path)} == {"prod": PROD, "dev": DEV}
        await workspace.remove("prod")
        assert read_workspace(path) == [DEV]

    run(scenario())
    assert _texts(problems) == []


def test_a_form_that_cannot_be_changed_is_left_alone(run: Run[Any], path: Path, problems: Problems) -> None:
    text = "format = 1\nconnections = {old = {url = 'demo://'}}\n"
    path.write_text(text)

    async def scenario() -> None:
        workspace = Workspace(path, problems)
        assert [each.name for each in workspace.load()] == ["old"]
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
    ("format = 1\n[observers.x]\n", "unknown key “observers”"),
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
        read_workspace(path)

    async def scenario() -> None:
        workspace = Workspace(path, problems)
        assert workspace.load() == []
        await workspace.keep(PROD)
        (problem,) = problems.since(0)
        assert (problem.where, problem.count) == ("workspace", 2)
        assert "not remembered" in problem.text
        assert _text(path) == text
        _append(path, "format = 1\n", anew=True)
        await workspace.keep(DEV)
        assert read_workspace(path) == [PROD, DEV]

    run(scenario())


def test_a_file_that_is_no_text_is_refused(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="cannot be read"):
        read_workspace(path)


def test_a_file_that_is_lost_is_written_anew_with_everything_in_it(
    run: Run[Any], path: Path, problems: Problems
) -> None:
    async def scenario() -> None:
        workspace = Workspace(path, problems)
        workspace.load()
        await workspace.keep(PROD)
        _lose(path)
        await workspace.keep(DEV)
        assert read_workspace(path) == [PROD, DEV]
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
        workspace.load()
        await workspace.keep(PROD)
        await workspace.keep(DEV)
        await workspace.remove("dev")
        assert len(_texts(problems)) == 1
        folder.unlink()
        await workspace.keep(DEV)
        assert read_workspace(folder / "workspace.toml") == [PROD, DEV]
        assert os.listdir(folder) == ["workspace.toml"]

    run(scenario())
