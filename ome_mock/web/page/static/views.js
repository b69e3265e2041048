/* The view of what is selected: an application, an encoder, or an output stream. */

import { address, ask, curl } from "./api.js";
import { checkbox, copyButton, el, field, say, set, timeOfDay } from "./dom.js";
import { complain, notify } from "./notices.js";
import { Player } from "./player.js";
import { SentRequest, handOver } from "./request_form.js";
import { select } from "./selection.js";
import { findOutput, inputStreams, keyOf, state, subscribe } from "./state.js";
import { dumpsByOutput, statusKind } from "./tree.js";

/** Do something, and tell how it went. */
async function attempt(what, done, action) {
  try {
    await action();
    notify(done);
    return true;
  } catch (error) {
    complain(what, error);
    return false;
  }
}

function encoderAddress(path, action = "") {
  return `${address("_mock", "streams", ...path.split("/"))}${action}`;
}

function heading(kind, title, ...more) {
  return el("header", { class: "view-head" }, el("div", {}, el("p", { class: "kind" }, kind), el("h2", { tabindex: "-1" }, title)), ...more);
}

/** An application: connect an encoder, or have one come again. */
export class AppView {
  constructor([vhost, app]) {
    this.prefix = `${vhost}/${app}/`;
    const name = el("input", { required: true, value: "camera1", autocomplete: "off", spellcheck: "false", pattern: "[^\\/]+" });
    const video = el("input", { type: "checkbox", checked: true });
    const audio = el("input", { type: "checkbox", checked: true });
    const form = el(
      "form",
      { class: "panel form" },
      el("h3", {}, "Connect an encoder"),
      field("Stream name", name),
      el("div", { class: "checks" }, checkbox("video", video), checkbox("audio", audio)),
      el("button", { type: "submit", class: "primary" }, "Connect"),
    );
    form.onsubmit = (event) => {
      event.preventDefault();
      const path = this.prefix + name.value;
      const body = { video: video.checked, audio: audio.checked };
      const wait = body.video && body.audio ? "in a second" : "some seconds later, because OME waits for the other track";
      attempt(`${path} was not connected`, `${path} is connecting; by the emulator's clock it is there ${wait}.`, () => ask("PUT", encoderAddress(path), body));
    };
    this.gone = el("ul", { class: "plain" });
    this.nothing = el("p", { class: "soft" }, "Encoders that leave while this page is open are listed here, to have them come again.");
    const left = el("section", { class: "panel" }, el("h3", {}, "Encoders that left"), this.nothing, this.gone);
    this.element = el("div", { class: "view" }, heading("application", app), form, left);
    this.end = subscribe(["tree"], () => this.update());
    this.update();
  }

  update() {
    const gone = [...state.left.keys()].filter((path) => path.startsWith(this.prefix));
    this.nothing.hidden = gone.length > 0;
    this.gone.replaceChildren(...gone.map((path) => el("li", { class: "line" }, el("span", { class: "name" }, path), reconnectButton(path))));
  }

  close() {
    this.end();
  }
}

function reconnectButton(path) {
  return el("button", { type: "button", onclick: () => reconnect(path) }, "Reconnect");
}

function reconnect(path) {
  return attempt(`${path} did not come again`, `${path} is connecting again.`, () => ask("POST", encoderAddress(path, ":reconnect"), {}));
}

/** An encoder: what it sends, and how to disturb it. */
export class StreamView {
  constructor(names) {
    this.path = names.join("/");
    this.facts = el("dl", { class: "facts" });
    const seconds = el("input", { type: "number", min: "0", step: "any", value: "10" });
    const stall = el("form", { class: "inline" }, field("Stall for seconds", seconds), el("button", { type: "submit" }, "Stall"));
    stall.onsubmit = (event) => {
      event.preventDefault();
      const body = { seconds: Number(seconds.value) };
      attempt(`${this.path} goes on`, `${this.path} sends nothing for ${seconds.value} s.`, () => ask("POST", encoderAddress(this.path, ":stall"), body));
    };
    const disconnect = () => attempt(`${this.path} is still there`, `${this.path} was disconnected.`, () => ask("DELETE", encoderAddress(this.path)));
    this.here = el("div", { class: "actions" }, el("button", { type: "button", class: "danger", onclick: disconnect }, "Disconnect"), stall);
    this.gone = el("div", { class: "actions" }, el("p", { class: "soft" }, "This encoder is gone; its dumps are completed."), reconnectButton(this.path));
    this.outputs = el("ul", { class: "plain" });
    this.element = el(
      "div",
      { class: "view" },
      heading("encoder", names[2]),
      el("section", { class: "panel" }, this.facts, this.here, this.gone),
      el("section", { class: "panel" }, el("h3", {}, "Output streams"), this.outputs),
    );
    this.end = subscribe(["tree"], () => this.update());
    this.update();
  }

