"""The template in use: which one it is, whether the draft still is what it holds, and the menu to choose another."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPoint, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget

from eventmon.engine.templates import Draft, NamedTemplate
from eventmon.gui.context import PanelContext
from eventmon.gui.publish_template_store import TemplateStore
from eventmon.gui.publish_templates import NameTemplateDialog, Place, TemplatesDialog, fill_menu, shown_place


def _tr(text: str) -> str:
    return QCoreApplication.translate("Publish", text)


class TemplateUse(QWidget):
    """Belongs to the panel and is never seen itself.

    Attributes:
        wanted: a draft is to be shown.
        noteChanged: what the header says of it.
        place: folder and name of the template in use; None for none.
    """

    wanted = Signal(object)
    noteChanged = Signal(str)

    def __init__(self, context: PanelContext, store: TemplateStore, panel: QWidget) -> None:
        super().__init__(panel)
        self.hide()
        self._context = context
        self._store = store
        self._panel = panel
        self._note = ""
        self.place: Place | None = None

    def restore(self, place: Place, draft: Draft) -> None:
        """Take back which one was in use."""
        self.place = place
        self.compare(draft)

    def leave(self) -> None:
        """Use none."""
        self.place = None
        self._tell("")

    def compare(self, draft: Draft) -> None:
        """Say whether the draft is the template still."""
        template = self._store.template(self.place) if self.place is not None else None
        if self.place is None or template is None:
            if self._store.known:
                self.leave()
            return
        note = _tr("template: {name}").format(name=shown_place(self.place))
        self._tell(note if template.draft == draft else _tr("{note}, changed").format(note=note))

    def save(self, draft: Draft) -> None:
        """Ask for a name and save the draft under it."""
        suggested = self.place or ("", draft.type or draft.topic.rpartition("/")[2])
        dialog = NameTemplateDialog(self._context.theme, self._store, draft, suggested, self._panel)
        dialog.named.connect(lambda place: self.restore(place, draft))
        dialog.open()

    def menu(self, draft: Draft) -> QMenu:
        """What can be done with templates."""
        menu = QMenu(self._panel)
        menu.setObjectName("templatesMenu")
        menu.addAction(self._context.commands.bare_action("publish.save_template"))
        if self._store.templates:
            menu.addAction(_tr("Templates…")).triggered.connect(self.show_all)
            menu.addSeparator()
            fill_menu(menu, self._store.templates, self.use)
        return menu

    def show_menu(self, draft: Draft) -> None:
        """Open the menu under its button."""
        menu = self.menu(draft)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._corner())

    def show_all(self) -> None:
        """Open the dialog of all templates."""
        dialog = TemplatesDialog(self._context.theme, self._store, self._panel)
        dialog.wanted.connect(self.use)
        dialog.moved.connect(self._moved)
        dialog.open()

    def use(self, template: NamedTemplate) -> None:
        """Show what a template holds."""
        self.place = template.place
        self.wanted.emit(template.draft)

    def _moved(self, old: Place, new: Place | None) -> None:
        if self.place == old:
            self.place = new

    def _corner(self) -> QPoint:
        action = self._context.commands.bare_action("publish.templates")
        for widget in QApplication.allWidgets():
            if isinstance(widget, QToolButton) and widget.defaultAction() is action and widget.isVisible():
                return widget.mapToGlobal(QPoint(0, widget.height()))
        return QCursor.pos()

    def _tell(self, note: str) -> None:
        if note != self._note:
            self._note = note
            self.noteChanged.emit(note)
