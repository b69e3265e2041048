// Plays one playlist with hls.js in headless Chromium and prints what happened, as one line of JSON.
//
//     node hls_js.mjs CHROMIUM URL SECONDS live|switch|vod|texts
//
// live: low-latency mode for so many seconds. switch: another level is forced every few seconds. vod: to the end, however long.
// texts: as live, with the first subtitles shown; what was heard of ID3 tags and seen of subtitles is told too.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const [chromium, url, seconds, mode] = process.argv.slice(2);
const hlsJs = createRequire(import.meta.url).resolve("hls.js/dist/hls.js");

const pages = createServer((_, response) => response.setHeader("Content-Type", "text/html").end("<video muted></video>"));
await new Promise((listening) => pages.listen(0, "127.0.0.1", listening));

const browser = await puppeteer.launch({
  executablePath: chromium,
  protocolTimeout: 0, // playing takes as long as it takes
  args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
});
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${pages.address().port}/`);
  await page.addScriptTag({ path: hlsJs });
  const seen = await page.evaluate(play, url, Number(seconds), mode);
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
  pages.close();
}

async function play(url, seconds, mode) {
  const video = document.querySelector("video");
  const hls = new Hls({ lowLatencyMode: true });
  const shown = (track) => (track.kind === "metadata" ? [] : [...track.activeCues].map((cue) => cue.text));
  const seen = { unsupported: [], fatal: [], stalls: [], errors: [], parts: 0, fragments: 0, levels: [], tags: [], texts: [] };
  const codecs = [...(await (await fetch(url)).text()).matchAll(/CODECS="([^"]*)"/g)].map((match) => match[1]);
  seen.unsupported = codecs.filter((named) => !MediaSource.isTypeSupported(`video/mp4; codecs="${named}"`));
  if (codecs.length === seen.unsupported.length) return seen;
  hls.on(Hls.Events.ERROR, (_, error) => {
    const list = error.fatal ? seen.fatal : error.details === "bufferStalledError" ? seen.stalls : seen.errors;
    list.push(`${video.currentTime.toFixed(1)} s: ${error.details} ${error.reason ?? ""}`);
  });
  hls.on(Hls.Events.FRAG_PARSING_METADATA, (_, { samples }) => {
    for (const { data, pts } of samples) seen.tags.push([new TextDecoder().decode(data).replace(/[^ -~]+/g, " "), pts]);
  });
  hls.on(Hls.Events.FRAG_LOADED, (_, loaded) => (loaded.part ? seen.parts++ : seen.fragments++));
  hls.on(Hls.Events.LEVEL_SWITCHED, (_, switched) => seen.levels.push(switched.level));
  hls.loadSource(url);
  hls.attachMedia(video);
  await new Promise((parsed) => hls.once(Hls.Events.MANIFEST_PARSED, parsed));
  if (mode === "vod") video.playbackRate = 2;
  if (mode === "texts") {
    hls.subtitleDisplay = true;
    hls.subtitleTrack = 0;
    video.textTracks.addEventListener("addtrack", ({ track }) => track.addEventListener("cuechange", () => seen.texts.push(...shown(track))));
    for (const track of video.textTracks) track.addEventListener("cuechange", () => seen.texts.push(...shown(track)));
  }
  await video.play();
  const started = video.currentTime;
  const ended = new Promise((end) => video.addEventListener("ended", end));
  const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
  if (mode === "vod") {
    await Promise.race([ended, sleep(seconds * 1000)]);
  } else if (mode === "switch") {
    for (let passed = 0; passed < seconds; passed += 4) {
      hls.nextLevel = (passed / 4) % hls.levels.length;
      await sleep(4000);
    }
  } else {
    await sleep(seconds * 1000);
  }
  const quality = video.getVideoPlaybackQuality();
  return Object.assign(seen, {
    played: video.currentTime - started,
    duration: video.duration,
    ended: video.ended,
    latency: hls.latency,
    ahead: video.buffered.length ? video.buffered.end(video.buffered.length - 1) - video.currentTime : 0,
    target: hls.targetLatency,
    frames: quality.totalVideoFrames,
    dropped: quality.droppedVideoFrames,
    width: video.videoWidth,
  });
}
