// The cost of running the engine in its own process: the same recording in both ways, alternating, and the transfer of its
// windows there and back, measured with a process that answers at once.
//   node bench/own-process.mjs [--device cpu] [--threads 2] [--model base] [--runs 7]      (build first: npm run build)
import childProcess from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { openAudio } from "../dist/audio/index.js";
import { OwnProcessEngine } from "../dist/engine/process/own-process-engine.js";
import { Whisper } from "../dist/index.js";
import { options, recording } from "./recording.mjs";
import { median } from "./statistics.mjs";

const { values } = parseArgs({
  options: {
    device: { type: "string", default: "cpu" },
    threads: { type: "string", default: "2" },
    model: { type: "string", default: "base" },
    runs: { type: "string", default: "7" },
  },
});
const nRuns = Number(values.runs);
const samples = await samplesOf(recording);

const loaded = {};
for (const process of ["same", "own"])
  loaded[process] = await timed(() =>
    Whisper.load(values.model, { device: values.device, threads: Number(values.threads), process }),
  );
const { same, own } = { same: loaded.same.result, own: loaded.own.result };
const times = { same: [], own: [] };
for (let run = -1; run < nRuns; run++)
  for (const [name, whisper] of Object.entries({ same, own })) {
    const { ms } = await timed(() => whisper.transcribe(samples, options));
    if (run >= 0) times[name].push(ms); // the first one warms up
  }
const differences = times.own.map((ms, run) => ms - times.same[run]);
await own.dispose();
await same.dispose();

console.log(`${same.device.device}; ${values.model}; ${(samples.length / 16000).toFixed(1)} s of speech`);
print("loading, in this process", loaded.same.ms);
print("loading, in a process of its own", loaded.own.ms);
print("samples to text, in this process", median(times.same));
print("samples to text, in a process of its own", median(times.own));
print("  difference of neighbouring runs, median", median(differences));
print("  way there and back, median", median(await waysThereAndBack()), "   (goal: below 5)");

/** Milliseconds of every recognise() of a process that has nothing to do. */
async function waysThereAndBack() {
  const folder = mkdtempSync(join(tmpdir(), "own-process-bench-"));
  const dist = (path) => JSON.stringify(new URL(`../dist/${path}`, import.meta.url));
  const idle = join(folder, "idle.mjs");
  writeFileSync(
    idle,
    `import { LocalEngine } from ${dist("engine/local-engine.js")};
    const { recognise } = LocalEngine.prototype;
    let first;
    LocalEngine.prototype.recognise = function (...args) { return (first ??= recognise.apply(this, args)); };
    await import(${dist("engine/process/child.js")});`,
  );
  const { fork } = childProcess;
  childProcess.fork = (_, args, forkOptions) => fork(pathToFileURL(idle), args, forkOptions);
  syncBuiltinESMExports();
  const ways = [];
  const { recognise } = OwnProcessEngine.prototype;
  OwnProcessEngine.prototype.recognise = async function (...args) {
    const { result, ms } = await timed(() => recognise.apply(this, args));
    ways.push(ms);
    return result;
  };
  const whisper = await Whisper.load(values.model, { device: "cpu", threads: 2, process: "own" });
  for (let run = 0; run < 5 * nRuns; run++) await whisper.transcribe(samples, options);
  await whisper.dispose();
  rmSync(folder, { recursive: true });
  return ways.slice(nRuns); // warm
}

async function timed(work) {
  const start = performance.now();
  const result = await work();
  return { result, ms: performance.now() - start };
}

/** A recording as 16 kHz mono samples. */
async function samplesOf(path) {
  const audio = await openAudio(path);
  const pieces = [];
  for await (const piece of audio) pieces.push(...piece);
  await audio.dispose();
  return Float32Array.from(pieces);
}

function print(what, ms, remark = "") {
  console.log(`  ${what.padEnd(44)} ${ms.toFixed(2).padStart(10)} ms${remark}`);
}
