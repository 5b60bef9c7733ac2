import { oneLine } from "../formats/index.js";
import { WhisperVulkanError } from "../index.js";
import { styled } from "./terminal/index.js";

/** The exit codes of the process. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

const usageErrors = new Set([
  "option-invalid",
  "language-unknown",
  "device-unknown",
  "model-unknown",
  "card-unknown",
]);

/** Prints one line on standard error, even where a file's name contains line breaks. */
export function say(line: string, style: "red" | "yellow" = "red"): void {
  console.error(`${styled(style, "whisper-vulkan:")} ${oneLine(line)}`);
}

/** Prints one line on standard error; for a bug, which no user can fix, the stack too. Returns the exit code. */
export function reportError(error: unknown): number {
  if (!(error instanceof WhisperVulkanError)) {
    console.error("whisper-vulkan: this is a bug, please report it:", error);
    return exitCodes.failed;
  }
  const { message, hint, code } = error;
  const end = /[.!?]$/.test(message) ? "" : ".";
  say(`${message}${hint ? `${end} ${hint}` : ""}`);
  if (code === "aborted") return exitCodes.interrupted;
  return usageErrors.has(code) ? exitCodes.usage : exitCodes.failed;
}
