"""Tokens: made once, read back, renewed, and never usable when others may have read them."""

from __future__ import annotations

import stat

import pytest

from eventmon.core.errors import UserError
from eventmon.engine.paths import Paths
from eventmon.engine.tokens import Tokens, load_tokens, renew_tokens


def test_tokens_are_made_once_and_stay(paths: Paths) -> None:
    made = load_tokens(paths)
    assert load_tokens(paths) == made
    assert made.view != made.ingest
    assert stat.S_IMODE(paths.tokens_file.stat().st_mode) == 0o600


def test_each_token_has_256_bits(paths: Paths) -> None:
    tokens = load_tokens(paths)
    assert [len(token) for token in (tokens.view, tokens.ingest)] == [43, 43]  # 32 bytes in base64


def test_renewed_tokens_take_the_place_of_the_old_ones(paths: Paths) -> None:
    old = load_tokens(paths)
    new = renew_tokens(paths)
    assert load_tokens(paths) == new
    assert len({old.view, old.ingest, new.view, new.ingest}) == 4


def test_a_file_that_others_may_read_is_refused_and_can_be_renewed(paths: Paths) -> None:
    load_tokens(paths)
    paths.tokens_file.chmod(0o644)
    with pytest.raises(UserError, match=r"--renew"):
        load_tokens(paths)
    renew_tokens(paths)
    assert stat.S_IMODE(paths.tokens_file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"view": "", "ingest": ""}', '{"view": "short", "ingest": "shorter"}', '{"view": 1}']
)
def test_a_garbled_file_is_refused_and_can_be_renewed(paths: Paths, text: str) -> None:
    load_tokens(paths)
    paths.tokens_file.write_text(text)
    with pytest.raises(UserError, match=r"--renew"):
        load_tokens(paths)
    assert renew_tokens(paths) == load_tokens(paths)


def test_one_token_for_both_scopes_is_refused(paths: Paths) -> None:
    token = load_tokens(paths).view
    paths.tokens_file.write_text(f'{{"view": "{token}", "ingest": "{token}"}}')
    with pytest.raises(UserError, match=r"--renew"):
        load_tokens(paths)


def test_a_printed_tokens_object_holds_no_token() -> None:
    tokens = Tokens(view="v" * 43, ingest="i" * 43)
    assert "vvv" not in f"{tokens!r}{tokens}"
