// Every method of ovenmediaengine-ts-sdk, each with a good and a bad call, against the server of the command line:
//   node client.mjs URL TOKEN DIALECT
// Prints a table, and says what was not as it should be; exit code 1 if anything was.

import sdk from "ovenmediaengine-ts-sdk";
import { describe, isAbsent, isCount, isEmpty, isNumber, isPositive, isText, isTime, isTruth, mismatch } from "./shapes.mjs";

const [url, token, dialect] = process.argv.slice(2);
const isDocs = dialect === "docs";
const OvenMediaEngineSDK = sdk.default;
const client = clientWith(token), stranger = clientWith("somebody");
const rows = [], failures = [];

const OK = { message: "OK", statusCode: 200, response: isAbsent };
const CREATED = { message: "Created", statusCode: 201, response: isAbsent };
const named = (...outputs) => (isDocs ? ok(outputs) : OK);
const ok = (response) => ({ message: "OK", statusCode: 200, response });

const TRACK_RATES = { bitrate: isCount, bitrateConf: isCount, bitrateAvg: isCount, bitrateLatest: isCount };
const TIMEBASE = { num: 1, den: isPositive };
const VIDEO = {
  id: isCount, name: isText, type: "Video",
  video: {
    bypass: isTruth, codec: "H264", width: isPositive, height: isPositive, maxWidth: isPositive, maxHeight: isPositive,
    framerate: isPositive, framerateConf: isNumber, maxFramerate: isNumber, framerateAvg: isNumber, framerateLatest: isNumber,
    keyFrameInterval: isNumber, deltaFramesSinceLastKeyFrame: isCount, hasBframes: isTruth, timebase: TIMEBASE, ...TRACK_RATES,
  },
};
const AUDIO = {
  id: isCount, name: isText, type: "Audio",
  audio: { bypass: isTruth, codec: "AAC", samplerate: isPositive, channel: isPositive, timebase: TIMEBASE, ...TRACK_RATES },
};
const DATA = { id: isCount, name: isText, type: "Data", data: { codec: isText } };
const TRAFFIC = {
  createdTime: isTime, lastUpdatedTime: isTime, lastRecvTime: isTime, lastSentTime: isTime, maxTotalConnectionTime: isTime,
  totalBytesIn: isCount, totalBytesOut: isCount, avgThroughputIn: isCount, avgThroughputOut: isCount, maxThroughputIn: isCount,
  maxThroughputOut: isCount, lastThroughputIn: isCount, lastThroughputOut: isCount, totalConnections: isCount, maxTotalConnections: isCount,
  connections: {
    file: isCount, hlsv3: isCount, llhls: isCount, ovt: isCount, push: isCount, srt: isCount, thumbnail: isCount, webrtc: isCount,
  },
};
const RECORD = {
  id: "r", state: isText, isConfig: false, vhost: "made", app: "live", stream: { name: "camera", trackIds: isEmpty, variantNames: isEmpty },
  createdTime: isTime, segmentationRule: "discontinuity",
};
const PUSH = {
  id: "p", state: isText, isConfig: false, vhost: "made", app: "live", stream: { name: "camera", trackIds: isEmpty, variantNames: isEmpty },
  protocol: "rtmp", url: "rtmp://elsewhere.example/live", streamKey: "key", createdTime: isTime, startTime: isTime, finishTime: isTime,
  sentBytes: isCount, sentTime: isCount, totalsentBytes: isCount, totalsentTime: isCount, sequence: isCount,
};
const PROFILE = {
  name: "low", outputStreamName: "${OriginStreamName}_low",
  encodes: {
    videos: [{ name: "video", codec: "h264", bitrate: 200000, width: 320, height: 180, framerate: 15 }],
    audios: [{ name: "audio", bypass: true }],
  },
};

