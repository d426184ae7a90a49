// Wire: the desk's socket, opened again whenever it ends, and whether the desk can be heard.

const RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
const OPENS_WITHIN_MS = 5_000;
const QUIET_MS = 4_000; // after that much silence the desk is asked whether it is there
const DEAF_MS = 8_000; // after that much it counts as lost
const DEAD_MS = 25_000; // a socket that has said nothing for so long is opened anew
const MOST_FAILURES = 2;

class Wire {
  // `page` is the last word of this page's address, `under` the path that Streamlit was told
  // to serve below: it does so with its own, and leaves the API above.
  constructor({ page, under }, onFrame) {
    const pages = location.pathname.replace(new RegExp(`/(${page})?/?$`), "/");
    const desk = under && pages.endsWith(`/${under}/`) ? pages.slice(0, -under.length - 1) : pages;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.address = `${scheme}//${location.host}${desk}api/v1/ws?detail=brief`;
    this.health = `${pages}_stcore/health`;
    this.onFrame = onFrame;
    this.retryMs = RETRY_MS;
  }

  open() {
    this.heard();
    this.dial();
    this.pulse = setInterval(() => this.listen(), 1_000);
  }

  close() {
    clearInterval(this.pulse);
    clearTimeout(this.retry);
    this.hangUp();
  }

  dial() {
    const socket = new WebSocket(this.address);
    this.socket = socket;
    this.dialledAt = this.frameAt = performance.now();
    this.seq = 0;
    socket.onmessage = ({ data }) => this.receive(JSON.parse(data));
    socket.onclose = () => {
      this.hangUp();
      this.retry = setTimeout(() => this.dial(), this.retryMs * (0.75 + Math.random() / 2));
      this.retryMs = Math.min(LONGEST_RETRY_MS, this.retryMs * 2);
      this.ask();
    };
  }

  receive(frame) {
    this.frameAt = performance.now();
    this.heard();
    const isNews = frame.type !== "heartbeat";
    if (frame.seq !== this.seq + isNews) return this.socket.onclose(); // something was missed
    this.seq = frame.seq;
    this.retryMs = RETRY_MS;
    if (isNews) this.onFrame(frame);
  }

  hangUp() {
    if (!this.socket) return;
    this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  get isLost() {
    return this.failures >= MOST_FAILURES || performance.now() - this.heardAt > DEAF_MS;
  }

  heard() {
    this.heardAt = performance.now();
    this.failures = 0;
  }

  listen() {
    const now = performance.now();
    const opens = this.socket && !this.isOpen && now - this.dialledAt > OPENS_WITHIN_MS;
    if (opens || (this.isOpen && now - this.frameAt > DEAD_MS)) this.socket.onclose();
    if (now - this.heardAt > QUIET_MS || this.failures) this.ask();
  }

  async ask() {
    if (this.asking) return;
    this.asking = true;
    try {
      const answer = await fetch(this.health, {
        cache: "no-store",
        signal: AbortSignal.timeout(QUIET_MS),
      });
      if (answer.ok) this.heard();
      else this.failures += 1;
    } catch {
      this.failures += 1;
    } finally {
      this.asking = false;
    }
  }
}
