// Word error rate of base on the recordings that lie beside the checkout, by kind and language; Whisper's own
// normalisers, language given, greedy with the temperature fallback.
//   node bench/word-error-rate.mjs [--device cpu] [--kind librispeech_other]... [--model base] [--goal 12.79]
// Build first (npm run build). With a goal, exits with 1 if the rate of any kind is above it.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Whisper } from "../dist/index.js";
import { normaliseBasic, normaliseEnglish, wordErrorRate, wordErrors } from "../test/wer/index.js";

const { values } = parseArgs({
  options: {
    device: { type: "string", default: "cpu" },
    kind: { type: "string", multiple: true, default: ["librispeech_other"] },
    model: { type: "string", default: "base" },
    goal: { type: "string" },
  },
});
const shared = fileURLToPath(new URL("../../shared/", import.meta.url));
if (!existsSync(`${shared}speech/manifest.jsonl`)) {
  console.error(`there are no recordings in ${shared}speech: nothing to measure`);
  process.exit(2);
}
const spelling = JSON.parse(readFileSync(`${shared}reference/data/english-spelling.json`, "utf8"));
const clips = readFileSync(`${shared}speech/manifest.jsonl`, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line))
  .filter(({ kind, text }) => values.kind.includes(kind) && text);
for (const kind of values.kind) {
  if (clips.some((clip) => clip.kind === kind)) continue;
  console.error(`no recording with a text is of the kind ${kind}`);
  process.exit(2);
}

const whisper = await Whisper.load(values.model, { device: values.device });
/** Word errors of each clip, by kind and language. */
const counts = new Map();
const started = performance.now();
for (const [i, { file, kind, lang, text }] of clips.entries()) {
  const heard = await whisper.transcribe(`${shared}speech/${file}`, { language: lang });
  const errors = wordErrors(normalise(text, lang), normalise(heard.text, lang));
  const group = `${kind} ${lang}`;
  counts.set(group, [...(counts.get(group) ?? []), errors]);
  if (process.stderr.isTTY) process.stderr.write(`\r${i + 1} of ${clips.length}`);
}
const seconds = (performance.now() - started) / 1000;
console.log(`${values.model} on ${whisper.device.device}, ${clips.length} clips in ${seconds.toFixed(0)} s`);
await whisper.dispose();
for (const [group, errors] of counts) {
  const percent = 100 * wordErrorRate(errors);
  const missed = values.goal !== undefined && percent > Number(values.goal);
  if (missed) process.exitCode = 1;
  const words = errors.reduce((sum, count) => sum + count.words, 0);
  const goal = values.goal === undefined ? "" : `   (goal: at most ${values.goal})`;
  console.log(
    `${group.padEnd(24)} ${percent.toFixed(2).padStart(6)} % of ${words} words, ${errors.length} clips${goal}`,
  );
}

function normalise(text, lang) {
  // the Spanish reference texts lack accents, so accents count only in Russian
  return lang === "en"
    ? normaliseEnglish(text, spelling)
    : normaliseBasic(text, { removeAccents: lang !== "ru" });
}