// What the world's Server.xml says is text; what this client said has the types that it gave
await check("getVirtualHosts", { good: [], expect: ok(["default"]), bad: [], badClient: stranger, status: 401, message: "[HTTP] Invalid credential (401)" });
await check("createVirtualHost", {
  good: [[{ name: "made", host: { names: ["made.example"] } }]],
  expect: [ok({ name: "made", host: { names: ["made.example"] } })],
  bad: [{ name: "other" }], status: 400, message: "Request body must be an array (400)",
});
await check("createVirtualHost", {
  note: "some", good: [[{ name: "other" }, { name: "made" }]], httpStatus: 207,
  expect: (data) => data.length === 2 && data[0].statusCode === 200 && data[1].statusCode === 409,
  bad: [[{ name: "made" }, { name: "made" }]], status: 409, message: isAbsent,
});
await check("getVirtualHost", {
  good: ["made"], expect: ok({ name: "made", applications: isAbsent }),
  bad: ["nobody"], status: 404, message: "Could not find the virtual host: [nobody] (404)",
});
await check("createApp", {
  good: ["made", [{ name: "live", type: "live", publishers: { llhls: { segmentDuration: 2 }, file: {}, push: {} } }]],
  expect: [ok({ name: "live", type: "live", dynamic: false, publishers: { llhls: { segmentDuration: 2 } }, outputProfiles: { outputProfile: [{ name: "default" }] } })],
  bad: ["default", []], status: 403, message: "The VirtualHost is read-only: [default] (403)",
});
await check("getApps", {
  good: ["made"], expect: ok(["live"]), bad: ["nobody"], status: 404, message: "Could not find the virtual host: [nobody] (404)",
});
await check("getApp", {
  note: "configured", good: ["default", "app"],
  expect: ok({ name: "app", dynamic: false, publishers: { llhls: { segmentDuration: "6", chunkDuration: "0.5", segmentCount: "10" } } }),
  bad: ["default", "nothing"], status: 404, message: "Could not find the application: [default/nothing] (404)",
});
await check("patchApp", {
  good: ["made", "live", { publishers: { llhls: { segmentCount: 4 } } }],
  expect: ok({ name: "live", publishers: { llhls: { segmentDuration: 2, segmentCount: 4 }, file: {}, push: {} } }),
  bad: ["made", "live", { name: "x" }], status: 400, message: "Cannot change [name] using this API (400)",
});
await check("createOutputProfile", {
  good: ["made", "live", [PROFILE]], expect: [ok(PROFILE)],
  bad: ["made", "live", [{ name: "x" }]], status: 400,
  message: 'Invalid request body: "name", "outputStreamName", "encodes" are required (400)',
});
await check("getOutputProfiles", {
  good: ["made", "live"], expect: ok(["default", "low"]),
  bad: ["made", "nothing"], status: 404, message: "Could not find the application: [made/nothing] (404)",
});
await check("getOutputProfile", {
  good: ["made", "live", "low"], expect: ok(PROFILE),
  bad: ["made", "live", "high"], status: 404, message: "Could not find the output profile: [made/live/high] (404)",
});
await check("createStream", {
  good: ["made", "live", { name: "camera", urls: ["rtsp://camera.example/1"], properties: { persistent: true } }], httpStatus: 201, expect: CREATED,
  bad: ["made", "live", { name: "x", urls: ["rtsp://nobody.invalid/1"] }], status: 502,
  message: `Could not pull the stream : ${url}/v1/vhosts/made/apps/live/streams (502)`,
});
await advance(20);
await check("getStreams", {
  good: ["made", "live"], expect: ok(["camera"]), bad: ["nobody", "live"], status: 404, message: "Could not find the virtual host: [nobody] (404)",
});
await check("getStream", {
  good: ["made", "live", "camera"],
  expect: ok({
    name: "camera",
    input: { createdTime: isTime, sourceType: "RtspPull", sourceUrl: "rtsp://camera.example/1", tracks: hasTracks },
    outputs: [{ name: isText, tracks: hasTracks, playlists: Array.isArray }],
  }),
  bad: ["made", "live", "nothing"], status: 404, message: "Could not find the stream: [made/live/nothing] (404)",
});
for (const [name, ...path] of [["VirtualHost", "made"], ["Application", "made", "live"], ["Stream", "made", "live", "camera"]]) {
  const method = `get${name}Statistics`, missing = [...path.slice(0, -1), "nothing"];
  await check(method, { good: path, expect: ok(TRAFFIC), bad: missing, status: 404, message: (text) => text.includes("Could not find the ") });
  await grows(method, path);
}
await check("sendEvent", {
  good: ["made", "live", "camera", { eventFormat: "id3v2", eventType: "video", events: [{ frameType: "TXXX", info: "a", data: "b" }] }], expect: OK,
  bad: ["made", "live", "camera", { eventFormat: "id3v2", events: [{ frameType: "APIC" }] }], status: 400, message: "frameType is not supported: [APIC] (400)",
});
await check("startDump", {
  good: ["made", "live", "camera", { outputStreamName: "camera", id: "d", outputPath: "/dumps/d", playlist: ["llhls.m3u8"], infoFile: "/dumps/d.info" }],
  expect: named("camera", "camera_low"),
  bad: ["made", "live", "camera", { outputStreamName: "camera", id: "d", outputPath: "/dumps/d" }], status: 500,
  message: "Could not start dump: [made/live/camera] (Duplicate ID) (500)",
});
await advance(10);
await check("stopDump", {
  good: ["made", "live", "camera", { outputStreamName: "camera", id: "d" }], expect: named("camera", "camera_low"),
  bad: ["made", "live", "camera", { outputStreamName: "camera", id: "e" }], status: 500,
  message: "Could not stop dump: [made/live/camera] (Could not find dump info) (500)",
});
const record = { id: "r", stream: { name: "camera" }, filePath: "/records/r.mp4", infoPath: "/records/r.xml" };
await check("startRecording", {
  good: ["made", "live", record], expect: ok(RECORD),
  bad: ["made", "live", record], status: 400, message: "Duplicate ID already exists (400)",
});
await advance(10);
await check("getRecordingState", {
  good: ["made", "live"],
  expect: ok([{ ...RECORD, state: "recording", recordBytes: isPositive, recordTime: isPositive, totalRecordBytes: isPositive, startTime: isTime }]),
  bad: ["made", "nothing"], status: 404, message: "Could not find the application: [made/nothing] (404)",
});
await check("stopRecording", {
  good: ["made", "live", { id: "r" }], expect: ok({ ...RECORD, state: "stopping", totalRecordTime: isPositive, finishTime: isAbsent }),
  bad: ["made", "live", { id: "r" }], status: 404, message: "There is no record information related to the ID [r] (404)",
});
const push = { id: "p", stream: { name: "camera" }, protocol: "rtmp", url: "rtmp://elsewhere.example/live", streamKey: "key" };
await check("startPushPublishing", {
  good: ["made", "live", push], expect: ok({ ...PUSH, state: "ready", finishTime: "1970-01-01T00:00:00.000+00:00" }),
  bad: ["made", "live", push], status: 400, message: "Duplicate ID (400)",
});
await advance(10);
await check("getPushPublishingState", {
  good: ["made", "live"], expect: ok([{ ...PUSH, state: "pushing", sentBytes: isPositive, sentTime: isPositive }]),
  bad: ["made", "nothing"], status: 404, message: "Could not find the application: [made/nothing] (404)",
});
await check("stopPushPublishing", {
  good: ["made", "live", { id: "p" }], expect: OK,
  bad: ["made", "live", { id: "p" }], status: 404, message: "Could not find id 'p': [made/live] (404)",
});
await check("deleteStream", {
  good: ["made", "live", "camera"], expect: OK,
  bad: ["made", "live", "camera"], status: 404, message: "Could not find the stream: [made/live/camera] (404)",
});
await check("deleteOutputProfile", {
  good: ["made", "live", "low"], expect: OK,
  bad: ["made", "live", "low"], status: 404, message: "Could not find the output profile: [made/live/low] (404)",
});
await check("deleteApp", {
  good: ["made", "live"], expect: OK, bad: ["default", "app"], status: 403, message: "The VirtualHost is read-only: [default] (403)",
});
await check("deleteVirtualHost", {
  good: ["made"], expect: OK, bad: ["made"], status: 404, message: "Could not find the virtual host: [made] (404)",
});
// These two send DELETE where OME has POST, so OME refuses them whatever they are given
await refuses("reloadAllCertificates", [], 404, "Controller not found (404)");
await refuses("reloadAllCertificate", ["default"], 404, "Could not find the virtual host: [default:reloadCertificate] (404)");

