"""The Connect dialog under real keys and clicks: address and form say the same, and no mistake costs what was typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from eventmon.engine.frame import ConnectionStatus
from eventmon.gui.dialogs.connect import ConnectDialog
from eventmon.gui.theme.theme import Theme
from tests.gui.conftest import Screenshot
from tests.gui.connect_script import PROD, PROD_MASKED, PROD_URL, SHOP, answer, line, paste, place, retype
from tests.helpers.hostile import HOSTILE_TEXTS

Key = Qt.Key


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    return window


@pytest.fixture
def dialog(theme: Theme, window: QWidget, qtbot: QtBot) -> ConnectDialog:
    dialog = ConnectDialog(theme, connections=[SHOP], parent=window)
    dialog.open()
    dialog.activateWindow()
    return dialog


def test_it_begins_with_the_first_kind_and_the_keyboard_in_the_address(dialog: ConnectDialog) -> None:
    assert dialog.kinds.chosen() == "redis"
    assert dialog.focusWidget() is dialog.entry.address.line
    assert dialog.entry.address.line.text() == "redis://localhost"
    assert dialog.connect_button.isDefault()


def test_a_pasted_address_fills_the_form_and_hides_its_password(dialog: ConnectDialog) -> None:
    paste(dialog.entry.address.line, PROD_URL)
    assert line(dialog, "host").text() == "prod.shop.example"
    assert line(dialog, "port").text() == "7000"
    assert line(dialog, "channels").text() == "orders.*, payments.*"
    assert line(dialog, "user").text() == "watcher"
    assert line(dialog, "password").text() == "hunter2"
    assert dialog.entry.address.line.text() == PROD_MASKED
    wish = dialog.entry.wish()
    assert wish is not None
    assert wish.url == PROD_URL


def test_an_address_of_another_kind_goes_to_its_page(dialog: ConnectDialog) -> None:
    paste(dialog.entry.address.line, "demo://?rate=12")
    assert dialog.kinds.chosen() == "demo"
    assert line(dialog, "rate").text() == "12"
    assert not dialog.test.isVisible()


def test_fields_write_the_address(dialog: ConnectDialog) -> None:
    retype(line(dialog, "host"), "10.0.0.7")
    retype(line(dialog, "channels"), "orders.*, payments.*")
    retype(line(dialog, "password"), "hunter2")
    tls = place(dialog, "tls").findChild(QCheckBox)
    assert tls is not None
    QTest.keyClick(tls, Key.Key_Space)
    assert dialog.entry.address.line.text() == "rediss://:***@10.0.0.7?channels=orders.*,payments.*"


def test_a_typed_address_is_judged_when_it_rests(dialog: ConnectDialog, qtbot: QtBot) -> None:
    address = dialog.entry.address
    retype(address.line, "redis://host:99999999")
    assert not address.faulty
    qtbot.waitUntil(lambda: address.faulty)
    assert "99999999" in address.note.text
    assert address.line.property("state") == "error"
    assert address.line.text() == "redis://host:99999999"
    QTest.keyClick(address.line, Key.Key_Backspace)
    assert not address.faulty


def test_a_bad_address_is_not_connected(dialog: ConnectDialog) -> None:
    wishes: list[bool] = []
    dialog.connectWanted.connect(lambda: wishes.append(dialog.entry.wish() is not None))
    retype(dialog.entry.address.line, "rediss:/wrong")
    QTest.keyClick(dialog.entry.address.line, Key.Key_Return)
    assert wishes == [False]
    assert dialog.entry.address.faulty
    assert dialog.isVisible()


def test_a_value_that_does_not_fit_is_said_at_its_field(dialog: ConnectDialog) -> None:
    retype(line(dialog, "port"), "99999999")
    assert place(dialog, "port").faulty
    assert dialog.entry.wish() is None
    retype(line(dialog, "port"), "6380")
    assert not place(dialog, "port").faulty
    assert dialog.entry.address.line.text() == "redis://localhost:6380"


def test_the_name_is_chosen_when_none_is_given_and_a_taken_one_is_refused(dialog: ConnectDialog) -> None:
    entry = dialog.entry
    assert entry.name.note.text == f"Its topics appear below {entry.name_line.placeholderText()}/"
    retype(entry.name_line, "shop")
    assert entry.wish() is None
    assert entry.name.faulty
    retype(entry.name_line, "orders")
    assert entry.name.note.text == "Its topics appear below orders/"
    wish = entry.wish()
    assert wish is not None
    assert wish.name == "orders"


def test_a_default_name_that_is_taken_gets_a_number(theme: Theme, window: QWidget) -> None:
    taken = [ConnectionStatus(name=name, url="demo://", phase="closed") for name in ("demo", "demo-2")]
    dialog = ConnectDialog(theme, connections=taken, parent=window)
    dialog.open()
    paste(dialog.entry.address.line, "demo://")
    assert dialog.entry.name_line.placeholderText() == "demo-3"


def test_what_was_typed_for_one_kind_is_still_there_after_a_look_at_another(dialog: ConnectDialog) -> None:
    retype(line(dialog, "host"), "10.0.0.7")
    dialog.kinds.setFocus()
    QTest.keyClick(dialog.kinds, Key.Key_Down)
    assert dialog.kinds.chosen() == "pipe"
    QTest.keyClick(dialog.kinds, Key.Key_Up)
    assert line(dialog, "host").text() == "10.0.0.7"
    assert dialog.entry.address.line.text() == "redis://10.0.0.7"


def test_read_only_is_on_for_another_machine_and_off_for_this_one(dialog: ConnectDialog) -> None:
    safety = dialog.entry.safety
    assert safety.read_only() is False
    retype(line(dialog, "host"), "prod.shop.example")
    assert safety.read_only() is True
    retype(line(dialog, "host"), "127.0.0.1")
    assert safety.read_only() is False
    dialog.entry.show_form("demo")
    assert safety.read_only() is None
    assert not safety.read_only_place.isVisible()


def test_lifting_read_only_of_another_machine_asks_one_question(dialog: ConnectDialog) -> None:
    safety = dialog.entry.safety
    paste(dialog.entry.address.line, PROD_URL)
    retype(dialog.entry.name_line, "prod")
    QTest.mouseClick(safety.read_only_box, Qt.MouseButton.LeftButton, pos=safety.read_only_box.rect().center() * 0.2)
    assert safety.read_only() is True, "before the answer"
    assert answer(dialog, yes=False) == "Lift read-only for prod? Events you publish then reach prod.shop.example."
    assert safety.read_only() is True
    safety.read_only_box.click()
    answer(dialog, yes=True)
    assert safety.read_only() is False
    retype(line(dialog, "host"), "other.shop.example")
    assert safety.read_only() is True, "another machine is another decision"


def test_a_colour_is_chosen_by_the_arrow_keys(dialog: ConnectDialog) -> None:
    choice = dialog.entry.safety.color
    choice.setFocus()
    QTest.keyClick(choice.swatches[""], Key.Key_Right)
    assert choice.color() == "red"
    QTest.keyClick(choice.swatches["red"], Key.Key_Tab)
    QTest.keyClick(dialog.focusWidget(), Key.Key_Backtab)
    assert dialog.focusWidget() is choice.swatches["red"]
    wish = dialog.entry.wish()
    assert wish is not None
    assert wish.color == "red"


def test_rare_settings_are_behind_a_link_and_a_mistake_there_opens_them(dialog: ConnectDialog) -> None:
    form = dialog.entry.form
    assert not place(dialog, "separator").isVisible()
    QTest.mouseClick(form.more, Qt.MouseButton.LeftButton)
    assert place(dialog, "separator").isVisible()
    QTest.mouseClick(form.more, Qt.MouseButton.LeftButton)
    dialog.show_error("The file holds no certificate. Check the path.", "ca")
    assert place(dialog, "ca").isVisible()
    assert place(dialog, "ca").note.text == "The file holds no certificate. Check the path."


def test_an_error_is_said_at_its_field_and_goes_when_it_is_mended(dialog: ConnectDialog) -> None:
    sentence = "The name was not found. Check the spelling, or connect your VPN and try again."
    dialog.show_error(sentence, "host")
    host = place(dialog, "host")
    assert host.note.text == sentence
    assert line(dialog, "host").property("state") == "error"
    assert dialog.focusWidget() is line(dialog, "host")
    QTest.keyClicks(line(dialog, "host"), "x")
    assert not host.faulty
    assert line(dialog, "host").property("state") == ""


def test_an_error_of_no_field_stands_above_the_buttons(dialog: ConnectDialog) -> None:
    dialog.show_error("The engine does not answer.")
    assert (dialog.outcome.text, dialog.outcome.tone) == ("The engine does not answer.", "error")


def test_while_the_engine_tries_only_cancel_can_be_pressed(dialog: ConnectDialog) -> None:
    line(dialog, "host").setFocus()
    dialog.set_busy("Testing the connection…")
    assert not dialog.entry.isEnabled()
    assert not dialog.connect_button.isEnabled()
    assert dialog.cancel.isEnabled()
    dialog.set_busy("")
    assert dialog.focusWidget() is line(dialog, "host")


def test_esc_cancels_and_enter_connects(dialog: ConnectDialog) -> None:
    asked: list[str] = []
    dialog.connectWanted.connect(lambda: asked.append("connect"))
    dialog.rejected.connect(lambda: asked.append("cancel"))
    QTest.keyClick(line(dialog, "host"), Key.Key_Return)
    QTest.keyClick(line(dialog, "host"), Key.Key_Escape)
    assert asked == ["connect", "cancel"]


def test_tab_goes_through_everything_in_the_order_shown(dialog: ConnectDialog) -> None:
    dialog.entry.form.more.setChecked(True)
    seen = []
    for _ in range(40):
        widget = dialog.focusWidget()
        assert widget is not None
        if widget in seen:
            break
        seen.append(widget)
        QTest.keyClick(widget, Key.Key_Tab)
    places = [
        (widget.mapTo(dialog, widget.rect().topLeft()).y() // 8, widget.mapTo(dialog, widget.rect().topLeft()).x())
        for widget in seen
        if dialog.entry.isAncestorOf(widget) and not isinstance(widget, QPushButton)
    ]
    assert len(places) >= 21
    assert places == sorted(places)
    assert {dialog.test, dialog.cancel, dialog.connect_button, dialog.entry.form.browse} <= set(seen)


def test_every_field_has_a_name_and_a_label_that_leads_to_it(dialog: ConnectDialog) -> None:
    for field in dialog.entry.findChildren(QWidget):
        if isinstance(field, QLineEdit | QComboBox | QCheckBox):
            assert field.accessibleName(), field.objectName()
    buddies = {label.buddy() for label in dialog.findChildren(QLabel)}
    box = line(dialog, "port").parentWidget()
    assert {dialog.entry.address.line, dialog.entry.name_line, line(dialog, "host"), box} <= buddies


# ── a file ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def follow(theme: Theme, window: QWidget) -> ConnectDialog:
    dialog = ConnectDialog(theme, scheme="pipe", parent=window)
    dialog.open()
    dialog.activateWindow()
    return dialog


def test_following_a_file_begins_in_its_first_field(follow: ConnectDialog) -> None:
    path = line(follow, "path")
    assert follow.focusWidget() is path
    assert path.mapTo(follow, path.rect().topLeft()).y() < follow.entry.address.mapTo(follow, path.pos()).y()


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/var/log/orders.jsonl", "pipe:///var/log/orders.jsonl"),
        ("/home/Zoë/my orders.log", "pipe:///home/Zo%C3%AB/my%20orders.log"),
        ("/tmp/a?b#c", "pipe:///tmp/a%3Fb%23c"),
    ],
)
def test_a_typed_path_becomes_an_address(follow: ConnectDialog, path: str, url: str) -> None:
    paste(line(follow, "path"), path)
    wish = follow.entry.wish()
    assert wish is not None
    assert wish.url == url
    assert follow.entry.address.line.text() == url
    assert wish.read_only is None


def test_a_missing_file_is_asked_for(follow: ConnectDialog) -> None:
    assert follow.entry.wish() is None
    assert "is missing" in place(follow, "path").note.text
    QTest.keyClicks(line(follow, "path"), "/")
    assert not place(follow, "path").faulty


def test_a_sentence_about_the_file_stands_under_it(follow: ConnectDialog) -> None:
    QTest.keyClicks(line(follow, "path"), "/var/log/shop/orders.jsonl")
    follow.show_error("There is no file /var/log/shop/orders.jsonl. Check the path.")
    assert place(follow, "path").faulty
    assert line(follow, "path").text() == "/var/log/shop/orders.jsonl"


# ── editing ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def editor(theme: Theme, window: QWidget) -> ConnectDialog:
    dialog = ConnectDialog(theme, connections=[PROD, SHOP], edited=PROD, parent=window)
    dialog.open()
    dialog.activateWindow()
    return dialog


def test_an_edited_connection_is_shown_as_it_is(editor: ConnectDialog) -> None:
    assert editor.windowTitle() == "Edit prod"
    assert editor.entry.name_line.text() == "prod"
    assert editor.entry.name_line.isReadOnly()
    assert line(editor, "password").text() == ""
    assert line(editor, "password").placeholderText() == "Unchanged"
    wish = editor.entry.wish()
    assert wish is not None
    assert (wish.url, wish.read_only, wish.color) == (PROD_MASKED, True, "red")


def test_a_new_password_takes_the_place_of_the_stored_one(editor: ConnectDialog) -> None:
    QTest.keyClicks(line(editor, "password"), "correct horse")
    wish = editor.entry.wish()
    assert wish is not None
    assert "watcher:correct%20horse@" in wish.url
    assert "correct" not in editor.entry.address.line.text()


def test_a_connection_stays_of_its_kind(editor: ConnectDialog) -> None:
    assert editor.kinds.count() == 1
    paste(editor.entry.address.line, "demo://")
    assert editor.entry.address.faulty
    assert line(editor, "host").text() == "prod.shop.example"


# ── look ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_texts_are_shown_as_they_are(dialog: ConnectDialog, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    paste(dialog.entry.address.line, text)
    paste(dialog.entry.name_line, text)
    paste(line(dialog, "channels"), text)
    dialog.show_error(text, "host")
    dialog.show_success(text)
    dialog.entry.wish()
    dialog.grab()
    assert len(dialog.outcome.text) < 20_000


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_dialog_looks_finished(theme: Theme, window: QWidget, save_screenshot: Screenshot, mode: str) -> None:
    theme.apply("dark" if mode == "dark" else "light")
    for scheme in ("redis", "pipe", "demo"):
        dialog = ConnectDialog(theme, scheme=scheme, parent=window)
        dialog.open()
        assert save_screenshot(dialog, f"connect-{scheme}-{mode}").is_file()
        assert not dialog.scroller.verticalScrollBar().isVisible(), "the whole form is seen"
        dialog.reject()


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_nothing_is_cut_at_any_text_size(theme: Theme, window: QWidget, percent: int) -> None:
    theme.apply("light", percent)
    dialog = ConnectDialog(theme, parent=window)
    dialog.open()
    dialog.show_error("The name was not found. Check the spelling, or connect your VPN and try again.", "host")
    QApplication.processEvents()
    for label in dialog.entry.findChildren(QLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width())
    for button in (dialog.test, dialog.cancel, dialog.connect_button):
        assert button.width() >= button.sizeHint().width()
    dialog.reject()
