// Push: hears from the desk what has changed and asks the page to look, as seldom as will do.

const EVERY_MS = 250; // looks are at least so far apart; the first of a burst is at once
const ANSWER_MS = 3_000; // a look that is not answered by then is asked for again
const POLL_MS = 15_000; // how often to look where sockets are blocked
const WORDS_MS = 60_000; // how often to draw everything: sentences with countdowns
const HOLD_MS = 1_500; // no look so soon after a click: what it asked for would be interrupted
const TICK_MS = 250;
const BUSY_MS = 50;
const MOVE_MS = 300;

class Page {
  constructor(root) {
    this.said = root.querySelector(".said");
    this.style = document.head.appendChild(document.createElement("style"));
    this.observer = new MutationObserver(() => this.read());
    this.listeners = {
      visibilitychange: () => (document.hidden ? this.rest() : this.wake()),
      click: () => this.hold(),
      keydown: ({ key }) => (key === "Enter" || key === " ") && this.hold(),
    };
  }

  start(component) {
    this.ask = (what) => component.setTriggerValue("look", what);
    if (this.wire) return;
    this.wire = new Wire(component.data, (frame) => this.take(frame));
    for (const [event, heard] of Object.entries(this.listeners)) {
      document.addEventListener(event, heard, true);
    }
    this.read();
    if (!document.hidden) this.wake();
  }

  stop() {
    this.rest();
    for (const [event, heard] of Object.entries(this.listeners)) {
      document.removeEventListener(event, heard, true);
    }
    this.style.remove();
    delete document.documentElement.dataset.desk;
  }

  wake() {
    this.rest();
    this.askedAt = this.wordsAt = performance.now();
    this.waits = null;
    this.heldUntil = 0;
    this.wire.open();
    this.observer.observe(document.body, { childList: true, subtree: true });
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.read();
  }

  rest() {
    this.wire.close();
    this.observer.disconnect();
    clearInterval(this.timer);
    clearTimeout(this.later);
  }

  // --- what the desk says

  take(frame) {
    if (frame.type === "state" || frame.type === "gone") this.look();
    if (frame.type === "change" && this.concerns(frame.group.group_id)) this.look();
  }

  concerns(group) {
    return !this.facts || group in this.facts.groups || !this.facts.known.includes(group);
  }

  // --- what the page shows

  // New facts come last, so a look was answered. Ages were drawn as instants: no frame has
  // been shown yet.
  read() {
    const facts = document.querySelector(".wl-facts")?.dataset.facts;
    if (facts && facts !== this.factsText) {
      this.factsText = facts;
      this.learn(JSON.parse(facts));
    }
    this.show();
  }

  learn(facts) {
    clock.set(facts.now);
    this.waits = null;
    this.announce(this.facts?.groups ?? {}, facts.groups);
    this.facts = facts;
    this.arrange(facts.order);
    this.pump();
  }

  announce(before, after) {
    const changed = Object.entries(after).filter(([id, [, status]]) => before[id]?.[1] !== status);
    if (Object.keys(before).length && changed.length) {
      this.say(changed.map(([, [name, status]]) => `${name} is ${status}`).join(", "));
    }
  }

  say(text) {
    write(this.said, text);
  }

  // Cards stay where they are in the document, so that no gauge is made anew; they only look
  // as if they had moved. The next drawing of the whole page has them in this order.
  arrange(order) {
    const rules = order.map((key, place) => `.stGridCell:has(.st-key-${key}){order:${place}}`);
    if (this.style.textContent === rules.join("\n")) return;
    const cells = [...document.querySelectorAll(".stGridCell")];
    const before = cells.map((cell) => cell.getBoundingClientRect());
    this.style.textContent = rules.join("\n");
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    cells.forEach((cell, place) => slide(cell, before[place]));
  }

  show() {
    countAges();
    const isLost = this.wire.isLost || this.isUnanswered;
    document.documentElement.dataset.desk = isLost ? "lost" : "heard";
    const feed = document.querySelector(".wl-feed");
    if (!feed || !this.facts) return;
    const [state, words] = isLost ? ["lost", this.lostWords()] : this.feedWords();
    write(feed.querySelector(".wl-words"), words);
    write(feed.querySelector(".wl-icon"), this.facts.icons[state]);
    feed.className = `wl-feed wl-feed-${state}`;
    if (isLost !== this.wasLost && this.wasLost !== undefined) {
      this.say(isLost ? words : "connected again");
    }
    this.wasLost = isLost;
  }

  get isUnanswered() {
    return this.waits !== null && performance.now() - this.waits.since > DEAF_MS;
  }

  lostWords() {
    const since = clock.now() - (performance.now() - this.wire.heardAt);
    return `disconnected since ${timeOfDay(since)}: numbers below are old`;
  }

  feedWords() {
    const { state, words, newest, live_below } = this.facts;
    if (state !== "live" && state !== "behind") return [state, words];
    const age = clock.now() - newest;
    return age < live_below ? ["live", "live"] : ["behind", `${span(age)} behind`];
  }

  // --- asking to look

  tick() {
    const now = performance.now();
    this.show();
    if (now - this.wordsAt > WORDS_MS) this.look("all");
    if (!this.wire.isOpen && now - this.askedAt > POLL_MS) this.look();
    this.pump();
  }

  look(what = "changed") {
    this.wanted = this.wanted === "all" ? "all" : what;
    this.pump();
  }

  pump() {
    const now = performance.now();
    if (this.waits && now - this.waits.sentAt > ANSWER_MS) this.wanted ??= this.waits.what;
    else if (this.waits) return;
    if (!this.wanted || document.hidden) return;
    const early = Math.max(this.askedAt + EVERY_MS, this.heldUntil) - now;
    clearTimeout(this.later);
    if (early <= 0 && !isDrawing()) this.send(now);
    else this.later = setTimeout(() => this.pump(), Math.max(early, BUSY_MS));
  }

  hold() {
    this.heldUntil = performance.now() + HOLD_MS;
  }

  send(now) {
    const what = this.wanted;
    this.wanted = null;
    this.askedAt = now;
    if (what === "all") this.wordsAt = now;
    this.waits = { since: this.waits?.since ?? now, sentAt: now, what };
    this.ask(what);
  }
}

// Whether Streamlit draws something: a look would interrupt it.
function isDrawing() {
  const state = document.querySelector(".stApp")?.dataset.testScriptState;
  return state === "running" || state === "rerunRequested";
}

function slide(cell, before) {
  const after = cell.getBoundingClientRect();
  const [x, y] = [before.left - after.left, before.top - after.top];
  if (!x && !y) return;
  cell.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], {
    duration: MOVE_MS,
    easing: "ease-out",
  });
}

const pages = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!pages.has(root)) pages.set(root, new Page(root));
  const page = pages.get(root);
  page.start(component);
  return () => {
    page.stop();
    pages.delete(root);
  };
}
