// The longest time for which the event loop stood still, while loading and while transcribing, and after warming up.
//   node bench/event-loop.mjs [--device cpu] [--threads 2] [--model base]             (build first: npm run build)
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { Whisper } from "../dist/index.js";
import { options, recording } from "./recording.mjs";

const { values } = parseArgs({
  options: {
    device: { type: "string", default: "cpu" },
    threads: { type: "string", default: "2" },
    model: { type: "string", default: "base" },
  },
});
const delays = monitorEventLoopDelay({ resolution: 1 });
await new Promise((resolve) => setTimeout(resolve, 50));
console.log("longest time the event loop stood still (aim: 50 ms)");
const whisper = await watched("loading", () =>
  Whisper.load(values.model, { device: values.device, threads: Number(values.threads) }),
);
for (const what of ["transcribing, first", "transcribing, again"])
  await watched(what, () => whisper.transcribe(recording, options));
await whisper.dispose();

async function watched(what, work) {
  delays.enable();
  delays.reset();
  const result = await work();
  await new Promise((resolve) => setTimeout(resolve, 5)); // so that the last gap is counted
  delays.disable();
  console.log(`  ${what.padEnd(24)} ${(delays.max / 1e6).toFixed(1).padStart(8)} ms`);
  return result;
}
