/* The info file of a dump beside its time line: its end as it lies on disk, with the lines that came last marked. */

import { authorization } from "./api.js";
import { bytes, copyButton, el, say } from "./dom.js";

const LAST_BYTES = 16384;

export class InfoFile {
  constructor() {
    this.path = el("code", { class: "path" });
    this.note = el("span", { class: "soft" });
    this.text = el("pre", { class: "info-text", tabindex: "0", role: "region", "aria-label": "Text of the info file" });
    this.lines = [];
    const head = el("div", { class: "panel-head" }, el("h3", {}, "Info file"), this.note, copyButton("Copy", () => this.lines.join("\n")));
    this.element = el("div", {}, head, this.path, this.text);
  }

  async update(data) {
    if (!data.dump.infoFile) {
      say(this.note, "none was asked for");
      this.text.hidden = true;
      return;
    }
    say(this.path, data.dump.infoFile);
    const answer = await fetch(`${data.infoFile}?last=${LAST_BYTES}`, { headers: { Authorization: authorization() }, cache: "no-store", credentials: "omit" });
    if (!answer.ok) {
      say(this.note, (await answer.json()).message);
      return;
    }
    const size = Number(answer.headers.get("Content-Length"));
    this.show(await answer.text(), size);
  }

  show(text, size) {
    const lines = text.trimEnd().split("\n");
    const isCut = size >= LAST_BYTES;
    if (isCut) lines.shift();
    const [first, end] = changedLines(this.lines, lines);
    if (this.lines.length && first >= end) return;
    const isNews = this.lines.length > 0;
    const isAtEnd = !isNews || this.text.scrollTop + this.text.clientHeight > this.text.scrollHeight - 40;
    const marked = lines.map((line, index) => el(isNews && index >= first && index < end ? "mark" : "span", {}, `${line}\n`));
    this.text.replaceChildren(...marked);
    this.lines = lines;
    say(this.note, isCut ? `the last ${bytes(LAST_BYTES)}` : bytes(size));
    if (isAtEnd) this.text.scrollTop = this.text.scrollHeight;
  }
}

/** The range of lines that are not as before, between those that both begin and those that both end with. */
function changedLines(before, now) {
  let first = 0;
  while (first < Math.min(before.length, now.length) && before[first] === now[first]) first++;
  let same = 0;
  while (same < Math.min(before.length, now.length) - first && before[before.length - 1 - same] === now[now.length - 1 - same]) same++;
  return [first, now.length - same];
}
