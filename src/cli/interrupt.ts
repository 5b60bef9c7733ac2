import { exitCodes } from "./report.js";

/** The time after Ctrl-C until whatever is still running is ended. */
const patienceMs = 500;

/**
 * The first Ctrl-C aborts the signal, so that everything can end in order within half a second. A second one
 * ends the process at once. Exit listeners then remove what must not be left behind.
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
 * Exiting waits for the threads of the pool, forever where one reads a silent terminal or pipe. In that case a
 * signal ends the process; to a shell that looks the same as the exit code.
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
