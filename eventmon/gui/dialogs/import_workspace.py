"""What a workspace file holds, to be ticked before anything of it is done: to import it, or to approve the open one.

It asks the engine nothing itself: whoever opened it carries out what was chosen when it is accepted.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final, cast

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QHeaderView, QMenu, QPlainTextEdit, QTreeView, QWidget

from eventmon.engine.requests import OnConflict, WorkspaceReview
from eventmon.gui.dialogs.frame import INSET, FramedDialog
from eventmon.gui.formatting import count, lines, one_line
from eventmon.gui.models.workspace_review import DOES, HERE, ICON, KIND, NAME, Index, ReviewedRows
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_list import RowDelegate
from eventmon.gui.widgets.plain_text import PlainLabel, plain_tooltip

NAME_LIMIT: Final = 80


def _tr(text: str) -> str:
    return QCoreApplication.translate("Review", text)


class ReviewView(QTreeView):
    """Rows with ticks: a click or Space turns one; a click where a name is taken, or Alt+Down, offers what to do."""

    def __init__(self, rows: ReviewedRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reviewView")
        self.setAccessibleName(_tr("Definitions"))
        self._rows = rows
        self.setModel(rows)
        self.setItemDelegate(RowDelegate(self))
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setIconSize(QSize(ICON, ICON))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._clicked)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(DOES, QHeaderView.ResizeMode.Stretch)
        wide = self.fontMetrics().averageCharWidth()
        for column, characters in ((NAME, 28), (KIND, 18), (HERE, 33)):
            header.resizeSection(column, characters * wide)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks, the rest is the view's."""
        if event.key() == Qt.Key.Key_Space:
            self._rows.toggle(self.currentIndex())
        elif event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.offer(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same choice for the other button and the menu key."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        self.offer(self.indexAt(event.pos()) if by_mouse else self.currentIndex())

    def offer(self, index: Index) -> None:
        """Open the choice of what becomes of one row, if its name is taken."""
        choices = self._rows.choices(index)
        if not choices or self.header().isSectionHidden(HERE):
            return
        menu = QMenu(self)
        menu.setObjectName("rowChoice")
        menu.aboutToHide.connect(menu.deleteLater)
        for on_conflict, text in choices:
            action = menu.addAction(text.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(on_conflict == self._rows.choice(index))
            action.triggered.connect(partial(self._rows.choose, QPersistentModelIndex(index), on_conflict))
        cell = self.visualRect(self._rows.index(index.row(), HERE))
        menu.popup(self.viewport().mapToGlobal(cell.bottomLeft()))

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == HERE and self._rows.choices(index):
            self.offer(index)
        else:
            self._rows.toggle(index)


class ReviewDialog(FramedDialog):
    """Asks what of a workspace is wanted; ``approves`` when it is the one that is open.

    Attributes:
        rows: the definitions and their ticks.
        view: shows them.
        on_conflict: what happens where a name is taken; hidden where none is.
    """

    def __init__(
        self, theme: Theme, review: WorkspaceReview, parent: QWidget | None = None, *, approves: bool = False
    ) -> None:
        super().__init__(_tr("Review workspace") if approves else _tr("Import workspace"), parent)
        self.setObjectName("reviewDialog")
        self.resize(860, 480)
        self.rows = ReviewedRows(theme, review.definitions, self)
        self.view = ReviewView(self.rows, self)
        self.view.header().setSectionHidden(HERE, approves)
        self.on_conflict = self._choice()
        self.detail = QPlainTextEdit(self)
        self._ticked = PlainLabel("", self, elide=Qt.TextElideMode.ElideRight)
        self._lay_out(review, approves=approves)
        self.rows.dataChanged.connect(lambda *_: self._say())
        self.view.selectionModel().currentChanged.connect(lambda *_: self._say_details())
        self.view.setCurrentIndex(self.rows.index(0, NAME))
        self.view.setFocus()
        self._say()

    @property
    def conflict_choice(self) -> OnConflict:
        """What was chosen for names that are taken."""
        return cast("OnConflict", self.on_conflict.currentData())

    def _lay_out(self, review: WorkspaceReview, *, approves: bool) -> None:
        name = one_line(Path(review.path).name, NAME_LIMIT)
        said = (
            _tr("What was not made here and acts outside of Eventmon is off until you approve it.")
            if approves
            else _tr("Of {name} only what is ticked comes in, and it works from then on.")
        )
        head = PlainLabel(said.format(name=name), self)
        plain_tooltip(head, review.path)
        head.setWordWrap(True)
        self.content.setContentsMargins(0, INSET - 8, 0, 8)
        self.content.setSpacing(8)
        self.add(head)
        self.content.addWidget(self.view, 1)
        self._lay_out_detail()
        self._ticked.setProperty("tone", "text2")
        self.footer.insertWidget(0, self._ticked, 1000)
        self.cancel = self.add_button(_tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.take = self.add_button(_tr("Approve ticked") if approves else _tr("Import ticked"), default=True)
        self.take.clicked.connect(self.accept)

    def _lay_out_detail(self) -> None:
        """The selected definition in full: nobody should agree to what is cut off."""
        self.detail.setReadOnly(True)
        self.detail.setProperty("role", "card")
        self.detail.setTabChangesFocus(True)
        self.detail.setFixedHeight(4 * self.fontMetrics().height())
        self.detail.setAccessibleName(_tr("Selected definition"))
        self.add(self.detail)
        label = PlainLabel(_tr("When a name is taken"), self)
        label.setBuddy(self.on_conflict)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.on_conflict)
        row.addStretch(1)
        self.add().addLayout(row)
        for widget in (label, self.on_conflict):
            widget.setVisible(bool(self.rows.conflicts) and not self.view.header().isSectionHidden(HERE))

    def _choice(self) -> QComboBox:
        choice = QComboBox(self)
        choice.setObjectName("onConflict")
        choice.setAccessibleName(_tr("When a name is taken"))
        choice.addItem(_tr("Skip it"), "skip")
        choice.addItem(_tr("Replace yours"), "replace")
        choice.addItem(_tr("Import under another name"), "rename")
        choice.currentIndexChanged.connect(lambda _index: self.rows.set_on_conflict(self.conflict_choice))
        return choice

    def _say(self) -> None:
        ticked, rows = self.rows.ticked, self.rows.rowCount()
        self._ticked.setText(_tr("{n} of {all} ticked").format(n=count(ticked), all=count(rows)))
        self.take.setEnabled(bool(self.rows.ticked))

    def _say_details(self) -> None:
        self.detail.setPlainText(lines(self.rows.details(self.view.currentIndex())))
