/* Faults: a form made of each fault's fields, what is left of those that are armed, and what has fired. */

import { address, ask, curl } from "./api.js";
import { copyButton, el, field, say, set, timeOfDay } from "./dom.js";
import { complain, notify } from "./notices.js";
import { state, subscribe } from "./state.js";

const MOST_FIRED = 50;
const FAMILIES = { request: "requests", write: "writes of files", stream: "encoders", callback: "callbacks", push: "pushes" };

class Faults {
  constructor() {
    this.kind = el("select", { onchange: () => this.choose() });
    this.does = el("p", { class: "soft" });
    this.own = el("div", { class: "fields" });
    this.common = el("div", { class: "fields" });
    this.form = el(
      "form",
      { class: "form" },
      field("Fault", this.kind),
      this.does,
      this.own,
      el("details", {}, el("summary", {}, "When, how often, by what chance"), this.common),
      el("div", { class: "actions" }, el("button", { type: "submit", class: "primary" }, "Arm"), copyButton("Copy as curl", () => curl("POST", address("_mock", "faults"), this.fault))),
    );
    this.form.onsubmit = (event) => {
      event.preventDefault();
      this.arm();
    };
    this.armed = el("ul", { class: "plain" });
    this.nothingArmed = el("p", { class: "soft" }, "No fault is armed: everything goes well. Arm one above, and see what your client makes of it.");
    this.fired = el("ul", { class: "plain" });
    this.firedTitle = el("h3", {}, "Fired");
    this.nothingFired = el("p", { class: "soft" }, "Nothing has fired yet.");
    this.clear = el("button", { type: "button", class: "quiet", onclick: () => this.disarm() }, "Disarm all");
    this.element = el(
      "section",
      { class: "panel faults", "aria-label": "Faults" },
      el("h2", {}, "Faults"),
      this.form,
      el("div", { class: "panel-head" }, el("h3", {}, "Armed"), this.clear),
      this.nothingArmed,
      this.armed,
      this.firedTitle,
      this.nothingFired,
      this.fired,
    );
    subscribe(["faults"], () => this.update());
    this.update();
  }

  /** Fetch the kinds of faults when the form is first seen. */
  async load() {
    if (this.kinds) return;
    this.kinds = [];
    try {
      this.kinds = await ask("GET", address("_mock", "faults", "kinds"));
    } catch (error) {
      this.kinds = null;
      complain("The kinds of faults were not read", error);
      return;
    }
    const groups = Object.entries(FAMILIES).map(([of, label]) => {
      const options = this.kinds.filter((kind) => kind.of === of).map((kind) => el("option", { value: kind.fault }, words(kind.fault)));
      return el("optgroup", { label }, options);
    });
    this.kind.replaceChildren(...groups);
    this.choose();
  }

  choose() {
    const kind = this.kinds.find((each) => each.fault === this.kind.value);
    say(this.does, kind.does);
    this.inputs = kind.fields.map((each) => [each, inputFor(each)]);
    const fieldsOf = (isCommon) => this.inputs.filter(([each]) => each.isCommon === isCommon).map(([each, input]) => field(words(each.name), input, each.rule ? `it ${each.rule}` : ""));
    this.own.replaceChildren(...fieldsOf(false));
    this.common.replaceChildren(...fieldsOf(true));
  }

  /** The fault as the form has it, without what is as by default. */
  get fault() {
    const fault = { fault: this.kind.value };
    for (const [each, input] of this.inputs) {
      const value = valueOf(each, input);
      if (value !== each.default) fault[each.name] = value;
    }
    return fault;
  }

  async arm() {
    const { fault } = this;
    try {
      await ask("POST", address("_mock", "faults"), fault);
      notify(`${words(fault.fault)} is armed.`);
    } catch (error) {
      complain("The fault was not armed", error);
    }
  }

  async disarm(number) {
    try {
      await ask("DELETE", number ? address("_mock", "faults", number) : address("_mock", "faults"));
      notify(number ? "The fault is disarmed." : "Every fault is disarmed.");
    } catch (error) {
      complain("It was not disarmed", error);
    }
  }

  update() {
    const { armed, fired, firedCount } = state.faults;
    this.nothingArmed.hidden = armed.length > 0;
    this.nothingFired.hidden = fired.length > 0;
    set(this.clear, { hidden: armed.length + fired.length === 0 });
    say(this.firedTitle, firedCount ? `Fired (${firedCount})` : "Fired");
    this.armed.replaceChildren(...armed.map((each) => this.armedLine(each)));
    this.fired.replaceChildren(...fired.slice(0, MOST_FIRED).map(firedLine));
  }

  armedLine({ number, fault, left }) {
    const button = el("button", { type: "button", "aria-label": `Disarm ${words(fault.fault)}`, onclick: () => this.disarm(number) }, "Disarm");
    const often = left === null ? "every time" : left === 1 ? "once more" : `${left} times more`;
    return el("li", { class: "line" }, el("span", { class: "name" }, words(fault.fault)), el("span", { class: "soft grow" }, fieldsOf(fault)), el("span", { class: "chip" }, often), button);
  }
}

function firedLine({ fault, at, event }) {
  return el("li", { class: "line" }, el("span", { class: "at" }, timeOfDay(at)), el("span", { class: "name" }, words(fault.fault)), el("span", { class: "soft grow", title: event }, event));
}

function fieldsOf({ fault, ...rest }) {
  return Object.entries(rest).map(([name, value]) => `${words(name)} ${value}`).join(", ");
}

/** A name in camel case as words, such as `disk full`. */
function words(name) {
  return name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

function inputFor({ type, default: initial, isRequired }) {
  const inputs = {
    boolean: () => el("input", { type: "checkbox", checked: Boolean(initial) }),
    string: () => el("input", { type: "text", value: initial ?? "", required: isRequired, autocomplete: "off", spellcheck: "false" }),
  };
  const number = () => el("input", { type: "number", step: type.startsWith("integer") ? "1" : "any", value: initial ?? "", required: isRequired, placeholder: initial === null ? "none" : "" });
  return (inputs[type] ?? number)();
}

function valueOf({ type, default: initial }, input) {
  if (type === "boolean") return input.checked;
  if (type === "string") return input.value;
  return input.value === "" ? (type.includes("null") ? null : initial) : Number(input.value);
}

/** The panel with its form loaded once it is seen. */
export function lazyFaults() {
  const faults = new Faults();
  new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && faults.load()).observe(faults.element);
  return faults.element;
}
