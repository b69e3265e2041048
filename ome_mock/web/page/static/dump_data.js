/* What one dump has written, fetched piece by piece as the events tell that there is more. */

import { address, ask } from "./api.js";

const REST_MS = 250;

export class DumpData {
  /** Calls `onChange` when there is more, `onFail` with an error. */
  constructor(stream, id, onChange, onFail) {
    this.address = address("_mock", "dumps", ...stream.split("/"), id);
    this.onChange = onChange;
    this.onFail = onFail;
    this.dump = null;
    this.items = [];
    this.segments = new Map();
    this.lists = [];
  }

  /** Fetch what is new, unless that is being done; then once more. */
  async refresh() {
    if (this.isBusy) {
      this.isStale = true;
      return;
    }
    this.isBusy = true;
    try {
      do {
        this.isStale = false;
        await this.fetchRest();
        await new Promise((resolve) => setTimeout(resolve, REST_MS));
      } while (this.isStale && !this.isClosed);
    } catch (error) {
      if (!this.isClosed) this.onFail(error);
    } finally {
      this.isBusy = false;
    }
  }

  async fetchRest() {
    do {
      const url = `${this.address}?from=${this.items.length}`;
      const dump = await ask("GET", url);
      if (this.isClosed) return;
      if (dump.count < this.items.length) this.forget();
      else this.take(dump);
    } while (this.items.length < this.dump?.count);
    this.onChange();
  }

  take(dump) {
    const { items, ...rest } = dump;
    this.dump = rest;
    for (const item of items) {
      this.items.push(Object.assign(item, { key: item.seq, version: item.seq }));
      if (item.kind === "segment") this.segments.set(item.file, item);
      else if (item.kind !== "init") this.lists.push(item);
    }
  }

  /** Another dump has taken the id: begin anew. */
  forget() {
    this.items = [];
    this.segments.clear();
    this.lists = [];
    this.isStale = true;
    this.dump = null;
  }

  file(name) {
    return `${this.address}/files/${name.split("/").map(encodeURIComponent).join("/")}`;
  }

  get infoFile() {
    return `${this.address}/info-file`;
  }

  /** The playlist to play: the first master playlist, or else the first chunklist. */
  get playlist() {
    const found = this.lists.find((item) => item.kind === "playlist") ?? this.lists[0];
    return found ? this.file(found.file) : null;
  }

  close() {
    this.isClosed = true;
  }
}
