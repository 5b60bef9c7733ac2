// Reads inputs for main.mjs: { target, seed, from, to } comes in; before each input its number goes out, after it what
// came of it. A find does not end the process; a crash does, and then the parent knows which input it was.
import { targets } from "./targets.mjs";

/** More than all decoders together need. */
const MOST_BYTES = 700 * 2 ** 20;
let current = "";

for (const event of ["uncaughtException", "unhandledRejection"])
  process.on(event, (error) => {
    process.send?.({ find: `${current}: ${event}: ${describe(error)}` }, () => process.exit(1));
  });

process.on("message", async (/** @type {any} */ { target: name, seed, from, to }) => {
  const target = /** @type {import("./targets.mjs").Target} */ (targets[name]);
  for (let index = from; index < to; index++) {
    current = `${name} ${seed} ${index}`;
    process.send?.({ started: index });
    const began = process.cpuUsage();
    try {
      const outcome = await target.read(target.input(seed, index), index);
      process.send?.({
        done: index,
        outcome: outcome.split(",")[0],
        ms: cpuMs(began),
        usedBytes: process.resourceUsage().maxRSS * 1024,
      });
    } catch (error) {
      process.send?.({ done: index, find: `${current}: ${describe(error)}`, ms: cpuMs(began) });
    }
    const usedBytes = process.resourceUsage().maxRSS * 1024;
    if (usedBytes > MOST_BYTES) {
      const text = `${current}: ${Math.round(usedBytes / 2 ** 20)} MiB of memory were used`;
      process.send?.({ find: text }, () => process.exit(1));
      return;
    }
  }
  process.send?.({ finished: true });
});

/** Of the processor, for other programs may keep it busy. @param {NodeJS.CpuUsage} since */
function cpuMs(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** @param {any} error */
function describe(error) {
  const cause = error?.cause ? `\n  caused by ${error.cause.stack ?? error.cause}` : "";
  return `${error?.stack ?? error}${cause}`;
}
