// Times of the Vulkan kernels at the sizes of a model, with random weights: every distinct step of encoder and
// decoder by itself, then whole windows and tokens, transfers included. Build first (npm run build).
//   node bench/vulkan-kernels.mjs [--device 0] [--model base] [--tokens 1] [--steps encoder,decoder] [--runs 20]
import { parseArgs } from "node:util";
import { kernelDevice } from "../dist/backend/vulkan/device-report.js";
import { openVulkan } from "../dist/backend/vulkan/index.js";
import { chooseVariant } from "../dist/backend/vulkan/plan.js";
import { modelNamed } from "../dist/model/index.js";
import { controlInput, decoderProgram } from "../dist/network/decoder.js";
import { DeviceNetwork } from "../dist/network/device-network.js";
import { encoderProgram, windowFrames } from "../dist/network/encoder.js";
import { describeWeights } from "../dist/network/tensors.js";
import { elementSizeBytes } from "../dist/ops/tensor.js";
import { vulkanKernels } from "../dist/ops/vulkan-kernels.js";

const { values } = parseArgs({
  options: {
    device: { type: "string", default: "0" },
    model: { type: "string", default: "base" },
    tokens: { type: "string", default: "1" },
    steps: { type: "string", default: "encoder,decoder" },
    runs: { type: "string", default: "20" },
  },
});
const nRuns = Number(values.runs);
const { dimensions } = modelNamed(values.model);
const { weights, sources } = describeWeights(dimensions, "f16");
const opened = performance.now();
const backend = await openVulkan(values.device);
console.log(`${backend.describe().device}, ${backend.describe().details}`);
console.log(`opened in ${ms(performance.now() - opened)}`);

const shape = { nRows: 1, nTokens: Number(values.tokens), nSelect: 1, nAudio: 1 };
const programs = {
  encoder: encoderProgram(dimensions, weights, 1),
  decoder: decoderProgram(dimensions, weights, shape),
};
const storage = await backend.allocate(backend.manifest(Object.values(programs)));
await storage.write(
  controlInput(dimensions, shape),
  0,
  new Uint8Array(Int32Array.of(100, shape.nTokens, 0, 1).buffer),
);
for (const { tensor } of sources)
  await storage.write(tensor, 0, randomBytes(tensor.type, count(tensor.shape)));
for (const name of values.steps.split(",").filter(Boolean)) await profile(name, programs[name]);
await storage.dispose();
await wholeNetwork();
await backend.dispose();

/** Each distinct step repeated within one submission, so that submitting weighs little. */
async function profile(name, program) {
  const distinct = new Map();
  for (const step of program.steps) {
    const key = describe(step);
    const known = distinct.get(key) ?? { step, n: 0 };
    distinct.set(key, { ...known, n: known.n + 1 });
  }
  const submitMs = await medianMs({ name: "empty", steps: [program.steps.at(-2)] });
  const whole = await medianMs(program);
  console.log(
    `\n${name}: ${program.steps.length} steps, ${ms(whole)} (one small step alone: ${ms(submitMs)})`,
  );
  let sum = 0;
  for (const [key, { step, n }] of distinct) {
    const once = await medianMs({ name: key, steps: [step] });
    const nRepeats = Math.max(2, Math.min(50, Math.ceil(20 / Math.max(once, 0.01))));
    const repeated = await medianMs({ name: key, steps: Array(nRepeats).fill(step) });
    const each = (repeated - once) / (nRepeats - 1);
    sum += each * n;
    const rate = flopsOf(step) / each / 1e6;
    const { name: variant } = chooseVariant(vulkanKernels, step, kernelDevice(backend.report));
    const columns = [`${n} x`.padStart(5), `${(each * 1000).toFixed(1)} us`.padStart(12)];
    console.log(`${columns.join("")}${`${rate.toFixed(0)} GFLOP/s`.padStart(15)}  ${key} (${variant})`);
  }
  console.log(`sum of steps: ${ms(sum)}`);
}

