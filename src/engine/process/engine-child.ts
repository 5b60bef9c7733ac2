import { WhisperVulkanError } from "../../errors.js";
import type { Reply, Request } from "./messages.js";

/** A process that was started for the engine, in whichever way. */
export interface EngineChild {
  /** Messages to a process that has ended are lost; onEnd reports the end. */
  send(request: Request): void;
  /** Ends it even if it hangs. */
  kill(): void;
  /** Whether this process stays alive while that one runs. */
  keepAlive(keep: boolean): void;
}

/** Events of such a process. */
export interface ChildEvents {
  onReply(reply: Reply): void;
  /** It could not be started. No other event follows. */
  onNotStarted(error: WhisperVulkanError): void;
  /** It has ended, and its last reply was delivered. how: "SIGSEGV", "code 3". */
  onEnd(how: string): void;
}

/** The environment variable by which a process knows that it was started as the engine. */
export const engineMark = "WHISPER_VULKAN_ENGINE";

/** The error for a process that the system would not start. */
export function notStarted(error: unknown): WhisperVulkanError {
  const why = error instanceof Error ? error.message : String(error);
  return new WhisperVulkanError("process-failed", `The engine's own process cannot be started (${why})`, {
    hint: 'Allow the program to start processes, or load the model without process: "own"',
    cause: error,
  });
}

/** How a process ended, in words: "SIGSEGV", "code 3", Windows' "code 0xc0000005". */
export function endInWords(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return signal;
  return code !== null && code > 255 ? `code 0x${code.toString(16)}` : `code ${code}`;
}
