// The memory layer's share of a transcription with base: its calls are timed from outside, less what the driver takes to
// allocate. In the order of deciding: what the programs need, placing, and before each window whether anything can move back.
//   node bench/gpu-memory/share.mjs [DEVICE]                                                           (build first)
import { VulkanBackend } from "../../dist/backend/vulkan/index.js";
import { VulkanStorage } from "../../dist/backend/vulkan/storage.js";
import { VulkanMemory } from "../../dist/backend/vulkan/vulkan-memory.js";
import { Whisper } from "../../dist/index.js";
import { options, recording } from "../recording.mjs";

const device = process.argv[2] ?? "auto";
const spent = { loading: 0, windows: 0, driver: 0 };
let depth = 0;
timed(VulkanBackend.prototype, "manifest", "loading");
timed(VulkanBackend.prototype, "allocate", "loading");
timed(VulkanStorage.prototype, "promote", "windows");
timed(VulkanMemory.prototype, "allocate", "driver");

const started = performance.now();
const whisper = await Whisper.load("base", { device });
const loaded = performance.now();
await whisper.transcribe(recording, options);
const cold = performance.now();
spent.windows = 0;
await whisper.transcribe(recording, options);
const warm = performance.now() - cold;
const opening = loaded - started;
const isGpu = whisper.device.kind === "vulkan";
console.log(`base on ${whisper.device.device}`);
await whisper.dispose();
if (isGpu) {
  const loading = spent.loading - spent.driver;
  print("opening the model", loading, opening);
  print("transcribing, warm", spent.windows, warm);
  print("both", loading + spent.windows, opening + warm, "   (goal: below 1 %)");
} else console.log("  memory is the system's own here: there is no layer");

function print(what, ms, ofMs, remark = "") {
  const share = ((100 * ms) / ofMs).toFixed(3);
  console.log(
    `  ${what.padEnd(20)} ${ms.toFixed(2).padStart(8)} ms of ${ofMs.toFixed(0).padStart(6)} ms, ${share} %${remark}`,
  );
}

/** Counts how long a method takes, what it waits for included; a call within another one is that one's. */
function timed(prototype, name, to) {
  const method = prototype[name];
  prototype[name] = function (...parameters) {
    if (to !== "driver" && depth > 0) return method.apply(this, parameters);
    const start = performance.now();
    if (to !== "driver") depth++;
    const done = () => {
      if (to !== "driver") depth--;
      spent[to] += performance.now() - start;
    };
    const result = method.apply(this, parameters);
    if (!(result instanceof Promise)) {
      done();
      return result;
    }
    return result.finally(done);
  };
}
