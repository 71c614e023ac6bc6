"""Changes of a workspace file that leave everything else as its owner wrote it: comments, order, other keys."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eventmon.core.errors import UserError
from eventmon.engine.toml_text import text_item
from eventmon.engine.workspace_tables import FORMAT, TABLES, Entry, Kept, Key, entries_of

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


def changed(text: str, changes: Mapping[Key, Entry | None], path: Path) -> str:
    """The text with these changes and everything else as it was; None takes an entry out.

    Raises:
        UserError: it is written in a form that cannot be changed.
    """
    found = entries_of(text, path)
    added = {key: entry for key, entry in changes.items() if entry is not None and key not in found}
    after = text
    try:
        for key, entry in changes.items():
            if key not in added:  # one after the other: comments move from table to table
                after = _edited(after, {key: entry})
        after = _edited(after, added)
    except Exception as error:  # the border to a library that raises anything at forms it does not foresee
        raise _unchangeable(path) from error
    _require_changed(after, changes, path)
    return after


def written(entries: Mapping[Key, Entry], path: Path) -> str:
    """The text of a new file that says all this.

    Raises:
        UserError: it cannot be written down.
    """
    return changed(f"format = {FORMAT}\n", entries, path)


def _edited(text: str, changes: Mapping[Key, Entry | None]) -> str:
    import tomlkit  # when something is written: reading needs no more than the standard library

    if not changes:
        return text
    document = tomlkit.parse(text)
    for key, entry in changes.items():
        _change(document, key, entry)
    return tomlkit.dumps(document)


def _change(document: TOMLDocument, key: Key, entry: Entry | None) -> None:
    table, name = key
    if entry is None:
        _remove(document, table, name)
    elif isinstance(entry, tuple):
        _put_list(document, table, name, entry)
    else:
        _put(document, table, entry)


def _put(document: TOMLDocument, table: str, definition: Kept) -> None:
    import tomlkit

    tables = _tables(document, table, is_super_table=True)
    if definition.name not in tables:
        tables[definition.name] = tomlkit.table()
    content: Any = tables[definition.name]
    comments = _take_last_comments(content)
    for key, value, optional in TABLES[type(definition)].written(definition):
        if isinstance(value, dict):
            _put_settings(content, key, value)
        elif key in content and (value is None or (optional and value in ("", ()))):
            del content[key]
        elif not _says(content, key, value) and not (optional and key not in content):
            content[key] = text_item(value) if isinstance(value, str) else value
    _body(content).extend(comments)


def _says(content: Any, key: str, value: Any) -> bool:
    """Whether a table has this value; tuples are written as arrays, which are lists where they are read."""
    written = content.get(key)
    if isinstance(value, tuple) and written is not None:
        return [tuple(each) for each in written] == list(value)
    return bool(written == value)


def _put_settings(content: Any, key: str, settings: Mapping[str, Any]) -> None:
    """Make the settings in a table what they should be, setting by setting."""
    import tomlkit

    if not settings and key not in content:
        return
    if key not in content:
        content[key] = tomlkit.table()
    written: Any = content[key]
    for name in [name for name in written if name not in settings]:
        del written[name]
    for name, value in settings.items():
        if name not in written or not _same(written[name], value):
            written[name] = value


def _same(written: Any, value: Any) -> bool:
    """Equal and of one type: ``1``, ``1.0`` and ``true`` are equal in Python and differ in a file."""
    plain = written.unwrap() if hasattr(written, "unwrap") else written
    return type(plain) is type(value) and bool(plain == value)


def _put_list(document: TOMLDocument, table: str, key: str, values: tuple[str, ...]) -> None:
    content = _tables(document, table, is_super_table=False)
    if not values and key not in content:
        return
    if list(content.get(key, [])) != list(values):
        content[key] = list(values)


def _tables(document: TOMLDocument, name: str, *, is_super_table: bool) -> Any:
    import tomlkit

    if name not in document:
        document.append(name, tomlkit.table(is_super_table=is_super_table))
    return document[name]


def _remove(document: TOMLDocument, table: str, name: str) -> None:
    tables: Any = document.get(table, {})
    if name not in tables:
        return
    before = list(tables)[: list(tables).index(name)]
    comments = _take_last_comments(tables[name])
    del tables[name]
    if before:
        _body(tables[before[-1]]).extend(comments)
    else:
        at = next(index for index, (key, _) in enumerate(document.body) if key == table)
        document.body[at:at] = comments


def _take_last_comments(table: Any) -> list[Any]:
    """Cut off what stands behind the last key of a table: it is about what comes after the table."""
    body = _body(table)
    if body and body[-1][0] is not None and _body(body[-1][1]):  # they stand in its last subtable
        return _take_last_comments(body[-1][1])
    taken: list[Any] = []
    while body and body[-1][0] is None:
        taken.insert(0, body.pop())
    return taken


def _body(table: Any) -> list[Any]:
    """The lines of a table as they stand, keys and comments; a table written in one line has none to itself."""
    import tomlkit.items

    return table.value.body if isinstance(table, tomlkit.items.Table) else []


def _require_changed(text: str, changes: Mapping[Key, Entry | None], path: Path) -> None:
    """Make sure that what is about to be written says what it should: the library that edits it is not ours."""
    found = entries_of(text, path)
    if any((found.get(key) or None) != (entry or None) for key, entry in changes.items()):
        raise _unchangeable(path)


def _unchangeable(path: Path) -> UserError:
    return UserError(
        f"The workspace {path} cannot be changed in its present form. "
        "Write each definition as a table of its own, like [connections.NAME]."
    )
