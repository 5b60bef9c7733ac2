import { CommanderError } from "commander";
import { asTyped, refuseForeignOption } from "./options/index.js";
import { unwritable } from "./output/index.js";
import { createProgram } from "./program.js";
import { exitCodes, reportError } from "./report.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? exitCodes.ok); // the reader has closed the pipe
  process.exit(reportError(unwritable("standard output", error)));
});
// Nothing reads standard error. The work continues, and the exit code reports its result.
process.stderr.on("error", () => {});
// Warnings of Node about itself or other packages do not help a user.
process.removeAllListeners("warning");
process.on("uncaughtException", (error) => process.exit(reportError(error)));

const program = createProgram();
try {
  const args = process.argv.slice(2);
  const others = program.commands.map((command) => command.name()).filter((name) => name !== "transcribe");
  if (!others.includes(args[0] ?? "")) refuseForeignOption(args);
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  else process.exitCode = reportError(asTyped(error));
}
