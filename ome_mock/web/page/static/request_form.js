/* Requests that the page sends as anybody's: shown with their answer, and as a command line. */

import { ask, curl } from "./api.js";
import { copyButton, el, say } from "./dom.js";

const handedOver = new Map();

/** Leave a request that was sent to the view of the dump that it started. */
export function handOver(key, sent) {
  handedOver.set(key, sent);
}

export function takeOver(key) {
  const sent = handedOver.get(key);
  handedOver.delete(key);
  return sent ?? new SentRequest();
}

/** Shows the last request and its answer. */
export class SentRequest {
  constructor() {
    this.request = el("pre", { class: "code", tabindex: "0", role: "region", "aria-label": "The request" });
    this.answer = el("pre", { class: "code", tabindex: "0", role: "region", "aria-label": "The answer" });
    this.line = "";
    this.element = el(
      "details",
      { class: "sent", hidden: true },
      el("summary", {}, "The request that was sent"),
      this.request,
      this.answer,
      copyButton("Copy as curl", () => this.line),
    );
  }

  /** Send a request, show it and its answer, and return the answer's value. Throws Refused. */
  async send(method, url, body) {
    this.line = curl(method, url, body);
    const head = `${method} ${new URL(url).pathname}`;
    say(this.request, body === undefined ? head : `${head}\n\n${JSON.stringify(body, null, 2)}`);
    say(this.answer, "…");
    this.element.hidden = false;
    this.element.open = true;
    try {
      const value = await ask(method, url, body);
      say(this.answer, `200\n${JSON.stringify(value, null, 2)}`);
      return value;
    } catch (error) {
      say(this.answer, `${error.status || "no answer"}\n${error.message}`);
      throw error;
    }
  }
}
