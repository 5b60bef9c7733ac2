// Memory of this process: what loading takes beyond what the device holds, and the peak of loading and transcribing.
//   node bench/memory.mjs [--device cpu] [--threads 2] [--model base]          (Linux; build first: npm run build)
import { readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { Whisper } from "../dist/index.js";
import { pull, resolveModel } from "../dist/model/index.js";
import { options, recording } from "./recording.mjs";

const { values } = parseArgs({
  options: {
    device: { type: "string", default: "cpu" },
    threads: { type: "string", default: "2" },
    model: { type: "string", default: "base" },
  },
});
const mebibyte = 2 ** 20;
const choice = await resolveModel(values.model);
const path = choice.kind === "file" ? choice.path : await pull(choice.model.name);
const before = residentBytes("VmRSS");
const whisper = await Whisper.load(values.model, { device: values.device, threads: Number(values.threads) });
const held = whisper.memory().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
const loaded = residentBytes("VmHWM");
await whisper.transcribe(recording, options);
const peak = residentBytes("VmHWM");
console.log(`${values.model} on ${whisper.device.device}, resident memory in MiB`);
console.log(`  the program before loading            ${inMebibytes(before)}`);
console.log(`  what the device holds                 ${inMebibytes(held)}`);
// on the CPU the device's memory is the process's own: the weights, which are as large as their file; caches and scratch
// are not touched before the first window. A GPU's memory that the process can see counts in full.
const beyond = loaded - before - (whisper.device.kind === "cpu" ? statSync(path).size : 0);
console.log(`  loading, beyond the weights held      ${inMebibytes(beyond)}   (goal: below 150)`);
console.log(`  peak, loading and transcribing        ${inMebibytes(peak)}   (goal: below 700)`);
await whisper.dispose();

function residentBytes(field) {
  const line = readFileSync("/proc/self/status", "utf8").match(new RegExp(`^${field}:\\s+(\\d+) kB`, "m"));
  return Number(line[1]) * 1024;
}

function inMebibytes(bytes) {
  return (bytes / mebibyte).toFixed(0).padStart(6);
}
