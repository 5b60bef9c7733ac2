// How many clips come out token for token as OpenAI's own code has them (base, greedy, no fallback).
//   node bench/openai-parity.mjs RESULTS.jsonl.gz SPEECH_FOLDER [DEVICE]
// RESULTS: a JSON object a line with id, file, lang and greedy.segments[].tokens. Build first (npm run build).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Whisper } from "../dist/index.js";

const [results, folder, device = "cpu"] = process.argv.slice(2);
if (!results || !folder) {
  console.error("usage: node bench/openai-parity.mjs RESULTS.jsonl.gz SPEECH_FOLDER [DEVICE]");
  process.exit(2);
}
const rows = gunzipSync(readFileSync(results))
  .toString()
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const whisper = await Whisper.load("base", { device });
let equal = 0;
const started = performance.now();
for (const [i, row] of rows.entries()) {
  const { segments } = await whisper.transcribe(join(folder, row.file), {
    language: row.lang,
    temperature: 0,
  });
  const mine = segments.flatMap(({ tokens }) => tokens);
  const theirs = row.greedy.segments.flatMap(({ tokens }) => tokens);
  const first = theirs.findIndex((token, at) => mine[at] !== token);
  if (first < 0 && mine.length === theirs.length) equal++;
  else {
    const at = first < 0 ? theirs.length : first;
    console.log(`${row.id}: token ${at} of ${theirs.length} is ${mine[at]}, OpenAI has ${theirs[at]}`);
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${i + 1} of ${rows.length}, ${equal} equal`);
}
await whisper.dispose();
const seconds = (performance.now() - started) / 1000;
console.log(
  `${equal} of ${rows.length} clips equal (${((100 * equal) / rows.length).toFixed(1)} %), ${seconds.toFixed(0)} s`,
);
