import type { Command } from "commander";
import { type ReplayedReport, replayMemory } from "../engine/replay-memory.js";
import { planInWords } from "../engine/spill.js";
import { picture, type ReplayedRequest } from "../memory/index.js";
import { single, takes } from "./options/index.js";
import { printHeaps, printRecord } from "./plan-lines.js";
import { checkSideFile, writeSideFile } from "./side-file.js";

interface Flags {
  readonly json?: boolean;
  readonly svg?: string;
}

export function addReplayCommand(program: Command): void {
  const command = program
    .command("replay")
    .description("repeats the requests of a memory report (see transcribe --memory-report) in simulation")
    .argument("<file>", "a memory report; budgets, refusals and requests in it may be edited")
    .option("--json", "shows everything: the plan of each request, and the memory held after the last one");
  takes(command.registeredArguments[0]!, "file");
  single(command, "--svg <file>", "draws the memory held after the last request", { values: "file" });
  command.action(async (file: string, flags: Flags) => {
    await checkSideFile("--svg", flags.svg, [file]);
    const replayed = await replayMemory(file);
    const { requests, plan } = replayed;
    if (flags.svg !== undefined)
      await writeSideFile("--svg", flags.svg, picture(plan, titleOf(replayed), planInWords(plan)));
    if (flags.json) console.log(JSON.stringify({ requests, plan }, null, 2));
    else print(replayed);
  });
}

function titleOf({ report: { card, versions } }: ReplayedReport): string {
  const { package: version, os, architecture, node } = versions;
  return `${card.device.name} (${card.device.driver}), whisper-vulkan ${version}, ${os} ${architecture}, Node ${node}`;
}

function print(replayed: ReplayedReport): void {
  const { report, requests, plan } = replayed;
  console.log(titleOf(replayed));
  if (report.dropped > 0) console.log(`The report no longer holds ${report.dropped} older requests.`);
  requests.forEach((request, i) => {
    console.log("");
    printRequest(request, i + 1);
  });
  console.log("\nAfter the last request");
  printHeaps(plan);
  console.log(planInWords(plan));
}

function printRequest({ ask, atMs, what, plan }: ReplayedRequest, nth: number): void {
  const verb = ask === "place" ? "place" : "move back to the device";
  console.log(`${nth}. After ${(atMs / 1000).toFixed(3)} s: ${verb} ${what}`);
  if (!plan) {
    console.log("Nothing was moved.");
    return;
  }
  printHeaps(plan);
  if (plan.verdict !== "device") console.log(planInWords(plan));
  if (plan.record.some(({ outcome }) => outcome !== "allocated")) printRecord(plan);
}
