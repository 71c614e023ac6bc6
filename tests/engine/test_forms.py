from __future__ import annotations

import subprocess
import sys
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from eventmon.connectors import registry
from eventmon.connectors.base import Connector, ConnectorConfig
from eventmon.connectors.names import item_of
from eventmon.core.errors import UserError
from eventmon.core.fields import field
from eventmon.engine.forms import ConnectorForm, FieldValue, FormField, connector_forms, url_of, values_of
from tests.engine.orders_source import OrdersBroker

FORMS = {form.scheme: form for form in connector_forms()}
WRITABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
ITEMS = st.lists(st.binary(min_size=1, max_size=12).map(item_of).filter(str.strip), max_size=4, unique=True)
SPECIAL: dict[tuple[str, str], st.SearchStrategy[str]] = {
    ("redis", "host"): st.sampled_from(["localhost", "shop.example", "10.0.0.7", "::1"]),
    ("redis", "from"): st.sampled_from(["new", "start", "1526919030474-0"]),
    ("redis", "separator"): st.sampled_from([":", ".", "/", ""]),
    ("pipe", "path"): st.just("-") | WRITABLE.map(lambda name: f"/logs/{name}"),
    ("pipe", "pattern"): st.sampled_from(["", r"(?P<level>\w+) (?P<text>.*)"]),
    ("pipe", "topic"): st.sampled_from(["", "service", "logs/{service}/{level}"]),
}
"""Values of fields that take only some."""
TOGETHER = {"redis": [("group", "take"), ("cert", "key")]}
"""Fields that are given both or not at all."""


def values_for(scheme: str, field: FormField) -> st.SearchStrategy[Any]:
    if (scheme, field.name) in SPECIAL:
        return SPECIAL[scheme, field.name]
    if field.kind == "number":
        kind = st.integers if isinstance(field.default, int) else st.floats
        low, high = field.minimum, field.maximum
        return kind(-(2**40) if low is None else low, 2**40 if high is None else high)  # type: ignore[arg-type]
    if field.kind == "switch":
        return st.booleans()
    if field.kind == "choice":
        return st.sampled_from(field.choices)
    return ITEMS.map(",".join) if field.kind == "list" else WRITABLE


@pytest.mark.parametrize("scheme", FORMS)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_an_address_holds_every_value_of_its_form(scheme: str, data: st.DataObject) -> None:
    values = {field.name: data.draw(values_for(scheme, field), field.name) for field in FORMS[scheme].fields}
    for one, other in TOGETHER.get(scheme, []):
        assume(bool(values[one]) == bool(values[other]))
    try:
        url = url_of(scheme, values)
    except UserError:
        assume(False)
    assert values_of(url).values == values
    assert values_of(url).scheme == scheme


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_defaults_alone_make_an_address_and_everything_has_a_label(form: ConnectorForm) -> None:
    required: dict[str, FieldValue] = {field.name: "/logs/shop.jsonl" for field in form.fields if field.required}
    found = values_of(url_of(form.scheme, required))
    assert found.values == {field.name: field.default for field in form.fields} | required
    assert found.default_name
    assert form.title
    assert all(field.title and not field.title.islower() for field in form.fields)
    assert all(not field.description or field.description.endswith(".") for field in form.fields)
    assert all(field.default in field.choices for field in form.fields if field.kind == "choice")


def test_forms_come_in_the_order_of_the_table_each_connector_once() -> None:
    assert list(FORMS) == list(dict.fromkeys(make().scheme for make in registry.CONNECTORS.values()))
    assert len(FORMS) < len(registry.CONNECTORS)


def test_an_address_of_another_scheme_is_for_the_form_of_its_connector() -> None:
    found = values_of("rediss://checkout:hunter2@shop.example?channels=orders.*")
    assert found.scheme == "redis"
    assert (found.values["tls"], found.values["password"], found.values["channels"]) == (True, "hunter2", "orders.*")
    assert not found.local
    assert values_of("redis://localhost").local
    assert url_of("redis", found.values).startswith("rediss://")


def test_a_caution_is_passed_on() -> None:
    assert len(values_of("redis://shop.example?channels=*").cautions) == 1
    assert values_of("redis://shop.example?channels=orders.*").cautions == ()


