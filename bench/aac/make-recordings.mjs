// Makes the recordings of test/data/aac, and their expected.json from what ffmpeg's decoder makes of them. Needs ffmpeg (5.1 here) and
// fdkaac; the recordings are committed, so that tests need neither.
//   node bench/aac/make-recordings.mjs
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bandEnergies, split } from "./compare.mjs";
import { insertLongTermPrediction } from "./insert-ltp.mjs";
import { music, wav } from "./signals.mjs";

/** Every 29th sample is kept. */
const STEP = 29;

const here = fileURLToPath(new URL("../../test/data/aac/", import.meta.url));
const river = fileURLToPath(new URL("../../samples/river.wav", import.meta.url));
const expected = {};

encode("speech", river, "-t", "0.8", "-b:a", "24k", "-aac_pns", "0");
encode("music", signal(44100, 2, 0.75), "-b:a", "64k", "-aac_pns", "0");
encode("surround", signal(48000, 6, 0.3), "-b:a", "160k", "-aac_pns", "0");
encode("noise", signal(44100, 2, 0.6), "-b:a", "40k", "-aac_pns", "1");
encode(
  "main",
  signal(44100, 1, 0.4),
  "-b:a",
  "32k",
  "-aac_pns",
  "0",
  "-profile:a",
  "aac_main",
  "-strict",
  "-2",
);
encode("ltp", signal(44100, 1, 0.4), "-b:a", "32k", "-aac_pns", "0");
writeFileSync(`${here}ltp.aac`, insertLongTermPrediction(readFileSync(`${here}ltp.aac`)));
for (const name of ["speech", "music", "surround", "noise", "main", "ltp"])
  describe(name, `${here}${name}.aac`);
run(
  "ffmpeg",
  "-v",
  "error",
  "-y",
  "-i",
  `${here}music.aac`,
  "-c",
  "copy",
  "-bsf:a",
  "aac_adtstoasc",
  `${here}music.latm`,
);
// HE-AAC's core: as ffmpeg decodes it when the upper band is marked as padding.
run("fdkaac", "-S", "-f", "2", "-p", "5", "-b", "56000", "-o", `${here}he.aac`, signal(44100, 2, 0.5));
writeFileSync(`${here}core.aac`, hideUpperBand(readFileSync(`${here}he.aac`)));
describe("he", `${here}core.aac`);
for (const name of ["signal.wav", "core.aac"]) rmSync(`${here}${name}`);
writeFileSync(`${here}expected.json`, `${JSON.stringify(expected, null, 1)}\n`);

function signal(sampleRate, nChannels, seconds) {
  writeFileSync(`${here}signal.wav`, wav(music(sampleRate, nChannels, seconds), sampleRate, nChannels));
  return `${here}signal.wav`;
}

function encode(name, from, ...options) {
  run("ffmpeg", "-v", "error", "-y", "-i", from, "-c:a", "aac", ...options, `${here}${name}.aac`);
}

/** Channels in ffmpeg's order. */
function describe(name, path) {
  const probe = ["-v", "error", "-show_entries", "stream=sample_rate,channels", "-of", "json", path];
  const { sample_rate, channels } = JSON.parse(run("ffprobe", ...probe)).streams[0];
  const bytes = run("ffmpeg", "-v", "error", "-i", path, "-f", "f32le", "-c:a", "pcm_f32le", "-");
  const sound = split(
    new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
    channels,
  );
  expected[name] = {
    sampleRate: Number(sample_rate),
    nSamples: sound[0].length,
    // 16 bits each, little-endian, base64
    samples: sound.map((channel) => toBase64(channel.filter((_, i) => i % STEP === 0))),
    bandDecibels: sound.map((channel) =>
      bandEnergies(channel).map((energy) => Math.round(100 * Math.log10(energy)) / 10),
    ),
  };
}

function toBase64(samples) {
  return Buffer.from(Int16Array.from(samples, (x) => Math.round(x * 32767)).buffer).toString("base64");
}

/** In fdkaac's frames fill_elements follow the pair, one with the upper band: its type becomes "fill". */
function hideUpperBand(adts) {
  for (let at = 0; at + 7 < adts.length; ) {
    const length = ((adts[at + 3] & 3) << 11) | (adts[at + 4] << 3) | (adts[at + 5] >> 5);
    const packet = adts.subarray(at + 7, at + length);
    const starts = startsOfUpperBand(packet);
    for (const start of starts)
      for (let i = start; i < start + 4; i++) packet[i >> 3] &= ~(1 << (7 - (i & 7)));
    at += length;
  }
  return adts;
}

/** The first place from which fill_elements alone lead to the end of the packet, and one is of type 13 or 14 (SBR). */
function startsOfUpperBand(packet) {
  const bit = (i) => (packet[i >> 3] >> (7 - (i & 7))) & 1;
  const read = (at, n) =>
    Array.from({ length: n }, (_, i) => bit(at + i)).reduce((value, b) => value * 2 + b, 0);
  const nBits = packet.length * 8;
  for (let first = 0; first < nBits; first++) {
    const starts = [];
    let at = first;
    while (at + 15 < nBits && read(at, 3) === 6) {
      const short = read(at + 3, 4);
      const start = short === 15 ? at + 15 : at + 7;
      if ([13, 14].includes(read(start, 4))) starts.push(start);
      at = start + 8 * (short === 15 ? 14 + read(at + 7, 8) : short);
    }
    if (starts.length > 0 && at + 3 <= nBits && nBits - at < 11 && read(at, 3) === 7) return starts;
  }
  return [];
}

function run(program, ...args) {
  const { status, stdout, stderr } = spawnSync(program, args, { maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout;
}
