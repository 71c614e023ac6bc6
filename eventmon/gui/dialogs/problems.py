"""The list of what went wrong: newest first, each once, as plain text however odd it is."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QStackedLayout, QTreeWidgetItem, QWidget

from eventmon.engine.frame import Problem
from eventmon.gui.dialogs.frame import FramedDialog, hairline
from eventmon.gui.formatting import clock, count, day, lines, one_line
from eventmon.gui.problem_list import ProblemList
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.empty_state import EmptyState
from eventmon.gui.widgets.plain_list import FIRST_INSET, PlainList

REFRESH_MS = 200
TEXT_LIMIT = 4_000
_ICONS = {
    "error": ("circle-alert", "error"),
    "warning": ("triangle-alert", "warn"),
    "info": ("info", "info"),
}


def severity_word(severity: str) -> str:
    """The word for a severity."""
    words = {
        "error": QCoreApplication.translate("Problems", "Error"),
        "warning": QCoreApplication.translate("Problems", "Warning"),
        "info": QCoreApplication.translate("Problems", "Note"),
    }
    return words.get(severity, severity)


class ProblemsDialog(FramedDialog):
    """All problems with time, place and count; the selected one in full below."""

    def __init__(
        self, theme: Theme, problems: ProblemList, parent: QWidget | None = None, *, utc: bool = False
    ) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Problems"))
        self.resize(720, 420)
        self._theme = theme
        self._problems = problems
        self._utc = utc
        self.tree = self._list()
        self.detail = self._detail()
        self._stack = QStackedLayout()
        self._stack.addWidget(self.tree)
        self._stack.addWidget(
            EmptyState(theme, "circle-check", self.tr("No problems"), self.tr("What goes wrong is listed here."))
        )
        self.content.setContentsMargins(0, 4, 0, 0)
        self.content.setSpacing(0)
        self.content.addLayout(self._stack, 1)
        self.line = hairline(self)
        self.content.addWidget(self.line)
        self.content.addWidget(self.detail)
        self.clear = self.add_button(self.tr("Clear"))
        self.clear.clicked.connect(self._clear)
        self._copy = self.add_button(self.tr("Copy all"))
        self._copy.clicked.connect(self.copy_all)
        close = self.add_button(self.tr("Close"), default=True)
        close.clicked.connect(self.accept)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REFRESH_MS)
        self._later.timeout.connect(self._catch_up)
        self._behind = False
        problems.changed.connect(self._changed)
        self.refresh()

    def _changed(self) -> None:
        """Show it at once; however often something goes wrong, the list is made anew a few times a second."""
        self._behind = self._later.isActive()
        if not self._behind:
            self._later.start()
            self.refresh()

    def _catch_up(self) -> None:
        if self._behind:
            self._behind = False
            self._later.start()
            self.refresh()

    def _clear(self) -> None:
        self._problems.clear()
        self.refresh()

    def refresh(self) -> None:
        """Show the problems of now; the selected one stays selected."""
        selected = self._selected_id()
        self.tree.clear()
        shown = self._problems.all()
        for problem in shown:
            item = self._item(problem)
            self.tree.addTopLevelItem(item)
            if problem.id == selected:
                self.tree.setCurrentItem(item)
        first = self.tree.topLevelItem(0)
        if self.tree.currentItem() is None and first is not None:
            self.tree.setCurrentItem(first)
        self._stack.setCurrentIndex(0 if shown else 1)
        self.line.setVisible(bool(shown))
        self.detail.setVisible(bool(shown))
        self._copy.setEnabled(bool(shown))
        self.clear.setEnabled(bool(shown))

    def copy_all(self) -> None:
        """Put all problems on the clipboard, one a line."""
        texts = [
            f"{day(problem.at, True)}T{clock(problem.at, True)}Z {problem.severity} {one_line(problem.where)}: "
            f"{one_line(problem.text, TEXT_LIMIT)}" + (f" ({problem.count} times)" if problem.count > 1 else "")
            for problem in self._problems.all()
        ]
        QGuiApplication.clipboard().setText("\n".join(texts))

    def _list(self) -> PlainList:
        columns = [self.tr("Severity"), self.tr("Time"), self.tr("Where"), self.tr("What"), self.tr("Times")]
        shown = PlainList(columns, stretch=3, name=self.tr("Problems"), parent=self)
        shown.setIconSize(QSize(14, 14))
        shown.align_right(4)
        shown.currentItemChanged.connect(self._show_detail)
        return shown

    def _detail(self) -> QPlainTextEdit:
        """The selected problem in full: a long one scrolls, and a word without an end breaks."""
        shown = QPlainTextEdit(self)
        shown.setReadOnly(True)
        shown.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        shown.setTabChangesFocus(True)
        shown.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        shown.document().setDocumentMargin(FIRST_INSET)
        shown.setFixedHeight(3 * self.fontMetrics().lineSpacing() + 2 * FIRST_INSET)
        shown.setAccessibleName(self.tr("Selected problem"))
        return shown

    def _item(self, problem: Problem) -> QTreeWidgetItem:
        icon, token = _ICONS.get(problem.severity, _ICONS["error"])
        texts = [
            severity_word(problem.severity),
            clock(problem.at, self._utc),
            one_line(problem.where, 40),
            one_line(problem.text, 300),
            count(problem.count),
        ]
        item = QTreeWidgetItem(texts)
        item.setIcon(0, self._theme.icon(icon, token, 14))
        item.setTextAlignment(4, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setData(0, Qt.ItemDataRole.UserRole, problem)
        return item

    def _selected_id(self) -> int | None:
        item = self.tree.currentItem()
        return item.data(0, Qt.ItemDataRole.UserRole).id if item is not None else None

    def _show_detail(self, item: QTreeWidgetItem | None) -> None:
        text = item.data(0, Qt.ItemDataRole.UserRole).text if item is not None else ""
        self.detail.setPlainText(lines(text, TEXT_LIMIT))
