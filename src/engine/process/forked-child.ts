import { type ChildProcess, fork } from "node:child_process";
import { WhisperVulkanError } from "../../errors.js";
import { packageFile } from "../../package-file.js";
import { type ChildEvents, type EngineChild, endInWords, engineMark, notStarted } from "./engine-child.js";
import { childEntry } from "./entry.js";
import { limits } from "./limits.js";
import type { Reply } from "./messages.js";

/** Running processes. One that hangs does not notice its parent's end, so the parent ends it on exit. */
const living = new Set<ChildProcess>();
let exitHookSet = false;

/** Starts the engine in a child of Node, Bun or Deno, or of Electron as Node. Errors: process-failed. */
export function forkChild(events: ChildEvents): EngineChild {
  const child = start();
  let over = false;
  const once = (tell: () => void) => {
    if (over) return;
    over = true;
    hold(child, false); // Deno keeps the channel of a process that has ended
    tell();
  };
  /** In Electron, until its first message: it may be a second app instead of the engine. */
  let silence = process.versions.electron
    ? setTimeout(() => {
        child.kill("SIGKILL");
        once(() => events.onNotStarted(fuseIsOff()));
      }, limits.firstWordMs)
    : null;
  const spoke = () => {
    if (silence) clearTimeout(silence);
    silence = null;
  };
  child.on("message", (reply) => {
    spoke();
    events.onReply(reply as Reply);
  });
  child.on("error", (error) => {
    if (child.pid !== undefined) return;
    spoke();
    once(() => events.onNotStarted(notStarted(error)));
  });
  const ended = (code: number | null, signal: NodeJS.Signals | null) => {
    clearTimeout(withoutClose);
    const neverSpoke = silence !== null;
    spoke();
    once(() => (neverSpoke ? events.onNotStarted(fuseIsOff()) : events.onEnd(endInWords(code, signal))));
  };
  let withoutClose: NodeJS.Timeout | undefined;
  child.once("exit", (code, signal) => {
    living.delete(child);
    // Deno leaves "close" out when something was sent to a process that had just ended.
    withoutClose = setTimeout(ended, limits.closeMs, code, signal);
  });
  // comes after the last message
  child.once("close", ended);
  return {
    send: (request) => {
      // A process that has ended is reported by its end event.
      if (child.connected) child.send(request, undefined, undefined, () => {});
    },
    kill: () => void child.kill("SIGKILL"),
    keepAlive: (keep) => void (over || hold(child, keep)),
  };
}

/** Bun's channel has neither ref() nor unref(); there those of the process are used. */
function hold(child: ChildProcess, keep: boolean): void {
  const channel: Partial<NonNullable<ChildProcess["channel"]>> | null | undefined = child.channel;
  const how = keep ? "ref" : "unref";
  child[how]();
  channel?.[how]?.();
}

function start(): ChildProcess {
  try {
    const child = fork(packageFile(childEntry), [], {
      serialization: "advanced",
      // an inspector's port or a loader's flags belong to the parent only
      execArgv: [],
      stdio: ["ignore", 2, 2, "ipc"],
      // In Electron process.execPath is Electron.
      env: {
        ...process.env,
        [engineMark]: "1",
        ...(process.versions.electron && { ELECTRON_RUN_AS_NODE: "1" }),
      },
    });
    living.add(child);
    if (!exitHookSet) {
      exitHookSet = true;
      process.once("exit", () => {
        for (const left of living) left.kill("SIGKILL");
      });
    }
    return child;
  } catch (error) {
    throw error instanceof WhisperVulkanError ? error : notStarted(error);
  }
}

/** The error where Electron should have run as Node but started the app again. */
export function fuseIsOff(): WhisperVulkanError {
  return new WhisperVulkanError(
    "process-failed",
    "The engine's own process did not start: this Electron app was built with the runAsNode fuse off",
    {
      hint: 'Load the model in the main process, which needs no fuse, or leave out process: "own", or turn the fuse runAsNode on (docs/electron.md)',
    },
  );
}
