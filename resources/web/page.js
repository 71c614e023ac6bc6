"use strict";
// The counter page: takes frames from the engine and writes them as text nodes. Nothing that arrives is ever markup.
(() => {
  const COUNTERS = "/api/v1/counters";
  const SESSION = "/api/v1/session";
  const OPENED = "eventmon-opened";
  const SILENCE_MS = 15000;  // the server says something at least every five seconds
  const FIRST_WAIT_MS = 500;
  const LONGEST_WAIT_MS = 5000;
  const NEWS_MS = 30000;
  const DAY_MS = 86400000;  // so often the stream is opened anew, which renews the cookie of a screen on the wall
  const HISTORY = 300;

  const byId = (id) => document.getElementById(id);
  const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

  // What is shown

  const shown = { frame: null, topics: new Map(), events: [], connections: [], history: [], second: 0, newSession: true };
  const order = { key: "events", descending: true };
  const pausing = { on: false, newest: 0 };
  let stale = false;
  let drawing = false;

  const MARKS = { 9: "⇥", 10: "⏎", 13: "␍", 0x7f: "␡", 0x2028: "⏎", 0x2029: "⏎", 0x200b: "⟨ZWSP⟩", 0x200e: "⟨LRM⟩",
    0x200f: "⟨RLM⟩", 0x061c: "⟨ALM⟩", 0x202a: "⟨LRE⟩", 0x202b: "⟨RLE⟩", 0x202c: "⟨PDF⟩", 0x202d: "⟨LRO⟩",
    0x202e: "⟨RLO⟩", 0x2060: "⟨WJ⟩", 0x2066: "⟨LRI⟩", 0x2067: "⟨RLI⟩", 0x2068: "⟨FSI⟩", 0x2069: "⟨PDI⟩", 0xfeff: "⟨BOM⟩" };
  const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]/g;

  // Outside text with everything that cannot be seen, or would turn the line round, as a visible mark.
  function plain(text) {
    return text.replace(UNSEEN, (character) => {
      const code = character.charCodeAt(0);
      if (code in MARKS) return MARKS[code];
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : `⟨${code.toString(16).toUpperCase()}⟩`;
    });
  }

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function mark(element, name, on) {
    if (element.classList.contains(name) !== on) element.classList.toggle(name, on);
  }

  function attribute(element, name, value) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }

  function rateText(rate) {
    if (!(rate > 0)) return "0";
    if (rate < 0.05) return "<0.1";
    return rate < 9.95 ? tenths.format(rate) : whole.format(rate);
  }

  function timeText(microseconds) {
    const at = new Date(microseconds / 1000);
    const two = (number) => String(number).padStart(2, "0");
    return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  }

  // Frames

  function take(frame) {
    const before = shown.frame;
    if (frame.whole) {
      shown.topics.clear();
      shown.history = (frame.history || []).slice(-HISTORY);
      shown.second = Math.floor(frame.taken / 1e6) - 1;
    }
    for (const name of frame.gone || []) shown.topics.delete(name);
    for (const topic of frame.topics || []) shown.topics.set(topic.topic, topic);
    if (frame.events) shown.events = frame.events;
    else if (frame.whole) shown.events = [];
    if (frame.connections) shown.connections = frame.connections;
    else if (frame.whole) shown.connections = [];
    goOnWithHistory(frame);
    shown.frame = frame;
    tellNews(before, frame);
    draw();
  }

  function goOnWithHistory(frame) {
    const second = Math.floor(frame.taken / 1e6);
    const missing = Math.min(second - shown.second, HISTORY);
    for (let step = 0; step < missing; step += 1) shown.history.push(Math.round(frame.rate));
    if (missing > 0) shown.second = second;
    if (shown.history.length > HISTORY) shown.history.splice(0, shown.history.length - HISTORY);
  }

  // Somebody who listens hears of failures, at most twice a minute, and of nothing else that counts up.
  const news = { told: 0, failed: 0, dropped: 0 };
  function tellNews(before, frame) {
    if (!before) Object.assign(news, { failed: frame.failed, dropped: frame.accounting.dropped });
    const failed = frame.failed - news.failed;
    const dropped = frame.accounting.dropped - news.dropped;
    if ((failed <= 0 && dropped <= 0) || Date.now() - news.told < NEWS_MS) return;
    const parts = [];
    if (failed > 0) parts.push(`${whole.format(failed)} more failed`);
    if (dropped > 0) parts.push(`${whole.format(dropped)} more dropped`);
    write(byId("news"), parts.join(", "));
    Object.assign(news, { told: Date.now(), failed: frame.failed, dropped: frame.accounting.dropped });
  }

  // Drawing: only what changed, only while somebody can see it

  function draw() {
    if (drawing || document.hidden) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      if (shown.frame) drawAll();
    });
  }

  function drawAll() {
    const frame = shown.frame;
    fitTopics(byId("topics"));
    fitTopics(byId("newest"));
    write(byId("session"), plain(frame.session));
    write(byId("blocked"), plain(frame.blocked || ""));
    byId("blocked").hidden = !frame.blocked;
    drawFigures(frame);
    drawPlot();
    drawConnections();
    drawHub(frame.hub || null);
    drawTopics(frame);
    if (!pausing.on) drawEvents(shown.events);
    drawPause();
    document.title = stale ? "Eventmon (not live)" : `${rateText(frame.rate)}/s · Eventmon`;
    // The first rows of a table were drawn before anybody knew how wide its columns are.
    const unfitted = (body) => body.firstElementChild && !rooms.get(body);
    if (!byId("live").hidden && [byId("topics"), byId("newest")].some(unfitted)) draw();
  }

  function drawFigures(frame) {
    const figures = { events: whole.format(frame.accounting.received), rate: rateText(frame.rate),
      observers: whole.format(frame.observers), failed: whole.format(frame.failed),
      dropped: whole.format(frame.accounting.dropped) };
    for (const [id, text] of Object.entries(figures)) {
      const element = byId(id);
      if (element.textContent === text) continue;
      element.textContent = text;
      element.style.setProperty("--digits", String(Math.max(text.length, 4)));
      mark(element, "zero", text === "0");
      mark(element, "bad", text !== "0" && (id === "failed" || id === "dropped"));
    }
    drawLaw(frame.accounting);
  }

  function drawLaw(accounting) {
    const law = byId("law");
    const terms = [["received", accounting.received], ["= stored", accounting.stored],
      ["+ not recorded", accounting.not_recorded], ["+ duplicates", accounting.duplicates],
      ["+ dropped", accounting.dropped], ["+ in flight", accounting.in_flight]];
    if (!law.firstChild) {
      for (const [name] of terms) law.append(`${name} `, document.createElement("b"), " ");
    }
    law.querySelectorAll("b").forEach((element, place) => write(element, whole.format(terms[place][1])));
    mark(law.querySelectorAll("b")[4], "bad", accounting.dropped > 0);
  }

  function drawPlot() {
    const values = shown.history;
    const peak = Math.max(1, ...values);
    const left = HISTORY - values.length;
    const points = values.map((value, place) => `${left + place} ${(97 - (value / peak) * 94).toFixed(1)}`);
    const line = points.length > 1 ? `M${points.join("L")}` : "";
    attribute(byId("plot-line"), "d", line);
    attribute(byId("plot-area"), "d", line && `${line}L299 100L${left} 100Z`);
    write(byId("plot-peak"), `peak ${whole.format(values.length ? Math.max(0, ...values) : 0)}`);
  }

  // Rows are kept and moved, not made anew, so that a selection and the place of a reader stay.
  function drawRows(body, keys, make, fill) {
    const rows = new Map();
    for (const row of body.children) rows.set(row.dataset.key, row);
    keys.forEach((key, place) => {
      const row = rows.get(key) || make(key);
      rows.delete(key);
      if (body.children[place] !== row) body.insertBefore(row, body.children[place] || null);
      fill(row, key);
    });
    for (const row of rows.values()) row.remove();
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function topicCell(topic, room) {
    const cell = element("td");
    const box = element("span", "topic");
    const cut = topic.lastIndexOf("/") + 1;
    box.append(element("span", "above"), element("span", "last", plain(topic.slice(cut))));
    box.title = plain(topic);
    cell.append(box);
    shorten(box, room);
    return cell;
  }

  // A topic gives up whole levels from its beginning where its column is too narrow, never a piece of one.
  function shorten(box, room) {
    const levels = box.title.split("/");
    const last = levels.pop();
    const left = room - 4 - widthOf(last);
    let above = levels.map((level) => `${level}/`).join("");
    while (room && levels.length && widthOf(above) > left) {
      levels.shift();
      above = `…/${levels.map((level) => `${level}/`).join("")}`;
    }
    write(box.firstChild, above);
  }

  const ruler = document.createElement("canvas").getContext("2d");
  function widthOf(text) {
    return ruler.measureText(text).width;
  }

  // Looked at before anything is written, while the layout of the last drawing still holds.
  const rooms = new Map();
  function fitTopics(body) {
    const boxes = body.getElementsByClassName("topic");
    const room = boxes.length ? boxes[0].clientWidth : 0;
    if (room === (rooms.get(body) || 0)) return;
    rooms.set(body, room);
    const style = getComputedStyle(body);
    ruler.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    for (const box of boxes) shorten(box, room);
  }

  function drawTopics(frame) {
    const topics = [...shown.topics.values()].sort(compare);
    drawRows(byId("topics"), topics.map((topic) => topic.topic), makeTopicRow, fillTopicRow);
    byId("no-topics").hidden = topics.length > 0;
    const some = topics.length < frame.known ? `${whole.format(topics.length)} of ${whole.format(frame.known)}, those with the most events` : whole.format(topics.length);
    write(byId("topics-note"), topics.length ? some : "");
    byId("more-topics").hidden = topics.length <= 8;
    if (byId("more-topics").getAttribute("aria-expanded") === "false") write(byId("more-topics"), `Show all ${whole.format(topics.length)}`);
  }

  function compare(one, other) {
    const [a, b] = order.descending ? [other, one] : [one, other];
    const found = order.key === "topic" ? (a.topic < b.topic ? -1 : 1) : a[order.key] - b[order.key];
    return found || (one.topic < other.topic ? -1 : 1);
  }

  function makeTopicRow(name) {
    const row = element("tr");
    row.dataset.key = name;
    row.append(topicCell(name, rooms.get(byId("topics"))), element("td", "number"), element("td", "number rate"), element("td", "number"));
    return row;
  }

  function fillTopicRow(row, name) {
    const topic = shown.topics.get(name);
    const texts = [whole.format(topic.events), `${rateText(topic.rate)}/s`, whole.format(topic.observers)];
    texts.forEach((text, place) => {
      const cell = row.children[place + 1];
      write(cell, text);
      mark(cell, "zero", text === "0" || text === "0/s");
    });
  }

  function drawEvents(events) {
    const bySeq = new Map(events.map((event) => [String(event.seq), event]));
    drawRows(byId("newest"), [...bySeq.keys()], (seq) => makeEventRow(bySeq.get(seq)), () => {});
    byId("no-events").hidden = events.length > 0;
  }

  function makeEventRow(event) {
    const row = element("tr");
    row.dataset.key = String(event.seq);
    const time = element("time", "", timeText(event.received));
    time.dateTime = new Date(event.received / 1000).toISOString();
    const cell = element("td", "time");
    cell.append(time);
    const data = element("td", "data");
    data.append(element("bdi", "", event.size ? plain(event.preview) : "–"));
    row.append(cell, topicCell(event.topic, rooms.get(byId("newest"))), element("td", "type", plain(event.type)), data);
    return row;
  }

  function drawPause() {
    const newest = shown.events.length ? shown.events[0].seq : 0;
    const waiting = pausing.on ? newest - pausing.newest : 0;
    write(byId("newest-note"), pausing.on ? `${whole.format(Math.max(0, waiting))} newer wait, none lost` : "");
  }

  const PHASES = { connecting: "connecting", connected: "connected", waiting: "reconnecting", failed: "failed", closed: "disconnected" };
  const HUB_PHASES = { lost: "waiting", refused: "failed" };
  function drawHub(hub) {
    drawRows(byId("hub"), hub ? ["hub"] : [], makeConnection, (item) => {
      attribute(item, "data-phase", HUB_PHASES[hub.phase] || hub.phase);
      const here = hub.instances === 1 ? "1 instance" : `${whole.format(hub.instances)} instances`;
      write(item.children[1], hub.phase === "connected" ? `connected, ${here}` : hub.phase);
      write(item.children[2], plain(hub.detail || ""));
    });
  }

  function drawConnections() {
    const byName = new Map(shown.connections.map((connection) => [connection.name, connection]));
    drawRows(byId("connections"), [...byName.keys()], makeConnection, (item, name) => {
      const connection = byName.get(name);
      attribute(item, "data-phase", connection.phase);
      write(item.children[1], PHASES[connection.phase] || connection.phase);
      const detail = connection.phase === "connected" ? "" : plain(connection.detail || "");
      write(item.children[2], detail);
      item.children[2].title = detail;
    });
    byId("no-connections").hidden = byName.size > 0;
  }

  function makeConnection(name) {
    const item = element("li");
    item.dataset.key = name;
    item.append(element("bdi", "name", plain(name)), element("span", "phase"), element("bdi", "detail"));
    return item;
  }

  // State

  function showState(state, word) {
    attribute(byId("state"), "data-state", state);
    write(byId("state-word"), word);
    stale = state !== "live" && shown.frame !== null;
    mark(document.body, "stale", stale);
    if (stale) document.title = "Eventmon (not live)";
  }

  function showGate(sentence) {
    remember(false);
    byId("live").hidden = true;
    write(byId("session"), "");
    byId("gate").hidden = false;
    showState("locked", "Link needed");
    write(byId("gate-error"), sentence || "");
  }

  function showLive() {
    byId("gate").hidden = true;
    byId("live").hidden = false;
  }

  // The cookie cannot be seen from here; this only spares a question that would be refused.
  function remember(opened) {
    try {
      if (opened) localStorage.setItem(OPENED, "1");
      else localStorage.removeItem(OPENED);
    } catch { /* storage is switched off: the next start asks for the link again */ }
  }

  function remembers() {
    try {
      return localStorage.getItem(OPENED) === "1";
    } catch {
      return true;
    }
  }

  // The session: the token comes in the fragment, is sent once, and goes out of the address

  function takeToken() {
    const found = /[#&]token=([A-Za-z0-9_-]+)/.exec(location.hash);
    if (!found) return "";
    history.replaceState(null, "", location.pathname);
    return found[1];
  }

  async function openSession(token) {
    try {
      const answer = await fetch(SESSION, { method: "POST", body: "{}", cache: "no-store", credentials: "same-origin",
        headers: { "Authorization": `Bearer ${token}`, "Content-Type": "application/json" } });
      if (answer.ok) return "";
      return answer.status === 429 ? "Too many tries. Wait a few seconds." : "That link is not valid any more. Ask for a new one with eventmon token.";
    } catch {
      return "Eventmon does not answer. Check that it runs, and try again.";
    }
  }

  async function enter(token) {
    const sentence = token ? await openSession(token) : "";
    if (sentence) return showGate(sentence);
    if (!token && !remembers()) return showGate("");
    remember(true);
    showLive();
    follow();
  }

  // The stream

  const stream = { number: 0, wake: null, abort: null };

  async function follow() {
    stream.number += 1;
    const mine = stream.number;
    if (stream.abort) stream.abort.abort();
    let wait = FIRST_WAIT_MS;
    if (!shown.frame) showState("waiting", "Connecting");
    while (mine === stream.number) {
      const end = await readStream(() => { wait = FIRST_WAIT_MS; });
      if (mine !== stream.number) return;
      if (end === "a day is over") continue;
      if (end === "refused") return showGate(shown.frame ? "The link was renewed. Ask for the new one with eventmon token." : "");
      showState("waiting", end === "full" ? "Too many pages open" : "Reconnecting");
      await new Promise((resolve) => {
        stream.wake = resolve;
        setTimeout(resolve, wait * (0.75 + Math.random() / 2));
      });
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  async function readStream(onFrame) {
    const abort = new AbortController();
    stream.abort = abort;
    const started = Date.now();
    let silence = setTimeout(() => abort.abort(), SILENCE_MS);
    try {
      const answer = await fetch(COUNTERS, { signal: abort.signal, cache: "no-store", credentials: "same-origin" });
      if (answer.status === 401 || answer.status === 403) return "refused";
      if (!answer.ok) return answer.status === 503 || answer.status === 429 ? "full" : "lost";
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return "lost";
        clearTimeout(silence);
        silence = setTimeout(() => abort.abort(), SILENCE_MS);
        const messages = (rest + value).split("\n\n");
        rest = messages.pop();
        for (const message of messages) {
          if (!message.startsWith("data: ")) continue;
          take(JSON.parse(message.slice(6)));
          showState("live", "Live");
          onFrame();
        }
        if (Date.now() - started > DAY_MS) return "a day is over";
      }
    } catch {
      return "lost";
    } finally {
      clearTimeout(silence);
      abort.abort();
    }
  }

  // What a person does

  byId("gate-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId("token").value.trim();
    byId("token").value = "";
    const found = /(?:^|[#&]token=)([A-Za-z0-9_-]{20,})$/.exec(text);
    if (found) enter(found[1]);
    else write(byId("gate-error"), "That is neither a link nor a token. Copy the whole line.");
  });

  document.querySelectorAll("th button").forEach((button) => button.addEventListener("click", () => {
    const key = button.dataset.sort;
    order.descending = order.key === key ? !order.descending : key !== "topic";
    order.key = key;
    document.querySelectorAll(".topics th").forEach((head) => head.removeAttribute("aria-sort"));
    button.parentElement.setAttribute("aria-sort", order.descending ? "descending" : "ascending");
    draw();
  }));

  byId("pause").addEventListener("click", () => {
    pausing.on = !pausing.on;
    pausing.newest = shown.events.length ? shown.events[0].seq : 0;
    byId("pause").setAttribute("aria-pressed", String(pausing.on));
    draw();
  });

  byId("more-topics").addEventListener("click", () => {
    const all = document.querySelector(".topics").classList.toggle("all");
    byId("more-topics").setAttribute("aria-expanded", String(all));
    write(byId("more-topics"), "Show fewer");
    draw();
  });

  const wake = () => { if (stream.wake) stream.wake(); };
  window.addEventListener("resize", draw);
  window.addEventListener("online", wake);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    wake();
    draw();
  });
  window.addEventListener("hashchange", () => {
    const token = takeToken();
    if (token) enter(token);
  });

  enter(takeToken());
})();
