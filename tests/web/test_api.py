"""What the server offers: described as it is, in figures for Prometheus, and one page whose parts have their hashes."""

from __future__ import annotations

import base64
import hashlib
import http.client
import re
import time
from html.parser import HTMLParser

import msgspec
import pytest
from aiohttp import web

from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.resources import resources_folder
from eventmon.engine.stats import ObserverDetail, Stats
from eventmon.gui.theme.tokens import DARK, LIGHT
from eventmon.web.listener import PageServer
from eventmon.web.metrics import metrics_text
from eventmon.web.openapi import description
from eventmon.web.page import page
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.web.conftest import PATIENCE_SECONDS, Site

SOURCES = resources_folder() / "web"
STATS = Stats(
    received=7,
    stored=5,
    not_recorded=1,
    duplicates=1,
    dropped=0,
    in_flight=0,
    pruned=0,
    gaps=0,
    observers=1,
    topics=2,
    log_bytes=4_096,
    connections=[ConnectionStatus(name="prod", url="redis://localhost", phase="waiting")],
    observers_detail=[
        ObserverDetail(name="paid", seen=5, not_matching=2, matched=3, delivered=2, failed=1, dropped=0, pending=0)
    ],
)


def routes_of(server: PageServer) -> set[tuple[str, str]]:
    application: web.Application = server._application()
    found = set()
    for route in application.router.routes():
        resource = route.resource
        assert resource is not None
        path = re.sub(r"\{(\w+)(:[^/]*)?\}", r"{\1}", resource.canonical)
        if route.method != "HEAD":
            found.add((route.method.lower(), path))
    return found


def test_the_description_and_the_router_agree(site: Site) -> None:
    engine = site.engine._engine
    assert engine is not None
    listener = engine.serving._listener
    assert isinstance(listener, PageServer)
    described = {
        (method, path)
        for path, methods in description()["paths"].items()
        for method in methods
        if method != "parameters"
    }
    assert described == routes_of(listener)


def test_the_description_is_served_and_points_nowhere_that_is_not_there(site: Site) -> None:
    document = site.json("/api/v1/openapi.json")
    assert document["openapi"].startswith("3.1")
    text = msgspec.json.encode(document).decode()
    for pointer in set(re.findall(r'"\$ref":"#/([^"]+)"', text)):
        place = document
        for step in pointer.split("/"):
            place = place[step]
    for methods in document["paths"].values():
        for name, method in methods.items():
            if name != "parameters":
                assert method["summary"]
                assert "security" in method


def test_metrics_are_what_prometheus_reads() -> None:
    lines = metrics_text(STATS).decode().splitlines()
    assert "eventmon_received_total 7" in lines
    assert 'eventmon_connection_up{connection="prod"} 0' in lines
    assert 'eventmon_observer_failed_total{observer="paid"} 1' in lines
    for line in lines:
        assert re.fullmatch(r'# (HELP|TYPE) \w+ .+|\w+(\{\w+="([^"\\\n]|\\.)*"\})? \d+', line), line


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_a_hostile_name_stays_one_label_of_one_line(text: str) -> None:
    detail = msgspec.structs.replace(STATS.observers_detail[0], name=text)
    plain, hostile = (
        metrics_text(msgspec.structs.replace(STATS, observers_detail=[each])).split(b"\n")
        for each in (STATS.observers_detail[0], detail)
    )
    assert len(plain) == len(hostile)


def test_metrics_are_served_to_whoever_may_look(site: Site) -> None:
    status, headers, body = site.ask("GET", "/metrics")
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert b"eventmon_received_total 0" in body


class Parts(HTMLParser):
    """The pieces of a page that could load or run something."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.inline: dict[str, list[str]] = {"script": [], "style": []}
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self._inside = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._inside = tag if tag in self.inline else ""
        for name, value in attributes:
            if name in ("src", "href", "action", "data", "srcset", "poster"):
                self.addresses.append(value or "")
            if name.startswith("on") or name == "style":
                self.handlers.append(name)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.inline[self._inside].append(data)


def test_the_page_is_whole_and_loads_nothing_else() -> None:
    document, policy = page()
    parts = Parts(document.decode())
    assert [address for address in parts.addresses if not address.startswith(("#", "data:image/svg+xml,"))] == []
    assert parts.handlers == []
    for kind in ("script", "style"):
        (text,) = parts.inline[kind]
        mark = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{mark}'" in policy
    assert "unsafe" not in policy


def test_the_page_never_makes_markup_of_anything() -> None:
    script = (SOURCES / "page.js").read_text()
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "DOMParser"):
        assert word not in script
    assert "Trusted" not in script  # no policy of its own, so the browser refuses all markup


@pytest.mark.parametrize(("tokens", "block"), [(LIGHT, 0), (DARK, 1)], ids=["light", "dark"])
def test_the_colours_of_the_page_are_those_of_the_design(tokens: dict[str, str], block: int) -> None:
    blocks = re.findall(r":root \{(.*?)\}", (SOURCES / "page.css").read_text(), re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#[0-9A-F]{6});", blocks[block]))
    assert len(colours) >= 18
    assert colours == {name: tokens[name] for name in colours}


def test_no_colour_stands_outside_the_table() -> None:
    rest = re.sub(r":root \{.*?\}", "", (SOURCES / "page.css").read_text(), flags=re.DOTALL)
    assert re.findall(r"#[0-9A-Fa-f]{3,8}\b(?![-\w])", re.sub(r"#[a-z][\w-]*", "", rest)) == []


def test_the_same_page_goes_to_everybody(site: Site) -> None:
    answers = [site.ask("GET", "/", headers)[2] for headers in ({}, site.headers(), site.headers("ingest"))]
    assert answers[0] == answers[1] == answers[2] == page()[0]


def test_events_come_in_over_tcp_and_are_read_back(site: Site) -> None:
    headers = site.headers("ingest", Content_Type="application/json")
    status, _, body = site.ask("POST", "/api/v1/events/orders/line%0Abreak", headers, b'{"total": 120}')
    assert (status, msgspec.json.decode(body)["seq"]) == (202, 1)
    status, headers, body = site.ask("GET", "/api/v1/events?topic=%23")
    assert (status, headers["content-type"]) == (200, "application/jsonl")
    event = msgspec.json.decode(body)
    assert (event["topic"], event["data"]) == ("orders/line\nbreak", {"total": 120})


def test_a_large_body_comes_in_whole(site: Site) -> None:
    data = bytes(range(256)) * 40_960
    headers = site.headers("ingest", ce_specversion="1.0", ce_id="1", ce_source="shop", ce_type="image")
    status, _, _ = site.ask("POST", "/api/v1/events/images", headers, data)
    assert status == 202
    assert site.json("/api/v1/stats")["stored"] == 1


def test_stopping_ends_streams_at_once(site: Site) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE_SECONDS)
    connection.request("GET", "/api/v1/counters", headers=site.headers())
    assert connection.getresponse().readline().startswith(b"data: ")
    started = time.monotonic()
    site.engine.close()
    assert time.monotonic() - started < 5
    connection.close()
