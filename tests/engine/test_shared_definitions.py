"""What a hub holds may have been written by anybody: it is understood whole, or left alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.elsewhere import Figures, _decoded, report_of
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.shared_definitions import SharedObserver, new_observer, shared_observer

PAID = new_observer(
    ObserverDefinition(name="paid", kind="counter", pattern="orders/#", settings={"sum": "total"}),
    instance="desk",
    host="marias-desk",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def written(observer: SharedObserver) -> dict[str, Any]:
    content: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(observer))
    return content


def test_what_is_written_is_understood() -> None:
    assert shared_observer(written(PAID), "paid") == PAID
    assert shared_observer(None) is None


def test_what_a_newer_version_adds_is_no_reason_to_leave_it() -> None:
    assert shared_observer({**written(PAID), "shared_by": ["desk", "laptop"]}) == PAID


@pytest.mark.parametrize("name", ["sold", "", "two\nlines", "x" * 201])
def test_an_observer_under_a_name_that_is_not_its_own_or_none_is_left_alone(name: str) -> None:
    content = written(PAID)
    content["definition"]["name"] = name
    assert shared_observer(content, "paid") is None


@given(st.dictionaries(st.text(), JSON, max_size=6))
def test_whatever_somebody_wrote_breaks_nothing(content: dict[str, Any]) -> None:
    assert shared_observer(content) is None


@given(st.sampled_from(sorted(written(PAID))), JSON)
def test_a_field_that_is_not_what_it_should_be_breaks_nothing(field: str, value: Any) -> None:
    found = shared_observer({**written(PAID), field: value}, "paid")
    assert found is None or isinstance(found, SharedObserver)


@given(st.binary(max_size=200) | JSON.map(msgspec.json.encode))
def test_whatever_an_instance_reports_breaks_nothing(report: bytes) -> None:
    assert all(isinstance(each, Figures) for each in _decoded(report).values())


def test_a_report_says_how_each_observer_is() -> None:
    status = ObserverStatus(
        name="paid", kind="counter", pattern="orders/#", delivered=3, matched=3, values={"count": 3.0}
    )
    assert _decoded(report_of([status]))["paid"].values == {"count": 3.0}


def test_figures_that_no_viewer_could_be_told_are_not_believed() -> None:
    report = report_of([ObserverStatus(name="paid", kind="counter", pattern="orders/#", state="active", delivered=7)])
    assert _decoded(report)["paid"].delivered == 7
    for number in (b"-7", b"1" + b"0" * 30):
        assert _decoded(report.replace(b"7", number)) == {}
