"""Colours keep their contrast, fonts their steps, icons their colour, in light and dark and at every text size."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from eventmon.engine.resources import resources_folder
from eventmon.gui.theme import tokens
from eventmon.gui.theme.palette import make_palette
from eventmon.gui.theme.stylesheet import make_stylesheet
from eventmon.gui.theme.theme import TEXT_PERCENTS, Theme
from eventmon.gui.widgets.plain_text import PlainLabel

ROOT = Path(__file__).resolve().parents[2]
MODES = {"light": tokens.LIGHT, "dark": tokens.DARK}

STATES = ("ok", "warn", "error", "gap", "info")
TEXT_PAIRS = [
    *((text, back) for text in ("text", "text2", "text3") for back in ("base", "window", "selected", "selected_idle")),
    *((text, back) for text in ("text", "text2", "text3") for back in ("alt", "raised", "hover")),
    *((text, "base") for text in ("accent_text", "json_key", "json_string", "json_number", "json_word", *STATES)),
    *((state, f"{state}_bg") for state in STATES),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    *(("text", f"rule_{colour}_bg") for colour in ("red", "amber", "green")),
    ("text", "pressed"),
]
EDGE_PAIRS = [
    ("outline", "base"),
    ("outline", "window"),
    ("outline", "raised"),
    ("accent", "base"),
    ("accent", "window"),
    ("bar_hit", "base"),
    *((f"rule_{colour}", "base") for colour in ("red", "amber", "green")),
]


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_standard_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#2456D6", "#FFFFFF") == pytest.approx(6.2, abs=0.05)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("text", "back"), TEXT_PAIRS)
def test_text_can_be_read(mode: str, text: str, back: str) -> None:
    assert contrast(MODES[mode][text], MODES[mode][back]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("edge", "back"), EDGE_PAIRS)
def test_edges_and_marks_can_be_seen(mode: str, edge: str, back: str) -> None:
    assert contrast(MODES[mode][edge], MODES[mode][back]) >= 3


@pytest.mark.parametrize("dark", [False, True])
def test_every_series_can_be_seen_and_told_from_the_others(dark: bool) -> None:
    colours = tokens.series(dark=dark)
    assert len(set(colours)) == 8
    assert min(contrast(colour, tokens.tokens(dark=dark)["base"]) for colour in colours) >= 3


def test_both_modes_hold_the_same_names() -> None:
    assert tokens.LIGHT.keys() == tokens.DARK.keys()
    assert all(re.fullmatch(r"#[0-9A-F]{6}", value) for value in (*tokens.LIGHT.values(), *tokens.DARK.values()))


def test_no_other_module_of_the_window_holds_a_colour() -> None:
    for path in (ROOT / "eventmon" / "gui").rglob("*.py"):
        if path.name != "tokens.py":
            assert not re.findall(r"#[0-9A-Fa-f]{6}\b", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("mode", MODES)
def test_icons_of_the_sheet_have_the_colour_of_their_token(mode: str) -> None:
    for path in (resources_folder() / "icons" / "sheet").glob(f"*-{mode}.svg"):
        token = "disabled" if "-off-" in path.name else "text2"
        assert MODES[mode][token] in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("mode", MODES)
def test_the_sheet_fills_in_every_token(mode: str) -> None:
    sheet = make_stylesheet(MODES[mode], resources_folder() / "icons" / "sheet", dark=mode == "dark")
    assert "$" not in sheet
    for path in re.findall(r"url\(([^)]+)\)", sheet):
        assert Path(path).is_file()


def test_selections_without_focus_are_grey(qapp: QApplication) -> None:
    palette = make_palette(tokens.LIGHT)
    highlight = QPalette.ColorRole.Highlight
    assert palette.color(QPalette.ColorGroup.Active, highlight).name().upper() == tokens.LIGHT["selected"]
    assert palette.color(QPalette.ColorGroup.Inactive, highlight).name().upper() == tokens.LIGHT["selected_idle"]


def test_dark_is_dark_even_where_the_platform_ignores_the_wish(theme: Theme, qapp: QApplication) -> None:
    changes: list[bool] = []
    theme.changed.connect(lambda: changes.append(theme.dark))
    theme.set_mode("dark")
    assert changes == [True]
    assert qapp.palette().color(QPalette.ColorRole.Base).name().upper() == tokens.DARK["base"]
    assert theme.color("text").name().upper() == tokens.DARK["text"]


def test_as_the_system_follows_the_system(theme: Theme, qapp: QApplication) -> None:
    theme.set_mode("system")
    system_is_dark = qapp.styleHints().colorScheme() == Qt.ColorScheme.Dark
    assert theme.dark == system_is_dark


def test_colours_and_icons_are_made_once(theme: Theme) -> None:
    assert theme.color("accent") is theme.color("accent")
    assert theme.icon("radio") is theme.icon("radio")
    assert theme.pixmap("radio", "ok", 16, 1.0) is theme.pixmap("radio", "ok", 16, 1.0)


def test_icons_take_the_colour_of_their_token(theme: Theme) -> None:
    image = theme.pixmap("radio", "error", 16, 2.0).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    assert image.width() == 32
    solid = [image.pixelColor(x, y) for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() == 255]
    assert QColor(tokens.LIGHT["error"]) in solid


def test_widgets_that_stand_already_follow_the_size_of_the_text(theme: Theme, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    label, field = PlainLabel("Topic", page), QLineEdit(page)
    page.show()
    before = label.fontMetrics().height(), field.fontMetrics().height()
    theme.apply("light", 200)
    qtbot.waitUntil(lambda: label.fontMetrics().height() > 1.8 * before[0])
    assert field.fontMetrics().height() > 1.8 * before[1]
    theme.apply("light", 100)
    qtbot.waitUntil(lambda: (label.fontMetrics().height(), field.fontMetrics().height()) == before)


def test_text_steps_stop_at_both_ends_and_go_back(theme: Theme, qapp: QApplication) -> None:
    normal = qapp.font().pointSizeF()
    for _ in range(30):
        theme.step_text(1)
    assert theme.text_percent == TEXT_PERCENTS[-1]
    assert qapp.font().pointSizeF() > 2.5 * normal
    for _ in range(30):
        theme.step_text(-1)
    assert theme.text_percent == TEXT_PERCENTS[0]
    theme.step_text(0)
    assert qapp.font().pointSizeF() == normal


def test_fonts_differ_by_one_step_a_meaning(theme: Theme) -> None:
    assert theme.small.pointSizeF() < theme.body.pointSizeF() < theme.heading.pointSizeF()
    assert theme.title.weight() > theme.body.weight()
    assert theme.number_font(34).pixelSize() == 34


def test_every_icon_is_used_and_every_used_icon_is_there() -> None:
    folders = (ROOT / "eventmon" / name for name in ("gui", "connectors", "observers"))  # kinds bring their icons
    sources = "\n".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.py"))
    there = {path.stem for path in (resources_folder() / "icons").glob("*.svg")}
    assert there
    assert {name for name in there if f'"{name}"' not in sources} == set()


def test_the_licence_of_the_icons_is_beside_them() -> None:
    assert "ISC License" in (resources_folder() / "icons" / "LICENSE").read_text(encoding="utf-8")
