"""`eventmon about`: the version, what this installation can do, and the licences of everything inside."""

from __future__ import annotations

import platform

import click
import msgspec

import eventmon
from eventmon.cli.escaping import padded


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """What `about --json` prints.

    Attributes:
        version: of Eventmon.
        python: of the interpreter.
        connectors: the schemes of the URLs that can be connected to.
        observer_kinds: the kinds of observers.
        icons: the names of the icons.
        parts: name, version and licence of each library inside.
    """

    version: str
    python: str
    connectors: tuple[str, ...]
    observer_kinds: tuple[str, ...]
    icons: tuple[str, ...]
    parts: tuple[tuple[str, str, str], ...]


@click.command("about")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--licences", is_flag=True, help="The whole text of every licence.")
def COMMAND(as_json: bool, licences: bool) -> None:
    """Show the version, what is inside, and under which licences."""
    if licences:
        _print_licences()
        return
    found = installation()
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    click.echo(
        f"Eventmon {found.version} (Apache-2.0), Python {found.python}, {platform.system()} {platform.machine()}"
    )
    click.echo(f"Connectors: {', '.join(found.connectors)}")
    click.echo(f"Kinds of observers: {', '.join(found.observer_kinds)}")
    for name, version, licence in found.parts:
        click.echo(f"{padded(name, 22)} {padded(version, 12)} {licence}".rstrip())


def installation() -> Installation:
    """What this installation has and can do."""
    from eventmon.engine.forms import connector_forms
    from eventmon.engine.observer_forms import observer_forms
    from eventmon.engine.parts import parts
    from eventmon.engine.resources import resources_folder

    return Installation(
        version=eventmon.__version__,
        python=platform.python_version(),
        connectors=tuple(form.scheme for form in connector_forms()),
        observer_kinds=tuple(form.kind for form in observer_forms()),
        icons=tuple(sorted(path.stem for path in (resources_folder() / "icons").glob("*.svg"))),
        parts=tuple((part.name, part.version, part.licence) for part in parts()),
    )


def _print_licences() -> None:
    from eventmon.engine.parts import licence_text, parts

    for part in parts():
        title = f"{part.name} {part.version}: {part.licence}"
        click.echo(f"{title}\n{'=' * len(title)}\n\n{licence_text(part) or 'Its authors ship no text with it.'}\n")
