import { type ChildProcess, fork } from "node:child_process";
import { WhisperVulkanError } from "../../errors.js";
import { childEntry } from "./entry.js";

/** Processes that are there. One that hangs does not see its parent go, so it is ended by the parent's exit. */
const living = new Set<ChildProcess>();
let exitHookSet = false;

/** Starts the engine's process. Nothing it prints reaches this process' standard output. Errors: process-failed. */
export function startChild(): ChildProcess {
  try {
    const child = fork(childEntry, [], {
      serialization: "advanced",
      // an inspector's port or a loader's flags are the parent's own
      execArgv: [],
      stdio: ["ignore", 2, 2, "ipc"],
      // In Electron process.execPath is Electron.
      env: { ...process.env, ...(process.versions.electron && { ELECTRON_RUN_AS_NODE: "1" }) },
    });
    living.add(child);
    child.once("close", () => living.delete(child));
    if (!exitHookSet) {
      exitHookSet = true;
      process.once("exit", () => {
        for (const left of living) left.kill("SIGKILL");
      });
    }
    return child;
  } catch (error) {
    throw notStarted(error);
  }
}

/** The error for a process that the system would not start. */
export function notStarted(error: unknown): WhisperVulkanError {
  const why = error instanceof Error ? error.message : String(error);
  return new WhisperVulkanError("process-failed", `the engine's own process cannot be started (${why})`, {
    hint: 'allow the program to start processes, or load the model without process: "own"',
    cause: error,
  });
}
