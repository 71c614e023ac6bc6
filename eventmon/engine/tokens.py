"""The tokens of the HTTP API over TCP, one to look and one to send, in a file that only its owner may read.

They outlive restarts, so that a page that was opened yesterday finds back; renewing them ends every one of them.
"""

from __future__ import annotations

import re
import secrets
import stat

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.file_replacement import replace_file
from eventmon.engine.paths import Paths

TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")


class Tokens(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """256 bits each.

    Attributes:
        view: reads, and opens the page.
        ingest: publishes events, and attaches, changes and detaches observers.
    """

    view: str
    ingest: str

    def __repr__(self) -> str:
        """Nothing: tokens must not turn up in logs."""
        return "Tokens(•••)"


def load_tokens(paths: Paths) -> Tokens:
    """The tokens of a profile, made when it has none.

    Raises:
        UserError: the file cannot be used; the sentence says what to do.
    """
    path = paths.tokens_file
    try:
        found = path.stat()
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return renew_tokens(paths)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The tokens in {path} cannot be read ({error}). Check the file, or delete it.") from error
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise UserError(f"Others may read the tokens in {path}. Make new ones with `eventmon token --renew`.")
    return _decoded(text, paths)


def renew_tokens(paths: Paths) -> Tokens:
    """New tokens in the place of the old ones.

    Raises:
        UserError: they cannot be written.
    """
    fresh = Tokens(view=secrets.token_urlsafe(TOKEN_BYTES), ingest=secrets.token_urlsafe(TOKEN_BYTES))
    try:
        replace_file(paths.tokens_file, msgspec.json.encode(fresh).decode() + "\n", private=True)
    except OSError as error:
        raise UserError(f"The tokens cannot be kept in {paths.tokens_file} ({error}). Check the folder.") from error
    return fresh


def _decoded(text: str, paths: Paths) -> Tokens:
    try:
        tokens = msgspec.json.decode(text, type=Tokens)
    except msgspec.DecodeError:
        tokens = Tokens(view="", ingest="")
    if not (_TOKEN.match(tokens.view) and _TOKEN.match(tokens.ingest)) or tokens.view == tokens.ingest:
        raise UserError(f"{paths.tokens_file} holds no tokens of Eventmon. Make new ones: `eventmon token --renew`.")
    return tokens
