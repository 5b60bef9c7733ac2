// A few cells of the matrix with base itself and its real weights: on each card the same text as on the CPU, and in the
// memory that was planned.
//   node bench/gpu-memory/base.mjs DEVICE                                                              (build first)
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planMemory, Whisper } from "../../dist/index.js";
import { cardNamed, vary } from "../../dist/memory/simulate/index.js";
import { options, recording } from "../recording.mjs";
import { inACell } from "./table.mjs";

const device = process.argv[2] ?? "0";
const cells = [
  ["amd-rx5700xt-windows", "nothing"],
  ["amd-rx5700xt-windows", "95-percent-taken"],
  ["nvidia-rebar", "64-mib-free"],
  ["intel-igpu-anv-nonllc", "32-mib-pieces"],
  ["apple-silicon-moltenvk", "64-mib-free"],
];
const folder = mkdtempSync(join(tmpdir(), "gpu-memory-bench-"));
const { text: expected } = await hear({ device: "cpu", threads: 2 });
for (const [name, variation] of cells) {
  const simulate = join(folder, `${name}.json`);
  const card = vary(await cardNamed(name), variation);
  writeFileSync(simulate, JSON.stringify(card));
  const planned = await planMemory("base", { simulate: card });
  const { text, plan } = await hear({ device, simulate });
  const right = text === expected && plan.verdict === planned.verdict;
  if (!right) process.exitCode = 1;
  const remark = right ? "" : ` !  planned: ${inACell(planned)}; heard ${JSON.stringify(text)}`;
  console.log(`${name.padEnd(26)} ${variation.padEnd(18)} ${inACell(plan)}${remark}`);
}
rmSync(folder, { recursive: true });

async function hear(where) {
  const whisper = await Whisper.load("base", where);
  const { text } = await whisper.transcribe(recording, options);
  const plan = whisper.memoryPlan() ?? { verdict: "refused" };
  await whisper.dispose();
  return { text, plan };
}
