/* A list of rows of one height, of which only those in sight are elements: ten thousand are as smooth as ten. */

import { el, set } from "./dom.js";

const SPARE_ROWS = 6;
let lists = 0;

export class WindowedList {
  /**
   * `render(item)` makes a row's content; a row is made anew only where the item's `version` has changed. Items have a `key`.
   * `keepsPlace` has the rows in sight stay where they are when others come before them.
   */
  constructor({ label, role = "listbox", rowRole = "option", rowHeight, render, onActivate = () => {}, onKey = () => false, keepsPlace = false }) {
    Object.assign(this, { rowRole, rowHeight, render, onActivate, onKey, keepsPlace });
    this.id = `list-${++lists}`;
    this.items = [];
    this.rows = new Map();
    this.activeKey = null;
    this.selectedKey = null;
    this.inner = el("div", { class: "window-rows", role: "presentation" });
    this.element = el("div", { class: "window", role, tabindex: "0", "aria-label": label }, this.inner);
    this.element.onscroll = () => this.schedule();
    this.element.onkeydown = (event) => this.keydown(event);
    this.element.onclick = (event) => this.click(event);
    new ResizeObserver(() => this.schedule()).observe(this.element);
  }

  update(items) {
    const top = this.element.scrollTop;
    const first = Math.floor(top / this.rowHeight);
    const anchor = this.keepsPlace && top > this.rowHeight ? this.items[first]?.key : null;
    this.items = items;
    this.inner.style.height = `${items.length * this.rowHeight}px`;
    if (anchor) {
      const index = items.findIndex((item) => item.key === anchor);
      if (index > first) this.element.scrollTop = top + (index - first) * this.rowHeight;
    }
    this.draw();
  }

  select(key) {
    if (key !== this.selectedKey) this.activeKey = key ?? this.activeKey;
    this.selectedKey = key;
    this.draw();
  }

  schedule() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    const { scrollTop, clientHeight } = this.element;
    const first = Math.max(0, Math.floor(scrollTop / this.rowHeight) - SPARE_ROWS);
    const last = Math.min(this.items.length, Math.ceil((scrollTop + clientHeight) / this.rowHeight) + SPARE_ROWS);
    const rows = new Map();
    for (let index = first; index < last; index++) {
      const item = this.items[index];
      rows.set(item.key, this.row(item, index));
    }
    for (const [key, row] of this.rows) if (!rows.has(key)) row.remove();
    this.rows = rows;
    let place = this.inner.firstChild;
    for (const row of rows.values()) {
      if (row === place) place = place.nextSibling;
      else this.inner.insertBefore(row, place);
    }
    const active = rows.get(this.activeKey);
    set(this.element, { "aria-activedescendant": active ? active.id : null });
  }

  row(item, index) {
    let row = this.rows.get(item.key);
    if (!row) {
      row = el("div", { class: "row", role: this.rowRole, id: `${this.id}-${(this.made = (this.made ?? 0) + 1)}` });
      row.key = item.key;
    }
    if (row.version !== item.version) {
      row.version = item.version;
      row.replaceChildren(...[this.render(item)].flat());
    }
    row.style.transform = `translateY(${index * this.rowHeight}px)`;
    set(row, {
      "aria-setsize": this.items.length,
      "aria-posinset": index + 1,
      "aria-selected": String(item.key === this.selectedKey),
      "data-active": item.key === this.activeKey,
      ...item.attributes,
    });
    return row;
  }

  click(event) {
    const row = event.target.closest(".row");
    const item = row && this.items.find((each) => each.key === row.key);
    if (item) this.activate(item, event);
  }

  activate(item, event) {
    this.activeKey = item.key;
    this.onActivate(item, event);
    this.draw();
  }

  keydown(event) {
    const index = Math.max(0, this.items.findIndex((item) => item.key === this.activeKey));
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in steps && this.items.length) {
      const isNew = this.activeKey === null || !this.items.some((item) => item.key === this.activeKey);
      this.move(isNew && event.key === "ArrowDown" ? 0 : Math.min(this.items.length - 1, Math.max(0, index + steps[event.key])));
    } else if ((event.key === "Enter" || event.key === " ") && this.items[index]) this.activate(this.items[index], event);
    else if (!this.onKey(event, this.items[index])) return;
    event.preventDefault();
  }

  move(index) {
    this.activeKey = this.items[index].key;
    const top = index * this.rowHeight;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.rowHeight > scrollTop + clientHeight) this.element.scrollTop = top + this.rowHeight - clientHeight;
    this.draw();
  }
}
