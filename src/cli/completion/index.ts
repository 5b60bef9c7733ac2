import { Argument, type Command } from "commander";
import { WhisperVulkanError } from "../../errors.js";
import { shown } from "../../shown.js";
import { takes } from "../options/index.js";
import { bash } from "./bash.js";
import { describeCommands } from "./describe.js";
import { fish } from "./fish.js";
import { zsh } from "./zsh.js";

/** By shell, the script that completes the commands. */
export const shells = { bash, zsh, fish } as const;
export type Shell = keyof typeof shells;

const install = `
To install it, run once:
  bash  echo 'eval "$(whisper-vulkan completion bash)"' >> ~/.bashrc
  zsh   echo 'eval "$(whisper-vulkan completion zsh)"' >> ~/.zshrc     (after the line with compinit)
  fish  whisper-vulkan completion fish > ~/.config/fish/completions/whisper-vulkan.fish  (make the folder first)
For fish, run it again after each update of whisper-vulkan.
The program whisper-vulkan must be on the PATH.`;

/** Error: option-invalid. */
function shellNamed(name: string): Shell {
  if (Object.hasOwn(shells, name)) return name as Shell;
  throw new WhisperVulkanError("option-invalid", `There is no completion for ${shown(name)}.`, {
    hint: "Give bash, zsh or fish.",
  });
}

/** Prints the script with which a shell completes commands, options and values, generated from the program's definition. */
export function addCompletionCommand(program: Command): void {
  const names = Object.keys(shells);
  const shell = new Argument("<shell>", "bash, zsh or fish").argParser(shellNamed);
  takes(shell, { words: () => names });
  program
    .command("completion")
    .description("prints the tab-completion script for bash, zsh or fish")
    .addArgument(shell)
    .addHelpText("after", install)
    .action((name: Shell) => {
      process.stdout.write(shells[name](describeCommands(program)));
    });
}
