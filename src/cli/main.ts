import { Command, CommanderError } from "commander";
import { packageVersion } from "../version.js";
import { addDevicesCommand } from "./devices.js";
import { addMemoryCommand } from "./memory.js";
import { addModelsCommand } from "./models.js";
import { unwritable } from "./output.js";
import { addPullCommand } from "./pull.js";
import { addReplayCommand } from "./replay.js";
import { exitCodes, help, reportError } from "./report.js";
import { addTranscribeCommand } from "./transcribe.js";
import { usageOutput } from "./usage.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? exitCodes.ok); // the reader has seen enough
  process.exit(reportError(unwritable("standard output", error)));
});

const program = new Command("whisper-vulkan")
  .description("Speech to text with Whisper, on any GPU through Vulkan or on the CPU")
  .version(packageVersion)
  .exitOverride()
  .configureOutput(usageOutput)
  .addHelpText("after", `\n${help}`);
addTranscribeCommand(program);
addPullCommand(program);
addModelsCommand(program);
addDevicesCommand(program);
addMemoryCommand(program);
addReplayCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  else process.exitCode = reportError(error);
}
