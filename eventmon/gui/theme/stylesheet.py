"""The short style sheet: only what the palette cannot say. General rules first, later ones win.

No ``::item`` rules: they make a tree repaint up to half again as slow. Row heights come from the delegates.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

_SHEET = Template("""
QMainWindow, QDialog { background: $window; }
QMainWindow::separator { background: $window; width: 4px; height: 4px; }
QMainWindow::separator:hover { background: $accent; }
QAbstractScrollArea { border: 0; background: $base; }
QDockWidget { background: $base; }
QToolTip { background: $raised; color: $text; border: 1px solid $outline; padding: 4px 6px; }

QMenuBar { background: $window; padding: 2px 8px; }
QMenuBar::item { padding: 5px 10px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: $pressed; }
QMenu { background: $raised; border: 1px solid $outline; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: 4px; }
QMenu::item:selected { background: $selected; color: $text; }
QMenu::item:disabled { color: $disabled; background: transparent; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $hairline; margin: 4px 8px; }

QToolBar { background: $window; border: 0; padding: 4px 8px 6px 8px; spacing: 6px; }
QToolBar::separator { width: 1px; background: $hairline; margin: 5px 8px; }
QToolButton { border: 1px solid transparent; border-radius: 5px; padding: 3px 6px; background: transparent; }
QToolButton:hover { background: $pressed; }
QToolButton:pressed, QToolButton:checked { background: $selected; }
QToolButton:focus { border-color: $accent; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[icon_only="true"] { padding: 3px; }
QToolButton[flat="true"] { padding: 1px 2px 0 6px; }
QToolButton[bar="true"] { padding: 3px 0 3px 7px; }
QToolButton[menu_button="true"] { padding-right: 16px; }
QToolButton[menu_button="true"]::menu-indicator {
  image: url($icons/chevron-down-$variant.svg); width: 12px; height: 12px;
  subcontrol-origin: padding; subcontrol-position: center right; right: 7px; }
QToolButton[state="live"] { background: $ok_bg; color: $ok; font-weight: 600; }
QToolButton[state="paused"] { background: $warn_bg; color: $warn; font-weight: 600; }
QToolButton[state="live"]:focus { border-color: $ok; }
QToolButton[state="paused"]:focus { border-color: $warn; }
QToolButton[state="error"] { color: $error; }

QPushButton { background: $raised; color: $text; border: 1px solid $outline; border-radius: 5px; padding: 4px 12px;
  min-height: 18px; outline: none; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $disabled; border-color: $hairline; }
QPushButton:default { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton:default:hover { background: $accent_hover; }
QPushButton:default:focus { border: 2px solid $text; padding: 3px 11px; }
QPushButton:default:disabled { background: $pressed; color: $disabled; border-color: $pressed; }
QPushButton[role="link"] { background: transparent; border: 0; padding: 0; min-height: 0; color: $accent_text; }
QPushButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="link"]:focus { text-decoration: underline; }
QPushButton[role="link"]:disabled { color: $disabled; }

QLineEdit, QComboBox, QAbstractSpinBox { background: $base; border: 1px solid $outline; border-radius: 5px;
  padding: 2px 7px; min-height: 20px; selection-background-color: $selected; selection-color: $text; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus { border-color: $accent; }
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled { color: $disabled; border-color: $hairline; }
QLineEdit[quiet="true"] { background: $alt; border-color: $hairline; }
QLineEdit[quiet="true"]:focus { background: $base; border-color: $accent; }
QLineEdit[state="error"], QComboBox[state="error"], QAbstractSpinBox[state="error"] { border-color: $error; }
QComboBox::drop-down { border: 0; width: 24px; }
QComboBox::down-arrow { image: url($icons/chevron-down-$variant.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $outline; padding: 4px; }
QAbstractSpinBox { padding: 0 20px 1px 7px; }
QAbstractSpinBox QLineEdit { border: 0; padding: 0; min-height: 0; background: transparent; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border; width: 19px; border: 0;
  background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: top right; margin: 1px 1px 0 0; border-top-right-radius: 4px; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin: 0 1px 1px 0;
  border-bottom-right-radius: 4px; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $hover; }
QAbstractSpinBox::up-button:pressed, QAbstractSpinBox::down-button:pressed { background: $pressed; }
QAbstractSpinBox::up-arrow, QAbstractSpinBox::down-arrow { width: 10px; height: 10px; }
QAbstractSpinBox::up-arrow { image: url($icons/chevron-up-$variant.svg); }
QAbstractSpinBox::down-arrow { image: url($icons/chevron-down-$variant.svg); }
QAbstractSpinBox::up-arrow:disabled, QAbstractSpinBox::up-arrow:off {
  image: url($icons/chevron-up-off-$variant.svg); }
QAbstractSpinBox::down-arrow:disabled, QAbstractSpinBox::down-arrow:off {
  image: url($icons/chevron-down-off-$variant.svg); }

QCheckBox { spacing: 8px; }
QCheckBox::indicator, #namesView::indicator, #reviewView::indicator {
  width: 14px; height: 14px; border: 1px solid $outline; border-radius: 4px; background: $base; }
QCheckBox:focus::indicator { border-color: $accent; }
QCheckBox::indicator:checked, #namesView::indicator:checked, #reviewView::indicator:checked {
  background: $accent; border-color: $accent; image: url($icons/check-on-accent.svg); }
QCheckBox:focus::indicator:checked { border-color: $text; }
QCheckBox::indicator:disabled { border-color: $hairline; }
QCheckBox::indicator:checked:disabled { background: $disabled; border-color: $disabled; }
QCheckBox:disabled { color: $disabled; }
QRadioButton { spacing: 8px; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $outline; border-radius: 8px;
  background: $base; }
QRadioButton:focus::indicator { border-color: $accent; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent; background: $on_accent; }
QRadioButton::indicator:checked:disabled { border-color: $disabled; }
QRadioButton:disabled { color: $disabled; }
#kindList { background: $alt; }

QHeaderView { background: $base; }
QHeaderView::section { background: $base; color: $text3; border: 0; border-bottom: 1px solid $hairline;
  padding: 0 8px; }
QHeaderView::section:first { padding-left: 12px; }
QMainWindow > QTabBar { background: $base; qproperty-drawBase: 0; }
QTabBar::tab { padding: 5px 8px; border: 0; border-bottom: 2px solid transparent; background: transparent;
  color: $text2; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; font-weight: 600; }
QTabBar::tab:hover { color: $text; }

QScrollBar { background: transparent; border: 0; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $bar; border-radius: 3px; margin: 3px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $outline; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QStatusBar { background: $window; border: 0; }
QStatusBar::item { border: 0; }
QFrame[role="card"] { background: $base; border: 1px solid $hairline; border-radius: 8px; }
QFrame[role="hairline"] { background: $hairline; border: 0; max-height: 1px; }
QFrame[role="dialog_body"] { background: $base; }
QLabel { background: transparent; }
QLabel[role="code"] { background: $alt; border: 1px solid $hairline; border-radius: 5px; padding: 4px 8px; }
QLabel[tone="text2"] { color: $text2; }
QLabel[tone="text3"] { color: $text3; }
QLabel[tone="error"] { color: $error; }
QLabel[tone="warn"] { color: $warn; }
QLabel[tone="ok"] { color: $ok; }
QLabel[tone]:disabled { color: $disabled; }
""")


def make_stylesheet(tokens: dict[str, str], icons: Path, *, dark: bool) -> str:
    """The sheet of one theme; ``icons`` is the folder of the few icons that a sheet must name by file."""
    return _SHEET.substitute(tokens, icons=icons.as_posix(), variant="dark" if dark else "light")
