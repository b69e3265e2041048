/* The view of one dump: its state, its time line, its player, its info file and its files. */

import { bytes, copyButton, el, mediaTime, say, set, timeOfDay } from "./dom.js";
import { curl } from "./api.js";
import { DumpData } from "./dump_data.js";
import { InfoFile } from "./info_file.js";
import { complain, notify } from "./notices.js";
import { Player } from "./player.js";
import { takeOver } from "./request_form.js";
import { select } from "./selection.js";
import { findOutput, keyOf, state, subscribe } from "./state.js";
import { Timeline } from "./timeline.js";
import { statusKind } from "./tree.js";
import { actionAddress } from "./views.js";
import { WindowedList } from "./windowed.js";

const KINDS = { segment: "segment", init: "init section", chunklist: "chunklist", playlist: "master playlist" };

export class DumpView {
  constructor([vhost, app, output, id]) {
    this.output = output;
    this.path = `${vhost}/${app}/${output}`;
    this.id = id;
    this.data = new DumpData(this.path, id, () => this.show(), (error) => this.fail(error));
    this.status = el("span", { class: "status" });
    this.stopButton = el("button", { type: "button", class: "danger", onclick: () => this.stop() }, "Stop");
    const upwards = el("button", { type: "button", class: "link", onclick: () => select("output", vhost, app, output) }, output);
    this.facts = el("p", { class: "soft facts-line" });
    this.timeline = new Timeline();
    this.info = new InfoFile();
    this.sent = takeOver(keyOf(this.path, id));
    this.files = this.fileList();
    this.playing = el("div");
    this.playButton = el("button", { type: "button", onclick: () => this.play() }, "Play");
    this.playNote = el("p", { class: "soft" }, "Plays what is on disk so far, as VOD.");
    this.element = el("div", { class: "view dump-view" }, this.head(upwards), this.timelinePanel(), this.columns(), this.filePanel());
    this.end = subscribe(["dumps", "faults"], () => this.update());
    this.update();
  }

  head(upwards) {
    const kind = el("p", { class: "kind" }, "dump of ", upwards);
    const actions = el("div", { class: "actions" }, this.status, this.stopButton, copyButton("Copy stop as curl", () => this.stopLine()));
    return el("header", { class: "view-head" }, el("div", {}, kind, el("h2", { tabindex: "-1" }, this.id), this.facts), actions);
  }

  timelinePanel() {
    return el("section", { class: "panel", "aria-label": "Time line" }, this.timeline.element, this.sent.element);
  }

  columns() {
    const player = el(
      "section",
      { class: "panel" },
      el("div", { class: "panel-head" }, el("h3", {}, "Player"), this.playButton),
      this.playNote,
      this.playing,
    );
    return el("div", { class: "columns" }, player, el("section", { class: "panel" }, this.info.element));
  }

  filePanel() {
    this.fileCount = el("h3", {}, "Writes");
    return el("section", { class: "panel" }, this.fileCount, this.files.element);
  }

  fileList() {
    return new WindowedList({
      label: "Writes of the dump, newest first",
      rowHeight: 28,
      keepsPlace: true,
      render: (item) => [
        el("span", { class: "at" }, timeOfDay(item.at)),
        el("span", { class: "name", title: item.file }, item.file),
        el("span", { class: "soft" }, [KINDS[item.kind], item.beginsMs === undefined ? "" : mediaTime(item.beginsMs), item.size ? bytes(item.size) : ""].filter(Boolean).join(" · ")),
      ],
    });
  }

  update() {
    const row = state.dumps.get(keyOf(this.path, this.id));
    set(this.stopButton, { disabled: !row?.enabled });
    say(this.status, row ? row.status : "forgotten");
    set(this.status, { class: `status ${row ? statusKind(row) : ""}` });
    if (!row) {
      say(this.facts, "There is no such dump any more: a reset forgot it, or it has not been started.");
      return;
    }
    const known = `${row.items} ${row.status}`;
    if (this.known !== known) {
      this.known = known;
      this.data.refresh();
    } else if (this.data.dump && this.firedCount !== state.faults.firedCount) this.show();
  }

  show() {
    const { data } = this;
    if (!data.dump) return;
    this.firedCount = state.faults.firedCount;
    const user = data.dump.userData ? ` · user data ${data.dump.userData}` : "";
    say(this.facts, `${data.dump.outputPath}${user}`);
    this.timeline.update(data, this.faults());
    say(this.fileCount, `Writes (${data.items.length})`);
    this.files.update(data.items.toReversed());
    set(this.playButton, { disabled: !data.playlist });
    this.info.update(data).catch((error) => complain("The info file was not read", error));
  }

  /** The faults that fired at this dump's writes, where the write is, or else at the instant of the clock. */
  faults() {
    const mine = ` of dump ${this.id} of ${this.path}`;
    const { items } = this.data;
    if (!items.length) return [];
    const place = ({ at }, file) => {
      const spoilt = items.findLast((item) => item.file.endsWith(file) && item.at <= at);
      return spoilt?.atMs ?? items[0].atMs + Date.parse(at) - Date.parse(items[0].at);
    };
    const marks = state.faults.fired
      .filter((fired) => fired.event.endsWith(mine))
      .map((fired) => [fired, fired.event.slice(0, -mine.length)])
      .map(([fired, file]) => ({ atMs: place(fired, file), says: `${fired.fault.fault}: ${file}, ${timeOfDay(fired.at)}` }));
    return marks.sort((a, b) => a.atMs - b.atMs);
  }

  get stopBody() {
    return { outputStreamName: this.output, id: this.id };
  }

  stopLine() {
    const input = findOutput(this.path)?.input;
    return input ? curl("POST", actionAddress(input, "stopHlsDump"), this.stopBody) : "";
  }

  async stop() {
    try {
      await this.sent.send("POST", actionAddress(findOutput(this.path).input, "stopHlsDump"), this.stopBody);
      notify(`Dump ${this.id} was stopped.`);
    } catch (error) {
      complain(`Dump ${this.id} was not stopped`, error);
    }
  }

  play() {
    this.player?.close();
    this.player = new Player(`Dump ${this.id}`, this.data.playlist);
    this.playing.replaceChildren(this.player.element);
    this.playNote.hidden = true;
    say(this.playButton, "Play again");
  }

  fail(error) {
    if (state.dumps.has(keyOf(this.path, this.id))) complain(`Dump ${this.id} was not read`, error);
  }

  close() {
    this.data.close();
    this.player?.close();
    this.end();
  }
}
