// The page in headless Chromium: OME_MOCK_CLOCK=real ../with-ome-mock npm test
import assert from "node:assert";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import puppeteer from "puppeteer-core";

const { OME_LLHLS_URL, CHROMIUM = "/usr/bin/chromium" } = process.env;
const TYPES = { html: "text/html", js: "text/javascript" };
const WITHIN = { timeout: 60_000 };
let browser, pages;

before(async () => {
  pages = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const file = await readFile(`.${pathname}`).catch(() => null);
    response.writeHead(file ? 200 : 404, { "Content-Type": TYPES[pathname.split(".").pop()] ?? "text/plain" }).end(file);
  });
  await new Promise((listening) => pages.listen(0, "127.0.0.1", listening));
  browser = await puppeteer.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"] });
});

after(async () => {
  await browser?.close();
  pages.close();
});

async function open(stream) {
  const page = await browser.newPage();
  const source = encodeURIComponent(`${OME_LLHLS_URL}/app/${stream}/llhls.m3u8`);
  await page.goto(`http://127.0.0.1:${pages.address().port}/index.html?src=${source}`);
  return page;
}

const says = (page, text) => page.waitForFunction((text) => document.querySelector("#state").textContent.startsWith(text), WITHIN, text);

test("a live stream plays", async () => {
  const page = await open("stream");
  await says(page, "playing");
  await page.waitForFunction(() => document.querySelector("video").currentTime > 1, WITHIN);
  assert.ok(await page.$eval("video", (video) => video.videoWidth) > 0);
});

test("a stream that is not there is told", async () => {
  await says(await open("nobody"), "nobody is live");
});
