import { exitCodes } from "./report.js";

/** Longer than this after Ctrl-C, and what has not ended by itself is ended. */
const patienceMs = 500;

/**
 * The first Ctrl-C aborts the signal, so that everything ends in order, for which it has half a second; a second one
 * ends the process at once. What must not stay behind then is removed by listeners of the process' exit.
 */
export function onInterrupt(): AbortSignal {
  const controller = new AbortController();
  const end = () => process.exit(exitCodes.interrupted);
  const stop = () => {
    if (controller.signal.aborted) end();
    controller.abort();
    setTimeout(end, patienceMs).unref();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}
