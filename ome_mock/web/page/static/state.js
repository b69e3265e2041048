/* The state that the events tell. Those who subscribe are told at most once a frame, however much comes. */

export const state = {
  connection: "connecting",
  clock: null,
  clockHeard: 0,
  tree: [],
  dumps: new Map(),
  faults: { armed: [], fired: [], firedCount: 0 },
  rows: [],
  left: new Map(),
};

const subscribers = new Map();
const changed = new Set();
let frame = 0;

/** Call `listener` when a topic changes: `connection`, `clock`, `tree`, `dumps`, `faults`, `journal`. Returns how to end it. */
export function subscribe(topics, listener) {
  subscribers.set(listener, new Set(topics));
  return () => subscribers.delete(listener);
}

export function change(topic) {
  changed.add(topic);
  frame ||= requestAnimationFrame(tellAll);
}

function tellAll() {
  frame = 0;
  const topics = new Set(changed);
  changed.clear();
  for (const [listener, wanted] of [...subscribers]) {
    if (subscribers.has(listener) && [...wanted].some((topic) => topics.has(topic))) listener();
  }
}

export function keyOf(stream, id) {
  return `${stream}\n${id}`;
}

let isFirst = false;

/** A connection has begun: the events that follow tell everything anew. */
function beginAgain() {
  isFirst = true;
  state.rows = [];
}

const HEARD = {
  clock(value) {
    state.clock = value;
    state.clockHeard = performance.now();
  },
  tree(value) {
    const before = new Map(inputStreams().map((each) => [each.path, each]));
    state.tree = value;
    for (const { path } of inputStreams()) {
      before.delete(path);
      state.left.delete(path);
    }
    for (const [path, each] of before) state.left.set(path, each);
  },
  dumps({ changed: rows, gone }) {
    if (isFirst) state.dumps.clear();
    isFirst = false;
    for (const row of rows) state.dumps.set(keyOf(row.stream, row.id), row);
    for (const row of gone) state.dumps.delete(keyOf(row.stream, row.id));
  },
  faults(value) {
    state.faults = value;
  },
  journal({ newer, older, oldest }) {
    const kept = state.rows.filter((row) => row.number >= oldest[row.kind]);
    state.rows = [...older.reverse(), ...kept, ...newer];
  },
};

export function hear(name, value) {
  HEARD[name]?.(value);
  change(name);
}

export function tell(connection) {
  if (connection === "live") beginAgain();
  state.connection = connection;
  change("connection");
}

/** Every connected input stream with its path and where it belongs. */
export function inputStreams() {
  return state.tree.flatMap((host) =>
    host.applications.flatMap((app) =>
      app.streams.map((stream) => ({ ...stream, vhost: host.name, app: app.name, path: `${host.name}/${app.name}/${stream.name}` })),
    ),
  );
}

/** The output stream of a path, with the input stream that it is made of; null where there is none. */
export function findOutput(path) {
  for (const input of inputStreams()) {
    const output = input.outputs.find((each) => `${input.vhost}/${input.app}/${each.name}` === path);
    if (output) return { ...output, input, path };
  }
  return null;
}

/** The emulator's time now, in milliseconds since the epoch; a real clock's goes on between events. */
export function nowMs() {
  if (!state.clock) return 0;
  return Date.parse(state.clock.now) + (performance.now() - state.clockHeard) * state.clock.rate;
}
