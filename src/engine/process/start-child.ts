import { WhisperVulkanError } from "../../errors.js";
import { electronMain } from "./electron.js";
import { type ChildEvents, type EngineChild, engineMark } from "./engine-child.js";
import { forkChild, fuseIsOff } from "./forked-child.js";
import { startUtilityProcess } from "./utility-child.js";

/**
 * Starts the engine's process: a utility process in Electron's main process, elsewhere a child of the runtime.
 * Nothing it prints reaches this process' standard output. Errors: process-failed.
 */
export function startChild(events: ChildEvents): EngineChild {
  // An app that was started instead of the engine must not start another one.
  if (process.env[engineMark]) throw process.versions.electron ? fuseIsOff() : startedByEngine();
  const electron = electronMain();
  return electron ? startUtilityProcess(electron, events) : forkChild(events);
}

function startedByEngine(): WhisperVulkanError {
  return new WhisperVulkanError("process-failed", "An engine's process cannot start another one", {
    hint: `Remove ${engineMark} from the environment`,
  });
}
