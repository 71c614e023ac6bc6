"""Texts that broke Qt programs, or could: thrown at every widget that shows what came from outside."""

from __future__ import annotations

HOSTILE_TEXTS: dict[str, str] = {
    "image_markup": '<img src="file:///dev/zero">',
    "bold_markup": "<b>paid</b> &amp; <i>shipped</i>",
    "script": "<script>alert('order')</script>",
    "nested_tables": "<table><tr><td>" * 60,
    "link": '<a href="https://shop.example/refund">refund</a>',
    "entity": "&lt;order&gt; &#x41; &nbsp;",
    "mnemonic": "R&D &File &&",
    "style_sheet": "} QWidget { background: red",
    "nul": "order\x00created",
    "controls": "".join(chr(code) for code in range(32)) + "\x7f\x85\x9b",
    "ansi": "\x1b[31mfailed\x1b[0m \x1b]0;title\x07",
    "right_to_left_override": "invoice\u202egnp.exe\u202c",
    "isolates": "\u2066order\u2069 \u2067paid\u2069",
    "hebrew_and_latin": "הזמנה 48348 paid",
    "lone_surrogate": "order \ud800 \udfff",
    "line_separators": "first\u2028second\u2029third",
    "zero_width": "pay\u200bpal\ufeff\u2060",
    "combining": "e" + "\u0301" * 400,
    "emoji": "👩‍👩‍👧‍👦 👍🏽 🇪🇺",
    "astral": "𝕆𝕣𝕕𝕖𝕣 𠀀",
    "chinese": "二楼，请按门铃",
    "percent": "%1 %s %n {0} {name}",
    "path": "../../etc/passwd",
    "nobodys_home": "~nobody-of-that-name/orders",
    "newlines": "line\n" * 300,
    "long_word": "x" * 100_000,
    "long_words": "order created " * 8_000,
    "empty": "",
    "spaces": "   \t  ",
}

HOSTILE_BYTES: dict[str, bytes] = {
    "not_utf8": b"\xff\xfe\x00\x01 order",
    "cut_utf8": "Zoë Martin".encode()[:3],
    "all_bytes": bytes(range(256)),
    "overlong": b"\xc0\xaf\xe0\x80\xaf",
    "encoded_surrogate": b"\xed\xa0\x80",
    "big": b"\x00" * 1_000_000,
    "deep_json": b"[" * 100_000,
    "one_line_json": b'{"order":' + b'"4' * 50_000,
} | {name: text.encode("utf-8", "surrogatepass") for name, text in HOSTILE_TEXTS.items()}