class DeskConfig(ConnectorConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a till.

    Attributes:
        shelf_count: how many shelves there are, counted from
            the door; at least one.
        mood: ``calm`` or not.
    """

    till: Annotated[str, field("Till", "Its number plate.")]
    shelf_count: Annotated[int, msgspec.Meta(gt=0)] = 3
    discount: Annotated[float, field("Discount"), msgspec.Meta(le=0.5)] = 0.0
    mood: Annotated[Literal["calm", "busy"], msgspec.Meta()] = "calm"
    floor: Annotated[int, field("Floor"), msgspec.Meta(ge=-2, lt=9)] | None = None
    slip: Annotated[str, field("Slip", path=True, advanced=True)] = ""
    code: Annotated[str, field("Code", secret=True)] = ""
    doors: Annotated[tuple[str, ...], field("Doors")] = ()
    open: bool = msgspec.field(default=True, name="is_open")


class Desk(OrdersBroker):
    scheme: ClassVar[str] = "desk"
    title: ClassVar[str] = "Desk"
    config_type: ClassVar[type[ConnectorConfig]] = DeskConfig

    def url_of(self, config: Any) -> str:
        return f"desk:{msgspec.json.encode(config).decode()}"

    def parse_url(self, url: str) -> Any:
        return msgspec.json.decode(url.removeprefix("desk:"), type=DeskConfig)

    def is_local(self, config: Any) -> bool:
        return False


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Connector:
    desk = Desk()
    monkeypatch.setitem(registry.CONNECTORS, "desk", lambda: desk)
    return desk


def test_a_form_is_derived_from_the_config(desk: Connector) -> None:
    form = {form.scheme: form for form in connector_forms()}["desk"]
    assert (form.title, form.publishes, form.tests, form.browses) == ("Desk", True, True, True)
    assert form.fields == (
        FormField(name="till", kind="text", title="Till", description="Its number plate.", required=True),
        FormField(
            name="shelf_count",
            kind="number",
            title="Shelf count",
            description="How many shelves there are, counted from the door; at least one.",
            default=3,
            minimum=1,
        ),
        FormField(name="discount", kind="number", title="Discount", default=0.0, maximum=0.5),
        FormField(
            name="mood",
            kind="choice",
            title="Mood",
            description="Calm or not.",
            default="calm",
            choices=("calm", "busy"),
        ),
        FormField(name="floor", kind="number", title="Floor", minimum=-2, maximum=8, optional=True),
        FormField(name="slip", kind="path", title="Slip", advanced=True),
        FormField(name="code", kind="secret", title="Code"),
        FormField(name="doors", kind="list", title="Doors"),
        FormField(name="is_open", kind="switch", title="Is open", default=True),
    )


def test_what_is_typed_is_converted(desk: Connector) -> None:
    typed: dict[str, FieldValue] = {
        "till": "7",
        "shelf_count": " 12 ",
        "discount": "0.25",
        "floor": "",
        "doors": " front, back,,front ",
        "is_open": "false",
    }
    values = values_of(url_of("desk", typed)).values
    assert (values["shelf_count"], values["discount"], values["floor"], values["is_open"]) == (12, 0.25, "", False)
    assert values["doors"] == "front,back"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Till has to be filled in."),
        ({"till": ""}, "Till has to be filled in."),
        ({"till": "7", "shelf_count": 0}, "Shelf count: a whole number of at least 1 is expected."),
        ({"till": "7", "shelf_count": ""}, "Shelf count: a whole number of at least 1 is expected."),
        ({"till": "7", "discount": 0.6}, "Discount: a number of at most 0.5 is expected."),
        ({"till": "7", "floor": "roof"}, "Floor: a whole number from -2 to 8 is expected."),
        ({"till": "7", "mood": "sad"}, "Mood: one of calm, busy is expected."),
        ({"till": "7", "is_open": "perhaps"}, "Is open: yes or no is expected."),
        ({"till": "7", "code": 5}, "Code: another value is expected."),
        ({"till": "7", "colour": "red"}, "Desk has no field “colour”. Leave it out."),
    ],
)
def test_a_value_that_does_not_fit_is_named(desk: Connector, values: dict[str, FieldValue], sentence: str) -> None:
    with pytest.raises(UserError) as raised:
        url_of("desk", values)
    assert str(raised.value) == sentence


def test_an_address_of_no_connector_is_told() -> None:
    with pytest.raises(UserError, match="carrier-pigeon"):
        values_of("carrier-pigeon://roof")
    with pytest.raises(UserError, match="carrier-pigeon"):
        url_of("carrier-pigeon", {})
    with pytest.raises(UserError, match="group"):
        url_of("redis", {"group": "checkout"})


def test_forms_load_no_client_of_any_protocol() -> None:
    script = (
        "import sys; from eventmon.engine.forms import connector_forms, values_of;"
        "connector_forms(); values_of('rediss://shop.example?channels=orders.*');"
        "print([name for name in ('redis', 'hiredis', 'apsw', 'aiohttp', 'keyring') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert shown.stdout.strip() == "[]"
