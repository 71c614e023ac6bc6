"""Whatever the locale, Qt gets texts in UTF-8 and keeps the user's language."""

from __future__ import annotations

import pytest

from eventmon.gui.utf8_locale import use_utf8_locale


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"LC_CTYPE": "C.UTF-8"}),
        ({"LANG": "zh_CN"}, {"LANG": "zh_CN", "LC_CTYPE": "C.UTF-8"}),
        ({"LC_ALL": "C"}, {"LANG": "C", "LC_CTYPE": "C.UTF-8"}),
        ({"LANG": "de_DE.UTF-8"}, {"LANG": "de_DE.UTF-8"}),
        ({"LANG": "C", "LC_ALL": "en_GB.utf8"}, {"LANG": "C", "LC_ALL": "en_GB.utf8"}),
    ],
)
def test_only_the_encoding_changes(before: dict[str, str], after: dict[str, str]) -> None:
    environment = dict(before)
    use_utf8_locale(environment)
    assert environment == after
