import { readdirSync, readFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { Recorder } from "./recorder";

const { OME_URL = "", OME_ACCESS_TOKEN = "", OME_DUMPS = "" } = process.env;

/** Asks the emulator itself for something: a turn of its clock, a fault, a reset. */
async function control(path: string, body: object = {}): Promise<void> {
  const headers = { Authorization: `Basic ${btoa(OME_ACCESS_TOKEN)}` };
  const answer = await fetch(`${OME_URL}/_mock/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  expect(answer.ok, await answer.text()).toBe(true);
}

beforeEach(() => control("reset"));

test("a minute is recorded", async () => {
  const recorder = new Recorder(OME_URL, OME_ACCESS_TOKEN);
  const directory = `${OME_DUMPS}/minute`;
  await recorder.start("d1", directory);
  await control("clock/advance", { seconds: 60 });
  await recorder.stop("d1");
  const listed = readFileSync(`${directory}.info`, "utf8");
  expect(listed).toContain("<Status>Completed</Status>");
  expect(readdirSync(directory).filter((name) => name.startsWith("seg_0_"))).toHaveLength(10);
});

test("start is tried again when the server fails", async () => {
  await control("faults", { fault: "status", status: 500, route: ":startHlsDump", times: 2 });
  await new Recorder(OME_URL, OME_ACCESS_TOKEN).start("d2", `${OME_DUMPS}/again`);
});

test("a refusal is told in the words of the server", async () => {
  const recorder = new Recorder(OME_URL, OME_ACCESS_TOKEN, "nobody");
  await expect(recorder.start("d3", `${OME_DUMPS}/nobody`)).rejects.toThrow("Could not find the stream");
});
