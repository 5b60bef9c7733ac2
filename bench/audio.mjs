// npm run bench:audio [-- PATTERN]: recordings that ffmpeg makes over containers, codecs, rates, channels, tags and damage,
// decoded here and by ffmpeg. Prints those that differ: in length by more than two frames, in sound by more than 1 % (root
// mean square of the difference over that of the sound), or by a warning that is not right. Needs ffmpeg with its usual
// encoders.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openAudio } from "../dist/audio/index.js";
import { variants } from "./audio/variants.mjs";
import { median } from "./statistics.mjs";

const RATE = 16000;
/** A hundredth of a second. */
const MOST_SHIFT = 160;
const samples = fileURLToPath(new URL("../samples/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bench-audio-"));
const pattern = new RegExp(process.argv[2] ?? "");
const inputs = {
  1: ["-i", `${samples}river.wav`],
  2: [
    ...["-i", `${samples}river.wav`, "-i", `${samples}coast-train.flac`],
    ...["-filter_complex", "[0][1]join=inputs=2:channel_layout=stereo"],
  ],
  6: [
    ...["-i", `${samples}river.wav`, "-i", `${samples}coast-train.flac`, "-filter_complex"],
    "[0]asplit=3[a][b][c];[1]asplit=3[d][e][f];[a][d][b][e][c][f]join=inputs=6:channel_layout=5.1",
  ],
};

/** @type {{ name: string; problem: string }[]} */
const problems = [];
/** @type {number[]} */
const differences = [];
let nFiles = 0;
try {
  for (const variant of variants().filter(({ name }) => pattern.test(name))) {
    nFiles++;
    const problem = await compare(variant);
    if (problem === null) continue;
    problems.push({ name: variant.name, problem });
    console.log(`${variant.name.padEnd(36)} ${problem}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(
  `${nFiles} files, ${problems.length} differ; median difference ${(100 * median(differences)).toFixed(3)} %`,
);
process.exitCode = problems.length > 0 ? 1 : 0;

/** @param {import("./audio/variants.mjs").Variant} variant */
async function compare(variant) {
  const path = join(folder, variant.name);
  try {
    ffmpeg([...(variant.before ?? []), ...inputs[variant.nChannels], "-t", "3", ...variant.options, path]);
  } catch (error) {
    return `ffmpeg cannot make it: ${String(/** @type {any} */ (error).stderr).split("\n")[0]}`;
  }
  if (variant.change) writeFileSync(path, variant.change(readFileSync(path)));
  const timeline = ["-af", "aresample=async=1:first_pts=0"];
  const theirs = int16(
    ffmpeg(["-i", path, "-vn", ...timeline, "-ac", "1", "-ar", `${RATE}`, "-f", "s16le", "-"]),
  );
  /** @type {{ samples: Float32Array; warnings: readonly string[] }} */
  let ours;
  try {
    ours = await decode(path);
  } catch (error) {
    return `not decoded: ${/** @type {Error} */ (error).message}`;
  }
  const missing = (ours.samples.length - theirs.length) / RATE;
  if (Math.abs(missing) > 2 * variant.frameSeconds) return `${missing > 0 ? "+" : ""}${missing.toFixed(3)} s`;
  const { difference, shift } = closest(ours.samples, theirs);
  differences.push(difference);
  if (!(difference <= (variant.tolerance ?? 0.01)))
    return `${(100 * difference).toFixed(2)} % off at ${shift} samples`;
  if (ours.warnings.length > 0 && !variant.damaged) return `a false warning: ${ours.warnings[0]}`;
  if (ours.warnings.length === 0 && variant.damaged) return "no warning";
  return null;
}

/** @param {string} path */
async function decode(path) {
  const audio = await openAudio(path, { ffmpeg: "/there/is/no/ffmpeg" });
  /** @type {Float32Array[]} */
  const pieces = [];
  try {
    for await (const piece of /** @type {AsyncIterable<any>} */ (audio))
      pieces.push(
        "nSilentSamples" in piece ? new Float32Array(piece.nSilentSamples) : Float32Array.from(piece),
      );
  } finally {
    await audio.dispose();
  }
  const joined = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return { samples: joined, warnings: audio.warnings };
}

/**
 * The smallest difference over small shifts, in samples: ffmpeg rounds a file's first time to its container's unit, and
 * fills up to it with silence.
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
function closest(a, b) {
  let best = { difference: relativeDifference(a, b), shift: 0 };
  for (let shift = 1; shift <= MOST_SHIFT && best.difference > 0.01; shift++)
    for (const signed of [shift, -shift]) {
      const [x, y] = signed > 0 ? [a, b.subarray(signed)] : [a.subarray(-signed), b];
      const difference = relativeDifference(x, y);
      if (difference < best.difference) best = { difference, shift: signed };
    }
  return best;
}

/** Root mean square of the difference over that of `b`, where both have samples. @param {Float32Array} a @param {Float32Array} b */
function relativeDifference(a, b) {
  let [difference, power] = [0, 0];
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    difference += /** @type {number} */ (a[i] - /** @type {number} */ (b[i])) ** 2;
    power += /** @type {number} */ (b[i]) ** 2;
  }
  return Math.sqrt(difference / power);
}

/** @param {string[]} options */
function ffmpeg(options) {
  return execFileSync("ffmpeg", ["-nostdin", "-v", "error", "-y", ...options], {
    maxBuffer: 2 ** 28,
    stdio: "pipe",
  });
}

/** @param {Buffer} bytes */
function int16(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length >> 1 }, (_, i) => view.getInt16(2 * i, true) / 32768);
}
