/* A dump as a time line: segments of each track as bars on the media's time, updates of playlists as ticks, faults as marks. */

import { bytes, el, mediaTime, say, set, timeOfDay } from "./dom.js";

const SCALES = [0.25, 0.5, 1, 2, 5, 10, 20, 40, 80];
const FIRST_SCALE = 5;
const SPARE_PX = 300;
const MARGIN_S = 3;
const LABELLED_PX = 50;
const NEAR_END_PX = 60;

export class Timeline {
  constructor() {
    this.scaleIndex = FIRST_SCALE;
    this.lanes = new Map();
    this.content = el("div", { class: "timeline-content" });
    this.scroller = el("div", { class: "timeline-scroller", tabindex: "0", role: "group", "aria-label": "Time line of the dump" }, this.content);
    this.scroller.onscroll = () => this.schedule();
    this.labels = el("div", { class: "timeline-labels", "aria-hidden": "true" });
    this.summary = el("p", { class: "soft" });
    this.detail = el("p", { class: "timeline-detail", role: "status" }, "Point at a bar, or read the list of files below.");
    const zoom = (by, name, label) => el("button", { type: "button", class: "quiet", "aria-label": label, onclick: () => this.zoom(by) }, name);
    const buttons = el("span", { class: "timeline-zoom" }, zoom(-1, "−", "Zoom out"), zoom(1, "+", "Zoom in"));
    const head = el("div", { class: "panel-head" }, el("h3", {}, "Time line"), this.summary, buttons);
    this.element = el("div", { class: "timeline" }, head, el("div", { class: "timeline-body" }, this.labels, this.scroller), this.detail);
    new ResizeObserver(() => this.schedule()).observe(this.scroller);
    this.content.onpointerover = (event) => this.pointAt(event.target.closest("[data-says]"));
  }

  get scale() {
    return SCALES[this.scaleIndex];
  }

  zoom(by) {
    const middle = (this.scroller.scrollLeft + this.scroller.clientWidth / 2) / this.scale;
    this.scaleIndex = Math.min(SCALES.length - 1, Math.max(0, this.scaleIndex + by));
    this.resize();
    this.scroller.scrollLeft = middle * this.scale - this.scroller.clientWidth / 2;
    this.draw();
  }

  /** Show what a dump has written; `faults` are marks with `atMs` and a text. */
  update(data, faults) {
    const isAtEnd = this.scroller.scrollLeft + this.scroller.clientWidth > this.scroller.scrollWidth - NEAR_END_PX;
    const bars = [...data.segments.values()].filter((item) => item.beginsMs !== undefined).sort((a, b) => a.beginsMs - b.beginsMs);
    this.beginMs = Math.floor((bars[0]?.beginsMs ?? data.items[0]?.atMs ?? 0) / 1000) * 1000;
    const lastBar = bars.reduce((end, item) => Math.max(end, item.beginsMs + item.lastsMs), this.beginMs);
    this.endMs = Math.max(lastBar, data.items.at(-1)?.atMs ?? 0, ...faults.map((each) => each.atMs)) + MARGIN_S * 1000;
    const rows = data.dump.tracks.map((track) => ({
      key: `track-${track.id}`,
      name: `${track.id} ${track.kind}`,
      kind: `track ${track.kind}`,
      marks: bars.filter((item) => item.track === track.id).map(barOf),
    }));
    rows.push({ key: "lists", name: "playlists", kind: "lists", marks: data.lists.map(tickOf) });
    if (faults.length || this.lanes.has("faults")) rows.push({ key: "faults", name: "faults", kind: "fault-marks", marks: faults.map(faultOf) });
    this.setLanes(rows);
    this.resize();
    const total = bars.reduce((sum, item) => sum + (item.size ?? 0), 0);
    say(this.summary, `${bars.length} segments, ${bytes(total)}, ${mediaTime(lastBar - this.beginMs)} of media`);
    if (isAtEnd) this.scroller.scrollLeft = this.scroller.scrollWidth;
    this.draw();
  }

