import type { Values } from "../options/index.js";
import { type DescribedCommand, listDevices } from "./describe.js";

/** For ~/.bashrc. Where nothing is offered, bash offers files. */
export function bash(commands: readonly DescribedCommand[]): string {
  const [main] = commands;
  const names = commands.map(({ name }) => name).join(" ");
  const options = commands.map(
    ({ name, options }) => `    ${name}) options='${options.flatMap(({ flags }) => flags).join(" ")}' ;;\n`,
  );
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ flags, values }) => {
        const pattern = flags.map((flag) => `"${name} ${flag}"`).join("|");
        return `    ${pattern}) ${offer(values)}; return ;;\n`;
      }),
  );
  const args = commands.map(({ name, values }) => `    ${name}) ${offer(values)} ;;\n`);
  return `# whisper-vulkan completion for bash
_whisper_vulkan_words() {
  COMPREPLY=($(compgen -P "$3" -W "$1" -- "$2"))
}

_whisper_vulkan() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command=${main!.name} options word
  COMPREPLY=()
  # bash splits --option=value into three words
  if [[ $current == = ]]; then current=""
  elif [[ $previous == = ]]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  for word in ${names}; do
    if [[ $COMP_CWORD -gt 1 && \${COMP_WORDS[1]} == "$word" ]]; then command=$word; fi
  done
  case "$command $previous" in
${values.join("")}  esac
  if [[ $current == -* ]]; then
    case $command in
${options.join("")}    esac
    _whisper_vulkan_words "$options" "$current"
    return
  fi
  if [[ $COMP_CWORD == 1 ]]; then
    _whisper_vulkan_words "${names} help" "$current"
    return
  fi
  case $command in
${args.join("")}  esac
}

complete -o bashdefault -o default -F _whisper_vulkan whisper-vulkan
`;
}

/** The command that offers values. Where text or a number is expected, nothing is offered, not even files. */
function offer(values: Values | null): string {
  if (values === null) return "compopt +o default +o bashdefault 2>/dev/null";
  if (values === "file") return ":";
  if (values === "device")
    return `_whisper_vulkan_words "auto cpu $(${listDevices(" ")} | cut -d' ' -f1)" "$current"`;
  const words = values.words().join(" ");
  if (!values.list) return `_whisper_vulkan_words "${words}" "$current"`;
  return `word=""; [[ $current == *,* ]] && word="\${current%,*},"; _whisper_vulkan_words "${words}" "\${current##*,}" "$word"`;
}
