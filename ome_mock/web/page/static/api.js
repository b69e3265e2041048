/* Requests to the emulator: to OME's API, to the control API, and the events that it sends. */

const ROOT = new URL("../", location.href);
const KEPT = "ome-mock token";
const RETRY_MS = 1000;

let token = sessionStorage.getItem(KEPT) ?? "";

/** Take the token out of the fragment of the page's address, so that it stays in this tab and in no history. */
export function takeTokenFromAddress() {
  const match = /^#token=(.*)$/.exec(location.hash);
  if (match) {
    history.replaceState(null, "", location.pathname + location.search);
    keepToken(decodeURIComponent(match[1]));
  }
  return token !== "";
}

export function keepToken(given) {
  token = given;
  sessionStorage.setItem(KEPT, token);
}

export function authorization() {
  return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(token)))}`;
}

/** The address of a path below the emulator's root, such as `_mock/clock`; names in it are encoded. */
export function address(...names) {
  return new URL(names.map(encodeURIComponent).join("/"), ROOT).href;
}

/** An answer that is not a success, with a message in words. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Ask, and return the JSON value of the answer. Throws Refused. Without `credentials` no browser asks for a password itself. */
export async function ask(method, url, body) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(url, { method, headers: { Authorization: authorization() }, cache: "no-store", credentials: "omit", ...sent });
  } catch {
    throw new Refused(0, "No answer: the emulator has ended, or a fault closed the connection.");
  }
  const text = await answer.text();
  let value = text;
  try {
    value = JSON.parse(text);
  } catch {
    /* a text is its own value */
  }
  if (!answer.ok) throw new Refused(answer.status, value?.message ?? `${answer.status} ${answer.statusText}`);
  return value;
}

/** A command line that sends the same request. */
export function curl(method, url, body, given = authorization()) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = ["curl", ...(method === "GET" ? [] : ["-X", method])];
  if (given) parts.push("-H", quoted(`Authorization: ${given}`));
  if (body) parts.push("-d", quoted(typeof body === "string" ? body : JSON.stringify(body)));
  return [...parts, quoted(url)].join(" ");
}

/** Hand on every event to `hear(name, value)` for ever, and each change of the connection to `tell`: live or lost. Ends when the token is refused. */
export async function follow(hear, tell) {
  for (;;) {
    try {
      const answer = await fetch(address("_mock", "events"), { headers: { Authorization: authorization() }, cache: "no-store", credentials: "omit" });
      if (!answer.ok) {
        if (answer.status === 401) return;
        tell("lost");
      } else {
        tell("live");
        await readEvents(answer.body, hear);
        tell("lost");
      }
    } catch {
      tell("lost");
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function readEvents(body, hear) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (pending + value).split("\n\n");
    pending = blocks.pop();
    for (const block of blocks) {
      const [first, data] = block.split("\n", 2);
      if (first.startsWith("event: ")) hear(first.slice(7), JSON.parse(data.slice(6)));
    }
  }
}
