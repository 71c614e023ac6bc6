"""The page in a real Chromium: it is live, comes back by itself, shows outside text as text, and fits every screen."""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from selenium.webdriver.common.keys import Keys

from eventmon.core.errors import UserError
from eventmon.core.topic import validate_topic
from eventmon.engine.http_client import ControlClient, events_path
from tests.helpers.browser import LAPTOP, PHONE, WALL, Browser, needs_chromium
from tests.helpers.free_port import free_port
from tests.helpers.hostile import HOSTILE_BYTES, HOSTILE_TEXTS
from tests.helpers.server import Server

pytestmark = [pytest.mark.system, pytest.mark.slow, needs_chromium()]
JSON = {"Content-Type": "application/json"}
SCREENS = {"phone": PHONE, "laptop": LAPTOP, "wall": WALL}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium"), insecure=True) as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, browser: Browser) -> Iterator[Server]:
    browser.show(*LAPTOP)
    browser.complaints()
    with Server(tmp_path / "home", "--listen", "0") as running:
        yield running
        browser.open("about:blank")


def link(server: Server) -> str:
    """What `eventmon token` prints to open the page with."""
    found = re.search(rb"^link +(\S+)$", server.cli("token").stdout, re.MULTILINE)
    assert found is not None
    return found[1].decode()


def publish(server: Server, topic: str, data: bytes, headers: dict[str, str] | None = None) -> None:
    with server.client() as client:
        client.post(events_path(topic), data, headers or JSON)


def number(browser: Browser, name: str) -> int:
    """A big number of the page; -1 before it is there."""
    text = browser.text(f"#{name}").replace(",", "")
    return int(text) if text.isdecimal() else -1


def is_live(browser: Browser) -> bool:
    return browser.text("#state-word") == "Live"


def enter(browser: Browser, server: Server) -> None:
    browser.open("about:blank")  # from the same page only the fragment would change
    browser.open(link(server))
    browser.wait(lambda: is_live(browser))


def topics(browser: Browser) -> list[str]:
    found: list[str] = browser.script("return [...document.querySelectorAll('#topics tr')].map(row => row.dataset.key)")
    return found


def test_what_is_published_shows_at_once(browser: Browser, server: Server) -> None:
    enter(browser, server)
    browser.wait(lambda: number(browser, "events") == 0)
    assert browser.find("#no-topics").is_displayed()
    for total in range(3):
        publish(server, "orders/eu/created", b'{"total": %d, "card_token": "4111"}' % total)
    browser.wait(lambda: number(browser, "events") == 3)
    browser.wait(lambda: topics(browser) == ["orders/eu/created"])
    browser.wait(lambda: "orders/eu/created" in browser.text("#newest"))
    assert '"total": 2' in browser.text("#newest tr:first-child")
    assert "4111" not in browser.text("body")
    server.cli("observer", "add", "paid", "--kind", "counter", "--pattern", "orders/#")
    browser.wait(lambda: number(browser, "observers") == 1)
    browser.wait(lambda: browser.text("#topics tr td:nth-child(4)") == "1")
    assert browser.text("#law") == "received 3 = stored 3 + not recorded 0 + duplicates 0 + dropped 0 + in flight 0 "
    assert browser.complaints() == []


def test_the_token_leaves_the_address_and_a_reload_stays_in(browser: Browser, server: Server) -> None:
    enter(browser, server)
    assert browser.script("return location.href") == f"{server.ready['http']}/"
    assert browser.script("return document.cookie") == ""
    browser.driver.refresh()
    browser.wait(lambda: is_live(browser))
    kept = browser.script("return JSON.stringify(Object.entries(localStorage))")
    assert kept == '[["eventmon-opened","1"]]'
    assert browser.complaints() == []


def test_without_a_link_the_page_says_how_to_get_one(browser: Browser, server: Server) -> None:
    browser.open(server.ready["http"])
    browser.script("localStorage.clear()")
    browser.driver.refresh()
    assert browser.find("#gate").is_displayed()
    assert not browser.find("#live").is_displayed()
    assert "eventmon token" in browser.text("#gate")
    assert browser.complaints() == []
    browser.find("#token").send_keys("x" * 43 + Keys.ENTER)
    browser.wait(lambda: "not valid" in browser.text("#gate-error"))
    assert [text for text in browser.complaints() if "401" not in text] == []
    browser.find("#token").send_keys(link(server) + Keys.ENTER)
    browser.wait(lambda: is_live(browser))
    assert browser.find("#live").is_displayed()
    assert browser.complaints() == []


def test_a_restarted_server_is_found_again_and_no_event_is_missing(browser: Browser, tmp_path: Path) -> None:
    browser.show(*LAPTOP)
    home, port = tmp_path / "home", str(free_port())
    with Server(home, "--listen", port) as first:
        enter(browser, first)
        for total in range(5):
            publish(first, "orders/eu/created", b"%d" % total)
        browser.wait(lambda: number(browser, "events") == 5)
        first.kill()
        browser.wait(lambda: browser.text("#state-word") == "Reconnecting")
        assert browser.script("return document.body.classList.contains('stale')")
        assert number(browser, "events") == 5  # the last known number, grey, and said to be so
    with Server(home, "--listen", port) as second:
        publish(second, "orders/eu/paid", b"5")
        browser.wait(lambda: is_live(browser))
        browser.wait(lambda: number(browser, "events") == 6)
        assert second.stats()["received"] == 6
        browser.wait(lambda: topics(browser) == ["orders/eu/created", "orders/eu/paid"])
        assert not browser.script("return document.body.classList.contains('stale')")
        assert [text for text in browser.complaints() if "net::ERR_" not in text] == []
        browser.open("about:blank")


