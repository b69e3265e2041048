/* Short messages in the corner, which screen readers read aloud. */

import { el } from "./dom.js";

const SHOWN_MS = 4000;
const COMPLAINT_MS = 12000;
const MOST = 3;
const polite = el("div", { role: "status", class: "notices" });
const urgent = el("div", { role: "alert", class: "notices" });

const spoken = el("div", { role: "status", class: "offscreen" });

export function noticeArea() {
  return el("div", { class: "notice-area" }, urgent, polite, spoken);
}

/** Tell screen readers alone what everybody else sees anyhow. */
export function announce(text) {
  spoken.textContent = text;
}

export function notify(text) {
  show(polite, "notice", SHOWN_MS, el("span", {}, text));
}

/** Tell of a failure: what was not done, and why, in the emulator's words. */
export function complain(what, error) {
  const status = error.status ? ` (${error.status})` : "";
  show(urgent, "notice bad", COMPLAINT_MS, el("span", {}, el("strong", {}, `${what}. `), `${error.message}${status}`));
}

function show(area, kind, shownMs, content) {
  const notice = el("div", { class: kind }, content, el("button", { type: "button", class: "quiet", "aria-label": "Close this message" }, "×"));
  const close = () => notice.remove();
  notice.lastChild.onclick = close;
  setTimeout(close, shownMs);
  area.append(notice);
  while (area.children.length > MOST) area.firstChild.remove();
}
