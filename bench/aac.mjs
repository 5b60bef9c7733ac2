// The AAC decoder beside ffmpeg's, over what every AAC encoder of Debian makes (ffmpeg, faac, fdkaac, libvo-aacenc):
// signal to noise, length, speed. Exits with 1 if the goal is missed. Needs ffmpeg; uses other encoders where installed.
//   node bench/aac.mjs [--only TEXT]
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { aac } from "../dist/audio/codec/aac/index.js";
import { adts } from "../dist/audio/demux/adts.js";
import { cases } from "./aac/cases.mjs";
import { bandDifference, joinPieces, signalToNoise, split } from "./aac/compare.mjs";
import { music, wav } from "./aac/signals.mjs";

const GOAL_DB = 80;
/** Substituted noise differs from ffmpeg's: its energy in a band may differ by this much. */
const GOAL_BAND_DB = 1;

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const folder = mkdtempSync(`${tmpdir()}/aac-`);
let nMissed = 0;
let nRun = 0;
const skipped = new Set();
try {
  for (const one of cases(folder)) {
    if (!one.name.includes(values.only)) continue;
    const path = `${folder}/x.aac`;
    writeFileSync(
      `${folder}/x.wav`,
      wav(music(one.sampleRate, one.nChannels), one.sampleRate, one.nChannels),
    );
    if (!one.encode(`${folder}/x.wav`, path)) skipped.add(one.name);
    else await compare(one, path);
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (skipped.size > 0) console.log(`not encoded (no encoder, or it refuses): ${[...skipped].join(", ")}`);
console.log(`${nRun} files, ${nMissed} missed the goal of ${GOAL_DB} dB`);
process.exitCode = nMissed === 0 && nRun > 0 ? 0 : 1;

async function compare({ name, isNoise, isHe }, path) {
  const { pieces, cpuMs, nDamaged } = await decode(path);
  const { sampleRate, channels } = pieces[0];
  const theirs = split(decodeWithFfmpeg(path), channels.length);
  const ours = joinPieces(pieces, isLayoutKnown(path));
  // ffmpeg leaves out the first frame of a stream by faac.
  const skip = ours[0].length - theirs[0].length === 1024 ? 1024 : 0;
  const decibels = signalToNoise(theirs, ours, skip);
  const bandDecibels = isNoise ? bandDifference(theirs, ours, skip) : 0;
  const longer = ours[0].length - skip - theirs[0].length;
  // ffmpeg plays the upper band of HE-AAC too, at twice the rate: only damage can be seen here.
  const isRight = isHe || (longer === 0 && bandDecibels < GOAL_BAND_DB && (isNoise || decibels >= GOAL_DB));
  const isMissed = nDamaged > 0 || !isRight;
  nRun++;
  if (isMissed) nMissed++;
  const bands = isNoise ? `, bands within ${bandDecibels.toFixed(2)} dB` : "";
  const figures = isHe ? "the core" : `${decibels.toFixed(1)} dB${bands}, ${longer} samples longer`;
  const speed = `${Math.round((ours[0].length / sampleRate) * (1000 / cpuMs))} x real time`;
  console.log(
    `${name}, ${sampleRate} Hz, ${ours.length} ch: ${figures}, ${speed}${isMissed ? "  MISSED" : ""}`,
  );
}

async function decode(path) {
  const bytes = new Uint8Array(readFileSync(path));
  const damage = { nDamaged: 0, isCutOff: false, notes: [] };
  const source = {
    name: path,
    sizeBytes: bytes.length,
    isReplayable: true,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    release() {},
  };
  const demuxer = await adts.open(
    source,
    adts.recognise(bytes.subarray(0, 65536), bytes.length <= 65536),
    damage,
  );
  const packets = [];
  for await (const packet of demuxer.packets()) packets.push(packet);
  const decoder = await aac.open(packets[0].track, path);
  const before = process.cpuUsage();
  const pieces = packets.map(({ data }) => decoder.decode(data)).filter((pcm) => pcm !== null);
  const { user, system } = process.cpuUsage(before);
  return { pieces, cpuMs: (user + system) / 1000, nDamaged: decoder.nDamaged + damage.nDamaged };
}

/** Whether ffmpeg knows the layout; otherwise it keeps the channels in the order of the stream. */
function isLayoutKnown(path) {
  const ask = ["-v", "error", "-show_entries", "stream=channel_layout", "-of", "csv=p=0", path];
  return spawnSync("ffprobe", ask, { encoding: "utf8" }).stdout.trim() !== "unknown";
}

function decodeWithFfmpeg(path) {
  const { stdout } = spawnSync(
    "ffmpeg",
    ["-v", "error", "-i", path, "-f", "f32le", "-c:a", "pcm_f32le", "-"],
    {
      maxBuffer: 2 ** 30,
    },
  );
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
}
