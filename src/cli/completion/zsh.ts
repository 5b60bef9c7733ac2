import type { Values } from "../options/index.js";
import { type DescribedCommand, type DescribedOption, listDevices } from "./describe.js";

/** For a file _whisper-vulkan in a folder of $fpath, or to be evaluated in ~/.zshrc after compinit. */
export function zsh(commands: readonly DescribedCommand[]): string {
  const [main] = commands;
  const described = commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}\n`);
  const cases = commands.map(({ name, options, values }) => {
    const specs = [...options.map(optionSpec), argumentSpec(values)];
    return `    ${name}) _arguments -s ${specs.map((spec) => `\\\n      ${spec}`).join(" ")} ;;\n`;
  });
  return `#compdef whisper-vulkan
# whisper-vulkan completion for zsh
_whisper_vulkan_devices() {
  local -a devices
  devices=(auto:'the best GPU, or the CPU without one' cpu:'the built-in CPU backend' \${(f)"$(${listDevices(":")})"})
  _describe device devices
}

_whisper_vulkan() {
  local -a commands
  commands=(
${described.join("")}  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe command commands
    _files
    return
  fi
  local command=${main!.name}
  if (( CURRENT > 2 )); then
    case $words[2] in
    ${commands.map(({ name }) => name).join("|")})
      command=$words[2]
      shift words
      (( CURRENT-- )) ;;
    esac
  fi
  case $command in
${cases.join("")}  esac
}

if [[ $funcstack[1] == _whisper-vulkan ]]; then _whisper_vulkan "$@"
else compdef _whisper_vulkan whisper-vulkan; fi
`;
}

function optionSpec({ flags, description, takesValue, values }: DescribedOption): string {
  const rest = `[${escaped(description)}]${takesValue ? `:value:${action(values)}` : ""}`;
  if (flags.length === 1) return quoted(`${flags[0]}${rest}`);
  return `${quoted(`(${flags.join(" ")})`)}{${flags.join(",")}}${quoted(rest)}`;
}

function argumentSpec(values: Values | null): string {
  return values === null ? quoted("*: :") : quoted(`*:argument:${action(values)}`);
}

function action(values: Values | null): string {
  if (values === null) return " ";
  if (values === "file") return "_files";
  if (values === "device") return "_whisper_vulkan_devices";
  const words = values.words().join(" ");
  if (values.list) return ` _values -s , value ${words}`;
  return values.orFile ? ` _alternative "words\\:value\\:(${words})" "files\\:file\\:_files"` : `(${words})`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const escaped = (text: string) => text.replace(/[[\]:\\]/g, "\\$&");