  update() {
    const stream = inputStreams().find((each) => each.path === this.path);
    set(this.here, { hidden: !stream });
    set(this.gone, { hidden: Boolean(stream) });
    const [vhost, app] = this.path.split("/");
    const facts = stream ? { connected: `${stream.since.slice(0, 10)} ${timeOfDay(stream.since)}`, path: this.path } : { path: this.path };
    this.facts.replaceChildren(...Object.entries(facts).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
    const outputs = stream?.outputs ?? [];
    this.outputs.replaceChildren(
      ...outputs.map((output) =>
        el(
          "li",
          { class: "line" },
          el("button", { type: "button", class: "link", onclick: () => select("output", vhost, app, output.name) }, output.name),
          el("span", { class: "soft" }, output.tracks.map(trackText).join(" · ")),
        ),
      ),
    );
  }

  close() {
    this.end();
  }
}

function trackText(track) {
  return [track.kind, track.size, track.codec].filter(Boolean).join(" ");
}

/** An output stream: its player, its dumps, and a form that starts one. */
export class OutputView {
  constructor(names) {
    this.names = names;
    this.path = names.join("/");
    this.tracks = el("ul", { class: "plain tracks" });
    this.playing = el("div");
    this.playButton = el("button", { type: "button", class: "primary", onclick: () => this.play() }, "Play the live stream");
    this.playlist = el("select", { "aria-label": "Playlist to play" });
    this.noPlayer = el("p", { class: "soft" });
    this.dumps = el("ul", { class: "plain" });
    this.form = new StartDump(this);
    const live = el(
      "section",
      { class: "panel" },
      el("div", { class: "panel-head" }, el("h3", {}, "Live"), this.playlist, this.playButton),
      this.noPlayer,
      this.playing,
      this.tracks,
    );
    this.noDump = el("p", { class: "soft" }, "No dump of this stream yet. Start one here, or copy the request and send it from anywhere.");
    this.dumpCount = el("h3", {}, "Dumps");
    const dumps = el("section", { class: "panel" }, this.dumpCount, this.noDump, this.dumps, this.form.element);
    this.element = el("div", { class: "view" }, heading("output stream", names[2]), live, dumps);
    this.end = subscribe(["tree", "dumps"], () => this.update());
    this.update();
  }

  update() {
    const output = findOutput(this.path);
    set(this.playButton, { disabled: !output?.isPlayable });
    set(this.playlist, { hidden: !output || output.playlists.length < 2 });
    const offered = [...this.playlist.options].map((option) => option.value);
    if (output && offered.join() !== output.playlists.join()) this.playlist.replaceChildren(...output.playlists.map((name) => el("option", {}, name)));
    say(this.noPlayer, !output ? "This stream is gone; its dumps stay until they are forgotten." : output.isPlayable ? "" : "Its application publishes no LL-HLS, or nothing in it can be packaged.");
    this.tracks.replaceChildren(...(output?.tracks ?? []).map((track) => el("li", { class: "chip" }, trackText(track))));
    this.form.update(output);
    const dumps = dumpsByOutput().get(this.path) ?? [];
    say(this.dumpCount, dumps.length ? `Dumps (${dumps.length})` : "Dumps");
    this.noDump.hidden = dumps.length > 0;
    const shown = dumps.slice(-MOST_LISTED).reverse();
    this.dumps.replaceChildren(...shown.map((dump) => this.dumpLine(dump)), ...(dumps.length > shown.length ? [el("li", { class: "soft" }, "Older ones are in the tree.")] : []));
  }

