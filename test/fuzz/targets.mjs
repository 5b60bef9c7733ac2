// What is fuzzed: each target makes input number `index` of a run, and reads it.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openAudio } from "../../dist/audio/index.js";
import { readReport, replay } from "../../dist/memory/record/index.js";
import { cardFromJson } from "../../dist/memory/simulate/index.js";
import { openModel } from "../../dist/model/index.js";
import { rebuildFromPackages } from "../../dist/model/rebuild/from-packages.js";
import { outcomeOf } from "./check-error.mjs";
import { mutateBytes, mutateJson, mutateParts } from "./mutate.mjs";
import { randomFrom } from "./random.mjs";
import { fileOf, partsOf } from "./structure.mjs";

/**
 * @typedef {object} Target
 * @property {number} share of all inputs
 * @property {(seed: number, index: number) => Buffer} input
 * @property {(bytes: Buffer, index: number) => Promise<string>} read what came out, as text; throws where that is wrong
 */

const here = fileURLToPath(new URL("./", import.meta.url));
const cards = fileURLToPath(new URL("../../assets/cards/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-fuzz-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const filesIn = (/** @type {string} */ path, /** @type {RegExp} */ pattern) =>
  readdirSync(path)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => readFileSync(join(path, name)));

/** The tests' AAC, with tools that the seeds' encoder does not use: the first frames. */
const aac = filesIn(fileURLToPath(new URL("../data/aac/", import.meta.url)), /\.(aac|latm)$/).map((bytes) =>
  fileOf((partsOf(bytes) ?? []).slice(0, 10)),
);
const recordings = [...filesIn(`${here}seeds`, /./), ...aac];
const models = filesIn(`${here}other-seeds`, /\.bin$/);
const packages = filesIn(`${here}other-seeds`, /\.whl$/);
/** What is in packages.whl: a model as Python packages have it. */
const packaged = {
  packages: [{ name: "packages", version: "1.0", sizeBytes: 1 }],
  modelParts: ["model.bin.part1", "model.bin.part2"].map((path) => ({ package: 0, path })),
  vocabulary: { package: 0, path: "vocabulary.txt" },
};
const smallModel = {
  multilingual: true,
  dimensions: {
    ...{ nVocab: 20, nMels: 4, nAudioCtx: 6, nAudioState: 8, nAudioHead: 2, nAudioLayer: 2 },
    ...{ nTextCtx: 5, nTextState: 8, nTextHead: 2, nTextLayer: 1 },
  },
};
const cardFiles = [...filesIn(cards, /\.json$/), ...filesIn(`${here}other-seeds`, /^card.*\.json$/)];
const reports = filesIn(`${here}other-seeds`, /^report.*\.json$/);

/** More samples than a few kilobytes of any codec hold. */
const MOST_SAMPLES = 2e8;

/** @type {Record<string, Target>} */
export const targets = {
  audio: {
    share: 0.79,
    input: (seed, index) => bytesFrom(recordings, randomFrom(1, seed, index)),
    read: async (bytes, index) => {
      const whole = await decode(bytes);
      // Behind the sound of a WAV file a chunk counts only where it ends within the file, and how long that is
      // nobody knows of a stream.
      const isWave = /^(RIF[FX]|RF64|riff)/.test(bytes.toString("latin1", 0, 4));
      if (index % 4 > 0 || isWave) return whole;
      const piecewise = await decode(pieces(bytes, randomFrom(2, index)));
      if (piecewise !== whole) throw new Error(`read whole: ${whole}; as a stream: ${piecewise}`);
      return whole;
    },
  },
  model: {
    share: 0.08,
    input: (seed, index) => bytesFrom(models, randomFrom(3, seed, index)),
    read: async (bytes) => {
      const path = join(folder, "model.bin");
      writeFileSync(path, bytes);
      return outcomeOf(() => readModel(path));
    },
  },
  package: {
    share: 0.01,
    input: (seed, index) => bytesFrom(packages, randomFrom(6, seed, index)),
    read: async (bytes) => {
      const wheels = join(folder, "wheels");
      mkdirSync(wheels, { recursive: true });
      return outcomeOf(async () => {
        const write = async () => writeFileSync(join(wheels, "packages.whl"), bytes);
        const pieces = rebuildFromPackages(smallModel, packaged, wheels, () => {}, undefined, write);
        for await (const _ of pieces);
      });
    },
  },
  card: {
    share: 0.06,
    input: (seed, index) => jsonFrom(cardFiles, randomFrom(4, seed, index)),
    read: (bytes) =>
      outcomeOf(async () => {
        cardFromJson(parsed(bytes), "card.json");
      }),
  },
  report: {
    share: 0.06,
    input: (seed, index) => jsonFrom(reports, randomFrom(5, seed, index)),
    read: (bytes) =>
      outcomeOf(async () => {
        replay(readReport(parsed(bytes), "report.json"));
      }),
  },
};

/**
 * @param {Buffer[]} seeds
 * @param {import("./mutate.mjs").Random} random
 */
function bytesFrom(seeds, random) {
  const pick = () => /** @type {Buffer} */ (seeds[random(seeds.length)]);
  return (random(2) ? mutateParts : mutateBytes)(pick(), random, pick());
}

/**
 * @param {Buffer[]} seeds
 * @param {import("./mutate.mjs").Random} random
 */
function jsonFrom(seeds, random) {
  const seed = /** @type {Buffer} */ (seeds[random(seeds.length)]);
  return Buffer.from(JSON.stringify(mutateJson(JSON.parse(seed.toString()), random)) ?? "null");
}

/** @param {Buffer} bytes */
const parsed = (bytes) => JSON.parse(bytes.toString());

/** A name that no program can have: so nothing is started. */
const NO_PROGRAM = "no\0ffmpeg";

/**
 * Decodes a recording without the help of ffmpeg.
 * @param {Buffer | AsyncIterable<Uint8Array>} input
 */
async function decode(input) {
  let [nSamples, nSilent] = [0, 0];
  const outcome = await outcomeOf(async () => {
    const audio = await openAudio(input, { ffmpeg: NO_PROGRAM });
    try {
      for await (const piece of /** @type {AsyncIterable<any>} */ (audio)) {
        if ("nSilentSamples" in piece) {
          nSilent += piece.nSilentSamples;
          continue;
        }
        nSamples += piece.length;
        if (nSamples > MOST_SAMPLES) throw new Error("gives samples without end");
      }
      const bad = audio.warnings.find((line) => line.length > 600 || /[\r\n]/.test(line));
      if (bad !== undefined) throw new Error(`a warning is no clear line: ${JSON.stringify(bad)}`);
    } finally {
      await audio.dispose();
    }
  });
  if (!Number.isSafeInteger(nSilent)) throw new Error(`a gap of ${nSilent} samples`);
  return `${outcome}, ${nSamples} samples, ${nSilent} silent`;
}

/**
 * @param {Buffer} bytes
 * @param {import("./mutate.mjs").Random} random
 */
async function* pieces(bytes, random) {
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + random(random(2) ? 16 : 4096);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

/** @param {string} path */
async function readModel(path) {
  const model = await openModel(path);
  try {
    for (const entry of model.tensors.values()) await model.read(entry, 0, new Uint8Array(entry.sizeBytes));
  } finally {
    await model.close();
  }
}
