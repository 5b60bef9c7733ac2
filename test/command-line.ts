import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { modelBytes, type SmallModel, smallModel } from "../src/model/testing/small-model.js";
import type { ModelDimensions } from "../src/network/dimensions.js";

/** The command line as it runs from a checkout; it must be built. */
export const bin = fileURLToPath(new URL("../bin/whisper-vulkan", import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command line; `ended` settles when the process has ended and its pipes are empty. */
export function start(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  const env = { ...process.env, WHISPER_VULKAN_DEVICE: "cpu", ...options.env };
  const child = spawn(process.execPath, [bin, ...args], { ...options, env });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  child.stdin.on("error", () => {}); // whether it reads its input is its own affair
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, ...texts }));
  });
  return { child, texts, ended };
}

/** Runs the command line with nothing on its standard input. */
export function cli(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  const { child, ended } = start(args, options);
  child.stdin.end();
  return ended;
}

/** As small as a model can be that runs; what it writes makes no sense, and every time the same. */
const dimensions: ModelDimensions = {
  nVocab: 51865,
  nAudioCtx: 1500,
  nAudioState: 64,
  nAudioHead: 1,
  nAudioLayer: 1,
  nTextCtx: 448,
  nTextState: 64,
  nTextHead: 1,
  nTextLayer: 1,
  nMels: 80,
};

let sound: SmallModel | null = null;

/** Writes a model of 7 MB; `damage` may change its pieces before. */
export function writeModel(path: string, damage: (model: SmallModel) => void = () => {}): void {
  sound ??= smallModel("f16", dimensions);
  const tensors = sound.tensors.map((tensor) => ({ ...tensor, shape: [...tensor.shape] }));
  const model = { header: Buffer.from(sound.header), tensors };
  damage(model);
  writeFileSync(path, modelBytes(model));
}
