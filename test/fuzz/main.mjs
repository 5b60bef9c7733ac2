// npm run fuzz [-- --inputs N] [--seed N] [--only TARGET] [--lanes N] [--no-state] [--input "TARGET SEED INDEX"]
// Mutated recordings, models, packages, cards and reports: each must be read or refused with one of our errors, in bounded time and
// memory, with nothing printed. An interrupted run continues where it stopped, as long as the seed is the same
// (with --no-state, it neither continues a run nor can be continued).
// --input makes one input again, writes it to a file and reads it here.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { batch, closeAll } from "./children.mjs";

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "500000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    input: { type: "string" },
    lanes: { type: "string", default: `${availableParallelism()}` },
    "no-state": { type: "boolean", default: false },
  },
});
const cache = fileURLToPath(new URL("../../.cache/fuzz/", import.meta.url));
/** Inputs a process gets at once. */
const BATCH = 200;

if (values.input !== undefined) await readOne(values.input);
else await runAll(Number(values.inputs), Number(values.seed));

/** @param {string} text */
async function readOne(text) {
  const { targets } = await import("./targets.mjs");
  const [name = "", seed, index] = text.split(" ");
  const target = targets[name];
  if (!target) throw new Error(`the targets are ${Object.keys(targets).join(", ")}`);
  const bytes = target.input(Number(seed), Number(index));
  mkdirSync(cache, { recursive: true });
  writeFileSync(`${cache}input`, bytes);
  console.log(`${bytes.length} bytes, written to ${cache}input`);
  console.log(await target.read(bytes, Number(index)));
}

/**
 * @param {number} nInputs
 * @param {number} seed
 */
async function runAll(nInputs, seed) {
  const shares = { audio: 0.79, model: 0.08, package: 0.01, card: 0.06, report: 0.06 };
  const stateFile = `${cache}seed-${seed}.json`;
  const state = values["no-state"] ? {} : readState(stateFile);
  const started = performance.now();
  /** @type {string[]} */
  const finds = state.finds ?? [];
  /** @type {Record<string, number>} */
  const done = state.done ?? {};
  /** How often each came out, by target. @type {Record<string, Record<string, number>>} */
  const allOutcomes = state.outcomes ?? {};
  let slowest = state.slowest ?? { ms: 0, what: "" };
  let mostBytes = state.mostBytes ?? 0;
  console.log(`seed ${seed}`);
  const work = Object.entries(shares)
    .filter(([name]) => values.only === undefined || values.only === name)
    .map(([name, share]) => {
      allOutcomes[name] ??= {};
      const end = Math.round(nInputs * share);
      // batches under way: what lies before all of them is done
      return { name, end, next: done[name] ?? 0, underWay: new Set(), outcomes: allOutcomes[name] };
    });
  const save = () => {
    for (const { name, next, underWay } of work)
      done[name] = Math.max(done[name] ?? 0, Math.min(next, ...underWay));
    if (values["no-state"]) return;
    mkdirSync(cache, { recursive: true });
    writeFileSync(stateFile, JSON.stringify({ done, finds, outcomes: allOutcomes, slowest, mostBytes }));
  };
  const lane = async () => {
    for (;;) {
      // all in step, so that a run cut short has done some of each
      const [job] = work
        .filter(({ next, end }) => next < end)
        .sort((a, b) => a.next / a.end - b.next / b.end);
      if (job === undefined) return;
      const { name, underWay, outcomes } = job;
      const from = job.next;
      job.next = Math.min(job.end, from + BATCH);
      underWay.add(from);
      await batch(name, seed, from, job.next, {
        outcome: (text, ms, index, usedBytes) => {
          mostBytes = Math.max(mostBytes, usedBytes);
          outcomes[text] = (outcomes[text] ?? 0) + 1;
          if (ms > slowest.ms) slowest = { ms, what: `${name} ${seed} ${index}` };
        },
        find: (text) => {
          finds.push(text);
          console.log(`FOUND ${text}`);
        },
      });
      underWay.delete(from);
      save();
    }
  };
  await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
  closeAll();
  for (const { name, end, outcomes } of work)
    console.log(`${name}: ${end} inputs; ${JSON.stringify(outcomes)}`);
  const seconds = (performance.now() - started) / 1000;
  console.log(`slowest: ${slowest.what}, ${Math.round(slowest.ms)} ms of processor time`);
  console.log(
    `most memory of a process: ${Math.round(mostBytes / 2 ** 20)} MiB; ${seconds.toFixed(0)} s in all`,
  );
  console.log(`${finds.length} finds`);
  process.exitCode = finds.length > 0 ? 1 : 0;
}

/** @param {string} file */
function readState(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (/** @type {any} */ (error).code === "ENOENT") return {};
    throw error;
  }
}
