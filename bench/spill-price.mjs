// Whether the predicted cost of a spill is right: base with less and less of the device's own memory; how much longer a window of 200 tokens
// takes, how much the plan predicted, and whether the text stays the same.
//   node bench/spill-price.mjs [--device auto] [--model base] [--limits 100,60,30,0] [--runs 5] [RECORDING]
// Limits in MB. Build first (npm run build).
import { parseArgs } from "node:util";
import { openVulkan } from "../dist/backend/vulkan/index.js";
import { Whisper } from "../dist/index.js";
import { openModel, pull } from "../dist/model/index.js";
import { DeviceNetwork } from "../dist/network/device-network.js";
import { options, recording as spoken } from "./recording.mjs";
import { median } from "./statistics.mjs";

const nTokens = 200;
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    device: { type: "string", default: "auto" },
    model: { type: "string", default: "base" },
    limits: { type: "string", default: "100,60,30,0" },
    runs: { type: "string", default: "5" },
  },
});
const [recording = spoken] = positionals;
const path = await pull(values.model);
/** Measured at the first spill, for all that follow. */
const bandwidths = new Map();

const free = await window(null);
console.log(`${free.device}; ${values.model}; a window of ${nTokens} tokens takes ${free.ms.toFixed(1)} ms`);
console.log("limit MB  spilled MB   +ms measured  +ms predicted  predicted/measured  text");
for (const limit of values.limits.split(",").map(Number)) {
  const { ms, plan, text } = await window(limit * 1e6);
  const measuredMs = ms - free.ms;
  const predictedMs = plan.extraSeconds * 1000;
  const columns = [limit, plan.spilledBytes / 1e6, measuredMs, predictedMs, predictedMs / measuredMs];
  const widths = [8, 11, 14, 14, 19];
  const digits = [0, 1, 1, 1, 2];
  const cells = columns.map((value, i) => value.toFixed(digits[i]).padStart(widths[i]));
  console.log(`${cells.join(" ")}  ${text === free.text ? "the same" : `OTHER: ${text}`}`);
}
for (const [device, { hostBytesPerSecond, deviceBytesPerSecond }] of bandwidths)
  console.log(
    `${device}: ${(hostBytesPerSecond / 1e9).toFixed(1)} GB/s from the host's memory, ` +
      `${(deviceBytesPerSecond / 1e9).toFixed(0)} GB/s from its own`,
  );

/** Median time of one window, the plan, and the text of a recording, all with the same limit. */
async function window(vramLimitBytes) {
  const limit = vramLimitBytes === null ? {} : { vramLimitBytes };
  const backend = await openVulkan(values.device, { memory: limit, bandwidths });
  const model = await openModel(path);
  const network = await DeviceNetwork.load(model, backend);
  const { nMels } = model.dimensions;
  const mel = Float32Array.from({ length: 3000 * nMels }, (_, i) => Math.sin(i));
  const times = [];
  for (let run = 0; run <= Number(values.runs); run++) {
    const start = performance.now();
    await network.encode(mel);
    for (let position = 0; position < nTokens; position++)
      await network.decode([{ tokens: [50258], position, logitsAt: [0] }]);
    times.push(performance.now() - start);
  }
  const plan = network.memoryPlan();
  const { device } = backend.describe();
  await network.dispose();
  await backend.dispose();
  await model.close();
  const whisper = await Whisper.load(path, { device: values.device, ...limit });
  const { text } = await whisper.transcribe(recording, options);
  await whisper.dispose();
  return { device, ms: median(times.slice(1)), plan, text };
}
