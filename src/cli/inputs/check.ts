import { stat } from "node:fs/promises";
import { openAudio } from "../../audio/index.js";
import { WhisperVulkanError } from "../../errors.js";
import { nearestNames } from "../../nearest-names.js";
import { isFile, type Recording } from "./recording.js";

interface CheckOptions {
  readonly signal: AbortSignal;
  /** Names of commands, one of which may have been meant. */
  readonly commands: readonly string[];
  /** Called before each recording. */
  readonly onCheck: (recording: Recording, nth: number) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * The recordings for which it is worth loading a model: those that exist, can be read, and begin with sound. Problems
 * of the others are reported. Problems later in a recording are reported in its turn, as are all of those that can be
 * read only once. Error: aborted.
 */
export async function checkRecordings(
  recordings: readonly Recording[],
  { signal, commands, onCheck, onError }: CheckOptions,
): Promise<Recording[]> {
  const good: Recording[] = [];
  for (const [i, recording] of recordings.entries()) {
    onCheck(recording, i + 1);
    const { input } = recording;
    try {
      if (isFile(input) && !(await isPipe(input))) await decodeStart(input, signal);
      good.push(recording);
    } catch (error) {
      if (signal.aborted) throw error;
      onError(mistypedCommand(error, input, commands) ?? error);
    }
  }
  return good;
}

/** Named pipes and similar files give their bytes only once. */
async function isPipe(input: string): Promise<boolean> {
  const found = await stat(input).catch(() => null); // opening it reports what is wrong with it
  return found !== null && !found.isFile() && !found.isDirectory();
}

async function decodeStart(input: string, signal: AbortSignal): Promise<void> {
  const audio = await openAudio(input, { signal });
  try {
    for await (const _ of audio) break;
  } finally {
    await audio.dispose();
  }
}

/** `whisper-vulkan modles` names a file, but the user meant a command. */
function mistypedCommand(error: unknown, input: string, commands: readonly string[]) {
  if (!(error instanceof WhisperVulkanError) || error.code !== "file-not-found") return null;
  const [near] = nearestNames(input, commands);
  return near === undefined
    ? null
    : new WhisperVulkanError("file-not-found", `${input}: no such file or command`, {
        hint: `Did you mean the command ${near}?`,
        cause: error,
      });
}
