"""Whatever the locale, Qt gets texts in UTF-8 and keeps the user's language."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from eventmon.gui.utf8_locale import use_utf8_locale

SCRIPT = """
from eventmon.gui.application import make_application
from PySide6.QtCore import QLocale
application = make_application()
print(QLocale.system().uiLanguages()[0])
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"LC_ALL": "C.UTF-8"}),
        ({"LANG": "zh_CN.GB2312"}, {"LANG": "zh_CN.GB2312", "LC_ALL": "C.UTF-8", "LANGUAGE": "zh_CN"}),
        ({"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}),
        ({"LC_ALL": "zh_CN", "LANGUAGE": "zh_TW"}, {"LC_ALL": "C.UTF-8", "LANGUAGE": "zh_TW"}),
    ],
)
def test_another_encoding_gives_way_and_the_language_stays(before: dict[str, str], after: dict[str, str]) -> None:
    environment = dict(before)
    use_utf8_locale(environment, encoding=lambda: "ANSI_X3.4-1968")
    assert environment == after


def test_a_locale_in_utf_8_stays_as_it_is() -> None:
    environment = {"LANG": "de_DE.UTF-8"}
    use_utf8_locale(environment, encoding=lambda: "UTF-8")
    assert environment == {"LANG": "de_DE.UTF-8"}


@pytest.mark.parametrize("language", ["zh_CN", "zh_CN.UTF-8", "C", ""])
def test_qt_has_nothing_to_say_of_the_locale(language: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    environment = {**kept, "LANG": language, "QT_QPA_PLATFORM": "offscreen"}
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stderr == ""
    assert ended.stdout.startswith("zh") == language.startswith("zh")