const untried = Object.getOwnPropertyNames(OvenMediaEngineSDK.prototype).filter(
  (name) => !["constructor", "setAuthorization", "setVersion"].includes(name) && !rows.some((row) => row.name === name),
);
failures.push(...untried.map((name) => `${name}: not tried`));
for (const row of rows) console.log(`${row.title.padEnd(36)} ${row.good}\n${" ".repeat(36)} ${row.bad}`);
for (const failure of failures) console.error(`FAILED ${failure}`);
console.log(`${new Set(rows.map((row) => row.name)).size} methods, ${failures.length} failures`);
process.exit(failures.length ? 1 : 0);

function clientWith(accessToken) {
  const made = new OvenMediaEngineSDK({ baseURL: url });
  made.setAuthorization(accessToken);
  made.setVersion("v1");
  return made;
}

async function check(name, { note, good, expect, httpStatus = 200, bad, badClient = client, status, message }) {
  const title = note ? `${name} (${note})` : name;
  const answer = await call(client, name, good), refusal = await call(badClient, name, bad);
  rows.push({ name, title, good: `${answer.status} ${describe(answer.data)}`, bad: said(refusal) });
  if (answer.status !== httpStatus) failures.push(`${title}: good call: ${said(answer)}`);
  else complain(title, mismatch(expect, answer.data));
  if (refusal.status !== status) failures.push(`${title}: bad call: ${said(refusal)}`);
  complain(title, mismatch(isText(message) ? inDialect(message) : message, refusal.data?.message));
}

