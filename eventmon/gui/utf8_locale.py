"""A locale in UTF-8 for Qt, which otherwise complains on standard error and chooses one itself.

Only the encoding is changed: the language, and how numbers and dates look, stay the user's.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping

UTF8_LOCALE = "C.UTF-8"


def use_utf8_locale(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let texts be in UTF-8 when the locale says otherwise, as the bare ``C`` or ``zh_CN`` do."""
    chosen = environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or "C"
    if "utf" in chosen.lower():
        return
    everything = environment.pop("LC_ALL", "")
    if everything:
        environment["LANG"] = everything
    environment["LC_CTYPE"] = UTF8_LOCALE
