"""Preferences come from the settings' own types, hold at once where they can, and never overwrite a mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from eventmon.engine.paths import Paths
from eventmon.engine.settings import Settings, load_settings, save_settings
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.preferences import PreferencesDialog
from eventmon.gui.settings_keeper import SettingsKeeper
from tests.gui.conftest import Screenshot


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("EVENTMON_HOME", str(tmp_path))
    paths = Paths.for_profile()
    paths.create()
    return paths


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """The dialog stands over it, and deletes itself."""
    window = QWidget()
    qtbot.addWidget(window)
    return window


def opened(context: PanelContext, paths: Paths, window: QWidget) -> PreferencesDialog:
    keeper = SettingsKeeper(paths)
    dialog = PreferencesDialog(context.theme, keeper, window)
    dialog.saved.connect(lambda: keeper.show(context.theme, context.commands))
    dialog.show()
    return dialog


@pytest.fixture
def dialog(context: PanelContext, paths: Paths, window: QWidget) -> PreferencesDialog:
    return opened(context, paths, window)


def line(dialog: PreferencesDialog, name: str) -> QLineEdit:
    found = dialog.findChild(QLineEdit, f"field.{name}")
    assert found is not None
    return found


def type_over(edit: QLineEdit, text: str) -> None:
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    QTest.keyClicks(edit, text)


def test_every_setting_has_a_field_in_words_that_people_read(dialog: PreferencesDialog) -> None:
    assert list(dialog.editors) == list(Settings.__struct_fields__)
    theme = dialog.findChild(QComboBox, "field.theme")
    assert theme is not None
    assert [theme.itemText(row) for row in range(theme.count())] == ["As the system", "Light", "Dark"]
    assert line(dialog, "log_max_bytes").text() == "2 GiB"
    assert line(dialog, "log_max_age_days").text() == "30 days"
    assert "next start" in dialog.places["log_max_bytes"].note._text.text()
    assert "next start" not in dialog.places["text_percent"].note._text.text()
    assert str(dialog._keeper.paths.settings_file) in dialog.outcome._text.text()


def test_what_is_saved_holds_at_once_and_is_in_the_file(
    dialog: PreferencesDialog, context: PanelContext, paths: Paths, qtbot: QtBot
) -> None:
    dialog.editors["theme"].set_value("dark")
    type_over(line(dialog, "text_percent"), "130")
    box = dialog.findChild(QCheckBox, "field.utc")
    assert box is not None
    box.click()
    type_over(line(dialog, "log_max_bytes"), "500 MB")
    type_over(line(dialog, "log_max_age_days"), "")
    with qtbot.waitSignal(dialog.saved):
        dialog.save_button.click()
    assert context.theme.dark
    assert context.theme.text_percent == 130
    assert context.commands.bare_action("view.utc").isChecked()
    assert load_settings(paths) == Settings(
        theme="dark", text_percent=130, utc=True, log_max_bytes=500_000_000, log_max_age_days=None
    )


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("text_percent", "900", "from 75 to 300"),
        ("log_max_bytes", "plenty", "500 MiB or 2 GiB"),
        ("log_max_bytes", "0 B", "more than nothing"),
        ("log_max_age_days", "a while", "30 days or 2 weeks"),
    ],
)
def test_a_bad_value_is_said_under_its_field_and_nothing_is_saved(
    dialog: PreferencesDialog, paths: Paths, name: str, text: str, said: str
) -> None:
    type_over(line(dialog, name), text)
    dialog.save_button.click()
    assert dialog.isVisible()
    assert dialog.places[name].faulty
    assert said in dialog.places[name].note._text.text()
    assert not paths.settings_file.exists()
    type_over(line(dialog, name), "100")
    assert dialog.places[name].faulty == (name == "log_max_bytes")


def test_cancel_changes_nothing(dialog: PreferencesDialog, context: PanelContext, paths: Paths) -> None:
    dialog.editors["theme"].set_value("dark")
    dialog.reject()
    assert not context.theme.dark
    assert not paths.settings_file.exists()


def test_what_somebody_wrote_into_the_file_is_shown(context: PanelContext, paths: Paths, window: QWidget) -> None:
    paths.settings_file.write_text("# ours\n[log]\nmax_age_days = 7\n")
    dialog = opened(context, paths, window)
    assert line(dialog, "log_max_age_days").text() == "7 days"
    type_over(line(dialog, "log_max_age_days"), "2 weeks")
    dialog.save_button.click()
    assert paths.settings_file.read_text().startswith("# ours\n[log]\nmax_age_days = 14\n")


def test_a_file_with_a_mistake_is_shown_and_not_overwritten(
    context: PanelContext, paths: Paths, window: QWidget
) -> None:
    wrong = '[appearance]\ntheme = "plaid"\n'
    paths.settings_file.write_text(wrong)
    dialog = opened(context, paths, window)
    assert "plaid" in dialog.outcome._text.text()
    assert "theme" in dialog.outcome._text.text()
    assert not dialog.save_button.isEnabled()
    assert dialog.again.isVisible()
    dialog.save()
    assert dialog.isVisible()
    assert paths.settings_file.read_text() == wrong
    paths.settings_file.write_text('[appearance]\ntheme = "light"\n')
    dialog.again.click()
    assert dialog.save_button.isEnabled()
    assert not dialog.again.isVisible()


def test_a_choice_in_the_menus_leaves_the_rest_of_the_file_as_somebody_edited_it(
    context: PanelContext, paths: Paths
) -> None:
    keeper = SettingsKeeper(paths)
    save_settings(paths, Settings(log_max_age_days=7))
    context.theme.apply("dark", 115)
    keeper.keep_appearance(context.theme, utc=True)
    assert load_settings(paths) == Settings(theme="dark", text_percent=115, utc=True, log_max_age_days=7)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_looks_the_same_in_both_themes(
    dialog: PreferencesDialog, context: PanelContext, save_screenshot: Screenshot, mode: Literal["light", "dark"]
) -> None:
    context.theme.apply(mode)
    assert save_screenshot(dialog, f"preferences-{mode}").is_file()
