"""What every kind keeps: registered, described, tried without doing, opened with its defaults where it has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from eventmon.core.errors import UserError
from eventmon.engine.observer_forms import observer_forms, settings_of
from eventmon.observers.base import InlineObserver, QueuedObserver
from eventmon.observers.registry import KINDS, kind_for
from tests.observers.lent import Lent, order

NEEDED = {"publish": {"topic": "mail/out"}, "file": {"path": "/nowhere/orders.jsonl"}}
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_opens_and_says_what_it_would_do(name: str) -> None:
    kind, settings = settings_of(name, NEEDED.get(name, {}))
    lent = Lent()
    observer = kind.open(settings, lent)
    assert isinstance(observer, QueuedObserver if kind.queued else InlineObserver)
    observer.tick(lent.seconds)
    assert all(isinstance(value, int | float) for value in observer.values().values())
    trial = kind.trial(settings, order())
    assert trial.does.startswith("It would ")
    assert trial.does.endswith(".")
    assert (lent.published, lent.alerts, lent.stops) == ([], [], [])
    assert not Path("/nowhere").exists()


def test_forms_are_made_of_the_settings() -> None:
    forms = {form.kind: form for form in observer_forms()}
    assert list(forms) == list(KINDS) == ["counter", "alert", "publish", "file"]
    alert = {field.name: field for field in forms["alert"].fields}
    assert alert["severity"].choices == ("error", "warning", "info")
    assert (alert["per_minute"].kind, alert["per_minute"].minimum, alert["per_minute"].maximum) == ("number", 1, 600)
    publish = {field.name: field for field in forms["publish"].fields}
    assert publish["topic"].required
    assert publish["rate"].advanced
    assert [field.kind for field in forms["file"].fields] == ["path", "text"]
    assert [form.queued for form in forms.values()] == [False, False, True, True]
    for form in forms.values():
        assert (REPOSITORY / "resources" / "icons" / f"{form.icon}.svg").exists()


def test_an_unknown_kind_is_refused_with_a_hint() -> None:
    with pytest.raises(UserError, match="Did you mean publish"):
        kind_for("publsh")
    with pytest.raises(UserError, match="Choose one of counter, alert"):
        kind_for("")


@pytest.mark.parametrize(
    ("kind", "settings", "reason"),
    [
        ("alert", {"text": "", "silence": 0}, "nothing to tell"),
        ("alert", {"per_minute": 0}, "from 1 to 600"),
        ("alert", {"text": "{{total}}"}, "no placeholder {{total}}"),
        ("publish", {}, "To topic has to be filled in"),
        ("publish", {"topic": " "}, "To topic has to be filled in"),
        ("publish", {"topic": "orders/#"}, "stand for levels"),
        ("publish", {"topic": "mail", "rate": 0}, "from 1 to 10000"),
        ("file", {"path": "orders.jsonl"}, "not a whole path"),
        ("file", {"path": " "}, "path of a file"),
        ("file", {"path": "/x", "text": "{{uuid}}"}, "Line: there is no placeholder"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(kind: str, settings: dict[str, str | int], reason: str) -> None:
    def opened() -> None:
        found, config = settings_of(kind, settings)
        found.open(config, Lent())

    with pytest.raises(UserError, match=reason):
        opened()
