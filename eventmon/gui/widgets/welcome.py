"""The page for a log that is empty: what Eventmon is for, and the ways to begin, each with its button."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from eventmon.engine.frame import Frame
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import short_path, storage
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.action_button import ActionButton
from eventmon.gui.widgets.plain_text import PlainLabel

WIDTH = 560
BUTTON_WIDTH = 116
PIPE_EXAMPLE = "some-command | eventmon -"


@dataclass(frozen=True, kw_only=True)
class _Card:
    icon: str
    title: str
    sentence: str
    mono: str = ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Welcome", text)


class WelcomeCard(QFrame):
    """One way to begin: icon, title, sentence and button."""

    def __init__(self, theme: Theme, card: _Card, button: QPushButton | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._theme = theme
        self._card = card
        self._icon = PlainLabel(parent=self)
        self._title = PlainLabel(card.title, self)
        self._sentence = PlainLabel(card.sentence, self)
        for wraps in (self._title, self._sentence):
            wraps.setWordWrap(True)
        self._sentence.setProperty("tone", "text2")
        self._mono = PlainLabel(card.mono, self)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._title)
        texts.addWidget(self._sentence)
        if card.mono:
            self._mono.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            self._mono.setAccessibleName(card.title)
            self._mono.setCursor(Qt.CursorShape.IBeamCursor)
            self._mono.setProperty("role", "code")
            texts.addSpacing(4)
            texts.addWidget(self._mono)
        else:
            self._mono.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(12)
        layout.addWidget(self._icon)
        layout.addLayout(texts, 1)
        if button is not None:
            layout.addWidget(button)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._card.icon, "accent_text", 20, self.devicePixelRatioF()))
        self._title.setFont(self._theme.title)
        self._sentence.setFont(self._theme.small)
        self._mono.setFont(self._theme.mono)


class WelcomePage(QScrollArea):
    """Shown in the log while it has no events."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._heading = PlainLabel(_tr("See every event"))
        self._lead = PlainLabel(_tr("Nothing is connected yet. Four ways to begin:"))
        self._lead.setWordWrap(True)
        self._lead.setProperty("tone", "text2")
        self._kept = PlainLabel()
        self._kept.setWordWrap(True)
        self._kept.setProperty("tone", "text3")
        self._buttons: list[ActionButton] = []
        self._column = QWidget()
        self._restyle()  # before anything asks for a size: Qt forgets fonts set between that and the next parent
        self.setWidget(self._page())
        self._widen_buttons()
        context.theme.changed.connect(self._restyle)
        context.bridge.frameReady.connect(self._frame_ready)
        if context.bridge.last_frame is not None:
            self._frame_ready(context.bridge.last_frame)

    def _page(self) -> QWidget:
        inner = QVBoxLayout(self._column)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        for widget in (self._heading, self._lead):
            inner.addWidget(widget)
        inner.setSpacing(8)
        inner.addSpacing(4)
        for card in self._cards():
            inner.addWidget(card)
        inner.addSpacing(4)
        inner.addWidget(self._kept)
        page = QWidget()
        page.setObjectName("welcomePage")
        page.setAutoFillBackground(True)
        page.setBackgroundRole(QPalette.ColorRole.Base)
        outer = QHBoxLayout(page)
        outer.setContentsMargins(16, 12, 16, 12)
        centred = QVBoxLayout()
        centred.addStretch(2)
        centred.addWidget(self._column)
        centred.addStretch(3)
        outer.addStretch(1)
        outer.addLayout(centred, 100)
        outer.addStretch(1)
        return page

    def _cards(self) -> list[WelcomeCard]:
        theme = self._context.theme
        demo = _Card(
            icon="circle-play",
            title=_tr("Start the demo stream"),
            sentence=_tr("A small shop, 200 events a second. No server needed."),
        )
        broker = _Card(
            icon="database",
            title=_tr("Connect to a broker"),
            sentence=_tr("Redis or Valkey: channels and streams as they happen."),
        )
        follow = _Card(
            icon="file-text",
            title=_tr("Follow a file"),
            sentence=_tr("A log or JSON lines file that another program writes."),
        )
        pipe = _Card(
            icon="square-terminal",
            title=_tr("Pipe a program into it"),
            sentence=_tr("Each line becomes an event. In a terminal:"),
            mono=PIPE_EXAMPLE,
        )
        self._primary = self._button("connect.demo", _tr("Start demo"))
        self._primary.setDefault(True)
        return [
            WelcomeCard(theme, demo, self._primary),
            WelcomeCard(theme, broker, self._button("connect.open", _tr("Connect…"))),
            WelcomeCard(theme, follow, self._button("connect.follow_file", _tr("Follow a file…"))),
            WelcomeCard(theme, pipe, None),
        ]

    def _button(self, command_id: str, text: str) -> ActionButton:
        button = ActionButton(self._context.commands.bare_action(command_id), text)
        self._buttons.append(button)
        return button

    def _restyle(self) -> None:
        theme = self._context.theme
        self._heading.setFont(theme.heading)
        self._kept.setFont(theme.small)
        self._column.setMaximumWidth(WIDTH * max(100, theme.text_percent) // 100)
        self._widen_buttons()

    def _widen_buttons(self) -> None:
        """All as wide as the widest is in the font it will have."""
        for button in self._buttons:
            button.ensurePolished()
        widest = max((button.sizeHint().width() for button in self._buttons), default=0)
        for button in self._buttons:
            button.setMinimumWidth(max(BUTTON_WIDTH, widest))

    def _frame_ready(self, frame: Frame) -> None:
        """Say where events are kept, and what of them leaves first."""
        self._kept.setText(self._where_kept(frame.log.path, frame.log.limit_bytes))

    def _where_kept(self, path: str, limit: int | None) -> str:
        days = self._context.settings.log_max_age_days
        limits = [storage(limit)] if limit else []
        limits += [_tr("{days} days").format(days=days)] if days else []
        where = _tr("Events are kept in {path}").format(path=short_path(path))
        if not limits:
            return where + _tr(", without a limit.")
        return where + _tr(", up to {limits}; the oldest leave first.").format(limits=_tr(" and ").join(limits))
