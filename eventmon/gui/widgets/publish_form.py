"""The fields of an event being written, and what is said under each; the rarer ones come out when there is room.

Keys only start a timer elsewhere: the text is taken out of the editor when somebody asks for the draft.
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from eventmon.engine.templates import Draft
from eventmon.gui.models.known_names import KnownNames
from eventmon.gui.models.publish_payload import media_type_of
from eventmon.gui.models.publish_plan import BODY, HEADERS, MEDIA_TYPE, DraftError
from eventmon.gui.models.publish_recent import RecentValues
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.looks import set_look
from eventmon.gui.widgets.plain_text import PlainLabel, plain_tooltip
from eventmon.gui.widgets.publish_data import PublishData
from eventmon.gui.widgets.publish_headers import PublishHeaders
from eventmon.gui.widgets.publish_suggest_field import SuggestField
from eventmon.gui.widgets.publish_target import PublishTarget

ROOM_FOR_PAIRS = 500
"""Width, at the usual text size, from which source and subject share a line."""
ROOM_FOR_CONTENT = 300
"""Width, at the usual text size, from which type and content share a line."""
ROOM_FOR_MORE = 440
"""Height from which the rarer fields show by themselves."""
ROOM_FOR_MORE_IF_NARROW = 560


def _tr(text: str) -> str:
    return QCoreApplication.translate("Publish", text)


class PublishForm(QWidget):
    """All fields.

    Attributes:
        edited: the user changed one of them.
        topicEdited: it was the topic.
        moreChanged: the rarer fields are to be shown or hidden; ``fit`` does it.
        wish: whether they are to be shown; None leaves it to the room.
    """

    edited = Signal()
    topicEdited = Signal()
    moreChanged = Signal()

    def __init__(self, theme: Theme, known: KnownNames, recent: RecentValues, tail: QWidget) -> None:
        """Make it; ``known`` and ``recent`` complete what is typed, ``tail`` stands under the data."""
        super().__init__()
        self._theme = theme
        self.wish: bool | None = None
        self._more_shown = False
        self._across: tuple[bool, bool] | None = None
        self.topic = SuggestField(_tr("Topic"), known.topics, self)
        self.type = SuggestField(_tr("Type"), lambda typed: known.types(typed, self.topic.text()), self)
        self.source = SuggestField(_tr("Source"), recent.sources, self)
        self.subject = SuggestField(_tr("Subject"), recent.subjects, self)
        self.topic.line.setPlaceholderText("orders/eu/paid")
        self.type.line.setPlaceholderText("order.paid")
        self.source.line.setPlaceholderText("//shop.example/checkout")
        self.subject.line.setPlaceholderText("order/48347")
        self.media_type = _line(_tr("Media type"), "")
        self.headers = PublishHeaders(theme, self)
        self.target = PublishTarget(theme, self)
        self.more = QToolButton(self)
        self.data = PublishData(theme, self)
        self.content, self.editor, self.file = self.data.content, self.data.editor, self.data.file
        self.notes = {name: FieldNote(theme, self) for name in ("topic", MEDIA_TYPE)}
        self.notes |= {HEADERS: self.headers.note} | self.data.notes
        self._lay_out(tail)
        self._listen()
        self._restyle()
        self.show_more(False)

    # ── drafts ───────────────────────────────────────────────────────────────────────────────────────────────────

    def draft(self) -> Draft:
        """What is written."""
        return Draft(
            topic=self.topic.text(),
            type=self.type.text(),
            source=self.source.text(),
            subject=self.subject.text(),
            media_type=self.media_type.text(),
            headers=self.headers.headers(),
            format=self.data.format,
            body=self.editor.text(),
            file=self.file.text(),
        )

    def show_draft(self, draft: Draft) -> None:
        """Show another draft."""
        self.topic.set_text(draft.topic)
        self.type.set_text(draft.type)
        self.source.set_text(draft.source)
        self.subject.set_text(draft.subject)
        self.media_type.setText(draft.media_type)
        self.media_type.setCursorPosition(0)
        self.headers.set_headers(draft.headers)
        self.data.show_data(draft.format, draft.body, draft.file)
        self._tell_hidden()

    # ── mistakes ─────────────────────────────────────────────────────────────────────────────────────────────────

    def show_error(self, error: DraftError) -> None:
        """Say what has to be mended, under the field it is about."""
        field = error.field
        if field in (MEDIA_TYPE, HEADERS):
            self.show_more(True)
        if field == HEADERS:
            self.headers.show_error(str(error), error.cell)
            return
        self.notes[field].say(str(error), "error")
        if field == BODY:
            self.editor.mark(max(0, error.position))
        else:
            set_look(self._edge(field), "state", "error")

    def clear_errors(self) -> None:
        """Nothing has to be mended any more."""
        for field, note in self.notes.items():
            if note.text and field == HEADERS:
                self.headers.clear_error()
            elif note.text:
                note.say("")
                if field != BODY:
                    set_look(self._edge(field), "state", "")
        if self.editor.marked >= 0:
            self.editor.mark(-1)

    def faulty_widget(self) -> QWidget | None:
        """Where the first mistake is."""
        found = next((field for field, note in self.notes.items() if note.text), None)
        return None if found is None else self.editor if found == BODY else self._edge(found)

    def _edge(self, field: str) -> QWidget:
        found: QWidget = self.headers.faulty or self.headers if field == HEADERS else getattr(self, field)
        return found

    # ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def more_shown(self) -> bool:
        """Whether the rarer fields are shown."""
        return self._more_shown

    def show_more(self, shown: bool) -> None:
        """Show or hide the rarer fields."""
        self._more_shown = shown
        for widget in self._rare:
            widget.setVisible(shown)
        self._tell_hidden()

    def fit(self, width: int, height: int) -> None:
        """Show what there is room for, or what is wished."""
        scale = self._theme.text_percent / 100
        wide = width >= ROOM_FOR_PAIRS * scale
        enough = ROOM_FOR_MORE if wide else ROOM_FOR_MORE_IF_NARROW
        more = self.wish if self.wish is not None else height >= enough * scale
        more = more or any(self.notes[field].text for field in (MEDIA_TYPE, HEADERS))
        if more != self._more_shown:
            self.show_more(more)
        across = (width >= ROOM_FOR_CONTENT * scale, wide)
        if across != self._across:
            self._across = across
            self._place(*across)

    def take_burst(self, box: QWidget) -> None:
        """Show the burst among the rarer fields."""
        self._burst.addWidget(box)
        box.setVisible(self._more_shown)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self, tail: QWidget) -> None:
        titles = (_tr("Source"), _tr("Subject"), _tr("Media type"), _tr("Headers"))
        self._rare: list[QWidget] = [self.source, self.subject, self.media_type, self.headers]
        fields = {_tr("Topic"): self.topic, _tr("Type"): self.type, _tr("Content"): self.content}
        named = fields | dict(zip(titles, self._rare, strict=True))
        self._labels = {title: _label(title, widget, self) for title, widget in named.items()}
        self._rare += [self._labels[title] for title in titles]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 2, 12, 0)
        layout.setSpacing(4)
        # WORKAROUND: PySide wraps the items of a layout that is put into another, and does not notice when Qt deletes
        # one because its widget moves; the next object at that address is taken for it. So the grid is filled later.
        self._grid, self._burst = QGridLayout(), QVBoxLayout()
        layout.addLayout(self._grid)
        layout.addLayout(self._burst)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(5)
        top = QHBoxLayout()
        top.setSpacing(2)
        self._grid.addWidget(self._labels[_tr("Topic")], 0, 0)
        self._grid.addLayout(top, 0, 1, 1, 3)
        top.addWidget(self.topic, 1)
        top.addWidget(self.more)
        self._grid.addWidget(self.target, 1, 1, 1, 3)
        self._grid.addWidget(self.notes["topic"], 2, 1, 1, 3)
        self._grid.addWidget(self._labels[_tr("Media type")], 7, 0)
        self._grid.addWidget(self.media_type, 7, 1, 1, 3)
        self._grid.addWidget(self.notes[MEDIA_TYPE], 8, 1, 1, 3)
        self._grid.addWidget(self._labels[_tr("Headers")], 9, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(self.headers, 9, 1, 1, 3)
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(3, 2)
        layout.addWidget(self.data, 1)
        layout.addWidget(tail)
        self._place(True, False)
        self._order_tabs()

    def _place(self, content_beside: bool, subject_beside: bool) -> None:
        """Put pairs beside each other where there is room for two, else under each other."""
        self._place_pair(3, (_tr("Type"), self.type), (_tr("Content"), self.content), beside=content_beside)
        self._place_pair(5, (_tr("Source"), self.source), (_tr("Subject"), self.subject), beside=subject_beside)

    def _place_pair(self, row: int, left: tuple[str, QWidget], right: tuple[str, QWidget], *, beside: bool) -> None:
        (left_title, left_field), (right_title, right_field) = left, right
        self._grid.addWidget(self._labels[left_title], row, 0)
        self._grid.addWidget(left_field, row, 1, 1, 1 if beside else 3)
        self._grid.addWidget(self._labels[right_title], row if beside else row + 1, 2 if beside else 0)
        self._grid.addWidget(right_field, row if beside else row + 1, 3 if beside else 1, 1, 1 if beside else 3)

    def _order_tabs(self) -> None:
        order: list[QWidget] = [self.topic, self.more, self.type, self.content, self.source, self.subject]
        order += [self.media_type, self.headers.add, self.editor, self.file, self.data.browse]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    def _listen(self) -> None:
        self.topic.edited.connect(self.topicEdited)
        for field in (self.topic, self.type, self.source, self.subject, self.headers, self.data):
            field.edited.connect(self.edited)
        self.media_type.textEdited.connect(lambda _text: self.edited.emit())
        self.more.clicked.connect(self._turn_more)
        self.data.formatChanged.connect(self._show_media_type)
        self._theme.changed.connect(self._restyle)

    def _turn_more(self) -> None:
        self.wish = not self._more_shown
        self.moreChanged.emit()

    def _show_media_type(self) -> None:
        """The usual one stands where none is written."""
        self.media_type.setPlaceholderText(media_type_of(self.data.format, self.file.text()))

    def _tell_hidden(self) -> None:
        """What is set and not shown says so."""
        hidden = sum(1 for text in (self.source.text(), self.subject.text(), self.media_type.text()) if text)
        hidden += len(self.headers.headers())
        shown = self._more_shown
        title = _tr("Fewer fields") if shown else _tr("More fields: source, subject, media type, headers")
        if hidden and not shown:
            title = f"{title}. " + _tr("{n} of them are set.").format(n=hidden)
        self.more.setText(f"+{hidden}" if hidden and not shown else "")
        self.more.setAccessibleName(title)
        plain_tooltip(self.more, title)
        icon = "chevron-down" if shown else "chevron-right"
        self.more.setIcon(self._theme.icon(icon, "text2", 16))

    def _restyle(self) -> None:
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setIconSize(QSize(16, 16))
        self.more.setProperty("icon_only", "true")
        self.headers.setFont(self._theme.body)
        self._tell_hidden()


def _label(title: str, widget: QWidget, form: QWidget) -> PlainLabel:
    label = PlainLabel(title, form)
    label.setProperty("tone", "text2")
    label.setBuddy(widget)
    return label


def _line(name: str, example: str) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(name)
    line.setPlaceholderText(example)
    line.setMinimumWidth(60)
    return line
