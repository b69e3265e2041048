// The steps are in run.sh, which .ci/action tries; GitHub lets only JavaScript have one at the end of a job.
const { spawnSync } = require("node:child_process");

const step = process.env.STATE_step || "start";
const ended = spawnSync("bash", [`${__dirname}/run.sh`, step], { stdio: "inherit" });
process.exitCode = ended.status ?? 1;
