// How long a warm model takes from samples to text, and its parts: opening the model, log-mel, encoding, one
// decoder step, the rest of the host's work. Medians over the runs.
//   node bench/latency.mjs [--device auto] [--model base] [--threads N] [--runs 9] [RECORDING]
// Build first (npm run build).
import { parseArgs } from "node:util";
import { LogMel, openAudio } from "../dist/audio/index.js";
import { Whisper } from "../dist/index.js";
import { DeviceNetwork } from "../dist/network/device-network.js";
import { recording as spoken } from "./recording.mjs";
import { median } from "./statistics.mjs";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    device: { type: "string", default: "auto" },
    model: { type: "string", default: "base" },
    threads: { type: "string" },
    runs: { type: "string", default: "9" },
  },
});
const [recording = spoken] = positionals;
const nRuns = Number(values.runs);

/** Milliseconds of each call since the last clear(). */
const calls = { mel: [], encode: [], step: [], prompt: [] };
timeCalls(LogMel, "open", () => calls.mel);
timeCalls(DeviceNetwork.prototype, "encode", () => calls.encode);
timeCalls(DeviceNetwork.prototype, "decode", ([rows]) =>
  rows[0].tokens.length === 1 ? calls.step : calls.prompt,
);

const samples = await samplesOf(recording);
const openStart = performance.now();
const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };
const whisper = await Whisper.load(values.model, { device: values.device, ...threads });
const openMs = performance.now() - openStart;
const firstStart = performance.now();
const { text } = await whisper.transcribe(samples, { language: "en", temperature: 0 });
const firstMs = performance.now() - firstStart;
clearCalls();
const totals = [];
const hostMs = [];
for (let i = 0; i < nRuns; i++) {
  const before = sum(Object.values(calls).flat());
  const start = performance.now();
  await whisper.transcribe(samples, { language: "en", temperature: 0 });
  totals.push(performance.now() - start);
  hostMs.push(totals.at(-1) - (sum(Object.values(calls).flat()) - before));
}
console.log(`${whisper.device.device}; ${values.model}; ${(samples.length / 16000).toFixed(1)} s of speech`);
console.log(text.trim());
const rows = {
  "opening the model": openMs,
  "samples to text, first": firstMs,
  "samples to text, warm": median(totals),
  "  encoding a window": median(calls.encode),
  "  a prompt": median(calls.prompt),
  "  a token": median(calls.step),
  "  log-mel": median(calls.mel),
  "  the rest (filters, sampling, text)": median(hostMs),
};
for (const [what, ms] of Object.entries(rows))
  console.log(`${what.padEnd(36)} ${ms.toFixed(2).padStart(10)} ms`);
console.log(
  `tokens a run: ${calls.step.length / nRuns}; slowest warm run: ${Math.max(...totals).toFixed(1)} ms`,
);
await whisper.dispose();

function timeCalls(owner, name, bucketOf) {
  const original = owner[name];
  owner[name] = async function (...args) {
    const start = performance.now();
    try {
      return await original.apply(this, args);
    } finally {
      bucketOf(args).push(performance.now() - start);
    }
  };
}

function clearCalls() {
  for (const times of Object.values(calls)) times.length = 0;
}

/** A recording as 16 kHz mono samples. */
async function samplesOf(path) {
  const audio = await openAudio(path);
  const pieces = [];
  for await (const piece of audio) pieces.push(piece.slice());
  await audio.dispose();
  return Float32Array.from(pieces.flatMap((piece) => [...piece]));
}

function sum(times) {
  return times.reduce((total, ms) => total + ms, 0);
}
