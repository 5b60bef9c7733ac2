import type { Command } from "commander";
import { type ModelMemoryPlan, planMemory } from "../engine/plan-memory.js";
import { WhisperVulkanError } from "../errors.js";
import { picture } from "../memory/index.js";
import { parseSize } from "../memory/parse-size.js";
import { cardNames, parseFree } from "../memory/simulate/index.js";
import { cardValues, modelValues, repeated, single, takes, wholeNumber } from "./options/index.js";
import { printHeaps, printRecord } from "./plan-lines.js";
import { checkSideFile, writeSideFile } from "./side-file.js";

interface Flags {
  readonly device?: string;
  readonly simulate?: string;
  readonly free?: readonly string[];
  readonly batch?: string;
  readonly vramLimit?: string;
  readonly json?: boolean;
  readonly svg?: string;
  readonly listCards?: boolean;
}

export function addMemoryCommand(program: Command): void {
  const command = program
    .command("memory")
    .description(
      "shows how much GPU memory a model would need, and where it would be placed; needs no model file and loads nothing",
    )
    .argument("[model]", "a model's name (see models), or a ggml file")
    .option("--list-cards", "lists the cards that --simulate knows by name");
  takes(command.registeredArguments[0]!, modelValues);
  single(
    command,
    "-d, --device <device>",
    "a device's number or part of its name; see devices (default: the best GPU)",
    { values: "device" },
  );
  single(command, "--simulate <card>", "plans for this card: a name, or a file written by devices --export", {
    values: cardValues,
  });
  repeated(
    command,
    "--free <heap=size>",
    "how much of a heap is free, e.g. 0=64MiB; separate several with commas",
  );
  single(
    command,
    "--batch <n>",
    "plans for so many windows at once (default: 1); transcribe does not use batches yet",
  );
  single(command, "--vram-limit <size>", "uses at most this much of the device's memory, e.g. 2GiB");
  command.option(
    "--json",
    "shows the whole plan: heaps, blocks, tensors, and every allocation that was tried",
  );
  single(command, "--svg <file>", "draws the heaps, blocks and tensors", { values: "file" });
  command.action(async (model: string | undefined, flags: Flags) => {
    if (flags.listCards) return console.log(cardNames().join("\n"));
    if (model === undefined)
      throw new WhisperVulkanError("option-invalid", "memory needs a model's name, or a ggml file", {
        hint: "The command models lists the names.",
      });
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
  return Object.fromEntries(
    texts
      .flatMap((text) => text.split(","))
      .map(parseFree)
      .map(({ heap, bytes }) => [heap, bytes]),
  );
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
