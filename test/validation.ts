import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** False where tests run on a real GPU: the layers are watched on software Vulkan, which `npm test` brings. */
export const validated = process.env.WHISPER_VULKAN_TEST_VALIDATION !== "0";

/**
 * Switches the Khronos validation layer on for Vulkan instances made in this process from here on, core checks and
 * synchronization, and collects what it says. Must be called before the first instance is made.
 */
export function watchValidation(): Validation {
  if (!validated) return { newMessages: () => "" };
  const folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-validation-"));
  const log = join(folder, "messages.txt");
  const settings = join(folder, "vk_layer_settings.txt");
  writeFileSync(log, "");
  const lines = {
    debug_action: "VK_DBG_LAYER_ACTION_LOG_MSG",
    log_filename: log,
    report_flags: "error,warn",
    // layers of 2023 and of 2025 each know one of these names
    enables: "VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT",
    validate_sync: "true",
    syncval_shader_accesses_heuristic: "true",
    enable_message_limit: "false",
  };
  const text = Object.entries(lines).map(([name, value]) => `khronos_validation.${name} = ${value}\n`);
  writeFileSync(settings, text.join(""));
  process.env.VK_INSTANCE_LAYERS = "VK_LAYER_KHRONOS_validation";
  process.env.VK_LAYER_SETTINGS_PATH = settings;
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return {
    newMessages() {
      const text = readFileSync(log, "utf8");
      // the layer continues writing at its old position, which leaves a gap of zeros
      truncateSync(log);
      return text.replaceAll("\0", "").trim();
    },
  };
}

export interface Validation {
  /**
   * The messages since the last call; "" if none. Each new instance restarts the record, so it must be
   * asked for before the next one is made.
   */
  newMessages(): string;
}

/** Which device the tests of the Vulkan tiers are to run on, or null outside of them. */
export const testDevice = process.env.WHISPER_VULKAN_TEST_DEVICE ?? null;
if (!testDevice) console.log("skipped: needs Vulkan (set WHISPER_VULKAN_TEST_DEVICE; npm test does)");
