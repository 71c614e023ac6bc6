"""Topics of lines: fields and templates, with outside values made fit to be topics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.connectors.pipe_topics import TopicTemplate
from eventmon.core.errors import UserError
from eventmon.core.topic import validate_topic


def test_a_field_holds_the_topic_with_its_levels() -> None:
    template = TopicTemplate("kubernetes.topic", "prod")
    assert template.fields == ("kubernetes.topic",)
    assert template.topic(("orders/eu/created",)) == "prod/orders/eu/created"
    assert template.topic(("a+b/c#/100%",)) == "prod/a%2Bb/c%23/100%25"


def test_a_template_makes_each_field_one_level() -> None:
    template = TopicTemplate("logs/{service}/{level}", "prod")
    assert template.fields == ("service", "level")
    assert template.topic(("api", "warning")) == "prod/logs/api/warning"
    assert template.topic(("a/b\0", "+")) == "prod/logs/a%2Fb%00/%2B"
    assert TopicTemplate("{service}-{zone}", "prod").topic(("api", "eu")) == "prod/api-eu"
    assert TopicTemplate("logs/all", "prod").topic(()) == "prod/logs/all"


def test_numbers_and_truth_values_are_written_as_json_writes_them() -> None:
    template = TopicTemplate("level", "prod")
    assert [template.topic((value,)) for value in (1, True, 1.5, 0, False)] == [
        "prod/1",
        "prod/true",
        "prod/1.5",
        "prod/0",
        "prod/false",
    ]


@pytest.mark.parametrize("value", [None, "", [], {"a": 1}, "x" * 5000, "/".join("abcdefgh" * 30), "\ud800"])
def test_a_line_without_usable_value_goes_to_the_lines(value: object) -> None:
    assert TopicTemplate("level", "prod").topic((value,)) == "prod/lines"
    assert TopicTemplate("", "prod").topic(()) == "prod/lines"


@pytest.mark.parametrize("text", ["logs/{", "logs/}", "logs/{}", "{a}{", "{{a}}", "a/#", "{level}/+"])
def test_a_template_that_is_not_clear_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        TopicTemplate(text, "prod")


@given(st.lists(st.text() | st.integers() | st.floats() | st.none() | st.booleans(), min_size=2, max_size=2))
def test_every_value_gives_a_legal_topic_below_the_mount(values: list[object]) -> None:
    topic = TopicTemplate("logs/{service}/{level}", "prod").topic(tuple(values))
    assert validate_topic(topic).startswith("prod/")
    assert topic == "prod/lines" or topic.count("/") == 3


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text(min_size=1))
def test_different_values_give_different_topics(one: str, other: str) -> None:
    template = TopicTemplate("logs/{service}", "prod")
    first, second = template.topic((one,)), template.topic((other,))
    assert (first == second) == (one == other) or "prod/lines" in (first, second)
