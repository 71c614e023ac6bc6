"""The packaged folder does the main job on a bare system, and holds all that the source holds."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest
from PyInstaller.archive.readers import CArchiveReader

from eventmon.cli.about import installation
from tests.helpers.valkey import ValkeyServer
from tests.packaging.conftest import WORK, Installed
from tools.bundle.build import ROOT
from tools.bundle.weight import MEGABYTE, size_of

pytestmark = pytest.mark.bundle

ENOUGH_SECONDS = 30


def test_it_holds_every_module_of_the_source(folder: Path) -> None:
    archive = CArchiveReader(str(folder / "eventmon")).open_embedded_archive("PYZ.pyz")
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "eventmon").rglob("*.py")
    }
    assert modules - set(archive.toc) == set()


def test_it_has_the_registries_and_icons_of_the_source(installed: Installed) -> None:
    found, source = json.loads(installed.ask("about", "--json")), installation()
    assert found["connectors"] == list(source.connectors)
    assert found["observer_kinds"] == list(source.observer_kinds)
    assert found["icons"] == list(source.icons)
    assert {part[0] for part in found["parts"]} >= {part[0] for part in source.parts}


def test_it_shows_the_licences_of_all_it_ships(installed: Installed) -> None:
    text = installed.ask("about", "--licences")
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "You may replace them by your own build" in text
    assert "ship no text" not in text


@pytest.mark.parametrize(
    "locale",
    [{}, {"LC_ALL": "C"}, {"LANG": "zh_CN.UTF-8"}, {"LANG": "zh_CN"}],
    ids=["none", "C", "zh_CN.UTF-8", "zh_CN"],
)
def test_the_window_starts_without_a_network_in_any_locale(installed: Installed, locale: dict[str, str]) -> None:
    window = installed.without_network().start("--connect", "shop=demo://?rate=500&seed=1", **locale)
    try:
        installed.stored(at_least=2_500)  # five seconds: every panel has been drawn by then, the plot too
    finally:
        window.send_signal(signal.SIGTERM)
        _, complaints = window.communicate(timeout=ENOUGH_SECONDS)
    assert window.returncode == 0
    assert complaints == ""


def test_the_window_shows_what_a_valkey_sends(installed: Installed) -> None:
    with ValkeyServer() as server, server.client() as client:
        window = installed.start("--connect", f"shop=redis://127.0.0.1:{server.port}?streams=orders&from=start")
        try:
            for number in range(200):
                client.xadd("orders", {"data": json.dumps({"order": 48_000 + number, "total": 129.99})})
            assert installed.stored(at_least=200)["received"] == 200
            assert "48199" in installed.ask("query", "--topic", "shop/#", "--last", "1", "--format", "jsonl")
        finally:
            window.send_signal(signal.SIGTERM)
            window.communicate(timeout=ENOUGH_SECONDS)


def test_a_folder_without_a_screen_says_what_to_do(installed: Installed) -> None:
    environment = {**installed.environment(), "DISPLAY": ""}
    ended = subprocess.run(
        [str(installed.program)], env=environment, capture_output=True, text=True, timeout=ENOUGH_SECONDS, check=False
    )
    assert ended.returncode == 1
    assert "eventmon serve" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_it_weighs_no_more_than_it_may(folder: Path) -> None:
    assert size_of(folder) <= 150 * MEGABYTE
    archives = list(WORK.glob("*.tar.xz"))
    assert all(archive.stat().st_size <= 40 * MEGABYTE for archive in archives)
