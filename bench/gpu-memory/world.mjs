// The world: plans for the 18,708 devices of shared/reference/data/devices.jsonl.gz, with all free, 95 % taken and 64 MiB
// free, each compared with the oracle. Every core takes its share of the devices.
//   node bench/gpu-memory/world.mjs [N]          N: only so many of them, evenly spread
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const nParts = availableParallelism();
const startedAt = performance.now();
let nDone = 0;
const counts = new Map();
const wrong = [];
await Promise.all(Array.from({ length: nParts }, (_, part) => share(part)));
if (nDone === 0) console.log("the table of devices is absent");
for (const [row, { device, spill, refused }] of [...counts].sort())
  console.log(`${row.padEnd(24)} device ${device}, spill ${spill}, CPU ${refused}`);
const nPlans = [...counts.values()].reduce(
  (n, { device, spill, refused }) => n + device + spill + refused,
  0,
);
console.log(`${nDone} devices, ${nPlans} plans, ${wrong.length} disagreements with the oracle`);
for (const what of wrong.slice(0, 50)) console.log(`  ${what}`);
if (wrong.length > 0) process.exitCode = 1;

/** One core's share, in a separate process that reports the result of each device. */
function share(part) {
  const args = [part, nParts, ...process.argv.slice(2, 3)].map(String);
  const child = fork(fileURLToPath(new URL("world-share.mjs", import.meta.url)), args);
  child.on("message", ({ verdicts, disagreements }) => {
    for (const [row, verdict] of verdicts) {
      const count = counts.get(row) ?? { device: 0, spill: 0, refused: 0 };
      count[verdict]++;
      counts.set(row, count);
    }
    wrong.push(...disagreements);
    if (++nDone % 1000 === 0) {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
      console.log(`  ${nDone} devices, ${seconds} s, ${wrong.length} disagreements`);
    }
  });
  return new Promise((resolve) => {
    child.on("exit", (code) => {
      if (code !== 0) {
        console.log(`the process with share ${part} of ${nParts} ended with ${code}`);
        process.exitCode = 1;
      }
      resolve();
    });
  });
}
