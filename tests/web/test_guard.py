"""Who gets an answer: the right host, no other origin, the token for it, and nothing that a simple page can send."""

from __future__ import annotations

import http.client
import socket
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.requests import AttachObserver, RenewTokens
from eventmon.web import guarded_connection
from eventmon.web.listener import PageServer
from tests.web.conftest import PATIENCE_SECONDS, Site

JSON = {"Content-Type": "application/json"}
ALWAYS = {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


def stored(site: Site) -> int:
    found: int = site.json("/api/v1/stats")["stored"]
    return found


def cookie_of(site: Site) -> str:
    status, headers, _ = site.ask("POST", "/api/v1/session", site.headers(Content_Type="application/json"), b"{}")
    assert status == 204
    return headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize("path", ["/", "/healthz"])
def test_what_is_static_needs_no_token(site: Site, path: str) -> None:
    assert site.ask("GET", path, {})[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/stats",
        "/api/v1/events",
        "/api/v1/topics",
        "/api/v1/counters",
        "/api/v1/stream",
        "/metrics",
        "/api/v1/openapi.json",
        "/api/v1/connections",
        "/api/v1/observers",
        "/api/v1/count",
        "/nothing",
        "//",
        "/healthz/",
    ],
)
def test_everything_else_needs_one(site: Site, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {site.tokens.view}"}):
        status, answered, body = site.ask("GET", path, headers)
        assert status == 401, path
        assert answered["content-type"].startswith("application/problem+json")
        assert "eventmon token" in msgspec.json.decode(body)["detail"]


def test_a_token_in_the_query_opens_nothing(site: Site) -> None:
    for name in ("token", "access_token", "authorization"):
        assert site.ask("GET", f"/api/v1/stats?{name}={site.tokens.view}", {})[0] == 401


def test_the_internal_requests_of_a_viewer_window_are_not_there(site: Site) -> None:
    for scope in ("view", "ingest"):
        assert site.ask("POST", "/api/v1/engine", site.headers(scope) | JSON, b"{}")[0] in (403, 404)
    assert site.ask("GET", "/api/v1/instance")[0] == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "", "127.0.0.1.evil.example:{port}"])
def test_another_host_is_refused_whatever_is_asked(site: Site, host: str) -> None:
    for path in ("/", "/healthz", "/api/v1/stats"):
        headers = site.headers() | {"Host": host.format(port=site.port)}
        assert site.ask("GET", path, headers)[0] == 421


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
def test_every_name_of_this_machine_is_answered(site: Site, host: str) -> None:
    assert site.ask("GET", "/healthz", {"Host": host.format(port=site.port)})[0] == 200


def test_two_hosts_or_none_are_refused(site: Site) -> None:
    with site.raw() as connection:
        host = f"127.0.0.1:{site.port}"
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n".encode())
        assert connection.recv(100).split(b" ")[1] in (b"400", b"421")
    with site.raw() as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert connection.recv(100).split(b" ")[1] == b"421"


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://127.0.0.1:1", "http://localhost", "", "*"])
def test_another_origin_is_refused_with_every_token(site: Site, origin: str) -> None:
    cookie = cookie_of(site)
    for path in ("/", "/api/v1/stats"):
        assert site.ask("GET", path, site.headers() | {"Origin": origin})[0] == 403
        assert site.ask("GET", path, {"Cookie": cookie, "Origin": origin})[0] == 403
    assert site.ask("POST", "/api/v1/events/orders", site.headers("ingest") | JSON | {"Origin": origin}, b"1")[0] == 403
    assert stored(site) == 0


def test_our_own_origin_is_answered_and_no_other_is_ever_allowed(site: Site) -> None:
    status, headers, _ = site.ask("GET", "/api/v1/stats", site.headers() | {"Origin": site.status.url})
    assert status == 200
    assert not [name for name in headers if name.startswith("access-control-")]
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    status, headers, _ = site.ask("OPTIONS", "/api/v1/events/orders", preflight)
    assert status >= 400
    assert not [name for name in headers if name.startswith("access-control-")]


def test_each_token_opens_its_own_scope_alone(site: Site) -> None:
    assert site.ask("GET", "/api/v1/stats", site.headers("ingest"))[0] == 403
    assert site.ask("POST", "/api/v1/events/orders", site.headers("view") | JSON, b"1")[0] == 403
    assert site.ask("POST", "/api/v1/events/orders", site.headers("ingest") | JSON, b"1")[0] == 202
    assert site.ask("POST", "/api/v1/session", site.headers("ingest") | JSON, b"{}")[0] == 403
    assert stored(site) == 1


def test_a_simple_request_of_a_stranger_cannot_write(site: Site) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        headers = site.headers("ingest") | {"Content-Type": content_type}
        assert site.ask("POST", "/api/v1/events/orders", headers, b'{"total": 1}')[0] == 415
    cookie = cookie_of(site)
    assert site.ask("POST", "/api/v1/events/orders", {"Cookie": cookie} | JSON, b"1")[0] == 401
    assert site.ask("POST", "/api/v1/session", {"Cookie": cookie} | JSON, b"{}")[0] == 401
    assert stored(site) == 0


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_nothing_that_writes_takes_the_type_of_a_form(site: Site, content_type: str) -> None:
    counter = msgspec.json.encode({"name": "paid", "kind": "counter", "pattern": "orders/#"})
    headers = {"Content-Type": content_type}
    assert site.ask("POST", "/api/v1/observers", site.headers("ingest") | headers, counter)[0] == 415
    assert site.ask("PATCH", "/api/v1/observers/paid", site.headers("ingest") | headers, b"{}")[0] == 415
    assert site.ask("POST", "/api/v1/session", site.headers("view") | headers, b"{}")[0] == 415
    assert site.json("/api/v1/observers") == []


