"""Named templates: the menu that uses them, and the dialogs that save, rename and delete them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QTreeWidgetItem, QWidget

from eventmon.core.errors import UserError
from eventmon.engine.template_definitions import Place as Place
from eventmon.engine.template_secrets import placeholder_of, secret_names
from eventmon.engine.templates import Draft, NamedTemplate, checked_name
from eventmon.gui.dialogs.frame import FramedDialog
from eventmon.gui.formatting import one_line
from eventmon.gui.publish_template_store import TemplateStore
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.labelled_field import LabelledField
from eventmon.gui.widgets.plain_list import PlainList
from eventmon.gui.widgets.plain_text import Question
from eventmon.gui.widgets.publish_suggest_field import SuggestField

SHOWN: Final = 60
PLACE: Final = Qt.ItemDataRole.UserRole


def _tr(text: str) -> str:
    return QCoreApplication.translate("Publish", text)


def shown_place(place: Place) -> str:
    """Folder and name on one line."""
    folder, name = (one_line(part, SHOWN) for part in place)
    return f"{folder} / {name}" if folder else name


def said_of_secrets(draft: Draft) -> str:
    """What is to be known before a draft with secrets is saved; empty for one without."""
    names = secret_names(draft)
    if not names:
        return ""
    if len(names) == 1:
        said = _tr(
            "The value of “{name}” will stand in the workspace file as plain text. "
            "Write {holder} in its place to keep it out."
        )
        return said.format(name=one_line(names[0], SHOWN), holder=placeholder_of(names[0]))
    said = _tr(
        "Values of {names} will stand in the workspace file as plain text. Write {holder} and so on to keep them out."
    )
    named = ", ".join(f"“{one_line(name, 30)}”" for name in names[:3]) + (" …" if len(names) > 3 else "")
    return said.format(names=named, holder=placeholder_of(names[0]))


def fill_menu(menu: QMenu, templates: Iterable[NamedTemplate], use: Callable[[NamedTemplate], None]) -> None:
    """Put templates into a menu, a submenu for each folder."""
    folders: dict[str, QMenu] = {}
    for template in templates:
        into = menu
        if template.folder:
            into = folders.get(template.folder) or menu.addMenu(_in_menu(template.folder))
            folders[template.folder] = into
        into.addAction(_in_menu(template.name)).triggered.connect(lambda _on, template=template: use(template))


def _in_menu(text: str) -> str:
    return one_line(text, SHOWN).replace("&", "&&")


class NameTemplateDialog(FramedDialog):
    """Asks for folder and name, to save a draft or to rename a template.

    Attributes:
        named: it was saved; its place.
    """

    named = Signal(object)

    def __init__(
        self,
        theme: Theme,
        store: TemplateStore,
        draft: Draft,
        suggested: Place,
        parent: QWidget | None = None,
        *,
        renamed: Place | None = None,
    ) -> None:
        super().__init__(_tr("Rename template") if renamed else _tr("Save as template"), parent)
        self.setObjectName("nameTemplate")
        self._store = store
        self._draft = draft
        self._renamed = renamed
        self._verb = _tr("Rename") if renamed else _tr("Save")
        self.name = QLineEdit(self)
        self.name.setText(suggested[1])
        self.name.selectAll()
        folders = list(dict.fromkeys(each.folder for each in store.templates if each.folder))
        self.folder = SuggestField(
            _tr("Folder"), lambda typed: [each for each in folders if typed.casefold() in each.casefold()], self
        )
        self.folder.set_text(suggested[0])
        self.name_field = LabelledField(theme, _tr("Name"), self.name)
        self.folder_field = LabelledField(theme, _tr("Folder"), self.folder, _tr("Empty for none."))
        self.secrets = FieldNote(theme, self)
        self.secrets.say("" if renamed else said_of_secrets(draft), "warn")
        self.add(self.name_field)
        self.add(self.folder_field)
        self.add(self.secrets)
        self.add_button(_tr("Cancel")).clicked.connect(self.reject)
        self.save = self.add_button(self._verb, default=True)
        self.save.clicked.connect(self._save)
        self.name.textEdited.connect(lambda _text: self._show_verb())
        self.folder.edited.connect(self._show_verb)
        self.resize(380, self.sizeHint().height())
        self.name.setFocus()
        self._show_verb()

    def _place(self) -> Place:
        return self.folder.text().strip(), self.name.text().strip()

    def _show_verb(self) -> None:
        self.name_field.clear_error()
        self.folder_field.clear_error()
        taken = self._store.template(self._place()) is not None and self._place() != self._renamed
        self.save.setText(_tr("Replace") if taken else self._verb)
        self.name_field.set_note(_tr("There is one of this name; it is replaced.") if taken else "")

    def _save(self) -> None:
        try:
            folder = checked_name(self.folder.text())
        except UserError as error:
            self.folder_field.show_error(str(error))
            return
        try:
            name = checked_name(self.name.text())
        except UserError as error:
            self.name_field.show_error(str(error))
            return
        if not name:
            self.name_field.show_error(_tr("Give the template a name."))
            self.name.setFocus()
            return
        template = NamedTemplate(folder=folder, name=name, draft=self._draft)
        self._store.put(template, self._renamed)
        self.named.emit(template.place)
        self.accept()


class TemplatesDialog(FramedDialog):
    """All templates: use, rename, delete.

    Attributes:
        wanted: a template is to be used.
        moved: a template has another place now (old, new), or none (old, None).
    """

    wanted = Signal(object)
    moved = Signal(object, object)

    def __init__(self, theme: Theme, store: TemplateStore, parent: QWidget | None = None) -> None:
        super().__init__(_tr("Templates"), parent)
        self.setObjectName("templates")
        self._theme = theme
        self._store = store
        self.list = PlainList((_tr("Folder"), _tr("Name"), _tr("Topic")), stretch=1, name=_tr("Templates"))
        self.add_list(self.list)
        self.delete = self.add_button(_tr("Delete…"))
        self.rename = self.add_button(_tr("Rename…"))
        self.add_button(_tr("Close")).clicked.connect(self.reject)
        self.use = self.add_button(_tr("Use"), default=True)
        self._listen()
        self.resize(520, 320)
        self.list.setFocus()
        self._fill()

    def current(self) -> NamedTemplate | None:
        """The template selected."""
        item = self.list.currentItem()
        place = item.data(0, PLACE) if item is not None else None
        return self._store.templates[place] if place is not None else None

    def _listen(self) -> None:
        actions: tuple[tuple[QPushButton, str, Callable[[], None]], ...] = (
            (self.delete, "Del", self._delete),
            (self.rename, "F2", self._rename),
        )
        for button, keys, act in actions:
            button.clicked.connect(act)
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(act)
        self.use.clicked.connect(self._use)
        self.list.itemActivated.connect(lambda *_: self._use())
        self.list.currentItemChanged.connect(lambda *_: self._enable())
        self._store.changed.connect(self._fill)

    def _fill(self) -> None:
        row = max(0, self.list.currentIndex().row())
        self.list.clear()
        for number, template in enumerate(self._store.templates):
            texts = [one_line(text, SHOWN) for text in (template.folder, template.name, template.draft.topic)]
            item = QTreeWidgetItem(texts)
            item.setData(0, PLACE, number)
            self.list.addTopLevelItem(item)
        count = self.list.topLevelItemCount()
        if count:
            self.list.setCurrentIndex(self.list.model().index(min(row, count - 1), 0))
        self._enable()

    def _enable(self) -> None:
        for button in (self.use, self.rename, self.delete):
            button.setEnabled(self.list.currentItem() is not None)

    def _use(self) -> None:
        template = self.current()
        if template is not None:
            self.wanted.emit(template)
            self.accept()

    def _rename(self) -> None:
        template = self.current()
        if template is None:
            return
        dialog = NameTemplateDialog(
            self._theme, self._store, template.draft, template.place, self, renamed=template.place
        )
        dialog.named.connect(lambda place: self.moved.emit(template.place, place))
        dialog.open()

    def _delete(self) -> None:
        template = self.current()
        if template is None:
            return
        text = _tr("Delete the template “{name}”?").format(name=shown_place(template.place))
        question = Question(self, _tr("Delete template"), text, _tr("Delete"))
        question.answered.connect(lambda yes: self._delete_now(template.place) if yes else None)

    def _delete_now(self, place: Place) -> None:
        self._store.remove(place)
        self.moved.emit(place, None)