def test_renewed_tokens_close_the_page_and_the_new_link_opens_it(browser: Browser, server: Server) -> None:
    enter(browser, server)
    server.cli("token", "--renew")
    browser.wait(lambda: browser.find("#gate").is_displayed())
    assert "renewed" in browser.text("#gate-error")
    browser.open(link(server))  # only the fragment differs: the page is not even loaded again
    browser.wait(lambda: is_live(browser))


def test_hostile_names_and_payloads_are_text_and_nothing_else(browser: Browser, server: Server) -> None:
    enter(browser, server)
    nodes = browser.script("return document.querySelectorAll('body *').length")
    sent = 0
    with server.client() as client:
        for text, data in itertools.zip_longest(HOSTILE_TEXTS.values(), HOSTILE_BYTES.values(), fillvalue=None):
            topic = hostile_topic(text or "big")
            headers = {"ce-specversion": "1.0", "ce-id": str(sent), "ce-source": "shop", "ce-type": hostile_type(text)}
            client.post(events_path(topic), (data or b"")[:100_000], headers)
            sent += 1
    browser.wait(lambda: number(browser, "events") == sent)
    browser.wait(lambda: browser.script("return document.querySelectorAll('#newest tr').length") == min(sent, 40))
    foreign = browser.script(
        "return [...document.querySelectorAll('#topics *, #newest *')].map(each => each.localName)"
        ".filter(name => !['tr', 'td', 'span', 'bdi', 'time'].includes(name))"
    )
    assert foreign == []
    assert nodes < browser.script("return document.querySelectorAll('body *').length")
    shown = browser.text("#topics") + browser.text("#newest")
    assert "<script>alert" in shown
    assert "⟨RLO⟩" in shown
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]", shown)
    assert browser.complaints() == []


def hostile_topic(text: str) -> str:
    topic = "hostile/" + "".join(character for character in text if character not in "+#\x00")[:300]
    try:
        return validate_topic(topic)
    except UserError:
        return "hostile/refused"


def hostile_type(text: str | None) -> str:
    cut = (text or "order.created")[:200].encode("utf-8", "replace")
    return quote(cut.replace(b"\x00", b"")) or "order.created"


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("busy")
    sources = ("--connect", "shop=demo://?rate=60&seed=1", "--connect", "prod=redis://127.0.0.1:1?channels=orders.*")
    with Server(home, "--listen", "0", *sources) as server:
        server.cli("observer", "add", "paid", "--kind", "counter", "--pattern", "shop/orders/+/paid")
        yield server


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_page_fits_every_screen(browser: Browser, busy: Server, tmp_path: Path, screen: str, dark: bool) -> None:
    width, height = SCREENS[screen]
    browser.show(width, height, dark=dark)
    enter(browser, busy)
    browser.wait(lambda: len(topics(browser)) >= 8)
    browser.wait(lambda: browser.text("#connections li:last-child .phase") == "reconnecting")
    assert browser.script("return document.documentElement.scrollWidth <= window.innerWidth")
    cut = browser.script(
        "return [...document.querySelectorAll('.figure dd, .figure dt, th button, h1, h2:not(.hidden), .state, time')]"
        ".filter(each => each.getClientRects().length && each.scrollWidth > each.clientWidth + 1"
        " && getComputedStyle(each).display !== 'inline').map(each => each.textContent)"
    )
    assert cut == []
    if screen != "phone":
        assert browser.script("return document.documentElement.scrollHeight <= window.innerHeight")
    assert size_of(browser.picture(tmp_path / f"page-{screen}.png")) == (width, height)
    background = browser.script("return getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(15, 17, 20)" if dark else "rgb(236, 238, 242)")
    assert browser.complaints() == []


