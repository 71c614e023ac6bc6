"""The only way to show text in the window: always plain, because Qt's labels, boxes and tooltips read markup.

A label given ``<img src="file:///some/pipe">`` hangs a Qt program for good; a test finds every direct use of the
widgets that could.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QMessageBox, QSizePolicy, QWidget

from eventmon.gui.formatting import lines, one_line

TOOLTIP_LIMIT = 1_000
LABEL_LIMIT = 4_000
_LONG_WORD = re.compile(r"\S{33,}")
_PIECE = re.compile(r"\S{8}(?=\S)")
_MAY_BREAK = "\u200b"
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "<br>"})


class PlainLabel(QLabel):
    """A label that shows its text as it is. With ``elide`` it takes one line, gives way, and shows what is cut.

    With ``setWordWrap`` it also breaks inside a word that no line could hold: Qt would make the window as wide as that.
    """

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, elide: Qt.TextElideMode = Qt.TextElideMode.ElideNone
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._said = ""
        self._elide = elide
        if elide != Qt.TextElideMode.ElideNone:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show a text; one that is already shown costs nothing."""
        said = one_line(text, LABEL_LIMIT) if self._elides else lines(text, LABEL_LIMIT)
        if said != self._said:
            self._said = said
            self._show()

    def text(self) -> str:
        """What it says, without the marks at which a long word may break."""
        return self._said

    def setWordWrap(self, on: bool) -> None:
        """Take as many lines as the text needs."""
        super().setWordWrap(on)
        self._show()

    def setTextFormat(self, text_format: Qt.TextFormat) -> None:
        """Plain text, whatever is asked for."""
        super().setTextFormat(Qt.TextFormat.PlainText)

    def minimumSizeHint(self) -> QSize:
        """With ``elide`` three characters are enough."""
        hint = super().minimumSizeHint()
        return QSize(self.fontMetrics().horizontalAdvance("x…"), hint.height()) if self._elides else hint

    def is_cut(self) -> bool:
        """Whether the text does not fit now."""
        return self._elides and self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        if not self.is_cut():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        cut = self.fontMetrics().elidedText(self.text(), self._elide, self.contentsRect().width())
        painter.drawText(self.contentsRect(), int(self.alignment()), cut)

    def _show(self) -> None:
        copied = self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
        super().setText(breakable(self._said) if self.wordWrap() and not copied else self._said)

    @property
    def _elides(self) -> bool:
        return self._elide != Qt.TextElideMode.ElideNone


def breakable(text: str) -> str:
    """A text whose longest words may break every few characters; nothing of that is seen."""
    return _LONG_WORD.sub(lambda word: _PIECE.sub(lambda piece: piece.group() + _MAY_BREAK, word.group()), text)


def tooltip_markup(text: str) -> str:
    """A text escaped for a tooltip role: shown as it is, wrapped where it is long."""
    if not text:
        return ""
    return f"<qt>{lines(text, TOOLTIP_LIMIT).translate(_ESCAPES)}</qt>"


def plain_tooltip(widget: QWidget | QAction, text: str) -> None:
    """Give a widget or action a tooltip that shows the text as it is."""
    widget.setToolTip(tooltip_markup(text))


def same_tooltip(widget: QWidget | QAction, action: QAction) -> None:
    """Give a widget or another action the tooltip of its action, which was escaped when the action got it."""
    widget.setToolTip(action.toolTip())


def message(
    parent: QWidget | None, title: str, text: str, *, severity: str = "error", wait: bool = False
) -> QMessageBox:
    """Show a sentence in a box of its own and give the box.

    The box is modal to ``parent`` and does not block the caller, unless ``wait``; it deletes itself when closed.
    """
    box = QMessageBox(parent)
    box.setObjectName("message")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    icons = {"warning": QMessageBox.Icon.Warning, "info": QMessageBox.Icon.Information}
    box.setIcon(icons.get(severity, QMessageBox.Icon.Critical))
    box.setWindowTitle(one_line(title, 200))
    box.setText(breakable(lines(text, LABEL_LIMIT)))
    if wait:
        box.exec()
    else:
        box.open()
    return box


class Question(QMessageBox):
    """A question with a verb for yes; Enter and Esc are no, for nobody should agree by accident.

    Attributes:
        answered: whether the answer was yes (bool); comes once, also when the box is closed otherwise.
    """

    answered = Signal(bool)

    def __init__(self, parent: QWidget | None, title: str, text: str, yes: str) -> None:
        super().__init__(parent)
        self.setObjectName("question")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setIcon(QMessageBox.Icon.Warning)
        self.setWindowTitle(one_line(title, 200))
        self.setText(breakable(lines(text, LABEL_LIMIT)))
        self.yes = self.addButton(yes.replace("&", "&&"), QMessageBox.ButtonRole.AcceptRole)
        self.no = self.addButton(QCoreApplication.translate("Question", "Cancel"), QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.no)
        self.setEscapeButton(self.no)
        self.finished.connect(lambda _code: self.answered.emit(self.clickedButton() is self.yes))
        self.open()
