import { Command } from "commander";
import { packageVersion } from "../version.js";
import { addCompletionCommand } from "./completion/index.js";
import { addDevicesCommand } from "./devices.js";
import { showOptionsOf } from "./help.js";
import { addMemoryCommand } from "./memory.js";
import { addModelsCommand } from "./models.js";
import { explainErrors } from "./options/index.js";
import { addPullCommand } from "./pull.js";
import { addReplayCommand } from "./replay.js";
import { addTranscribeCommand } from "./transcribe.js";

/** The command line: all commands with their options. */
export function createProgram(): Command {
  const program = new Command("whisper-vulkan")
    .description("Speech to text with Whisper, on any GPU through Vulkan or on the CPU")
    .version(packageVersion)
    .exitOverride();
  addTranscribeCommand(program);
  addPullCommand(program);
  addModelsCommand(program);
  addDevicesCommand(program);
  addMemoryCommand(program);
  addReplayCommand(program);
  addCompletionCommand(program);
  for (const command of [program, ...program.commands]) explainErrors(command);
  showOptionsOf(program.commands[0]!, program);
  return program;
}
