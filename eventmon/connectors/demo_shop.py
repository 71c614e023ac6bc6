"""What the demo shop does: orders that run through checkout, payment, stock and mail, interleaved with its visitors.

Payloads are written into byte templates from tables drawn once, because the demo has to cost next to nothing: it is
also what load is tried with. All chance comes from the seed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random
from typing import TypeAlias

import msgspec

from eventmon.connectors.demo_goods import Basket, baskets, customers, picture
from eventmon.core.event import JSON_CONTENT_TYPE, Event

MOST_OPEN_ORDERS = 48
PICTURE_EVERY = 1_999
_FIRST_ORDER = 48_301
_REGIONS = (("eu", b"EUR"), ("us", b"USD"))
_REASONS = (b"insufficient_funds", b"card_expired", b"issuer_unavailable", b"suspected_fraud")
_LANES = (b"standard", b"express")
_SOURCES = {
    "cart.cleared": "/shop/web",
    "cart.updated": "/shop/web",
    "checkout.started": "/shop/web",
    "heartbeat": "/shop",
    "mail.queued": "/shop/mail",
    "order.cancelled": "/shop/orders",
    "order.created": "/shop/orders",
    "order.paid": "/shop/orders",
    "payment.authorised": "/shop/payments",
    "payment.failed": "/shop/payments",
    "refund.created": "/shop/payments",
    "stock.low": "/shop/stock",
    "stock.reserved": "/shop/stock",
}

Step: TypeAlias = "Callable[[Order, str], Event]"
"""What may come next for an order: makes the event with a given ``time``."""


class Order(msgspec.Struct, gc=False):
    """One order on its way.

    Attributes:
        left: the steps it still has to go, the next one last.
        headers: the same for all its events; its ``correlationid`` ties them together.
    """

    number: int
    region: str
    currency: bytes
    customer: bytes
    basket: Basket
    headers: dict[str, str]
    left: list[Step]
    chance: int


class Shop:
    """Makes the events of one shop, mounted at a name."""

    def __init__(self, name: str, *, seed: int, heartbeat_every: int) -> None:
        """Open it; ``heartbeat_every`` is counted in events."""
        self._name = name
        self._random = Random(seed)
        self._bits = self._random.getrandbits
        self._customers = customers(self._random)
        self._baskets = baskets(self._random)
        self._orders: deque[Order] = deque()
        self._heartbeat_every = heartbeat_every
        self._made = 0
        self._last_number = _FIRST_ORDER - 1
        self._topics = {region: f"{name}/orders/{region}/" for region, _ in _REGIONS}
        self._paths = _plans(self)

    def events(self, count: int, *, time: str) -> list[Event]:
        """The next events, all with the same ``time``."""
        return [self._next(time) for _ in range(count)]

    def _next(self, time: str) -> Event:
        self._made += 1
        if self._made % self._heartbeat_every == 0:
            return self._heartbeat(time)
        if self._made % PICTURE_EVERY == 0:
            return self._picture(time)
        chance = self._bits(32)
        orders = self._orders
        if orders and (chance & 0xFF < 188 or len(orders) >= MOST_OPEN_ORDERS):
            order = orders.popleft()
            step = order.left.pop()
            if order.left:
                orders.append(order)
            return step(order, time)
        return self._visit(chance >> 8, time)

    def _visit(self, chance: int, time: str) -> Event:
        """Somebody comes in: nearly half of them order."""
        kind = chance & 0xFF
        chance >>= 8
        if kind < 120:
            return self._start_checkout(chance, time)
        if kind < 232:
            return self._cart_updated(chance, time)
        return self._cart_cleared(chance, time)

    def _start_checkout(self, chance: int, time: str) -> Event:
        self._last_number += 1
        number = self._last_number
        region, currency = _REGIONS[chance & 1]
        order = Order(
            number=number,
            region=region,
            currency=currency,
            customer=self._customers[(chance >> 1) & 63],
            basket=self._baskets[(chance >> 7) & 127],
            headers={"correlationid": f"order-{number}"},
            left=self._paths[self._bits(7)][:],
            chance=chance,
        )
        self._orders.append(order)
        basket = order.basket
        data = b'{"cart":"crt_%05x","customer":%b,"items":%d,"total":%b,"currency":"%b"}' % (
            number * 7 & 0xFFFFF, order.customer, basket.count, basket.total, currency,
        )  # fmt: skip
        return self._about(order, f"{self._name}/checkout/started", data, "checkout.started", time)

    def created(self, order: Order, time: str) -> Event:
        """The order is placed."""
        basket = order.basket
        data = b'{"order":"%d","customer":%b,"total":%b,"currency":"%b","items":%b}' % (
            order.number, order.customer, basket.total, order.currency, basket.items,
        )  # fmt: skip
        topic = self._topics[order.region] + "created"
        return self._about(order, topic, data, "order.created", time)

    def authorised(self, order: Order, time: str) -> Event:
        """The bank agrees."""
        data = b'{"payment":"pay_%06x","order":"%d","amount":%b,"currency":"%b","method":"card","milliseconds":%d}' % (
            order.number * 31 & 0xFFFFFF, order.number, order.basket.total, order.currency, 80 + order.chance % 320,
        )  # fmt: skip
        topic = f"{self._name}/payments/authorised"
        return self._about(order, topic, data, "payment.authorised", time)

    def failed(self, order: Order, time: str) -> Event:
        """The bank does not agree."""
        data = b'{"payment":"pay_%06x","order":"%d","amount":%b,"currency":"%b","error":{"code":"%b","retry":%b}}' % (
            order.number * 31 & 0xFFFFFF, order.number, order.basket.total, order.currency,
            _REASONS[order.chance & 3], b"true" if len(order.left) > 2 else b"false",
        )  # fmt: skip
        return self._about(order, f"{self._name}/payments/failed", data, "payment.failed", time)

    def paid(self, order: Order, time: str) -> Event:
        """The order is paid."""
        data = b'{"order":"%d","total":%b,"currency":"%b","paid":true}' % (
            order.number, order.basket.total, order.currency,
        )  # fmt: skip
        return self._about(order, self._topics[order.region] + "paid", data, "order.paid", time)

    def cancelled(self, order: Order, time: str) -> Event:
        """The order is given up."""
        data = b'{"order":"%d","total":%b,"currency":"%b","reason":"payment_failed"}' % (
            order.number, order.basket.total, order.currency,
        )  # fmt: skip
        topic = self._topics[order.region] + "cancelled"
        return self._about(order, topic, data, "order.cancelled", time)

    def reserved(self, order: Order, time: str) -> Event:
        """The goods are put aside."""
        data = b'{"order":"%d","warehouse":"%b-%d","items":%b,"lane":"%b"}' % (
            order.number, order.region.upper().encode(), 1 + order.chance % 3, order.basket.items,
            _LANES[order.chance & 1],
        )  # fmt: skip
        return self._about(order, f"{self._name}/stock/reserved", data, "stock.reserved", time)

    def low(self, order: Order, time: str) -> Event:
        """Hardly anything is left of what was bought."""
        data = b'{"sku":"%b","left":%d,"threshold":5}' % (order.basket.sku, order.chance % 5)
        return self._about(order, f"{self._name}/stock/low", data, "stock.low", time)

    def mailed(self, order: Order, time: str) -> Event:
        """The customer is told."""
        data = b'{"template":"order_update","order":"%d","customer":%b,"attempt":1}' % (order.number, order.customer)
        return self._about(order, f"{self._name}/jobs/mail/queued", data, "mail.queued", time)

    def refunded(self, order: Order, time: str) -> Event:
        """The customer wants the money back."""
        data = b'{"refund":"ref_%05x","order":"%d","amount":%b,"currency":"%b","reason":"returned"}' % (
            order.number * 13 & 0xFFFFF, order.number, order.basket.total, order.currency,
        )  # fmt: skip
        return self._about(order, f"{self._name}/refunds/created", data, "refund.created", time)

    def _about(self, order: Order, topic: str, data: bytes, kind: str, time: str) -> Event:
        return Event(
            topic=topic,
            data=data,
            type=kind,
            source=_SOURCES[kind],
            time=time,
            subject=str(order.number),
            datacontenttype=JSON_CONTENT_TYPE,
            headers=order.headers,
        )

    def _cart_updated(self, chance: int, time: str) -> Event:
        basket = self._baskets[chance & 127]
        data = b'{"cart":"crt_%05x","customer":%b,"items":%b,"total":%b}' % (
            chance & 0xFFFFF, self._customers[chance >> 7 & 63], basket.items, basket.total,
        )  # fmt: skip
        return self._plain("cart/updated", data, "cart.updated", time)

    def _cart_cleared(self, chance: int, time: str) -> Event:
        data = b'{"cart":"crt_%05x","customer":%b}' % (chance & 0xFFFFF, self._customers[chance >> 7 & 63])
        return self._plain("cart/cleared", data, "cart.cleared", time)

    def _heartbeat(self, time: str) -> Event:
        data = b'{"beat":%d,"open_orders":%d,"ok":true}' % (self._made // self._heartbeat_every, len(self._orders))
        return self._plain("heartbeat", data, "heartbeat", time)

    def _picture(self, time: str) -> Event:
        number = self._made // PICTURE_EVERY
        return Event(
            topic=f"{self._name}/catalogue/image",
            data=picture(number % 4),
            type="catalogue.image",
            source="/shop/catalogue",
            time=time,
            subject=f"picture-{number}",
            datacontenttype="image/png",
        )

    def _plain(self, below: str, data: bytes, kind: str, time: str) -> Event:
        return Event(
            topic=f"{self._name}/{below}",
            data=data,
            type=kind,
            source=_SOURCES[kind],
            time=time,
            datacontenttype=JSON_CONTENT_TYPE,
        )


def _plans(shop: Shop) -> list[list[Step]]:
    """128 courses an order may take, the last step first, so that the next one is popped."""
    happy: list[Step] = [shop.created, shop.authorised, shop.paid, shop.reserved, shop.mailed]
    scarce: list[Step] = [*happy[:-1], shop.low, shop.mailed]
    returned: list[Step] = [*happy, shop.refunded]
    retried: list[Step] = [shop.created, shop.failed, *happy[1:]]
    given_up: list[Step] = [shop.created, shop.failed, shop.cancelled, shop.mailed]
    plans = [happy] * 104 + [scarce] * 8 + [retried] * 6 + [given_up] * 7 + [returned] * 3
    return [plan[::-1] for plan in plans]
