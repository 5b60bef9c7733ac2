// npm run bench: builds, then runs every measurement in a separate process and prints it beside its goal.
//   node bench/index.mjs [--accuracy]
// --accuracy adds those that take many minutes: word error rate, and OpenAI's own results token for token.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { accuracy: { type: "boolean", default: false } } });
const root = fileURLToPath(new URL("../", import.meta.url));
const shared = fileURLToPath(new URL("../../shared/", import.meta.url));

section("building", "scripts/build.mjs");
section("getting base", "bin/whisper-vulkan", "pull", "base");
section("the best device, warm", "bench/latency.mjs", "--device", "auto");
section("CPU, 2 threads, warm", "bench/latency.mjs", "--device", "cpu", "--threads", "2", "--runs", "5");
section("CPU, beside faster-whisper", "bench/versus.mjs", "--threads", "2");
section("memory", "bench/memory.mjs", "--device", "cpu");
section("event loop, CPU", "bench/event-loop.mjs", "--device", "cpu");
section("event loop, best device", "bench/event-loop.mjs", "--device", "auto");
section("a process of its own", "bench/own-process.mjs");
if (values.accuracy) {
  section("word error rate", "bench/word-error-rate.mjs", "--goal", "12.79");
  const results = `${shared}reference/data/openai-base.jsonl.gz`;
  if (existsSync(results)) section("beside OpenAI", "bench/openai-parity.mjs", results, `${shared}speech`);
  else console.log(`\n== beside OpenAI\nits results are not there: ${results}`);
}

/** Runs one measurement. A failure is reported and does not stop the others. */
function section(what, ...args) {
  console.log(`\n== ${what}`);
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status === 0) return;
  console.log(`FAILED: node ${args.join(" ")}`);
  process.exitCode = 1;
}
