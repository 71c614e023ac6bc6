"""The filter bar of the log: one field for words, a chip for the topic pattern, and the truth about what is in force.

Typing is taken up after a short rest. What is not valid is said at once and in words; the last valid filter stays in
force, so the log never goes blank because a pattern is half typed.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from eventmon.core.errors import UserError
from eventmon.gui.formatting import one_line
from eventmon.gui.models.log_filter import LogFilter, lift_topic, parse_filter
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import PlainLabel, plain_tooltip

REST_MS = 150
BAR_AFTER_MS = 300
"""A scan that is done sooner shows no bar."""
ICON = 16
RADIUS = 5
MAX_CHIP = 40
MAX_LENGTH = 4_096


class _Edit(QLineEdit):
    """The field's text; Esc leaves it, Backspace at its start takes the chip away."""

    left = Signal()
    backspaceAtStart = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys with a meaning of their own, the rest as ever."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            self.left.emit()
        elif event.key() == Qt.Key.Key_Backspace and not self.cursorPosition() and not self.hasSelectedText():
            self.backspaceAtStart.emit()
        else:
            super().keyPressEvent(event)


class FilterField(QWidget):
    """Icon, chip, text and state within one edge."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterField")
        self._theme = theme
        self.error = False
        self.icon = PlainLabel(parent=self)
        self.chip = QToolButton(self)
        self.chip.setObjectName("topicChip")
        self.chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.chip.setIconSize(QSize(12, 12))
        self.chip.hide()
        self.edit = _Edit(self)
        self.edit.setObjectName("filterEdit")
        self.edit.setAccessibleName(self.tr("Filter events"))
        self.edit.setPlaceholderText(self.tr("Filter: words, -without, topic:orders/#"))
        self.edit.setMaxLength(MAX_LENGTH)
        self.edit.setStyleSheet("QLineEdit { border: 0; padding: 0; min-height: 0; background: transparent; }")
        self.edit.installEventFilter(self)
        self.state = PlainLabel(parent=self)
        self.state.setObjectName("filterState")
        self.tick = PlainLabel(parent=self)
        self.setFocusProxy(self.edit)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(9, 2, 10, 2)
        layout.setSpacing(6)
        for widget in (self.icon, self.chip):
            layout.addWidget(widget)
        layout.addWidget(self.edit, 1)
        for label in (self.state, self.tick):
            layout.addWidget(label)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The edge shows the focus of the text."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The edge: red when not valid, blue with the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        token = "error" if self.error else "accent" if self.edit.hasFocus() else "outline"
        painter.setPen(self._theme.color(token))
        painter.setBrush(self._theme.color("base"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


class FilterBar(QWidget):
    """What the log is narrowed to.

    Attributes:
        filterChanged: the new ``LogFilter`` in force.
        topicChanged: the pattern of the chip (str as object), empty without one.
        left: the user is done here; the keyboard belongs to the log.
    """

    filterChanged = Signal(object)
    topicChanged = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterBar")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._topic = ""
        self.in_force = LogFilter()
        self._progress = 1.0
        self._rest = QTimer(self)
        self._rest.setObjectName("filterRest")
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._take_text)
        self._bar_due = QTimer(self)
        self._bar_due.setObjectName("filterBarDue")
        self._bar_due.setSingleShot(True)
        self._bar_due.setInterval(BAR_AFTER_MS)
        self._bar_due.timeout.connect(self._show_bar)
        self._bar_shown = False
        self.field = FilterField(theme, self)
        self._clear = QToolButton(self)
        self._clear.setObjectName("filterClear")
        self._clear.setProperty("icon_only", "true")
        self._clear.setAccessibleName(self.tr("Clear filter"))
        plain_tooltip(self._clear, self.tr("Clear filter (Ctrl+Shift+L)"))
        self._problem_icon = PlainLabel(parent=self)
        self._problem = PlainLabel(parent=self)
        self._problem.setObjectName("filterProblem")
        self._problem.setProperty("tone", "error")
        self._problem.setWordWrap(True)
        self._lay_out()
        self._listen()
        self._restyle()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.field, 1)
        line.addWidget(self._clear)
        problem = QHBoxLayout()
        problem.setSpacing(6)
        problem.setContentsMargins(4, 2, 4, 0)
        problem.addWidget(self._problem_icon, 0, Qt.AlignmentFlag.AlignTop)
        problem.addWidget(self._problem, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 2, 6, 6)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addLayout(problem)
        self._problem.hide()
        self._problem_icon.hide()

    def _listen(self) -> None:
        edit = self.field.edit
        edit.textEdited.connect(self._typed)
        edit.returnPressed.connect(self._finish)
        edit.editingFinished.connect(self._finish)
        edit.left.connect(self.left)
        edit.backspaceAtStart.connect(lambda: self.set_topic(""))
        self.field.chip.clicked.connect(lambda: self.set_topic(""))
        self._clear.clicked.connect(self.clear)
        self._theme.changed.connect(self._restyle)

    # ── intents ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def topic(self) -> str:
        """The pattern of the chip; empty without one."""
        return self._topic

    def text(self) -> str:
        """What is typed."""
        return self.field.edit.text()

    def set_text(self, text: str) -> None:
        """Put words into the field and take them up at once."""
        self.field.edit.setText(text)
        self._take_text()

    def type_in(self, text: str) -> None:
        """Take the keyboard and go on with what was typed elsewhere."""
        self.field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.edit.insert(text)
        self._typed(self.text())

    def set_topic(self, pattern: str) -> None:
        """Narrow to a pattern, or to none."""
        if pattern != self._topic:
            self._topic = pattern
            self.topicChanged.emit(pattern)
            self._take_text()

    def clear(self) -> None:
        """Show everything."""
        self.field.edit.clear()
        self._topic, before = "", self._topic
        if before:
            self.topicChanged.emit("")
        self._take_text()

    def show_progress(self, progress: float) -> None:
        """How far a scan has come, 0 to 1; a thin bar while it is not done."""
        if progress == self._progress:
            return
        self._progress = progress
        if progress >= 1:
            self._bar_due.stop()
            self._bar_shown = False
        elif not self._bar_shown and not self._bar_due.isActive():
            self._bar_due.start()
        self.update()

    def _show_bar(self) -> None:
        self._bar_shown = True
        self.update()

    # ── what was typed ───────────────────────────────────────────────────────────────────────────────────────────

    def _typed(self, text: str) -> None:
        if text.endswith(" "):
            self._lift()
        self._rest.start()

    def _finish(self) -> None:
        self._lift()
        self._take_text()

    def _lift(self) -> None:
        """Make a finished ``topic:`` a chip."""
        try:
            pattern, rest = lift_topic(self.text())
        except UserError:
            return
        if pattern:
            self.field.edit.setText(rest)
            self.set_topic(pattern)

    def _take_text(self) -> None:
        self._rest.stop()
        try:
            wanted = parse_filter(self.text(), self._topic)
        except UserError as error:
            self._show_state(self.tr("{problem} The last valid filter stays in force.").format(problem=error))
            return
        self._show_state("")
        if wanted != self.in_force:
            self.in_force = wanted
            self.filterChanged.emit(wanted)

    def _show_state(self, problem: str) -> None:
        field = self.field
        field.error = bool(problem)
        field.update()
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._problem_icon.setVisible(bool(problem))
        field.chip.setVisible(bool(self._topic))
        shown = one_line(self._topic, MAX_CHIP)
        field.chip.setText(shown.replace("&", "&&"))
        field.chip.setAccessibleName(self.tr("Remove the topic filter {pattern}").format(pattern=shown))
        plain_tooltip(field.chip, self.tr("Only {pattern}. Click to remove.").format(pattern=one_line(self._topic)))
        used = bool(self.text() or self._topic)
        self._clear.setEnabled(used)
        tone = "error" if problem else "ok" if used else "text3"
        field.state.setText(self.tr("Not valid") if problem else self.tr("Text"))
        field.tick.setVisible(used and not problem)
        if field.state.property("tone") != tone:
            field.state.setProperty("tone", tone)
            field.state.style().polish(field.state)

    # ── look ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, and the bar of a scan under the field."""
        painter = QPainter(self)
        theme = self._theme
        painter.fillRect(self.rect(), theme.color("base"))
        if self._bar_shown:
            width = self.field.width()
            top = self.height() - 3
            painter.fillRect(self.field.x(), top, width, 2, theme.color("hairline"))
            painter.fillRect(self.field.x(), top, int(width * self._progress), 2, theme.color("accent"))

    def _restyle(self) -> None:
        theme, field = self._theme, self.field
        ratio = self.devicePixelRatioF()
        field.icon.setPixmap(theme.pixmap("list-filter", "text2", ICON, ratio))
        field.tick.setPixmap(theme.pixmap("check", "ok", ICON - 2, ratio))
        field.edit.setFont(theme.mono)
        field.state.setFont(theme.title)
        field.chip.setFont(theme.small)
        field.chip.setIcon(theme.icon("x", "accent_text", 12))
        field.chip.setStyleSheet(
            f"QToolButton {{ background: {theme.color('info_bg').name()}; color: {theme.color('accent_text').name()};"
            " border: 1px solid transparent; border-radius: 4px; padding: 1px 5px; }"
            f"QToolButton:hover, QToolButton:focus {{ border-color: {theme.color('accent').name()}; }}"
        )
        height = max(28, QFontMetrics(theme.mono).height() + 10)
        field.setFixedHeight(height)
        self._clear.setIcon(theme.icon("x", "text2", ICON))
        self._clear.setIconSize(QSize(ICON, ICON))
        self._clear.setFixedSize(height, height)
        self._problem.setFont(theme.small)
        self._problem_icon.setPixmap(theme.pixmap("circle-alert", "error", ICON - 2, ratio))
        self._show_state(self._problem.text())
