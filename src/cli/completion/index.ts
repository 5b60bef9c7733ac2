import { Argument, type Command } from "commander";
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
For fish, run it again after each update of whisper-vulkan.`;

/** Prints the script with which a shell completes commands, options and values, generated from the program's definition. */
export function addCompletionCommand(program: Command): void {
  const names = Object.keys(shells);
  const shell = new Argument("<shell>", "the shell").choices(names);
  takes(shell, { words: () => names });
  program
    .command("completion")
    .description("print the script with which bash, zsh or fish completes commands and options")
    .addArgument(shell)
    .addHelpText("after", install)
    .action((name: Shell) => {
      process.stdout.write(shells[name](describeCommands(program)));
    });
}
