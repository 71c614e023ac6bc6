"""Which fields stand side by side follows from their kinds; none is lost and the order stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.engine.forms import FieldKind, FormField
from eventmon.gui.dialogs.form_layout import COLUMNS, rows_of

KINDS: tuple[FieldKind, ...] = ("text", "number", "switch", "choice", "list", "secret", "path")


def fields(*kinds: FieldKind) -> list[FormField]:
    return [FormField(name=f"{kind}{number}", kind=kind, title=kind.title()) for number, kind in enumerate(kinds)]


def kinds_in_rows(*kinds: FieldKind) -> list[list[str]]:
    return [[field.kind for field, _ in row] for row in rows_of(fields(*kinds))]


@pytest.mark.parametrize(
    ("kinds", "rows"),
    [
        (("text", "number"), [["text", "number"]]),
        (("list", "list"), [["list", "list"]]),
        (("text", "text", "secret"), [["text"], ["text", "secret"]]),
        (("text", "text", "text"), [["text", "text"], ["text"]]),
        (("number", "choice"), [["number", "choice"]]),
        (("switch", "switch", "switch"), [["switch", "switch"], ["switch"]]),
        (("path", "text"), [["path"], ["text"]]),
        (("switch", "number"), [["switch"], ["number"]]),
        (("list", "text", "number"), [["list"], ["text", "number"]]),
    ],
)
def test_what_belongs_together_shares_a_row(kinds: tuple[FieldKind, ...], rows: list[list[str]]) -> None:
    assert kinds_in_rows(*kinds) == rows


def test_a_port_is_narrower_than_its_host() -> None:
    ((_, host), (_, port)) = rows_of(fields("text", "number"))[0]
    assert host > 2 * port


@given(st.lists(st.sampled_from(KINDS), max_size=20))
def test_every_field_is_shown_once_in_order_and_no_row_is_too_wide(kinds: list[FieldKind]) -> None:
    given_fields = fields(*kinds)
    rows = rows_of(given_fields)
    assert [field for row in rows for field, _ in row] == given_fields
    assert all(sum(span for _, span in row) <= COLUMNS for row in rows)