async function refuses(name, given, status, message) {
  const answer = await call(client, name, given);
  rows.push({ name, title: name, good: "none: the client sends DELETE, OME has POST", bad: said(answer) });
  if (answer.status !== status) failures.push(`${name}: ${said(answer)}`);
  complain(name, mismatch(inDialect(message), answer.data?.message));
}

async function grows(method, path) {
  const before = (await call(client, method, path)).data.response;
  await advance(8);
  const after = (await call(client, method, path)).data.response;
  if (!(after.totalBytesIn > before.totalBytesIn)) failures.push(`${method}: totalBytesIn ${before.totalBytesIn}, then ${after.totalBytesIn}`);
  if (Date.parse(after.lastRecvTime) - Date.parse(before.lastRecvTime) !== 8000) failures.push(`${method}: lastRecvTime stands still`);
  if (after.createdTime !== before.createdTime) failures.push(`${method}: createdTime moves`);
  if (after.maxThroughputIn < before.maxThroughputIn) failures.push(`${method}: maxThroughputIn falls`);
}

function hasTracks(tracks) {
  const shapes = { Video: VIDEO, Audio: AUDIO, Data: DATA };
  const opus = (track) => track.audio?.codec === "OPUS"; // announced by the default profile, and not packaged: nothing is measured
  return Array.isArray(tracks) && tracks.length > 1 && tracks.every((track) => opus(track) || mismatch(shapes[track.type], track) === null);
}

/** A message of the documentation as the dialect says it: the engine has a prefix for all, and internal names of streams. */
function inDialect(message) {
  if (isDocs || message.startsWith("[HTTP] ")) return message;
  return `[HTTP] ${message.replace(/(the stream: \[)(\w+)\/(\w+)\//, "$1$2/#$2#$3/")}`;
}

/** Status and body of an answer, whether or not the client took it for an error. */
async function call(caller, name, given) {
  try {
    return await caller[name](...given);
  } catch (error) {
    return error.response ?? { status: 0, data: { message: String(error) } };
  }
}

async function advance(seconds) {
  const headers = { Authorization: `Basic ${Buffer.from(token).toString("base64")}` };
  const answer = await fetch(`${url}/_mock/clock/advance`, { method: "POST", headers, body: JSON.stringify({ seconds }) });
  if (!answer.ok) throw new Error(`the clock does not advance: ${answer.status}`);
}

function said(answer) {
  const text = Array.isArray(answer.data) ? answer.data.map((each) => each.message).join("; ") : answer.data?.message;
  return `${answer.status} ${text}`;
}

function complain(title, problem) {
  if (problem !== null) failures.push(`${title}: ${problem}`);
}
