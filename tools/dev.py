#!/usr/bin/env python3
"""Every developer's command in one file that needs nothing but Python: ``python3 tools/dev.py VERB``.

``make VERB`` calls it; Windows users call it themselves. The first use makes ``.venv`` from the hash-locked
requirements; a changed lock makes the next use bring it up to date.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import system_libraries  # noqa: E402 - the script's own folder is not a package until here

ENVIRONMENT = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = ENVIRONMENT / ".installed"
MINIMUM_PYTHON = (3, 11)


def main() -> int:
    """Run the verb; its exit code is ours."""
    arguments, rest = _parser().parse_known_args()
    if sys.version_info < MINIMUM_PYTHON:
        sys.exit(f"Eventmon needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    return VERBS[arguments.verb](arguments, rest)


def run(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Open the window."""
    system_libraries.provide(for_tests=False, install=arguments.install_system)
    _provide_environment()
    return _python("-m", "eventmon", *rest)


def test(arguments: argparse.Namespace, rest: list[str]) -> int:
    """The whole test suite, on a virtual screen where there is none."""
    system_libraries.provide(for_tests=True, install=arguments.install_system)
    _provide_environment()
    with virtual_screen():
        return _python("-m", "pytest", "-m", "not soak and not bench and not bundle", *rest)


def check(_arguments: argparse.Namespace, _rest: list[str]) -> int:
    """Style, types, layers and dependencies."""
    _provide_environment()
    checks = (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("lint-imports",),
        ("deptry", "."),
        ("vulture",),
    )
    failed = [name for name, *options in checks if _tool(name, *options) != 0]
    print("check: all passed" if not failed else f"check: {', '.join(failed)} failed", flush=True)
    return 1 if failed else 0


def bench(arguments: argparse.Namespace, rest: list[str]) -> int:
    """The benchmarks, one table: each figure a ratio to a floor measured in the same run."""
    system_libraries.provide(for_tests=True, install=arguments.install_system)
    _provide_environment()
    with virtual_screen():
        return _python("-m", "tests.benchmarks", *rest)


def soak(arguments: argparse.Namespace, rest: list[str]) -> int:
    """The long reliability runs."""
    system_libraries.provide(for_tests=True, install=arguments.install_system)
    _provide_environment()
    os.environ["EVENTMON_SOAK"] = "1"
    with virtual_screen():
        return _python("-m", "pytest", "-m", "soak", "--timeout=0", *rest)


def screenshots(arguments: argparse.Namespace, rest: list[str]) -> int:
    """Pictures of the running program, both themes, into docs/screenshots."""
    system_libraries.provide(for_tests=True, install=arguments.install_system)
    _provide_environment()
    with virtual_screen():
        return _python("-m", "tools.screenshots", *rest)


def bundle(_arguments: argparse.Namespace, rest: list[str]) -> int:
    """The packaged program into build/bundle: a folder, its archive, and a Debian package."""
    _provide_environment()
    return _python("-m", "tools.bundle", *rest)


def lock(_arguments: argparse.Namespace, rest: list[str]) -> int:
    """Write requirements.lock anew from pyproject.toml (needs uv): hashes, and no address of any registry."""
    uv = shutil.which("uv") or sys.exit("uv was not found. Install it with: pip install uv")
    options = (
        "--all-extras",
        "--group",
        "dev",
        "--universal",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-header",
    )
    command = [uv, "pip", "compile", "pyproject.toml", *options, "-q", "-o", LOCK.name, *rest]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


VERBS = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "soak": soak,
    "screenshots": screenshots,
    "bundle": bundle,
    "lock": lock,
}


@contextlib.contextmanager
def virtual_screen() -> Iterator[None]:
    """A screen for the block: the one that is there, else a virtual one."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or shutil.which("Xvfb") is None:
        yield
        return
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL) as server:
        os.close(write_end)
        with os.fdopen(read_end) as answer:
            os.environ["DISPLAY"] = f":{answer.readline().strip()}"
        try:
            yield
        finally:
            del os.environ["DISPLAY"]
            server.terminate()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tools/dev.py", description=__doc__)
    parser.add_argument("verb", choices=sorted(VERBS))
    parser.add_argument("--install-system", action="store_true", help="install missing system libraries with apt-get")
    return parser


def _provide_environment() -> None:
    wanted = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted:
        return
    print("Preparing .venv (the first time this takes a minute or two)…", flush=True)
    _create_environment()
    _pip("install", "--require-hashes", "-r", str(LOCK))
    _pip("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    STAMP.write_text(wanted, encoding="ascii")


def _create_environment() -> None:
    if _executable("python").exists():
        return
    made = subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=False)
    if made.returncode != 0:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        sys.exit("A virtual environment could not be made. On Debian or Ubuntu: sudo apt-get install python3-venv")


def _pip(*options: str) -> None:
    command = [str(_executable("python")), "-m", "pip", "--disable-pip-version-check", "--no-input", "-q", *options]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        sys.exit("Installing the requirements failed; the lines above say why. Mend it and run the same command again.")


def _executable(name: str) -> Path:
    folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return ENVIRONMENT / folder / f"{name}{suffix}"


def _python(*options: str) -> int:
    return _tool("python", *options)


def _tool(name: str, *options: str) -> int:
    try:
        return subprocess.run([str(_executable(name)), *options], cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
