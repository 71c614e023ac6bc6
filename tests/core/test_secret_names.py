"""Secrets are hidden wherever a payload is shown, also in one that is cut, broken, or no JSON at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.secret_names import MASK, WINDOW, is_secret, masked, secret_bytes
from tests.helpers.hostile import HOSTILE_TEXTS


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "token",
        "authorization",
        "secret",
        "Password",
        "AUTHORIZATION",
        "access_token",
        "clientSecret",
        "X-Auth-Token",
        "dbPassword",
        "proxy-authorization",
        "secretKey",
        "refresh.token",
    ],
)
def test_a_name_with_a_secret_word_is_secret(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["", "total_tokens", "tokenizer", "secretary", "order", "authorizations", "x" * 10**6])
def test_other_names_are_not(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"user":"zoe","password":"hunter2"}', '{"user":"zoe","password":"•••"}'),
        ('{"token" : 48348, "total": 12}', '{"token" : "•••", "total": 12}'),
        ('{"secret":{"a":[1,"]}"],"b":2},"c":3}', '{"secret":"•••","c":3}'),
        ('{"secret":["x","y"],"c":3}', '{"secret":"•••","c":3}'),
        ('{"password":"a\\"b\\\\","total":1}', '{"password":"•••","total":1}'),
        ('{"password":"cut in the mid', '{"password":"•••"'),
        ('{"secret":{"deep":[1,2', '{"secret":"•••"'),
        ('tail","token":"x"}', 'tail","token":"•••"}'),
        (r'{"p\u0061ssword":"hunter2"}', r'{"p\u0061ssword":"•••"}'),
        ('{"password":', '{"password":"•••"'),
        ("user=zoe&password=hunter2&total=1", "user=zoe&password=•••&total=1"),
        ("Authorization: Bearer eyJhbGciOi", "Authorization: •••"),
        ('{"note":"the password is gone"}', '{"note":"the password is gone"}'),
        ("no such field", "no such field"),
    ],
)
def test_the_value_is_hidden_and_nothing_else(text: str, shown: str) -> None:
    assert masked(text) == shown


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=8,
    ),
    st.text(min_size=1, max_size=12).map(lambda text: f"«{text}»"),
    st.sampled_from(["password", "Access-Token"]),
)
def test_whatever_stands_around_a_secret_stays_and_the_secret_goes(around: object, secret: str, name: str) -> None:
    document = [around, {"before": around, name: secret, "after": around}]
    shown = masked(json.dumps(document))
    assert json.loads(shown) == [around, {"before": around, name: MASK, "after": around}]


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_any_text_is_searched_without_an_error(name: str) -> None:
    text = HOSTILE_TEXTS[name]
    assert masked(text) is text
    assert masked(text + '"password":"hunter2"').endswith(f'"password":"{MASK}"')


def test_what_is_made_to_be_slow_is_not() -> None:
    assert masked('{"password":' * 2_000).count(MASK) == 1
    assert masked('"' * 100_000 + "password") == '"' * 100_000 + "password"
    assert masked('{"secret":[' * 20_000) == f'{{"secret":"{MASK}"'
    assert masked("x" * 1_000_000 + " token=48348") == "x" * 1_000_000 + f" token={MASK}"


def hidden(data: bytes) -> bytes:
    """Bytes with their secrets hidden by the places that were found."""
    parts, done = [], 0
    for span in secret_bytes(data):
        parts += [data[done : span.start], span.mask.encode()]
        done = span.end
    return b"".join([*parts, data[done:]])


@given(st.text(max_size=12), st.text(alphabet="ab é🛒\u0301", min_size=1, max_size=12))
def test_secrets_are_found_in_bytes_where_they_are_in_the_text(around: str, secret: str) -> None:
    text = json.dumps([around, {"password": secret, "after": around}], ensure_ascii=False)
    assert hidden(text.encode(errors="surrogateescape")).decode(errors="surrogateescape") == masked(text)


def test_secrets_are_found_among_bytes_that_are_no_text() -> None:
    assert hidden(b'\xff\x00{"password":"hun\xffter\x00"}\xc3') == f'"{MASK}"'.encode().join(
        [b'\xff\x00{"password":', b"}\xc3"]
    )


@pytest.mark.parametrize("before", range(WINDOW - 30, WINDOW + 2, 3))
def test_a_secret_across_the_border_of_two_searches_is_hidden_whole(before: int) -> None:
    filling = "x" * (before - 1) + " "
    assert masked(filling + "password=hunter2 paid") == filling + f"password={MASK} paid"
    assert masked(f'["{filling}",{{"password":"hunter2"}}]') == f'["{filling}",{{"password":"{MASK}"}}]'


def test_a_secret_longer_than_a_search_is_hidden_whole() -> None:
    assert masked("password=" + "h" * (3 * WINDOW) + " paid") == f"password={MASK} paid"
