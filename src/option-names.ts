import { WhisperVulkanError } from "./errors.js";
import { nearestNames } from "./nearest-names.js";

/**
 * In plain JavaScript nothing else notices a slip such as "langauge", and what was meant would be left out in silence.
 * @throws WhisperVulkanError "option-invalid"
 */
export function checkOptionNames<T extends object>(
  options: T,
  known: Readonly<Record<keyof Required<T>, true>>,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(known, name)) continue;
    const [nearest] = nearestNames(name, Object.keys(known));
    throw new WhisperVulkanError("option-invalid", `There is no option "${name}".`, {
      hint: `Did you mean "${nearest}"?`,
    });
  }
}
