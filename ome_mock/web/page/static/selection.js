/* What is selected in the tree; it stands in the address's fragment, so that a reload and the Back button keep it. */

import { change } from "./state.js";

const KINDS = { app: 2, stream: 3, output: 3, dump: 4 };

/** The selection: a kind and the names that lead to it, such as `output`, `["default", "app", "stream"]`; null for none. */
export let selection = read();

function read() {
  const [kind, ...names] = location.hash.replace(/^#\//, "").split("/").map(decoded);
  return KINDS[kind] === names.length ? { kind, names } : null;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function select(kind, ...names) {
  location.hash = `/${[kind, ...names].map(encodeURIComponent).join("/")}`;
}

export function selectionKey() {
  return selection ? [selection.kind, ...selection.names].join("\n") : null;
}

addEventListener("hashchange", () => {
  selection = read();
  change("selection");
});