def size_of(picture: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    return width, height


def test_targets_on_a_phone_are_big_enough_for_a_finger(browser: Browser, busy: Server) -> None:
    browser.show(*PHONE)
    enter(browser, busy)
    browser.wait(lambda: len(topics(browser)) > 8)
    small = browser.script(
        "return [...document.querySelectorAll('button')].filter(each => each.getClientRects().length)"
        ".map(each => [each.textContent, each.getBoundingClientRect().height]).filter(([, height]) => height < 24)"
    )
    assert small == []
    browser.find("#more-topics").click()
    assert browser.find("#more-topics").get_attribute("aria-expanded") == "true"
    assert browser.script("return [...document.querySelectorAll('#topics tr')].every(row => row.offsetHeight)")
    browser.find("#more-topics").click()


def test_the_page_can_be_used_from_the_keyboard_and_heard(browser: Browser, busy: Server) -> None:
    browser.show(*LAPTOP)
    enter(browser, busy)
    browser.wait(lambda: len(topics(browser)) >= 8)
    names = []
    for _ in range(8):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        names.append(browser.script("return document.activeElement.textContent.trim().slice(0, 24)"))
        assert browser.script("return getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert names[0] == "Skip to the counters"
    assert {"Topic", "Events", "Rate", "Observers", "Pause"} <= set(names)
    tree = browser.command("Accessibility.getFullAXTree", {})["nodes"]
    roles = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if not node["ignored"]]
    assert ("banner", "") in roles
    assert ("main", "") in roles
    assert {"Counters", "Topics", "Newest events", "Connections"} <= {name for role, name in roles if role == "region"}
    assert any(role == "status" for role, _ in roles)
    assert any(role == "image" and "Events per second" in name for role, name in roles)


def test_what_is_read_aloud_does_not_follow_every_number(browser: Browser, busy: Server) -> None:
    enter(browser, busy)
    browser.script(
        "window.said = []; for (const region of document.querySelectorAll('[role=status], [role=alert]'))"
        " new MutationObserver(() => window.said.push(region.textContent)).observe(region,"
        " {childList: true, characterData: true, subtree: true})"
    )
    before = number(browser, "events")
    browser.wait(lambda: number(browser, "events") > before + 60)
    assert browser.script("return window.said") == []


def test_a_long_topic_gives_up_whole_levels_from_its_beginning(browser: Browser, server: Server) -> None:
    browser.show(*PHONE)
    enter(browser, server)
    publish(server, "warehouse/returns/refused/by/nobody/in/particular/created", b"1")
    browser.wait(lambda: "…" in browser.text("#topics .above"))
    assert re.fullmatch(r"…/(\w+/)*particular/", browser.text("#topics .above"))
    assert browser.text("#topics .last") == "created"
    assert browser.script(
        "return [...document.querySelectorAll('.topic *')].every(e => e.scrollWidth <= e.clientWidth + 1)"
    )
    browser.show(*WALL)
    browser.wait(lambda: browser.text("#topics .topic") == "warehouse/returns/refused/by/nobody/in/particular/created")


def test_topics_are_sorted_as_asked(browser: Browser, busy: Server) -> None:
    browser.show(*LAPTOP)
    enter(browser, busy)
    browser.wait(lambda: len(topics(browser)) >= 8)
    browser.find("[data-sort=topic]").click()
    browser.wait(lambda: topics(browser) == sorted(topics(browser)))
    assert browser.find(".topics th:first-child").get_attribute("aria-sort") == "ascending"
    browser.find("[data-sort=topic]").click()
    browser.wait(lambda: topics(browser) == sorted(topics(browser), reverse=True))


def test_newest_events_can_be_held_and_count_what_waits(browser: Browser, busy: Server) -> None:
    browser.show(*LAPTOP)
    enter(browser, busy)
    browser.wait(lambda: browser.script("return document.querySelectorAll('#newest tr').length") == 40)
    browser.find("#pause").click()
    held = browser.text("#newest")
    browser.wait(lambda: re.match(r"[1-9].*newer wait, none lost", browser.text("#newest-note")))
    assert browser.text("#newest") == held
    browser.find("#pause").click()
    browser.wait(lambda: browser.text("#newest") != held)


def test_nothing_is_loaded_from_anywhere_else_and_markup_is_impossible(browser: Browser, busy: Server) -> None:
    enter(browser, busy)
    loaded = browser.script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert all(address.startswith(busy.ready["http"]) for address in loaded), loaded
    refused = browser.script(
        "try { document.body.innerHTML = '<b>x</b>'; return '' } catch (error) { return error.name }"
    )
    assert refused == "TypeError"
    browser.complaints()


def test_the_page_works_over_tls_with_a_certificate_made_here(browser: Browser, tmp_path: Path) -> None:
    browser.show(*LAPTOP)
    with Server(tmp_path / "home", "--listen", "0", "--tls-self-made") as server:
        assert server.ready["http"].startswith("https://")
        enter(browser, server)
        publish(server, "orders/eu/created", b"1")
        browser.wait(lambda: number(browser, "events") == 1)
        browser.open("about:blank")


def test_the_page_and_the_engine_agree_on_every_figure(browser: Browser, server: Server) -> None:
    enter(browser, server)
    with ControlClient(server.socket_path) as client:
        for region in ("eu", "us"):
            batch = [
                {"specversion": "1.0", "id": f"{region}-{each % 50}", "source": "shop", "type": "order.created"}
                for each in range(60)
            ]
            headers = {"Content-Type": "application/cloudevents-batch+json"}
            client.post(events_path(f"orders/{region}"), msgspec.json.encode(batch), headers)
    browser.wait(lambda: number(browser, "events") == 120)
    stats = server.stats()
    browser.wait(lambda: browser.text("#law b:nth-of-type(4)") == str(stats["duplicates"]))
    assert (stats["stored"], stats["duplicates"]) == (100, 20)
    assert browser.text("#law b:nth-of-type(2)") == "100"
