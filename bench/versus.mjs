// A recording from file to text on the CPU, ours and faster-whisper in turns, so that a busy machine slows both alike.
//   node bench/versus.mjs [--threads 2] [--pairs 5] [--compute-type float32]          (build first: npm run build)
import { parseArgs } from "node:util";
import { Whisper } from "../dist/index.js";
import { startFasterWhisper } from "./faster-whisper.mjs";
import { options, recording } from "./recording.mjs";
import { median } from "./statistics.mjs";

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    pairs: { type: "string", default: "5" },
    "compute-type": { type: "string", default: "float32" },
  },
});
const threads = Number(values.threads);
const computeType = values["compute-type"];
const peer = await startFasterWhisper({ file: recording, threads, computeType }).catch((error) => {
  console.log(`faster-whisper is not there to compare with: ${error.message}`);
  return null;
});
const whisper = await Whisper.load("base", { device: "cpu", threads });
const ours = [];
const theirs = [];
for (let pair = -1; pair < Number(values.pairs); pair++) {
  const start = performance.now();
  const { text } = await whisper.transcribe(recording, options);
  const seconds = (performance.now() - start) / 1000;
  const other = await peer?.run();
  // its idle threads spin for a while
  await new Promise((resolve) => setTimeout(resolve, 300));
  if (pair < 0) {
    console.log(`ours:          ${text.trim()}`);
    if (other) console.log(`faster-whisper:${other.text}`);
    continue; // the first runs warm both up
  }
  ours.push(seconds);
  if (other) theirs.push(other.seconds);
}
peer?.stop();
await whisper.dispose();
console.log(
  `base, ${threads} threads, greedy, file to text: ours ${median(ours).toFixed(2)} s (median of ${ours.length})`,
);
if (theirs.length) {
  const ratios = ours.map((seconds, i) => seconds / theirs[i]);
  console.log(
    `faster-whisper ${computeType}: ${median(theirs).toFixed(2)} s; ours takes ${median(ratios).toFixed(2)} times that (goal: at most 3.3)`,
  );
}
