import { modelNamed } from "../model/index.js";
import { languages as known, type Language } from "../whisper/index.js";

/**
 * The languages that a model knows, or all of Whisper's 100, which large-v3 and turbo know. Other models know 99, and those
 * with .en in their name only English. In the order of their tokens: the commonest first.
 * @throws WhisperVulkanError `model-unknown`, `option-invalid`
 */
export function languages(model?: string): Language[] {
  const count = model === undefined ? known.length : modelNamed(model).languages;
  return known.slice(0, count).map(([code, name]) => ({ code, name }));
}
