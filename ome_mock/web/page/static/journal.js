/* The journal: requests and callbacks, newest first, each with its diagnosis, its bodies and a command line. */

import { address, ask, curl } from "./api.js";
import { copyButton, el, say, timeOfDay } from "./dom.js";
import { complain, notify } from "./notices.js";
import { state, subscribe } from "./state.js";
import { WindowedList } from "./windowed.js";

const KINDS = {
  all: () => true,
  requests: (row) => row.kind === "request",
  callbacks: (row) => row.kind === "callback",
  "refused or failed": (row) => isFailed(row.status),
  "with a hint": (row) => row.diagnosis?.length > 0,
};

export function journalPanel() {
  return new Journal().element;
}

class Journal {
  constructor() {
    this.shown = [];
    this.filter = el("input", { type: "search", placeholder: "Filter…", "aria-label": "Filter the journal", oninput: () => this.update() });
    this.kind = el("select", { "aria-label": "Kind of rows", onchange: () => this.update() }, Object.keys(KINDS).map((kind) => el("option", {}, kind)));
    this.clear = el("button", { type: "button", class: "quiet", onclick: () => this.forget() }, "Clear");
    this.count = el("span", { class: "soft", role: "status" });
    this.list = new WindowedList({
      label: "Requests and callbacks, newest first",
      rowHeight: 46,
      keepsPlace: true,
      render: renderRow,
      onActivate: (item) => this.open(item.row),
    });
    this.empty = el("p", { class: "empty" });
    this.detail = el("div", { class: "journal-detail", hidden: true, role: "region", "aria-label": "The selected row" });
    this.element = el(
      "section",
      { class: "panel journal", "aria-label": "Journal" },
      el("div", { class: "panel-head" }, el("h2", {}, "Journal"), this.count, this.clear),
      el("div", { class: "filters" }, this.filter, this.kind),
      this.empty,
      this.list.element,
      this.detail,
    );
    subscribe(["journal"], () => this.update());
    this.update();
  }

  update() {
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = KINDS[this.kind.value];
    const rows = [];
    for (let index = state.rows.length - 1; index >= 0; index--) {
      const row = state.rows[index];
      if (fits(row) && words.every((word) => searchText(row).includes(word))) rows.push(itemOf(row));
    }
    const { length } = state.rows;
    say(this.count, rows.length === length ? `${length}` : `${rows.length} of ${length}`);
    say(this.empty, length ? "No row fits the filter." : "Nothing was asked yet. Every request to OME's API appears here, with a hint where it was probably meant otherwise.");
    this.empty.hidden = rows.length > 0;
    this.list.element.hidden = rows.length === 0;
    this.list.update(rows);
  }

  async open(row) {
    this.list.select(keyOf(row));
    const kind = row.kind === "request" ? "requests" : "callbacks";
    try {
      this.showDetail(row, await ask("GET", address("_mock", "journal", kind, row.number)));
    } catch (error) {
      complain("The row was not read", error);
    }
  }

  showDetail(row, full) {
    const close = el("button", { type: "button", class: "quiet", onclick: () => this.close(), "aria-label": "Close the row" }, "×");
    const isRequest = row.kind === "request";
    const url = isRequest ? new URL(full.target, location.origin).href : full.url;
    const headers = full.headers ?? [];
    const token = headers.find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? "";
    const line = () => curl(isRequest ? full.method : "POST", url, full.body, token);
    const said = (row.diagnosis ?? []).map((each) => el("p", { class: "hint" }, each));
    this.detail.replaceChildren(
      el("div", { class: "panel-head" }, el("h3", {}, titleOf(row)), copyButton("Copy as curl", line), close),
      ...said,
      ...(row.outcome ? [el("p", { class: "soft" }, row.outcome)] : []),
      block("Request", [...headers.map(([name, value]) => `${name}: ${value}`), "", pretty(full.body)].join("\n")),
      block(full.status === null ? "No answer: the connection was closed" : `Answer ${full.status}`, pretty(full.answer)),
    );
    this.detail.hidden = false;
  }

  close() {
    this.detail.hidden = true;
    this.list.select(null);
    this.list.element.focus();
  }

  async forget() {
    try {
      await ask("DELETE", address("_mock", "journal"));
      this.detail.hidden = true;
      notify("The journal is empty.");
    } catch (error) {
      complain("The journal was not cleared", error);
    }
  }
}

function keyOf(row) {
  return `${row.kind} ${row.number}`;
}

function itemOf(row) {
  return (row.item ??= { key: keyOf(row), version: 1, row });
}

function searchText(row) {
  return (row.text ??= [titleOf(row), row.status, row.target, row.url, row.outcome, ...(row.diagnosis ?? [])].join(" ").toLowerCase());
}

function titleOf(row) {
  return row.kind === "request" ? `${row.method} ${row.target}` : `${row.what} of ${row.stream}`;
}

function isFailed(status) {
  return status === null || status >= 400;
}

function statusClass(status) {
  return isFailed(status) ? "failed" : "completed";
}

function renderRow({ row }) {
  const isRequest = row.kind === "request";
  const title = isRequest ? shortPath(row.target) : `${row.what} of ${row.stream}`;
  const second = row.diagnosis?.[0] ?? row.outcome ?? (title === row.target ? "" : row.target);
  return [
    el(
      "span",
      { class: "row-line" },
      el("span", { class: "verb" }, isRequest ? row.method : "callback"),
      el("span", { class: "name", title: isRequest ? row.target : row.url }, title),
      el("span", { class: `status ${statusClass(row.status)}` }, row.status === null ? "none" : String(row.status)),
    ),
    el("span", { class: "row-line second" }, el("span", { class: "at" }, timeOfDay(row.at)), el("span", { class: `name ${row.diagnosis?.length ? "hint" : ""}`, title: second }, second)),
  ];
}

/** The end of a path, which tells what was asked; the beginning is alike in most. */
function shortPath(target) {
  return target.replace(/^\/v1\/vhosts\/[^/]*\/apps\/[^/]*\/(?=.)/, "");
}

function block(title, text) {
  return el("div", {}, el("h4", {}, title), el("pre", { class: "code", tabindex: "0", role: "region", "aria-label": title }, text.trim() || "(nothing)"));
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text ?? "";
  }
}
