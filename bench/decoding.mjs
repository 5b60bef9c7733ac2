// npm run bench:decoding [-- --beside FOLDER] [--only FORMAT] [--runs N]
// Processor time for 300 s at 48 kHz to 16 kHz mono, by format: this build, another one in FOLDER where one is named (in
// turns, so that a busy machine slows both), and ffmpeg. Each run is a process of its own, compiling included; the median
// counts. Needs ffmpeg with its usual encoders.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median } from "./statistics.mjs";

const SECONDS = 300;
const RATE = 48000;
const MONO = ["-ac", "1"];
const STEREO = ["-ac", "2"];
/** Endings and ffmpeg's options, by name. */
const FORMATS = {
  WAV: ["wav", ...MONO],
  FLAC: ["flac", ...MONO],
  Opus: ["opus", ...MONO, "-b:a", "32k"],
  MP3: ["mp3", ...MONO, "-b:a", "96k"],
  Vorbis: ["ogg", ...MONO, "-c:a", "libvorbis"],
  AAC: ["m4a", ...MONO, "-b:a", "96k"],
  ALAC: ["m4a", ...MONO, "-c:a", "alac"],
  "MP3 stereo": ["mp3", ...STEREO, "-b:a", "160k"],
  "AAC stereo": ["m4a", ...STEREO, "-b:a", "160k"],
};

const root = fileURLToPath(new URL("../", import.meta.url));
const { values } = parseArgs({
  options: {
    beside: { type: "string" },
    only: { type: "string", default: "" },
    runs: { type: "string", default: "5" },
  },
});
const builds = values.beside === undefined ? { ms: root } : { ms: root, beside: values.beside };
const folder = mkdtempSync(join(tmpdir(), "bench-decoding-"));
try {
  const rows = {};
  for (const [name, [ending, ...options]] of Object.entries(FORMATS)) {
    if (!name.toLowerCase().includes(values.only.toLowerCase())) continue;
    const path = join(folder, `${name}.${ending}`);
    makeRecording(path, options);
    rows[name] = measure(path);
  }
  console.log(`ms of processor time for ${SECONDS} s at ${RATE / 1000} kHz`);
  console.table(rows);
} finally {
  rmSync(folder, { recursive: true });
}

/** Speech over a microphone's noise, which fills the band. */
function makeRecording(path, options) {
  const speech = join(root, "samples", "river.wav");
  const noise = `anoisesrc=sample_rate=${RATE}:amplitude=0.002:seed=1:duration=${SECONDS}`;
  run("ffmpeg", [
    ...["-nostdin", "-v", "error", "-y", "-stream_loop", "-1", "-i", speech, "-f", "lavfi", "-i", noise],
    ...["-filter_complex", `[0]aresample=${RATE}[a];[a][1]amix=duration=shortest:normalize=0`],
    ...["-t", `${SECONDS}`, ...options, path],
  ]);
}

function measure(path) {
  const times = {};
  for (let i = 0; i < Number(values.runs); i++) {
    for (const [name, build] of Object.entries(builds))
      times[name] = [...(times[name] ?? []), ownTime(build, path)];
    times.ffmpeg = [...(times.ffmpeg ?? []), ffmpegTime(path)];
  }
  return Object.fromEntries(Object.entries(times).map(([name, each]) => [name, Math.round(median(each))]));
}

function ownTime(build, path) {
  const script = `
    const { openAudio } = await import(${JSON.stringify(join(build, "dist/audio/index.js"))});
    const before = process.cpuUsage();
    const audio = await openAudio(${JSON.stringify(path)}, { ffmpeg: "/there/is/no/ffmpeg" });
    for await (const _ of audio);
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000);
    await audio.dispose();`;
  const { stdout, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  return status === 0 ? Number(stdout) : Number.NaN; // a build that does not know the format
}

function ffmpegTime(path) {
  const { stderr } = run("ffmpeg", [
    ...["-nostdin", "-benchmark", "-threads", "1", "-i", path],
    ...["-ac", "1", "-ar", "16000", "-f", "null", "-"],
  ]);
  const [, user, system] = /utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr) ?? [];
  return 1000 * (Number(user) + Number(system));
}

function run(program, args) {
  const result = spawnSync(program, args, { encoding: "utf8" });
  if (result.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${result.stderr}`);
  return result;
}
