import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { toyModel } from "../src/engine/testing/toy-model.js";
import { modelBytes, type SmallModel } from "../src/model/testing/small-model.js";

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
  child.stdin.on("error", () => {}); // the program need not read its input
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

let sound: SmallModel | null = null;

/** Writes a model that runs, of 7 MB; `damage` may change its pieces before. */
export function writeModel(path: string, damage: (model: SmallModel) => void = () => {}): void {
  sound ??= toyModel();
  const tensors = sound.tensors.map((tensor) => ({ ...tensor, shape: [...tensor.shape] }));
  const model = { header: Buffer.from(sound.header), tensors };
  damage(model);
  writeFileSync(path, modelBytes(model));
}
