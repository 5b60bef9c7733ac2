import type { Values } from "../options/index.js";
import { type DescribedCommand, type DescribedOption, listDevices } from "./describe.js";

/** For ~/.config/fish/completions/whisper-vulkan.fish. */
export function fish(commands: readonly DescribedCommand[]): string {
  const [main] = commands;
  const names = commands.map(({ name }) => name).join(" ");
  const first = commands.map(
    ({ name, description }) =>
      `complete -c whisper-vulkan -n __whisper_vulkan_first -a ${name} -d ${quoted(description)}\n`,
  );
  const each = commands.map(({ name, options, values }) => {
    const start = `complete -c whisper-vulkan -n '__whisper_vulkan_command ${name}'`;
    const lines = options.map((option) => `${start} ${optionArguments(option)}\n`);
    return `\n${lines.join("")}${start} ${offer(values)}\n`;
  });
  return `# whisper-vulkan completion for fish
function __whisper_vulkan_first
  test (count (commandline -opc)) -eq 1
end

function __whisper_vulkan_command
  set -l words (commandline -opc)
  if contains -- "$words[2]" ${names}
    test "$words[2]" = "$argv[1]"
  else
    test "$argv[1]" = ${main!.name}
  end
end

function __whisper_vulkan_devices
  printf '%s\\t%s\\n' auto 'the best GPU, or the CPU without one' cpu 'the built-in CPU backend'
  ${listDevices("\\t")}
end

complete -c whisper-vulkan -e
${first.join("")}${each.join("")}`;
}

function optionArguments({ flags, description, takesValue, values }: DescribedOption): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value = takesValue ? ` -r ${offer(values)}` : "";
  return `${names.join(" ")} -d ${quoted(description)}${value}`;
}

function offer(values: Values | null): string {
  if (values === null) return "-f";
  if (values === "file") return "-F";
  if (values === "device") return "-f -a '(__whisper_vulkan_devices)'";
  const words = values.words().join(" ");
  if (values.list) return `-f -a ${quoted(`(__fish_complete_list , "printf '%s\\n' ${words}")`)}`;
  return `${values.orFile ? "-F" : "-f"} -a ${quoted(words)}`;
}

const quoted = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;
