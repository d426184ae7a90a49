// Counting: the server's clock, and the ages that follow it.

// The server's time, in milliseconds since 1970: what it said last, and what has passed since.
// This machine's own clock may be wrong by hours, so it only tells how long: one of the two
// stands still while the machine sleeps, and of two spans the longer is the honest one.
const clock = {
  said: null,
  set(instant) {
    this.said = { instant, ticks: performance.now(), date: Date.now() };
  },
  now() {
    if (this.said === null) return null;
    const { instant, ticks, date } = this.said;
    return instant + Math.max(performance.now() - ticks, Date.now() - date);
  },
};

// A span in its two largest units, as `span_text` of the desk says it.
function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  const [size, large, small, part] =
    seconds < 86400 ? [3600, "h", "min", 60] : [86400, "d", "h", 3600];
  const rest = Math.floor((seconds % size) / part);
  const whole = `${Math.floor(seconds / size)} ${large}`;
  return rest ? `${whole} ${rest} ${small}` : whole;
}

// An instant as a time of day, the same for every reader; `length` 8 has seconds.
function timeOfDay(instant, length = 5) {
  return `${new Date(instant).toISOString().slice(11, 11 + length)} UTC`;
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function countAges() {
  const now = clock.now();
  if (now === null) return;
  for (const element of document.querySelectorAll("time.wl-age")) {
    if (!element.title) element.title = element.textContent;
    write(element, `${span(now - Date.parse(element.dateTime))} ago`);
  }
  write(document.querySelector(".wl-clock"), timeOfDay(now, 8));
}