def test_an_event_with_ce_headers_may_have_any_kind_of_data(site: Site) -> None:
    headers = site.headers("ingest", Content_Type="text/plain", ce_specversion="1.0", ce_id="1", ce_source="shop")
    assert site.ask("POST", "/api/v1/events/orders", headers | {"ce-type": "order.created"}, b"paid")[0] == 202


def test_the_cookie_names_the_port_and_reads_and_cannot_be_read_by_scripts(site: Site) -> None:
    status, headers, _ = site.ask("POST", "/api/v1/session", site.headers(Content_Type="application/json"), b"{}")
    assert status == 204
    cookie = headers["set-cookie"]
    assert cookie.startswith(f"eventmon-{site.port}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert site.tokens.view not in cookie
    assert site.ask("GET", "/api/v1/stats", {"Cookie": cookie.partition(";")[0]})[0] == 200


def test_a_changed_cookie_opens_nothing(site: Site) -> None:
    name, _, value = cookie_of(site).partition("=")
    expires, number, mark = value.split(".")
    later = str(int(expires) + 1)
    for changed in (f"{later}.{number}.{mark}", f"{expires}.{number}.{'0' * 64}", f"{expires}..", "", "é", mark):
        assert site.ask("GET", "/api/v1/stats", {"Cookie": f"{name}={changed}".encode().decode("latin-1")})[0] == 401


def test_renewed_tokens_end_every_session_and_every_connection(site: Site) -> None:
    cookie = cookie_of(site)
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE_SECONDS)
    connection.request("GET", "/api/v1/counters", headers={"Cookie": cookie})
    stream = connection.getresponse()
    assert stream.status == 200
    assert stream.readline().startswith(b"data: ")
    site.engine.call(RenewTokens()).result(PATIENCE_SECONDS)
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        stream.read()
    connection.close()
    assert site.ask("GET", "/api/v1/stats", {"Cookie": cookie})[0] == 401
    assert site.ask("GET", "/api/v1/stats")[0] == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/healthz", 200),
        ("GET", "/api/v1/stats", 200),
        ("GET", "/nothing", 404),
        ("PUT", "/api/v1/stats", 403),
        ("DELETE", "/api/v1/stats", 403),
        ("GET", "/api/v1/events?topic=%23%23", 400),
        ("TRACE", "/", 403),
    ],
)
def test_every_answer_has_the_headers_that_keep_browsers_safe(site: Site, method: str, path: str, status: int) -> None:
    found, headers, _ = site.ask(method, path)
    assert found == status
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["server"] == "eventmon"


@pytest.mark.parametrize("kind", ["file", "command", "webhook", "python"])
def test_what_acts_on_this_machine_cannot_be_attached_from_afar(site: Site, kind: str) -> None:
    body = msgspec.json.encode({"name": "x", "kind": kind, "pattern": "#", "settings": {"path": "/tmp/orders"}})
    status, _, answer = site.ask("POST", "/api/v1/observers", site.headers("ingest") | JSON, body)
    assert (status, "cannot be attached" in answer.decode()) == (403, True)
    counter = msgspec.json.encode({"name": "paid", "kind": "counter", "pattern": "orders/#"})
    assert site.ask("POST", "/api/v1/observers", site.headers("ingest") | JSON, counter)[0] == 201
    changed = msgspec.json.encode({"kind": kind})
    assert site.ask("PATCH", "/api/v1/observers/paid", site.headers("ingest") | JSON, changed)[0] == 403
    assert [each["kind"] for each in site.json("/api/v1/observers")] == ["counter"]


@pytest.mark.parametrize(
    ("method", "below", "body"),
    [
        ("PATCH", "", b'{"paused": true}'),
        ("PATCH", "", b'{"paused": false}'),
        ("PATCH", "", b'{"pattern": "#"}'),
        ("POST", "/reset", b"{}"),
        ("DELETE", "", b""),
    ],
)
def test_what_acts_on_this_machine_is_left_alone_from_afar(
    site: Site, tmp_path: Path, method: str, below: str, body: bytes
) -> None:
    settings: dict[str, Any] = {"path": str(tmp_path / "orders.txt")}
    copy = ObserverDefinition(name="copy", kind="file", pattern="orders/#", settings=settings, paused=True)
    site.engine.call(AttachObserver(definition=copy)).result(30)
    path = f"/api/v1/observers/copy{below}"
    assert site.ask(method, path, site.headers("ingest") | JSON, body)[0] == 403
    assert [(each["kind"], each["state"]) for each in site.json("/api/v1/observers")] == [("file", "paused")]


@pytest.mark.parametrize("path", ["/api/v1/counters", "/api/v1/stream", "/api/v1/%63ounters", "/api/v1/events"])
def test_a_stream_is_not_begun_for_its_headers_alone(site: Site, path: str) -> None:
    assert site.ask("HEAD", path)[0] == 405


def test_an_answer_that_nobody_reads_ends(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_connection, "UNREAD_SECONDS", 0.5)
    headers = site.headers("ingest", ce_specversion="1.0", ce_id="1", ce_source="shop", ce_type="image")
    for number in range(4):
        assert site.ask("POST", "/api/v1/events/images", headers | {"ce-id": str(number)}, bytes(4 << 20))[0] == 202
    with site.raw() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        ask = f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
        connection.sendall(f"{ask}Authorization: Bearer {site.tokens.view}\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while connections_of(site)[1]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert stored(site) == 4


def connections_of(site: Site) -> tuple[int, int]:
    """How many strangers and known clients are connected."""
    engine = site.engine._engine
    assert engine is not None
    listener = engine.serving._listener
    assert isinstance(listener, PageServer)
    return listener._door.counts
