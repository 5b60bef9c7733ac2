import type { Command } from "commander";
import { type ModelMemoryPlan, planMemory } from "../engine/plan-memory.js";
import { picture } from "../memory/index.js";
import { parseSize } from "../memory/parse-size.js";
import { parseFree } from "../memory/simulate/index.js";
import { printHeaps, printRecord } from "./plan-lines.js";
import { checkSideFile, writeSideFile } from "./side-file.js";
import { single, wholeNumber } from "./usage.js";

interface Flags {
  readonly device?: string;
  readonly simulate?: string;
  readonly free?: readonly string[];
  readonly batch?: string;
  readonly vramLimit?: string;
  readonly json?: boolean;
  readonly svg?: string;
}

export function addMemoryCommand(program: Command): void {
  const command = program
    .command("memory")
    .description(
      "what a model would take on a GPU, and where: nothing is loaded, and no model file is needed",
    )
    .argument("<model>", "a model's name (see models), or a ggml file");
  single(
    command,
    "-d, --device <device>",
    "a number or a part of a name (see devices) (default: the best GPU)",
  );
  single(command, "--simulate <card>", "another card: its name, or a file written by devices --export");
  command.option("--free <heap=size...>", "what a heap has free, e.g. 0=64MiB; may be given again");
  single(command, "--batch <n>", "windows at once (default: 1)");
  single(command, "--vram-limit <size>", "take no more of the device's memory than this, e.g. 2GiB");
  command.option("--json", "the whole plan: heaps, blocks, tensors, and the record of every try");
  single(command, "--svg <file>", "a picture of heaps, blocks and tensors");
  command.action(async (model: string, flags: Flags) => {
    await checkSideFile("--svg", flags.svg, flags.simulate === undefined ? [model] : [model, flags.simulate]);
    const plan = await planMemory(model, {
      ...(flags.device === undefined ? {} : { device: flags.device }),
      ...(flags.simulate === undefined ? {} : { simulate: flags.simulate }),
      ...(flags.free === undefined ? {} : { free: freeByHeap(flags.free) }),
      ...(flags.batch === undefined ? {} : { batch: wholeNumber("--batch", flags.batch) }),
      ...(flags.vramLimit === undefined
        ? {}
        : { vramLimitBytes: parseSize(flags.vramLimit, "--vram-limit") }),
    });
    if (flags.svg !== undefined)
      await writeSideFile("--svg", flags.svg, picture(plan, titleOf(plan), plan.summary));
    if (flags.json) console.log(JSON.stringify(plan, null, 2));
    else print(plan);
  });
}

function freeByHeap(texts: readonly string[]): Record<number, number> {
  return Object.fromEntries(texts.map(parseFree).map(({ heap, bytes }) => [heap, bytes]));
}

function titleOf({ model, on, simulated, batch }: ModelMemoryPlan): string {
  return `${model}${batch > 1 ? `, ${batch} windows at once` : ""} on ${on}${simulated ? ", simulated" : ""}`;
}

function print(plan: ModelMemoryPlan): void {
  console.log(titleOf(plan));
  printHeaps(plan);
  console.log(plan.summary);
  for (const advice of plan.advice) console.log(advice);
  if (plan.verdict !== "device") printRecord(plan);
}
