/* The tree of virtual hosts, applications, encoders, output streams and dumps. */

import { el } from "./dom.js";
import { select, selectionKey } from "./selection.js";
import { state, subscribe } from "./state.js";
import { WindowedList } from "./windowed.js";

const collapsed = new Set();

export function treePanel() {
  const list = new WindowedList({
    label: "Virtual hosts, applications, streams and dumps",
    role: "tree",
    rowRole: "treeitem",
    rowHeight: 32,
    render: renderRow,
    onActivate: (item, event) => (item.target && !event.target.closest?.(".twig") ? select(...item.target) : toggle(item)),
    onKey: (event, item) => item && moveByArrow(event.key, item),
  });
  const update = () => {
    const shown = rows();
    list.element.style.setProperty("--rows", shown.length);
    list.update(shown);
    list.select(selectionKey());
  };
  const toggle = (item) => {
    if (!item.isParent) return;
    if (!collapsed.delete(item.key)) collapsed.add(item.key);
    update();
  };
  const moveByArrow = (key, item) => {
    if (key === "ArrowRight" && item.isParent && collapsed.has(item.key)) return toggle(item) ?? true;
    if (key === "ArrowLeft" && item.isParent && !collapsed.has(item.key)) return toggle(item) ?? true;
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const index = list.items.indexOf(item);
      const found = key === "ArrowRight" ? index + 1 : list.items.findLastIndex((each, at) => at < index && each.level < item.level);
      if (found >= 0 && found < list.items.length) list.move(found);
      return true;
    }
    return false;
  };
  subscribe(["tree", "dumps", "selection"], update);
  return el("section", { class: "panel tree", "aria-label": "Streams and dumps" }, el("h2", {}, "Streams and dumps"), list.element);
}

/** The rows that no collapsed row hides. */
function rows() {
  const found = [];
  const dumps = dumpsByOutput();
  for (const host of state.tree) {
    if (!add(found, 1, ["host", host.name], host.name, "host", host.applications.length)) continue;
    for (const app of host.applications) addApplication(found, host, app, dumps);
  }
  return found;
}

function addApplication(found, host, app, dumps) {
  const path = [host.name, app.name];
  const prefix = `${path.join("/")}/`;
  const gone = [...state.left.values()].filter((each) => each.path.startsWith(prefix));
  const orphans = [...dumps.keys()].filter((output) => output.startsWith(prefix) && !isOutput(app, output.slice(prefix.length)));
  if (!add(found, 2, ["app", ...path], app.name, "application", true)) return;
  for (const stream of app.streams) {
    if (!add(found, 3, ["stream", ...path, stream.name], stream.name, "encoder", stream.outputs.length)) continue;
    for (const output of stream.outputs) addOutput(found, [...path, output.name], dumps, "output");
  }
  for (const each of gone) add(found, 3, ["stream", ...path, each.name], each.name, "encoder, gone", false, "gone");
  for (const output of orphans) addOutput(found, [...path, output.slice(prefix.length)], dumps, "its stream is gone", 3);
}

function addOutput(found, names, dumps, what, level = 4) {
  const rowsOfIt = dumps.get(names.join("/")) ?? [];
  const note = rowsOfIt.length ? `${rowsOfIt.length} dump${rowsOfIt.length > 1 ? "s" : ""}` : what;
  if (!add(found, level, ["output", ...names], names[2], note, rowsOfIt.length)) return;
  for (const dump of rowsOfIt) add(found, level + 1, ["dump", ...names, dump.id], dump.id, dump.status, false, statusKind(dump));
}

/** Add a row; returns whether what is below it is shown. */
function add(found, level, target, name, note, isParent, kind = target[0]) {
  const key = target.join("\n");
  const isOpen = !collapsed.has(key);
  found.push({
    key,
    level,
    name,
    note,
    kind,
    type: target[0],
    isParent: Boolean(isParent),
    isOpen,
    target: target[0] === "host" ? null : target,
    version: `${name}\n${note}\n${kind}\n${Boolean(isParent)}\n${isOpen}`,
    attributes: { "aria-level": level, "aria-expanded": isParent ? String(isOpen) : null },
  });
  return isOpen;
}

function renderRow(item) {
  const row = el(
    "span",
    { class: `tree-row level-${item.level}` },
    el("span", { class: item.isParent ? `twig ${item.isOpen ? "open" : ""}` : "twig leaf", "aria-hidden": "true" }),
    el("span", { class: `mark ${item.type} ${item.kind}`, "aria-hidden": "true" }),
    el("span", { class: "name", title: item.name }, item.name),
    el("span", { class: "note" }, item.note),
  );
  return row;
}

export function statusKind(dump) {
  return dump.enabled ? "running" : dump.status === "Error" ? "failed" : "completed";
}

function isOutput(app, name) {
  return app.streams.some((stream) => stream.outputs.some((output) => output.name === name));
}

export function dumpsByOutput() {
  const found = new Map();
  for (const dump of state.dumps.values()) {
    if (found.has(dump.stream)) found.get(dump.stream).push(dump);
    else found.set(dump.stream, [dump]);
  }
  return found;
}
