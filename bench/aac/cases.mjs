// The encoded signals and their encoders: every encoder that Debian has, each skipped where it is not installed.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { insertLongTermPrediction } from "./insert-ltp.mjs";

const RATES = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000];
const LAYOUTS = { 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1" };

/**
 * @typedef {{ name: string, sampleRate: number, nChannels: number, isNoise?: boolean, isHe?: boolean,
 *   encode: (wavPath: string, aacPath: string) => boolean }} Case
 * isNoise: bands of which only the energy is coded; isHe: only the core is decoded.
 */

/** @returns {Case[]} */
export function cases(folder) {
  return [...ffmpegCases(), ...faacCases(), ...fdkCases(), ...voCases(folder)];
}

function ffmpegCases() {
  const ffmpeg = (name, sampleRate, nChannels, ...options) => ({
    name: `ffmpeg ${name}`,
    sampleRate,
    nChannels,
    encode: (from, to) =>
      run("ffmpeg", "-v", "error", "-y", "-i", from, "-c:a", "aac", "-aac_pns", "0", ...options, to),
  });
  const list = RATES.flatMap((rate) => [1, 2].map((n) => ffmpeg(`${rate} Hz`, rate, n)));
  for (const coder of ["twoloop", "fast", "anmr"]) {
    for (const bitRate of coder === "anmr" ? ["64k"] : ["24k", "48k", "96k", "192k", "320k"]) {
      list.push(
        ffmpeg(`${coder} ${bitRate}`, 44100, 2, "-strict", "-2", "-aac_coder", coder, "-b:a", bitRate),
      );
    }
  }
  for (const option of ["aac_is", "aac_ms", "aac_tns"]) {
    for (const value of ["0", "1"])
      list.push(ffmpeg(`${option} ${value}`, 48000, 2, `-${option}`, value, "-b:a", "64k"));
  }
  list.push(ffmpeg("with program_config_element", 44100, 2, "-aac_pce", "1"));
  for (const [n, layout] of Object.entries(LAYOUTS)) {
    list.push(ffmpeg(layout, 48000, Number(n), "-af", `aformat=channel_layouts=${layout}`, "-b:a", "320k"));
  }
  for (const bitRate of ["32k", "64k", "128k"])
    list.push({ ...ffmpeg(`PNS ${bitRate}`, 44100, 2, "-aac_pns", "1", "-b:a", bitRate), isNoise: true });
  for (const n of [1, 2]) list.push(ffmpeg("Main", 44100, n, "-profile:a", "aac_main", "-strict", "-2"));
  const plain = ffmpeg("LTP", 44100, 1, "-b:a", "64k");
  list.push({ ...plain, encode: (from, to) => plain.encode(from, to) && insertInto(to) });
  return list;
}

function insertInto(path) {
  writeFileSync(path, insertLongTermPrediction(readFileSync(path)));
  return true;
}

function faacCases() {
  const faac = (name, sampleRate, nChannels, ...options) => ({
    name: `faac ${name}`,
    sampleRate,
    nChannels,
    encode: (from, to) => run("faac", "-v0", "--overwrite", ...options, "-o", to, from),
  });
  return [
    ...RATES.map((rate) => faac(`${rate} Hz`, rate, 2, "--pns", "0")),
    ...["48", "128", "256"].map((bitRate) => faac(`${bitRate}k`, 44100, 2, "--pns", "0", "-b", bitRate)),
    ...["0", "1", "2"].map((joint) => faac(`joint ${joint}`, 44100, 2, "--pns", "0", "--joint", joint)),
    faac("TNS", 44100, 2, "--pns", "0", "--tns"),
    faac("only long", 44100, 2, "--pns", "0", "--shortctl", "1"),
    faac("only short", 44100, 2, "--pns", "0", "--shortctl", "2"),
    faac("5.1", 48000, 6, "--pns", "0"),
    { ...faac("PNS", 44100, 2, "--pns", "4"), isNoise: true },
  ];
}

function fdkCases() {
  const fdk = (name, sampleRate, nChannels, ...options) => ({
    name: `fdkaac ${name}`,
    sampleRate,
    nChannels,
    encode: (from, to) => run("fdkaac", "-S", "-f", "2", ...options, "-o", to, from),
  });
  return [
    ...RATES.map((rate) => fdk(`${rate} Hz`, rate, 2, "-m", "4")),
    ...["1", "3", "5"].map((mode) => fdk(`VBR ${mode}`, 44100, 2, "-m", mode)),
    fdk("128k", 44100, 2, "-b", "128000"),
    fdk("checksums", 44100, 2, "-m", "4", "-C"),
    fdk("5.1", 48000, 6, "-m", "4"),
    fdk("7.1", 48000, 8, "-m", "4"),
    ...[11025, 22050, 32000, 44100].map((rate) => ({
      ...fdk("PNS 64k", rate, 2, "-b", "64000"),
      isNoise: true,
    })),
    { ...fdk("HE-AAC", 44100, 2, "-p", "5", "-b", "48000"), isHe: true },
    { ...fdk("HE-AAC v2", 44100, 2, "-p", "29", "-b", "32000"), isHe: true },
  ];
}

function voCases(folder) {
  const program = `${folder}/vo-aacenc`;
  const source = fileURLToPath(new URL("vo-aacenc.c", import.meta.url));
  run("cc", "-O2", "-o", program, source, "-lvo-aacenc");
  const vo = (sampleRate, nChannels, bitRate) => ({
    name: `vo-aacenc ${sampleRate} Hz ${bitRate}`,
    sampleRate,
    nChannels,
    encode: (from, to) =>
      run("sh", "-c", `tail -c +45 '${from}' | '${program}' ${sampleRate} ${nChannels} ${bitRate} > '${to}'`),
  });
  return [
    ...RATES.flatMap((rate) => [vo(rate, 1, 2 * rate), vo(rate, 2, 3 * rate)]),
    vo(44100, 2, 64000),
    vo(44100, 2, 192000),
  ];
}

/** Whether the program ran and succeeded. */
function run(program, ...args) {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}
