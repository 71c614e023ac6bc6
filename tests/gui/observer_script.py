"""What the tests of observers share: observers as frames carry them, and the forms of kinds as an engine has them."""

from __future__ import annotations

from typing import Any

from eventmon.engine.form_fields import FormField
from eventmon.engine.forms import ObserverForm
from eventmon.engine.frame import ObserverStatus

WAREHOUSE = ObserverStatus(
    name="Notify warehouse",
    kind="publish",
    pattern="prod/orders/+/created",
    matched=41_207,
    delivered=41_038,
    failed=41,
    pending=128,
    seen=41_207,
    p50=96_000,
    p99=412_000,
    last_error="The broker refused the event: the topic is read-only.",
    last_error_seq=1_198_735,
)
ORDERS = ObserverStatus(
    name="All orders",
    kind="counter",
    pattern="prod/orders/#",
    seen=402_196,
    matched=402_196,
    delivered=402_196,
    p50=2,
    p99=3,
    values={"count": 402_196.0, "sum": 18_204_211.5},
)
REFUNDS = ObserverStatus(
    name="Large refunds", kind="alert", pattern="prod/payments/refunded", seen=312, matched=312, delivered=312, p99=9
)
STOCK = ObserverStatus(
    name="Stock watcher",
    kind="file",
    pattern="prod/stock/#",
    matched=262_305,
    delivered=261_790,
    pending=515,
    p99=212_000,
)
PRINTER = ObserverStatus(
    name="Label printer",
    kind="file",
    pattern="prod/labels/#",
    state="paused",
    matched=1_204,
    delivered=1_204,
    p99=390_000,
)
STOPPED = ObserverStatus(
    name="Mirror to staging",
    kind="publish",
    pattern="prod/#",
    state="stopped",
    why="Stopped after 5 failures in a row (the connection is not there). Fix it, then resume it.",
    matched=402_196,
    delivered=402_191,
    failed=5,
    p99=140,
    last_error="The connection staging is not there. Connect it.",
    last_error_seq=402_196,
)
SHOP = [WAREHOUSE, STOCK, ORDERS, REFUNDS, PRINTER, STOPPED]

COUNTER = ObserverForm(
    kind="counter",
    title="Counter",
    sentence="Counts and sums",
    icon="hash",
    queued=False,
    fields=(
        FormField(name="field", kind="text", title="Sum of field", description="Of the JSON in the payload."),
        FormField(name="per", kind="choice", title="Per", default="all", choices=("all", "topic")),
    ),
)
PUBLISH = ObserverForm(
    kind="publish",
    title="Publish",
    sentence="Replies or forwards",
    icon="forward",
    queued=True,
    fields=(
        FormField(name="topic", kind="text", title="Topic", required=True),
        FormField(name="rate", kind="number", title="Most events a second", default=100, minimum=1),
        FormField(name="keep", kind="switch", title="Keep the headers", default=True, advanced=True),
    ),
)
FILE = ObserverForm(
    kind="file",
    title="File",
    sentence="Appends to a file",
    icon="file-text",
    queued=True,
    fields=(FormField(name="path", kind="path", title="File", required=True),),
)
FORMS = (COUNTER, PUBLISH, FILE)


def forms() -> tuple[ObserverForm, ...]:
    """The kinds of the script."""
    return FORMS


def observer(name: str, **fields: Any) -> ObserverStatus:
    """An observer with plausible figures for what is not given."""
    return ObserverStatus(**({"name": name, "kind": "counter", "pattern": "orders/#"} | fields))
