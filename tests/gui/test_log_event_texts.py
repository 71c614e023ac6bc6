"""Events as text: commands are run by real shells, and what arrives is compared with what was stored."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventmon.core.cloudevents import UNKNOWN_SOURCE, from_structured
from eventmon.core.errors import UserError
from eventmon.engine.requests import EventDetail
from eventmon.gui.models import log_event_texts, log_shell

PLACED = EventDetail(
    seq=48_348,
    received=1_795_442_848_123_456,
    topic="prod/orders/eu/created",
    type="order.created",
    source="/shop/checkout",
    size=44,
    offset=0,
    data=b'{"order":"48348","note":"it\'s $HOME `id` !!"}',
    log_uuid="0190-shop",
    id="cus-81f0c2",
    time="2026-11-23T14:07:28Z",
    subject="order-48348",
    datacontenttype="application/json",
    headers={"tenant": "eu"},
)
HOSTILE = (
    "'; rm -rf / &",
    "$(id)`id`${HOME}\\",
    "quo\"te's",
    "-",
    "--type",
    "@/etc/passwd",
    "line\nnext\r\n",
    "\x1b[31m\x03\x15\x7f",
    "\u202edesrever\u202c",
    "销售/订单",
    "!!",
    "%s%n",
)


def event(**fields: object) -> EventDetail:
    detail = msgspec.structs.replace(PLACED, **fields)
    return msgspec.structs.replace(detail, size=len(detail.data))


def run(command: str, name: str, shell: str = "bash") -> tuple[list[str], bytes]:
    """Run a command with the program of that name replaced by one that notes its arguments and standard input."""
    reading = 'for last; do :; done; if [ "$last" = - ]; then cat; else case "$*" in *" @- http"*) cat;; esac; fi'
    noting = f'{name}() {{ printf "%s\\0" "$@"; printf "\\0"; {reading}; }}'
    with tempfile.NamedTemporaryFile("w", suffix=".sh", encoding="utf-8") as script:
        script.write(f"{noting}\n{command}\n")
        script.flush()
        done = subprocess.run(
            [shell, script.name], stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=20
        )
    assert done.stderr == b""
    arguments, _, given = done.stdout.partition(b"\0\0")
    return [one.decode() for one in arguments.split(b"\0")], given


def options_of(arguments: list[str]) -> dict[str, str]:
    end = arguments.index("--")
    return dict(zip(arguments[1:end:2], arguments[2:end:2], strict=True))


def test_a_json_line_is_the_whole_cloudevent() -> None:
    document = json.loads(log_event_texts.json_line(PLACED))
    assert document["id"] == "cus-81f0c2"
    assert document["seq"] == 48_348
    assert document["tenant"] == "eu"
    assert document["data"]["order"] == "48348"


def test_the_command_line_publishes_the_same_event_anew() -> None:
    arguments, given = run(log_event_texts.cli(PLACED), "eventmon")
    assert arguments[0] == "publish"
    assert options_of(arguments) == {
        "--type": "order.created",
        "--source": "/shop/checkout",
        "--subject": "order-48348",
        "--content-type": "application/json",
        "--attr": "tenant=eu",
    }
    assert arguments[arguments.index("--") + 1 :] == [PLACED.topic, PLACED.data.decode()]
    assert given == b""


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_an_event_holds_no_shell_runs_it(text: str) -> None:
    hostile = event(topic=text, type=text, source=text, subject=text, data=text.encode(), datacontenttype="text/plain")
    arguments, given = run(log_event_texts.cli(hostile), "eventmon")
    options = options_of(arguments)
    assert (options["--type"], options["--source"], options["--subject"]) == (text, text, text)
    topic, data = arguments[arguments.index("--") + 1 :]
    assert topic == text
    assert (given if data == "-" else data.encode()) == text.encode()
    assert "\x1b" not in log_event_texts.cli(hostile)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))
@settings(max_examples=40, deadline=None)
def test_a_quoted_word_comes_out_of_the_shell_as_it_was(text: str) -> None:
    done = subprocess.run(["bash", "-c", f"printf %s {log_shell.quoted(text)}"], capture_output=True, check=True)
    assert done.stdout == text.encode()


@pytest.mark.parametrize("data", [bytes(range(256)), b"", b"-", b"@file", b"x" * 200_000, b"\xff\xfe"])
def test_bytes_of_any_kind_reach_the_command_line(data: bytes) -> None:
    arguments, given = run(
        log_event_texts.cli(event(data=data, datacontenttype="application/octet-stream")), "eventmon"
    )
    after = arguments[arguments.index("--") + 2 :]
    assert (given if after == ["-"] else "".join(after).encode()) == data


def test_an_event_without_a_source_keeps_none() -> None:
    arguments, _ = run(log_event_texts.cli(event(source="", type="event", subject=None)), "eventmon")
    assert options_of(arguments)["--source"] == UNKNOWN_SOURCE
    assert "--type" not in arguments


def test_headers_that_are_no_options_are_counted() -> None:
    odd = event(headers={"X-Trace": "7", "tenant": "eu"})
    assert "X-Trace" not in log_event_texts.cli(odd)
    assert log_event_texts.left_out_of_cli(odd.headers) == 1


def test_a_nul_in_a_name_is_no_command() -> None:
    with pytest.raises(UserError, match="holds a NUL"):
        log_event_texts.cli(event(subject="order\0"))


@pytest.mark.parametrize("data", [PLACED.data, b"it's\n$HOME", bytes(range(256)), b"x" * 200_000, b""])
def test_curl_sends_the_same_event_anew(data: bytes) -> None:
    asked = event(data=data, datacontenttype=None if data else "text/plain", headers={"X-Trace": "7"})
    command = log_event_texts.curl(asked, "/run/user/1000/it's here/control.sock")
    arguments, given = run(command, "curl")
    assert arguments[:2] == ["--unix-socket", "/run/user/1000/it's here/control.sock"]
    body = given if "@-" in arguments else arguments[arguments.index("--data-binary") + 1].encode()
    sent = from_structured(body)
    assert (sent.topic, sent.type, sent.source, sent.subject) == (asked.topic, asked.type, asked.source, asked.subject)
    assert sent.data == data
    assert sent.headers == {"X-Trace": "7"}
    assert (sent.id, sent.time) == (None, None), "the old id would be refused as a duplicate"
    assert arguments[-1] == log_event_texts.EVENTS_URL


def test_without_a_known_socket_the_command_names_a_variable() -> None:
    assert log_event_texts.curl(PLACED).startswith('curl --unix-socket "$SOCKET" ')


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs sh")
def test_a_plain_command_is_for_every_shell() -> None:
    arguments, _ = run(log_event_texts.cli(PLACED), "eventmon", shell="sh")
    assert arguments[-1] == PLACED.data.decode()


def test_secrets_stay_out_of_every_copy() -> None:
    login = event(
        data=b'{"user":"zoe","password":"s3same","api":{"token":[1,2]}}', headers={"authorization": "Bearer s3same"}
    )
    forms = (log_event_texts.json_line, log_event_texts.curl, log_event_texts.cli, log_event_texts.payload)
    for form in forms:
        text = form(login)
        assert "s3same" not in text
        assert "zoe" in text
        assert "•••" in text


def test_halves_of_surrogate_pairs_become_marks() -> None:
    odd = event(topic="prod/\ud800", headers={"tenant": "\udfff"})
    assert json.loads(log_event_texts.json_line(odd))["topic"] == "prod/\ufffd"
    assert "tenant=\ufffd" in log_event_texts.cli(odd)


def test_the_shell_of_this_machine_has_what_commands_need(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(bytes(range(256)))
    command = log_shell.through_base64(bytes(range(256)), f"cmp - {log_shell.quoted(str(tmp_path / 'data'))}")
    subprocess.run(["bash", "-c", command], check=True, timeout=20)
