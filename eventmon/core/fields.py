"""How the fields of a settings Struct are shown; forms, the command line and help are derived from it."""

from __future__ import annotations

import msgspec


def field(
    title: str,
    description: str = "",
    *,
    secret: bool = False,
    path: bool = False,
    advanced: bool = False,
    unit: str = "",
    names: tuple[str, ...] = (),
    placeholders: tuple[str, ...] = (),
) -> msgspec.Meta:
    """Metadata that say how a field of a config Struct is shown, for use in ``Annotated``.

    Args:
        title: its label, in the words of the protocol.
        description: one sentence under it; empty for none.
        secret: a password: never shown, never in a definition.
        path: the path of a file, which can be browsed for.
        advanced: behind *More settings*.
        unit: of an amount that people write with its unit: ``bytes`` or ``days``.
        names: of the choices, for people, in their order; empty where the choices are words already.
        placeholders: what may stand in a text of several lines; empty where it is no such text.
    """
    return msgspec.Meta(
        title=title,
        description=description or None,
        extra={
            "secret": secret,
            "path": path,
            "advanced": advanced,
            "unit": unit,
            "names": names,
            "placeholders": placeholders,
        },
    )
