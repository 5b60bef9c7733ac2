// How many clips give the same tokens as OpenAI's own code (base, greedy, no fallback); for the others
// the first token that differs, and how close the two choices were.
//   node bench/openai-parity.mjs RESULTS.jsonl.gz SPEECH_FOLDER [--device cpu] [--threads N] [--log FILE]
//     [--only ID,ID]
// RESULTS: a JSON object a line with id, file, lang and greedy.segments[].{seek, tokens}. Every clip's outcome is
// appended to the log at once, and clips in the log are not repeated. Build first (npm run build).
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { Whisper } from "../dist/index.js";
import { follow } from "./watch-decoding.mjs";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    device: { type: "string", default: "cpu" },
    threads: { type: "string" },
    log: { type: "string" },
    only: { type: "string" },
  },
});
const [results, folder] = positionals;
if (!results || !folder) {
  console.error(
    "usage: node bench/openai-parity.mjs RESULTS.jsonl.gz SPEECH_FOLDER [--device cpu] [--log FILE] [--only ID,ID]",
  );
  process.exit(2);
}
const only = values.only?.split(",");
const rows = linesOf(gunzipSync(readFileSync(results)).toString()).filter(
  ({ id }) => !only || only.includes(id),
);
const outcomes = new Map();
if (values.log && existsSync(values.log))
  for (const outcome of linesOf(readFileSync(values.log, "utf8"))) outcomes.set(outcome.id, outcome);

const whisper = await Whisper.load("base", {
  device: values.device,
  ...(values.threads === undefined ? {} : { threads: Number(values.threads) }),
});
for (const [i, row] of rows.entries()) {
  if (outcomes.has(row.id)) continue;
  const outcome = await compare(row);
  outcomes.set(row.id, outcome);
  if (values.log) appendFileSync(values.log, `${JSON.stringify(outcome)}\n`);
  if (process.stderr.isTTY) process.stderr.write(`\r${i + 1} of ${rows.length}`);
}
await whisper.dispose();

const different = rows.map(({ id }) => outcomes.get(id)).filter(({ equal }) => !equal);
for (const { id, departure } of different) console.log(`${id}: ${departure ?? "ends otherwise"}`);
const share = (100 * (rows.length - different.length)) / rows.length;
console.log(
  `${rows.length - different.length} of ${rows.length} clips equal token for token (${share.toFixed(1)} %), on ${values.device}`,
);

async function compare({ id, file, lang, greedy }) {
  let result;
  const departure = await follow(greedy.segments, async () => {
    result = await whisper.transcribe(join(folder, file), { language: lang, temperature: 0 });
  });
  const tokensOf = (segments) => segments.flatMap(({ tokens }) => tokens);
  const [ours, theirs] = [tokensOf(result.segments), tokensOf(greedy.segments)];
  const equal = ours.length === theirs.length && ours.every((token, i) => token === theirs[i]);
  return equal ? { id, equal } : { id, equal, departure: departure && inWords(departure) };
}

function inWords({ seconds, index, ours, theirs, margin }) {
  return `in the window at ${seconds} s token ${index} is ${ours}, OpenAI has ${theirs}, ${margin.toFixed(4)} logits behind`;
}

function linesOf(text) {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
