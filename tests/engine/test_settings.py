from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.engine.paths import Paths
from eventmon.engine.settings import Settings, load_settings, save_settings

some_settings = st.builds(
    Settings,
    theme=st.sampled_from(["system", "light", "dark"]),
    utc=st.booleans(),
    text_percent=st.integers(75, 300),
    log_max_bytes=st.none() | st.integers(1, 2**50),
    log_max_age_days=st.none() | st.integers(1, 10_000),
)


def _write(paths: Paths, text: str) -> None:
    paths.create()
    paths.settings_file.write_text(text, encoding="utf-8")


def test_a_new_profile_has_the_defaults(paths: Paths) -> None:
    chosen = load_settings(paths)
    assert chosen == Settings()
    assert chosen.retention.max_bytes == 2 * 1024**3
    assert chosen.retention.max_age_seconds == 30 * 86_400


@given(some_settings)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_saved_is_loaded(paths: Paths, chosen: Settings) -> None:
    save_settings(paths, chosen)
    assert load_settings(paths) == chosen


def test_comments_and_order_survive_a_change(paths: Paths) -> None:
    _write(paths, '# mine\n[log]\nmax_age_days = 7 # a week\n\n[appearance]\ntheme = "dark"\n')
    save_settings(paths, msgspec.structs.replace(load_settings(paths), utc=True))
    text = paths.settings_file.read_text(encoding="utf-8")
    assert text.startswith("# mine\n[log]\nmax_age_days = 7 # a week\n")
    assert "utc = true" in text


def test_no_limit_is_written_as_zero(paths: Paths) -> None:
    _write(paths, "[log]\nmax_bytes = 0\nmax_age_days = 0\n")
    chosen = load_settings(paths)
    assert chosen.log_max_bytes is None
    assert chosen.retention.max_age_seconds is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[log]\nmax_byts = 5\n", r"\[log\].*max_byts"),
        ('[log]\nmax_bytes = "many"\n', r"\[log\].*max_bytes.*int"),
        ("[log]\nmax_bytes = -1\n", r"\[log\].*max_bytes"),
        ("[log]\nmax_bytes = false\n", r"\[log\].*max_bytes"),
        ('[appearance]\ntheme = "pink"\n', r"\[appearance\].*theme"),
        ("[window]\nwidth = 3\n", r"\[window\].*width"),
        ("utc = true\n", "utc.*outside any table"),
        ("[log\n", "cannot be read"),
        ("x = " + "[" * 100_000, "cannot be read"),
    ],
)
def test_a_mistake_is_named_and_the_file_left_alone(paths: Paths, text: str, named: str) -> None:
    _write(paths, text)
    with pytest.raises(UserError, match=named):
        load_settings(paths)
    with pytest.raises(UserError, match=named):
        save_settings(paths, Settings(theme="dark"))
    assert paths.settings_file.read_text(encoding="utf-8") == text


def test_a_file_that_is_not_text_is_refused(paths: Paths) -> None:
    paths.create()
    paths.settings_file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="cannot be read"):
        load_settings(paths)


def test_saving_leaves_no_other_file(paths: Paths) -> None:
    save_settings(paths, Settings(theme="dark"))
    assert [file.name for file in paths.config.iterdir()] == ["settings.toml"]
