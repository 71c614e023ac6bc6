"""The goods and customers of the demo shop, drawn once and kept as JSON fragments that payloads are built from."""

from __future__ import annotations

import functools
import struct
import zlib
from random import Random

import msgspec

_FIRST_NAMES = ("Zoë", "Liam", "Noor", "Jürgen", "Mei", "Olivia", "Mateo", "Anaïs", "Kwame", "Søren", "Priya", "Jakub")
_LAST_NAMES = ("Martin", "O’Neill", "García", "Müller", "Chen", "Okafor", "Nowak", "Lindqvist", "Rossi", "Tanaka")
_TIERS = ("gold", "silver", "standard", "standard")
_GOODS = (
    ("MUG-01", "Coffee mug", 1299),
    ("TEE-M", "T-shirt, M", 2450),
    ("LAMP-3", "Desk lamp", 4999),
    ("KETTLE", "Kettle", 3990),
    ("CHAIR-7", "Office chair", 18900),
    ("NOTE-A5", "Notebook A5", 690),
    ("PEN-10", "Pens, box of 10", 1150),
    ("BAG-22", "Backpack 22 l", 7495),
    ("PLANT", "Pot plant", 1575),
    ("CLOCK", "Wall clock", 2999),
)


class Basket(msgspec.Struct, frozen=True, gc=False):
    """What somebody buys: ``items`` and ``total`` are JSON, ``sku`` names the first article."""

    items: bytes
    total: bytes
    count: int
    sku: bytes


def customers(random: Random) -> list[bytes]:
    """64 customers, each as a JSON object."""
    return [
        msgspec.json.encode(
            {
                "id": f"cus_{random.getrandbits(24):06x}",
                "name": f"{random.choice(_FIRST_NAMES)} {random.choice(_LAST_NAMES)}",
                "tier": random.choice(_TIERS),
            }
        )
        for _ in range(64)
    ]


def baskets(random: Random) -> list[Basket]:
    """128 baskets of one to four articles."""
    return [_basket(random) for _ in range(128)]


def _basket(random: Random) -> Basket:
    chosen = [
        (goods, random.choice((1, 1, 1, 2, 3))) for goods in random.sample(_GOODS, random.choice((1, 1, 2, 3, 4)))
    ]
    cents = sum(price * quantity for (_, _, price), quantity in chosen)
    items = [
        {"sku": sku, "name": name, "quantity": quantity, "price": price / 100}
        for (sku, name, price), quantity in chosen
    ]
    return Basket(
        items=msgspec.json.encode(items),
        total=b"%d.%02d" % divmod(cents, 100),
        count=len(chosen),
        sku=chosen[0][0][0].encode(),
    )


@functools.cache
def picture(number: int, width: int = 160, height: int = 127) -> bytes:
    """A PNG of about 60 KiB: coloured noise, which does not compress (format: W3C PNG, third edition)."""
    random = Random(number)
    rows = b"".join(b"\0" + random.randbytes(width * 3) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
