/* The page: asks for the token, then shows everything and follows the events. */

import { address, ask, follow, keepToken, takeTokenFromAddress } from "./api.js";
import { clockPanel } from "./clock.js";
import { el, field, say, set } from "./dom.js";
import { DumpView } from "./dump_view.js";
import { lazyFaults } from "./faults.js";
import { journalPanel } from "./journal.js";
import { noticeArea } from "./notices.js";
import { select, selection, selectionKey } from "./selection.js";
import { hear, inputStreams, state, subscribe, tell } from "./state.js";
import { treePanel } from "./tree.js";
import { AppView, OutputView, StreamView } from "./views.js";

const VIEWS = { app: AppView, stream: StreamView, output: OutputView, dump: DumpView };
const CONNECTIONS = { connecting: "connecting…", live: "live", lost: "no answer; trying again…" };

function askForToken(message = "") {
  const token = el("input", { type: "password", required: true, autocomplete: "current-password", "aria-invalid": message ? "true" : null });
  const error = el("p", { class: "error", role: "alert" }, message);
  const form = el(
    "form",
    { class: "panel token-form" },
    el("h1", {}, "ome-mock"),
    el("p", {}, "This page needs the access token that clients of the API present. The emulator's banner prints it, and an address that has it already."),
    field("Access token", token),
    error,
    el("button", { type: "submit", class: "primary" }, "Open"),
  );
  form.onsubmit = async (event) => {
    event.preventDefault();
    keepToken(token.value);
    try {
      await ask("GET", address("_mock", "clock"));
      location.reload();
    } catch (failure) {
      say(error, failure.status === 401 ? "The emulator refuses this token. Look at its banner, at --access-token, or at the Server.xml that it serves." : failure.message);
      set(token, { "aria-invalid": "true" });
      token.select();
    }
  };
  document.body.replaceChildren(el("main", { class: "token-page" }, form));
  token.focus();
}

function open() {
  const detail = el("section", { class: "detail", "aria-label": "What is selected" });
  const main = el("main", { class: "layout" }, treePanel(), detail, el("div", { class: "side" }, journalPanel(), lazyFaults()));
  document.body.replaceChildren(pageHead(main), main, noticeArea());
  showSelection(detail);
  follow(hear, tell).then(() => askForToken("The emulator refuses the token that this tab had; it may be another emulator now."));
}

function pageHead(main) {
  const about = el("span", { class: "soft about" });
  const connection = el("span", { class: "connection", role: "status" });
  const update = () => {
    if (state.clock) say(about, `${state.clock.version} · dialect ${state.clock.dialect}`);
    say(connection, CONNECTIONS[state.connection]);
    set(connection, { class: `connection ${state.connection}` });
  };
  subscribe(["clock", "connection"], update);
  update();
  const title = el("div", { class: "title" }, el("h1", {}, "ome-mock"), about, connection);
  return el("header", { class: "page-head" }, title, clockPanel(), tabs(main));
}

/** The buttons that choose between streams, journal and faults; where there is room, streams stay beside the others. */
function tabs(main) {
  const names = { streams: "Streams", journal: "Journal", faults: "Faults" };
  const buttons = Object.entries(names).map(([view, label]) => [view, label, el("button", { type: "button", class: "tab", "data-view": view }, label)]);
  const show = (chosen) => {
    document.body.dataset.view = chosen;
    document.body.dataset.side = chosen === "streams" ? (document.body.dataset.side ?? "journal") : chosen;
    for (const [view, , button] of buttons) {
      set(button, { "aria-current": view === chosen ? "page" : null, class: `tab ${view === document.body.dataset.side ? "beside" : ""}` });
    }
    main.scrollTop = 0;
  };
  for (const [view, , button] of buttons) button.onclick = () => show(view);
  subscribe(["journal", "faults"], () => {
    const counts = { journal: state.rows.length, faults: state.faults.armed.length };
    for (const [view, label, button] of buttons) say(button, counts[view] ? `${label} ${counts[view]}` : label);
  });
  show("streams");
  return el("nav", { class: "tabs", "aria-label": "Parts of the page" }, buttons.map(([, , button]) => button));
}

function showSelection(detail) {
  let view = null;
  let shown = null;
  const update = () => {
    if (!selection) {
      const [first] = inputStreams();
      const output = first?.outputs[0];
      if (output) select("output", first.vhost, first.app, output.name);
      else if (!view) detail.replaceChildren(emptyState());
      return;
    }
    if (shown === selectionKey()) return;
    const isAnother = shown !== null;
    shown = selectionKey();
    view?.close();
    view = new VIEWS[selection.kind](selection.names);
    detail.replaceChildren(view.element);
    detail.scrollTop = 0;
    if (isAnother && !document.activeElement?.closest(".tree")) view.element.querySelector("h2")?.focus({ preventScroll: true });
  };
  subscribe(["tree", "selection"], update);
  update();
}

function emptyState() {
  const app = state.tree.flatMap((host) => host.applications.map((each) => [host.name, each.name]))[0];
  if (!app) return el("p", { class: "empty" }, "Waiting for the emulator…");
  return el(
    "div",
    { class: "empty" },
    el("p", {}, "No encoder is connected, so there is nothing to dump or to play."),
    el("button", { type: "button", class: "primary", onclick: () => select("app", ...app) }, "Connect an encoder"),
  );
}

if (takeTokenFromAddress()) open();
else askForToken();
