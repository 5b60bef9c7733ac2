import { exitCodes } from "./report.js";

/** What must not stay behind if the process has to end at once. */
export const cleanUps = new Set<() => void>();

/** Ctrl-C aborts the signal; what then has not ended within 700 ms is ended, without half files. */
export function onInterrupt(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    controller.abort();
    setTimeout(() => {
      for (const cleanUp of cleanUps) cleanUp();
      process.exit(exitCodes.interrupted);
    }, 700).unref();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  return controller.signal;
}
