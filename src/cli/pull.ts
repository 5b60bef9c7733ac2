import type { Command } from "commander";
import type { PullProgress } from "../index.js";
import { size } from "../memory/index.js";
import { catalogue, pull } from "../model/index.js";
import { onInterrupt } from "./interrupt.js";
import { takes } from "./options/index.js";
import { StatusLine } from "./terminal/index.js";

const labels: Record<PullProgress["phase"], string> = {
  wait: "waiting for another pull of",
  check: "checking",
  download: "downloading",
  packages: "fetching packages for",
  rebuild: "rebuilding",
};

export function addPullCommand(program: Command): void {
  const command = program
    .command("pull")
    .description("fetches a model into the cache")
    .argument("<model>", "name, e.g. base (the command models lists them)")
    .option("-q, --quiet", "shows no progress");
  takes(command.registeredArguments[0]!, { words: () => catalogue.map(({ name }) => name) });
  command.action(async (name: string, { quiet = false }: { quiet?: boolean }) => {
    const status = new StatusLine(quiet);
    try {
      const path = await pull(name, { signal: onInterrupt(), onProgress: pullProgress(status, name) });
      status.print(() => console.log(path));
    } finally {
      status.clear();
    }
  });
}

export function pullProgress(status: StatusLine, name: string): (progress: PullProgress) => void {
  return ({ phase, doneBytes, totalBytes }) => {
    const what = totalBytes === 0 ? name : `${name}, ${size(totalBytes)}`;
    const fraction = totalBytes === 0 ? null : doneBytes / totalBytes;
    status.show({ count: "", name: `${labels[phase]} ${what}`, doing: "", fraction });
  };
}