async function medianMs(program) {
  const executable = await backend.compile(program, storage);
  const times = [];
  const start = performance.now();
  for (let i = 0; i < nRuns && (i < 3 || performance.now() - start < 3000); i++) {
    const before = performance.now();
    await executable.run();
    times.push(performance.now() - before);
  }
  executable.dispose();
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** Through the same class as the recogniser. */
async function wholeNetwork() {
  const tensors = new Map();
  for (const { tensor, parts, layout } of sources) {
    const [nOut, nIn] = tensor.shape;
    const partShape =
      layout === "taps outward"
        ? [nOut, nIn / 3, 3]
        : [tensor.shape[0] / parts.length, ...tensor.shape.slice(1)];
    const sizeBytes = count(partShape) * elementSizeBytes[tensor.type];
    for (const part of parts) if (part) tensors.set(part, { type: tensor.type, shape: partShape, sizeBytes });
  }
  const model = {
    path: "random",
    dimensions,
    tensors,
    read: async (entry, _, into) =>
      into.set(randomBytes(entry.type, into.length / elementSizeBytes[entry.type])),
  };
  let start = performance.now();
  const network = await DeviceNetwork.load(model, backend);
  console.log(`\nrandom model loaded in ${ms(performance.now() - start)}`);
  const mel = new Float32Array(randomBytes("f32", windowFrames * dimensions.nMels).buffer);
  const timed = async (what, work) => {
    const times = [];
    start = performance.now();
    for (let i = 0; i < nRuns && (i < 3 || performance.now() - start < 10_000); i++) {
      const before = performance.now();
      await work(i);
      times.push(performance.now() - before);
    }
    const [first] = times;
    times.sort((a, b) => a - b);
    console.log(`${what}: first ${ms(first)}, median ${ms(times[times.length >> 1])}, least ${ms(times[0])}`);
  };
  await timed("encode a window", () => network.encode(mel));
  const prompt = (n) => ({ tokens: Array(n).fill(440), position: 0, logitsAt: [n - 1] });
  await timed("a prompt of 4 tokens", () => network.decode([prompt(4)]));
  await timed("a prompt of 200 tokens", () => network.decode([prompt(200)]));
  await timed("a token", (i) => network.decode([{ tokens: [440], position: 4 + (i % 400), logitsAt: [0] }]));
  for (const { what, where, sizeBytes } of network.memory())
    console.log(`${what}: ${(sizeBytes / 2 ** 20).toFixed(1)} MiB in ${where}`);
  await network.dispose();
}

function describe(step) {
  const tensors = { linear: () => `${step.nRows} x ${step.nIn} -> ${step.nOut}` };
  return `${step.op} ${tensors[step.op]?.() ?? ""}${step.activation === "gelu" ? " gelu" : ""}${step.accumulate ? " added" : ""}`;
}

function flopsOf(step) {
  switch (step.op) {
    case "linear":
      return 2 * step.nBatch * step.nRows * step.nIn * step.nOut;
    case "encoderAttention":
      return 4 * step.nBatch * step.nPositions ** 2 * step.nState;
    case "crossAttention":
      return 4 * step.nRows * step.nTokens * step.nPositions * step.nState;
    default:
      return 0;
  }
}

function count(sizes) {
  return sizes.reduce((a, b) => a * b, 1);
}

/** Values of about a thirtieth, as weights have them; the same 64 KiB again and again. */
function randomBytes(type, n) {
  const bytes = new Uint8Array(Math.ceil((n * elementSizeBytes[type]) / 4) * 4);
  let state = 1;
  const seed = Array.from({ length: 16384 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
  // f16: sign, then an exponent that gives 0.03 to 0.06, then any mantissa
  const block =
    type === "f16"
      ? new Uint16Array(seed.map((x) => (x < 0 ? 0x8000 : 0) | 0x2800 | (Math.abs(x * 2048) & 0x3ff)))
      : new Float32Array(seed.map((x) => x / 8));
  const source = new Uint8Array(block.buffer);
  for (let at = 0; at < bytes.length; at += source.length)
    bytes.set(source.subarray(0, Math.min(source.length, bytes.length - at)), at);
  return bytes;
}

function ms(value) {
  return value < 100 ? `${value.toFixed(2)} ms` : `${value.toFixed(0)} ms`;
}
