import { stat } from "node:fs/promises";
import { isAddress, openAudio, parseAddress, pathOfAddress } from "../audio/index.js";
import { WhisperVulkanError } from "../errors.js";
import { editDistance } from "../nearest-names.js";
import { reportError } from "./report.js";

/** An input as everything else here takes it: file: addresses as paths. Error: `option-invalid`. */
export function withoutFileAddress(input: string): string {
  if (!isAddress(input)) return input;
  const url = parseAddress(input);
  return url.protocol === "file:" ? pathOfAddress(url) : input;
}

/** Standard input and downloads can be read only once, so nothing is known of them before their turn. */
export function isFile(input: string): boolean {
  return input !== "-" && !/^https?:\/\//i.test(input);
}

/**
 * The inputs worth loading a model for. What is plainly no recording is reported here; once one is found that
 * is, the rest is left to its turn.
 */
export async function worthTrying(inputs: readonly string[], commands: readonly string[]): Promise<string[]> {
  const left: string[] = [];
  let found = false;
  for (const input of inputs) {
    try {
      if (isFile(input) && !(await isPipe(input)) && !found) await decodeStart(input);
      found = true;
      left.push(input);
    } catch (error) {
      reportError(mistypedCommand(error, input, commands) ?? error);
    }
  }
  return left;
}

/** Named pipes and the like give their bytes only once. */
async function isPipe(input: string): Promise<boolean> {
  const found = await stat(input).catch(() => null); // what is wrong with it is said when it is opened
  return found !== null && !found.isFile() && !found.isDirectory();
}

async function decodeStart(input: string): Promise<void> {
  const audio = await openAudio(input);
  try {
    for await (const _ of audio) break;
  } finally {
    await audio.dispose();
  }
}

/** `whisper-vulkan modles` asks for a file of that name; what was meant is clear. */
function mistypedCommand(error: unknown, input: string, commands: readonly string[]) {
  if (!(error instanceof WhisperVulkanError) || error.code !== "file-not-found") return null;
  const near = commands.find((command) => editDistance(input.toLowerCase(), command) <= 2);
  return near === undefined
    ? null
    : new WhisperVulkanError("file-not-found", `${input}: no such file or command`, {
        hint: `Did you mean the command ${near}?`,
        cause: error,
      });
}
