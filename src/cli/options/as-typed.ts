import { WhisperVulkanError } from "../../errors.js";
import { optionFlags } from "./transcribe-options.js";

/** Those of transcribe, and those that only the command memory has. */
const flags: Readonly<Record<string, string | null>> = { ...optionFlags, batch: "--batch", free: "--free" };

/** An error about an option of the library, with the option as it is typed on the command line; any other as it is. */
export function asTyped(error: unknown): unknown {
  if (!(error instanceof WhisperVulkanError) || error.code !== "option-invalid") return error;
  const message = error.message.replace(
    /^The option (\w+)/,
    (whole, name: string) => (Object.hasOwn(flags, name) && flags[name]) || whole,
  );
  if (message === error.message) return error;
  const { code, hint } = error;
  return new WhisperVulkanError(code, message, { ...(hint === null ? {} : { hint }), cause: error });
}
