"""`eventmon about`: what is inside an installation, for people and for scripts."""

from __future__ import annotations

import json
import subprocess
import sys

import eventmon
from eventmon.connectors.registry import CONNECTORS
from eventmon.observers.registry import KINDS


def about(*options: str) -> str:
    command = [sys.executable, "-m", "eventmon", "about", *options]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def test_it_names_the_version_and_what_can_be_done() -> None:
    first = about().splitlines()
    assert first[0].startswith(f"Eventmon {eventmon.__version__} (Apache-2.0), Python 3.")
    assert first[1] == f"Connectors: {', '.join(scheme for scheme in CONNECTORS if scheme != 'rediss')}"


def test_scripts_read_the_registries_as_json() -> None:
    found = json.loads(about("--json"))
    assert found["observer_kinds"] == list(KINDS)
    assert "radar" in found["icons"]
    assert any(name == "apsw" for name, _, _ in found["parts"])


def test_the_whole_licences_can_be_printed() -> None:
    text = about("--licences")
    assert "msgspec" in text
    assert "Redistribution and use in source and binary forms" in text
