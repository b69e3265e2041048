/* The clock: what it shows, and buttons that turn a manual one. */

import { address, ask } from "./api.js";
import { el, say, set } from "./dom.js";
import { announce, complain } from "./notices.js";
import { inputStreams, nowMs, state, subscribe } from "./state.js";

const STEPS = [1, 10, 60];
const EVERY_MS = 100;

export function clockPanel() {
  const date = el("span", { class: "clock-date" });
  const time = el("time", { class: "clock-time" });
  const kind = el("span", { class: "chip" });
  const seconds = el("input", { type: "number", min: "0", step: "any", value: "30", "aria-label": "Seconds to turn the clock" });
  const form = el("form", { class: "clock-form" }, seconds, el("button", { type: "submit" }, "Turn"));
  form.onsubmit = (event) => {
    event.preventDefault();
    turn({ seconds: Number(seconds.value) });
  };
  const steps = STEPS.map((step) => el("button", { type: "button", onclick: () => turn({ seconds: step }) }, `+${step} s`));
  const next = el("button", { type: "button", title: "To the end of the next segments of the first stream", onclick: () => turnToSegment() }, "Next segment");
  const buttons = el("div", { class: "clock-buttons", role: "group", "aria-label": "Turn the clock" }, steps, next, form);
  const show = () => {
    if (!state.clock) return;
    const isManual = state.clock.kind === "manual";
    const instant = shown(nowMs());
    say(date, instant.slice(0, 10));
    say(time, instant.slice(11, isManual ? 23 : 21));
    set(time, { datetime: instant.slice(0, 23) });
    say(kind, isManual ? "manual clock" : state.clock.rate === 1 ? "real clock" : `${state.clock.rate}x real time`);
    set(buttons, { hidden: !isManual });
  };
  subscribe(["clock"], show);
  setInterval(show, EVERY_MS);
  return el("section", { class: "clock", "aria-label": "Clock" }, el("div", { class: "clock-face" }, date, time, kind), buttons);
}

/** An instant as the emulator writes it, in its own zone, whatever the browser's is. */
function shown(milliseconds) {
  const zone = /([+-])(\d\d):?(\d\d)$/.exec(state.clock.now);
  const minutes = zone ? (zone[1] === "-" ? -1 : 1) * (60 * Number(zone[2]) + Number(zone[3])) : 0;
  return new Date(milliseconds + minutes * 60000).toISOString();
}

async function turn(body) {
  try {
    const { now } = await ask("POST", address("_mock", "clock", "advance"), body);
    announce(`The clock shows ${now.slice(11, 23)}.`);
  } catch (error) {
    complain("The clock was not turned", error);
  }
}

function turnToSegment() {
  const [stream] = inputStreams();
  if (stream) turn({ untilSegment: stream.path });
  else complain("The clock was not turned", new Error("No encoder is connected, so no segment ends."));
}
