"""The editors of a form's fields, one class a kind: each gives and takes the value that stands in an address.

``changed`` is emitted for what the user does alone, never for ``set_value``, so that form and address can follow each
other without going round in circles.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QRegularExpression, Signal
from PySide6.QtGui import QAction, QRegularExpressionValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from eventmon.engine.forms import FieldKind, FieldValue, FormField
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.number_box import NumberBox

KEPT: Final = "***"
"""Stands for a password that is stored already."""
STANDARD_INPUT: Final = "-"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Connect", text)


class FieldEditor(QWidget):
    """One value; the widget that has the keyboard is its focus proxy.

    Attributes:
        changed: the user changed it.
    """

    changed = Signal()

    def __init__(self, field: FormField, theme: Theme) -> None:
        super().__init__()
        self.field = field
        self.theme = theme
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(8)

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return [self.focusProxy() or self]

    def value(self) -> FieldValue:
        """What it holds."""
        raise NotImplementedError

    def set_value(self, value: FieldValue) -> None:
        """Show another value."""
        raise NotImplementedError


class TextEditor(FieldEditor):
    """A line of text."""

    def __init__(self, field: FormField, theme: Theme) -> None:
        super().__init__(field, theme)
        self.line = QLineEdit(self)
        self.line.setObjectName(f"field.{field.name}")
        self.line.textEdited.connect(lambda _text: self.changed.emit())
        self.row.addWidget(self.line, 1)
        self.setFocusProxy(self.line)

    def value(self) -> FieldValue:
        """The text without spaces round it."""
        return self.line.text().strip()

    def set_value(self, value: FieldValue) -> None:
        """Show another text."""
        if value != self.value():
            self.line.setText(str(value))
            self.line.setCursorPosition(0)


class NumberEditor(TextEditor):
    """A number with arrows; an empty line stands for the default."""

    def __init__(self, field: FormField, theme: Theme) -> None:
        super().__init__(field, theme)
        sign = "-?" if field.minimum is None or field.minimum < 0 else ""
        fraction = r"(\.\d{0,6})?" if isinstance(field.default, float) else ""
        self.line.setValidator(
            QRegularExpressionValidator(QRegularExpression(rf"{sign}\d{{0,15}}{fraction}"), self.line)
        )
        self.line.setPlaceholderText(_written(field.default))
        self.row.removeWidget(self.line)
        self.box = NumberBox(
            f"field.{field.name}", self.line, self._step, lambda steps: self._stepped(steps) != self.value(), self
        )
        self.row.addWidget(self.box, 1)
        self.setFocusProxy(self.box)

    def _stepped(self, steps: int) -> FieldValue:
        """The number some steps on, within its bounds."""
        field, number = self.field, float(self.value() or 0) + steps
        number = number if field.minimum is None else max(float(field.minimum), number)
        number = number if field.maximum is None else min(float(field.maximum), number)
        return int(number) if number.is_integer() else number

    def _step(self, steps: int) -> None:
        self.line.setText(_written(self._stepped(steps)))
        self.box.update()
        self.changed.emit()

    def value(self) -> FieldValue:
        """The number."""
        try:
            number = float(self.line.text())
        except ValueError:
            return self.field.default
        return int(number) if number.is_integer() else number

    def set_value(self, value: FieldValue) -> None:
        """Show another number."""
        if value != self.value() or not self.line.text():
            self.line.setText(_written(value))


class AmountEditor(TextEditor):
    """An amount with its unit, such as ``2 GiB``; an empty line is no limit where that may be."""

    def __init__(self, field: FormField, theme: Theme) -> None:
        super().__init__(field, theme)
        self.line.setPlaceholderText(_tr("No limit") if field.optional else str(field.default))


class ListEditor(TextEditor):
    """Names with commas between."""

    def __init__(self, field: FormField, theme: Theme) -> None:
        super().__init__(field, theme)
        self.line.setFont(theme.mono)

    def items(self) -> list[str]:
        """The names, each once, in order."""
        return list(dict.fromkeys(filter(None, map(str.strip, self.line.text().split(",")))))

    def value(self) -> FieldValue:
        """The names as an address has them."""
        return ",".join(self.items())

    def set_value(self, value: FieldValue) -> None:
        """Show other names."""
        if value != self.value():
            self.set_items(str(value).split(","))

    def set_items(self, items: list[str]) -> None:
        """Show these names."""
        self.line.setText(", ".join(filter(None, map(str.strip, items))))
        self.line.setCursorPosition(0)


class SecretEditor(TextEditor):
    """A password: never shown; one that is stored already stays while nothing is typed.

    Attributes:
        keeps: whether there can be a stored one.
    """

    def __init__(self, field: FormField, theme: Theme) -> None:
        super().__init__(field, theme)
        self.keeps = False
        self._kept = False
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self._remove = QAction(theme.icon("x"), _tr("Remove the stored password"), self)
        self._remove.triggered.connect(self._forget)
        self.line.addAction(self._remove, QLineEdit.ActionPosition.TrailingPosition)
        self._remove.setVisible(False)

    def value(self) -> FieldValue:
        """What was typed, exactly; ``KEPT`` for the one that is stored."""
        return self.line.text() or (KEPT if self._kept else "")

    def set_value(self, value: FieldValue) -> None:
        """Hold another password."""
        if value == self.value():
            return
        if value == KEPT and (self.line.text() or not self.keeps):
            return  # the address hides what is typed here
        self.line.setText("" if value == KEPT else str(value))
        self._show_kept(value == KEPT)

    def _show_kept(self, kept: bool) -> None:
        self._kept = kept
        self._remove.setVisible(kept)
        self.line.setPlaceholderText(_tr("Unchanged") if kept else "")

    def _forget(self) -> None:
        self.line.clear()
        self._show_kept(False)
        self.changed.emit()


class PathEditor(TextEditor):
    """The path of a file, which can be browsed for; ``~`` and paths relative to here are understood.

    Attributes:
        writes: the file is written to, so that it need not exist.
    """

    def __init__(self, field: FormField, theme: Theme) -> None:
        super().__init__(field, theme)
        self.writes = False
        self.browse = QPushButton(_tr("Browse…"), self)
        self.browse.setAutoDefault(False)
        self.browse.setAccessibleName(_tr("Browse for {field}").format(field=field.title))
        self.browse.clicked.connect(self._browse)
        self.row.addWidget(self.browse)

    def stops(self) -> list[QWidget]:
        """The line, then its button."""
        return [self.line, self.browse]

    def value(self) -> FieldValue:
        """The whole path."""
        text = self.line.text().strip()
        if text in ("", STANDARD_INPUT):
            return text
        try:
            return str(Path(text).expanduser().absolute())
        except RuntimeError:  # the home of somebody who is not there
            return text

    def _browse(self) -> None:
        if self.writes:
            keep = QFileDialog.Option.DontConfirmOverwrite
            chosen, _ = QFileDialog.getSaveFileName(self, self.field.title, self.line.text(), options=keep)
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, self.field.title, self.line.text())
        if chosen:
            self.line.setText(chosen)
            self.changed.emit()


class ChoiceEditor(FieldEditor):
    """One of some words."""

    def __init__(self, field: FormField, theme: Theme) -> None:
        super().__init__(field, theme)
        self.box = QComboBox(self)
        self.box.setObjectName(f"field.{field.name}")
        for number, choice in enumerate(field.choices):
            self.box.addItem(field.names[number] if number < len(field.names) else choice, choice)
        self.box.activated.connect(lambda _index: self.changed.emit())
        self.row.addWidget(self.box, 1)
        self.setFocusProxy(self.box)
        self.set_value(field.default)

    def value(self) -> FieldValue:
        """The word as an address has it."""
        return str(self.box.currentData())

    def set_value(self, value: FieldValue) -> None:
        """Choose another word."""
        self.box.setCurrentIndex(max(0, self.box.findData(str(value))))


class SwitchEditor(FieldEditor):
    """On or off; its label stands beside its box."""

    def __init__(self, field: FormField, theme: Theme) -> None:
        super().__init__(field, theme)
        self.box = QCheckBox(field.title.replace("&", "&&"), self)
        self.box.setObjectName(f"field.{field.name}")
        self.box.clicked.connect(lambda _on: self.changed.emit())
        self.row.addWidget(self.box, 1)
        self.setFocusProxy(self.box)

    def value(self) -> FieldValue:
        """Whether it is on."""
        return self.box.isChecked()

    def set_value(self, value: FieldValue) -> None:
        """Turn it on or off."""
        self.box.setChecked(bool(value))


_EDITORS: Final[dict[FieldKind, type[FieldEditor]]] = {
    "text": TextEditor,
    "number": NumberEditor,
    "switch": SwitchEditor,
    "choice": ChoiceEditor,
    "list": ListEditor,
    "secret": SecretEditor,
    "path": PathEditor,
    "amount": AmountEditor,
}


def make_editor(field: FormField, theme: Theme) -> FieldEditor:
    """The editor for a field, holding its default."""
    if field.kind == "template":
        from eventmon.gui.dialogs.form_template_editor import TemplateEditor  # an editor few forms need

        editor: FieldEditor = TemplateEditor(field, theme)
    else:
        editor = _EDITORS[field.kind](field, theme)
    editor.set_value(field.default)
    return editor


def _written(value: FieldValue) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
