"""The page: one document put together at the start from its three sources, with a policy that names their hashes.

The document is the same for everybody and holds nothing of the session; what is live comes over the stream.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Final

from aiohttp import web

from eventmon.engine.resources import resources_folder
from eventmon.web.headers import FRAMED_NOWHERE, NOTHING_ALLOWED

STYLE_MARK: Final = "/* page.css */"
SCRIPT_MARK: Final = "/* page.js */"


async def get_page(request: web.Request) -> web.Response:
    """The page, for whoever asks."""
    document, policy = page()
    return web.Response(
        body=document, content_type="text/html", charset="utf-8", headers={"Content-Security-Policy": policy}
    )


@cache
def page() -> tuple[bytes, str]:
    """The document and the policy that lets its own style and script run, and nothing else."""
    folder = resources_folder() / "web"
    html, style, script = ((folder / name).read_text(encoding="utf-8") for name in ("page.html", "page.css", "page.js"))
    document = html.replace(STYLE_MARK, style).replace(SCRIPT_MARK, script)
    policy = "; ".join(
        (
            NOTHING_ALLOWED,
            FRAMED_NOWHERE,
            f"style-src {_source(style)}",
            f"script-src {_source(script)}",
            "img-src data:",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
    return document.encode(), policy


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