  dumpLine(dump) {
    const open = () => select("dump", ...this.names, dump.id);
    return el(
      "li",
      { class: "line" },
      el("button", { type: "button", class: "link", onclick: open }, dump.id),
      el("span", { class: `status ${statusKind(dump)}` }, dump.status),
      el("span", { class: "soft" }, `${dump.items} writes`),
    );
  }

  play() {
    this.player?.close();
    const url = address("_mock", "live", ...this.names, this.playlist.value || findOutput(this.path).playlists[0]);
    this.player = new Player(`Live stream ${this.names[2]}`, url, { isLive: true, isManual: state.clock?.kind === "manual" });
    this.playing.replaceChildren(this.player.element);
    say(this.playButton, "Play again");
  }

  close() {
    this.player?.close();
    this.end();
  }
}

const MOST_LISTED = 20;

/** A form for `startHlsDump`, with the request that it would send as a command line. */
class StartDump {
  constructor(view) {
    this.view = view;
    this.id = el("input", { required: true, autocomplete: "off", spellcheck: "false" });
    this.outputPath = el("input", { required: true, autocomplete: "off", spellcheck: "false" });
    this.playlists = el("div", { class: "checks", role: "group", "aria-label": "Playlists" });
    this.infoFile = el("input", { autocomplete: "off", spellcheck: "false" });
    this.userData = el("input", { autocomplete: "off", spellcheck: "false" });
    this.sent = new SentRequest();
    this.start = el("button", { type: "submit", class: "primary" }, "Start a dump");
    this.element = el(
      "form",
      { class: "form start-dump" },
      el("div", { class: "fields" }, field("Id", this.id), field("Output path", this.outputPath), field("Info file", this.infoFile), field("User data", this.userData)),
      this.playlists,
      el("div", { class: "actions" }, this.start, copyButton("Copy as curl", () => curl("POST", this.url, this.body))),
      this.sent.element,
    );
    this.element.onsubmit = (event) => {
      event.preventDefault();
      this.submit();
    };
    this.id.oninput = () => this.suggestPaths();
    this.id.value = this.freeId();
    this.suggestPaths();
  }

  freeId() {
    for (let number = 1; ; number++) if (!state.dumps.has(keyOf(this.view.path, `d${number}`))) return `d${number}`;
  }

  suggestPaths() {
    const before = this.suggested;
    this.suggested = `/tmp/${this.view.names[2]}/${this.id.value}`;
    if (!before || this.outputPath.value === before) this.outputPath.value = this.suggested;
    if (!before || this.infoFile.value === `${before}.info`) this.infoFile.value = `${this.suggested}.info`;
  }

  update(output) {
    set(this.start, { disabled: !output?.isPlayable });
    if (output) this.input = output.input;
    const wanted = (output?.playlists ?? []).join();
    if (this.offered === wanted || !wanted) return;
    this.offered = wanted;
    this.boxes = output.playlists.map((name) => [name, el("input", { type: "checkbox", checked: true })]);
    this.playlists.replaceChildren(...this.boxes.map(([name, box]) => checkbox(name, box)));
  }

  get url() {
    return actionAddress(this.input, "startHlsDump");
  }

  get body() {
    const body = { outputStreamName: this.view.names[2], id: this.id.value, outputPath: this.outputPath.value };
    const playlist = (this.boxes ?? []).filter(([, box]) => box.checked).map(([name]) => name);
    if (playlist.length) body.playlist = playlist;
    if (this.infoFile.value) body.infoFile = this.infoFile.value;
    if (this.userData.value) body.userData = this.userData.value;
    return body;
  }

  async submit() {
    const id = this.id.value;
    if (await attempt(`Dump ${id} was not started`, `Dump ${id} runs.`, () => this.sent.send("POST", this.url, this.body))) {
      this.id.value = this.freeId() === id ? `${id}-2` : this.freeId();
      this.suggestPaths();
      handOver(keyOf(this.view.path, id), this.sent);
      select("dump", ...this.view.names, id);
    }
  }
}

/** The address of an action of OME's API on an input stream. */
export function actionAddress(input, action) {
  return `${address("v1", "vhosts", input.vhost, "apps", input.app, "streams", input.name)}:${action}`;
}
