import { WhisperVulkanError } from "../index.js";

/** What the process exits with. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

export const help = `Examples:
  whisper-vulkan talk.mp3                              words on the screen as they come
  whisper-vulkan transcribe *.mp3 -f srt,json -o out/  files, named after the recordings
  whisper-vulkan talk.mp3 --format json --output -     JSON on standard output and nothing else
whisper-vulkan help COMMAND says more; transcribe, which needs not be written, has the options.

Results go to standard output, everything else to standard error.
Exit codes:
  0    done
  1    at least one recording, or the model, failed; the others are done
  2    wrong usage: nothing was done
  130  stopped with Ctrl-C; no half-written result stays behind`;

const usageErrors = new Set([
  "option-invalid",
  "language-unknown",
  "device-unknown",
  "model-unknown",
  "card-unknown",
]);

/** One line on standard error; a bug, which no user can mend, with its stack. Answers the exit code. */
export function reportError(error: unknown): number {
  if (!(error instanceof WhisperVulkanError)) {
    console.error("whisper-vulkan: this is a bug, please report it:", error);
    return exitCodes.failed;
  }
  const { message, hint, code } = error;
  const end = /[.!?]$/.test(message) ? "" : ".";
  console.error(`whisper-vulkan: ${message}${hint ? `${end} ${hint}` : ""}`);
  if (code === "aborted") return exitCodes.interrupted;
  return usageErrors.has(code) ? exitCodes.usage : exitCodes.failed;
}
