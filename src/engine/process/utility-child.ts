import { fileURLToPath } from "node:url";
import { WhisperVulkanError } from "../../errors.js";
import { packageFile } from "../../package-file.js";
import type { ElectronMain, UtilityProcess } from "./electron.js";
import { type ChildEvents, type EngineChild, endInWords, engineMark, notStarted } from "./engine-child.js";
import { childEntry } from "./entry.js";
import { limits } from "./limits.js";
import type { Reply, Request } from "./messages.js";

/** Starts the engine in a utility process of Electron's, which needs no fuse, as soon as the app is ready. */
export function startUtilityProcess({ app, utilityProcess }: ElectronMain, events: ChildEvents): EngineChild {
  let child: UtilityProcess | null = null;
  let over = false;
  /** Sent before it runs. */
  const waiting: Request[] = [];
  const start = () => {
    if (over) return;
    try {
      child = utilityProcess.fork(fileURLToPath(packageFile(childEntry)), [], {
        env: { ...process.env, [engineMark]: "1" },
        execArgv: [],
        stdio: ["ignore", "ignore", "inherit"],
        serviceName: "whisper-vulkan engine",
      });
    } catch (error) {
      over = true;
      return events.onNotStarted(error instanceof WhisperVulkanError ? error : notStarted(error));
    }
    child.on("message", (reply) => events.onReply(reply as Reply));
    child.on("exit", (code) => {
      over = true;
      events.onEnd(endInWords(code, null));
    });
    for (const request of waiting) child.postMessage(request);
  };
  const impatience = setTimeout(() => {
    over = true;
    events.onNotStarted(neverReady());
  }, limits.appReadyMs);
  void app.whenReady().then(() => {
    clearTimeout(impatience);
    start();
  });
  return {
    send: (request) => {
      if (child) child.postMessage(request);
      else waiting.push(request);
    },
    kill: () => {
      clearTimeout(impatience);
      if (!child) {
        if (!over) queueMicrotask(() => events.onEnd("before it was started"));
        over = true;
      } else if (!over) end(child);
    },
    // Electron's main process runs until the app quits, and takes its utility processes along.
    keepAlive: () => {},
  };
}

/** Electron's kill() sends SIGTERM, to which a process that hangs in a driver does not react. */
function end(child: UtilityProcess): void {
  try {
    if (child.pid !== undefined) process.kill(child.pid, "SIGKILL");
    else child.kill();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it has already ended
  }
}

function neverReady(): WhisperVulkanError {
  return new WhisperVulkanError(
    "process-failed",
    `The engine's own process cannot be started: Electron's app was not ready after ${limits.appReadyMs / 1000} s`,
    { hint: "Load the model after app.whenReady(); a top-level await on it blocks the app" },
  );
}
