/* A video element that hls.js feeds from the emulator. hls.js is loaded when the first player is opened. */

import { authorization } from "./api.js";
import { el, say } from "./dom.js";

const RECOVERIES = 3;

export class Player {
  /** Plays a playlist; a live one with low latency, unless its clock stands still. */
  constructor(label, url, { isLive = false, isManual = false } = {}) {
    this.url = url;
    this.isLive = isLive;
    this.isManual = isManual;
    this.recoveries = 0;
    this.video = el("video", { controls: true, muted: true, playsinline: true, "aria-label": label });
    this.video.muted = true;
    this.message = el("p", { class: "soft player-message", role: "status" }, "Loading…");
    this.element = el("div", { class: "player" }, this.video, this.message);
    for (const event of ["playing", "waiting", "ended"]) this.video.addEventListener(event, () => this.tell());
    this.load();
  }

  async load() {
    const { default: Hls } = await import("./hls/hls.min.mjs");
    if (this.isClosed) return;
    if (!Hls.isSupported()) {
      say(this.message, "This browser has no Media Source Extensions, which players of HLS need: use a current Chromium, Firefox or Safari.");
      return;
    }
    this.Hls = Hls;
    this.hls = new Hls({
      enableWorker: false,
      lowLatencyMode: this.isLive && !this.isManual,
      liveDurationInfinity: this.isLive,
      xhrSetup: (request) => request.setRequestHeader("Authorization", authorization()),
    });
    this.hls.on(Hls.Events.ERROR, (_, error) => this.fail(error));
    this.hls.on(Hls.Events.MANIFEST_PARSED, () => this.video.play().catch(() => this.tell()));
    this.hls.loadSource(this.url);
    this.hls.attachMedia(this.video);
  }

  fail(error) {
    if (!error.fatal) return;
    if (error.type === this.Hls.ErrorTypes.MEDIA_ERROR && this.recoveries++ < RECOVERIES) this.hls.recoverMediaError();
    else if (this.isLive && error.type === this.Hls.ErrorTypes.NETWORK_ERROR && this.video.readyState > 0) {
      say(this.message, "The stream gives nothing more. It goes on when its encoder does.");
      clearTimeout(this.retrying);
      this.retrying = setTimeout(() => this.hls?.loadSource(this.url), 2000);
    } else say(this.message, `It can't be played: ${inWords(error)}`);
  }

  tell() {
    const { video } = this;
    if (video.ended) say(this.message, "The end.");
    else if (!video.paused && video.readyState > 2) say(this.message, "");
    else if (video.paused) say(this.message, "Press play.");
    else say(this.message, this.isLive && this.isManual ? "The clock stands still: turn it, and the picture moves on." : "Waiting for media…");
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.retrying);
    this.hls?.destroy();
    this.hls = null;
    this.element.remove();
  }
}

/** What an error of hls.js means, and what to do. */
function inWords(error) {
  const status = error.response?.code;
  if (error.details === "manifestIncompatibleCodecsError" || error.details === "bufferAddCodecError") {
    return "this browser has no decoder for its codecs.";
  }
  if (status === 404 || status === 201) return "its playlist is not there (yet). Wait for the first segment, or turn the clock.";
  if (error.details?.startsWith("manifest")) return `its playlist can't be read (${error.details}${status ? `, ${status}` : ""}).`;
  return `${error.details}${status ? `, ${status}` : ""}. Files that a fault left out or cut short do that.`;
}
