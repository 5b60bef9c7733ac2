// ffmpeg, which many tests of this folder make recordings with, or compare with.

import { spawnSync } from "node:child_process";

export const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;

/** Makes the file `path`; `options` say from what and how. */
export function makeWithFfmpeg(path: string, ...options: string[]): string {
  const { status, stderr } = spawnSync("ffmpeg", ["-nostdin", "-v", "error", "-y", ...options, path]);
  if (status !== 0) throw new Error(`ffmpeg cannot make ${path}: ${stderr}`);
  return path;
}

/** Mono at 16 kHz as OpenAI's code has ffmpeg make it; `isTimed`: on the file's own timeline. */
export function ffmpegSamples(path: string, isTimed = false): Float32Array {
  const filter = isTimed ? ["-af", "aresample=async=1:first_pts=0"] : [];
  return runToSamples(["-nostdin", "-v", "quiet", "-i", path, ...filter, "-ar", "16000"]);
}

/** What ffmpeg's mix of interleaved 32-bit floats to mono is. */
export function ffmpegMono(
  interleaved: Float32Array,
  nChannels: number,
  layout: string | null,
): Float32Array {
  const named = layout === null ? [] : ["-channel_layout", layout];
  const options = [
    "-v",
    "error",
    "-f",
    "f32le",
    "-ar",
    "16000",
    "-ac",
    `${nChannels}`,
    ...named,
    "-i",
    "pipe:0",
  ];
  return runToSamples(options, new Uint8Array(interleaved.buffer));
}

function runToSamples(options: readonly string[], input?: Uint8Array): Float32Array {
  const output = ["-ac", "1", "-f", "s16le", "pipe:1"];
  const { stdout, stderr } = spawnSync("ffmpeg", [...options, ...output], { input, maxBuffer: 1 << 28 });
  if (stdout.length === 0) throw new Error(`ffmpeg gave no sound: ${stderr}`);
  const values = new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length >> 1);
  return Float32Array.from(values, (x) => x / 32768);
}
