import { type ChildProcess, fork } from "node:child_process";
import { WhisperVulkanError } from "../../errors.js";
import { packageFile } from "../../package-file.js";
import { type ChildEvents, type EngineChild, endInWords, engineMark, notStarted } from "./engine-child.js";
import { childEntry } from "./entry.js";
import { limits } from "./limits.js";
import type { Reply } from "./messages.js";

/** Processes that are there. One that hangs does not see its parent go, so it is ended by the parent's exit. */
const living = new Set<ChildProcess>();
let exitHookSet = false;

/** Starts the engine in a child of Node, Bun or Deno, or of Electron as Node. Errors: process-failed. */
export function forkChild(events: ChildEvents): EngineChild {
  const child = start();
  let over = false;
  const once = (tell: () => void) => {
    if (over) return;
    over = true;
    hold(child, false); // Deno keeps the channel of a process that is gone
    tell();
  };
  /** In Electron, until it has said something: it may be the app once more instead of the engine. */
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
      // A process that is gone says so by its end.
      if (child.connected) child.send(request, undefined, undefined, () => {});
    },
    kill: () => void child.kill("SIGKILL"),
    keepAlive: (keep) => void (over || hold(child, keep)),
  };
}

/** Bun's channel has neither ref() nor unref(); there the process' own do it. */
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
      // an inspector's port or a loader's flags are the parent's own
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

/** The error where Electron was asked to be Node and was the app once more. */
export function fuseIsOff(): WhisperVulkanError {
  return new WhisperVulkanError(
    "process-failed",
    "the engine's own process did not start: this Electron app was built with the runAsNode fuse off",
    {
      hint: 'load the model in the main process, which needs no fuse, or leave out process: "own", or turn the fuse runAsNode on (docs/electron.md)',
    },
  );
}
