"""A locale in UTF-8 for Qt, which otherwise complains on standard error and chooses one itself.

Only the encoding is changed: the language of the user stays, by the variable that Qt reads first.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Callable, MutableMapping

UTF8_LOCALE = "C.UTF-8"


def use_utf8_locale(
    environment: MutableMapping[str, str] = os.environ, *, encoding: Callable[[], str] | None = None
) -> None:
    """Let texts be in UTF-8 when the locale says otherwise, or is not installed, as in a bare container.

    Args:
        environment: its variables are changed.
        encoding: that of the locale as the C library understands it.
    """
    if (encoding or _encoding)().upper() == "UTF-8":
        return
    language = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    if language.partition(".")[0] not in ("", "C", "POSIX"):
        environment.setdefault("LANGUAGE", language.partition(".")[0])
    environment["LC_ALL"] = UTF8_LOCALE


def _encoding() -> str:
    """The encoding of the locale that the variables ask for, as Qt will find it; the C locale when there is none."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "")
        return locale.nl_langinfo(locale.CODESET)
    except locale.Error:
        return ""
    finally:
        locale.setlocale(locale.LC_ALL, before)
