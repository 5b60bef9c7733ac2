import { exitCodes } from "./report.js";

/** Longer than this after Ctrl-C, and what has not ended by itself is ended. */
const patienceMs = 500;

/**
 * The first Ctrl-C aborts the signal, so that everything ends in order, for which it has half a second; a second one
 * ends the process at once. What must not stay behind then is removed by listeners of the process' exit.
 */
export function onInterrupt(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) return end();
    controller.abort();
    setTimeout(end, patienceMs).unref();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}

/**
 * Exiting waits for the threads of the pool, forever where one reads a terminal or a pipe that says nothing. Then a
 * signal ends the process, which a shell takes for the same as the exit code.
 */
function end(): void {
  if (!isReading()) process.exit(exitCodes.interrupted);
  setTimeout(() => {
    if (!isReading()) process.exit(exitCodes.interrupted);
    process.emit("exit", exitCodes.interrupted);
    process.removeAllListeners("SIGINT");
    process.kill(process.pid, "SIGINT");
  }, 100);
}

const isReading = () => process.getActiveResourcesInfo().some((resource) => resource.startsWith("FSReq"));
