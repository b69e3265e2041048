/* Elements of the page. Text is always put in as text, never as HTML. */

/** An element with attributes, listeners (`onclick`) and properties (`value`, `checked`, `disabled`, `hidden`), and its children. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  set(element, attributes);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Set attributes, of which null takes one away; what is set already is left alone. */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element[name] = value;
    else if (["value", "checked", "disabled", "hidden"].includes(name)) {
      if (element[name] !== value) element[name] = value;
    } else if (value === null || value === false) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? "" : value);
  }
  return element;
}

/** Put a text in, unless it is there. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
  return element;
}

let fields = 0;

/** A labelled field: its row, and the control in it. */
export function field(label, control, hint = "") {
  control.id ||= `field-${++fields}`;
  const hinted = hint ? el("small", { id: `${control.id}-hint` }, hint) : null;
  if (hinted) control.setAttribute("aria-describedby", hinted.id);
  return el("div", { class: "field" }, el("label", { for: control.id }, label), control, hinted);
}

export function checkbox(label, control) {
  control.id ||= `field-${++fields}`;
  return el("div", { class: "check" }, control, el("label", { for: control.id }, label));
}

/** A button that copies a text, and says so. */
export function copyButton(label, text) {
  const button = el("button", { type: "button", class: "quiet" }, label);
  button.onclick = async () => {
    const copied = await copy(typeof text === "function" ? text() : text);
    say(button, copied ? "Copied" : "Press Ctrl+C");
    setTimeout(() => say(button, label), 1500);
  };
  return button;
}

/** Copy a text. Browsers have a clipboard only for pages of this machine or over TLS; elsewhere a selected field stands in for it. */
async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      /* the browser refuses it, as without focus */
    }
  }
  const area = el("textarea", { class: "offscreen", "aria-hidden": "true", value: text });
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}

const UNITS = ["B", "kB", "MB", "GB"];

/** A number of bytes in words, such as `33.5 kB`. */
export function bytes(size) {
  let power = 0;
  while (size >= 1000 && power < UNITS.length - 1) {
    size /= 1000;
    power++;
  }
  return `${power && size < 100 ? size.toFixed(1) : Math.round(size)} ${UNITS[power]}`;
}

/** The time of day of an instant as the emulator writes it, in its own zone. */
export function timeOfDay(instant) {
  return instant.slice(11, 23);
}

/** Seconds of media as minutes and seconds, such as `1:03.2`. */
export function mediaTime(milliseconds, digits = 1) {
  const seconds = Math.max(0, milliseconds) / 1000;
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds - 60 * minutes).toFixed(digits).padStart(digits ? 3 + digits : 2, "0");
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}