  setLanes(rows) {
    for (const row of rows) {
      let lane = this.lanes.get(row.key);
      if (!lane) {
        lane = { nodes: new Map(), element: el("div", { class: `lane ${row.kind}` }) };
        this.lanes.set(row.key, lane);
        this.content.append(lane.element);
        this.labels.append(el("div", { class: `lane-label ${row.kind}` }, row.name));
      }
      lane.marks = row.marks;
    }
    if (!this.axis) {
      this.axis = { nodes: new Map(), marks: [], element: el("div", { class: "lane axis" }) };
      this.content.append(this.axis.element);
    } else if (this.content.lastChild !== this.axis.element) this.content.append(this.axis.element);
  }

  resize() {
    this.content.style.width = `${Math.max(1, ((this.endMs - this.beginMs) / 1000) * this.scale)}px`;
  }

  schedule() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    if (this.beginMs === undefined) return;
    const { scrollLeft, clientWidth } = this.scroller;
    const fromMs = this.beginMs + ((scrollLeft - SPARE_PX) / this.scale) * 1000;
    const toMs = this.beginMs + ((scrollLeft + clientWidth + SPARE_PX) / this.scale) * 1000;
    for (const lane of this.lanes.values()) this.drawLane(lane, fromMs, toMs);
    this.axis.marks = axisMarks(Math.max(this.beginMs, fromMs), Math.min(this.endMs, toMs), this.scale);
    this.drawLane(this.axis, fromMs, toMs);
  }

  drawLane(lane, fromMs, toMs) {
    const nodes = new Map();
    for (let index = firstFrom(lane.marks, fromMs); index < lane.marks.length && lane.marks[index].fromMs <= toMs; index++) {
      const mark = lane.marks[index];
      const node = lane.nodes.get(mark.key) ?? el("div");
      if (!node.parentNode) lane.element.append(node);
      nodes.set(mark.key, node);
      this.place(node, mark);
    }
    for (const [key, node] of lane.nodes) if (!nodes.has(key)) node.remove();
    lane.nodes = nodes;
  }

  place(node, mark) {
    const width = Math.max(2, ((mark.toMs - mark.fromMs) / 1000) * this.scale - (mark.toMs > mark.fromMs ? 1 : 0));
    set(node, { class: mark.kind, "data-says": mark.says, title: mark.says || null });
    node.style.transform = `translateX(${((mark.fromMs - this.beginMs) / 1000) * this.scale}px)`;
    node.style.width = mark.toMs > mark.fromMs ? `${width}px` : "";
    say(node, width >= LABELLED_PX || mark.isLabelled ? mark.label : "");
  }

  pointAt(node) {
    if (node?.dataset.says) say(this.detail, node.dataset.says);
  }
}

function barOf(item) {
  const isMissing = item.size === null;
  const state = isMissing ? "missing" : item.isComplete ? "" : "open";
  const size = isMissing ? "not on disk" : bytes(item.size);
  const span = `${mediaTime(item.beginsMs)} to ${mediaTime(item.beginsMs + item.lastsMs)}`;
  const says = `${item.file}: ${span}, ${size}, written ${timeOfDay(item.at)}${item.isComplete ? "" : ", still growing"}`;
  return { key: item.file, fromMs: item.beginsMs, toMs: item.beginsMs + item.lastsMs, kind: `bar ${state}`, label: isMissing ? "missing" : size, says };
}

function tickOf(item) {
  const says = `${item.file}: ${item.kind === "playlist" ? "master playlist" : "chunklist"} written ${timeOfDay(item.at)}`;
  return { key: item.seq, fromMs: item.atMs, toMs: item.atMs, kind: `tick ${item.kind}`, label: "", says };
}

function faultOf(fault, index) {
  return { key: index, fromMs: fault.atMs, toMs: fault.atMs, kind: "fault", label: "!", isLabelled: true, says: fault.says };
}

function axisMarks(fromMs, toMs, scale) {
  const stepS = [1, 2, 5, 10, 30, 60, 120, 300, 600].find((step) => step * scale >= 70) ?? 1800;
  const marks = [];
  for (let second = Math.ceil(fromMs / 1000 / stepS) * stepS; second * 1000 <= toMs; second += stepS) {
    marks.push({ key: second, fromMs: second * 1000, toMs: second * 1000, kind: "axis-mark", label: mediaTime(second * 1000, 0), isLabelled: true, says: "" });
  }
  return marks;
}

/** The first mark that reaches beyond a time; marks are in order, and none is longer than a few of its neighbours. */
function firstFrom(marks, fromMs) {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[middle].toMs < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
