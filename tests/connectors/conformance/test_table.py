"""The conformance tests reach every connector of the table, and what they claim of it is what it says itself."""

from __future__ import annotations

import pytest

from eventmon.connectors.registry import CONNECTORS
from tests.connectors.conformance.harnesses import HARNESSES


def test_every_connector_of_the_table_has_a_harness() -> None:
    assert HARNESSES.keys() == CONNECTORS.keys()
    assert all(harness.scheme == scheme for scheme, harnesses in HARNESSES.items() for harness in harnesses)


@pytest.mark.parametrize("scheme", CONNECTORS)
def test_the_harnesses_of_a_connector_cover_what_it_can(scheme: str) -> None:
    can = CONNECTORS[scheme]().capabilities
    harnesses = HARNESSES[scheme]
    assert any(harness.selects for harness in harnesses) == can.selects
    assert any(harness.publishes for harness in harnesses) == can.publishes
    assert any(harness.keeps for harness in harnesses) == can.resumes
