import type { Backend } from "../backend/backend.js";
import { openCpu } from "../backend/cpu/index.js";
import { isLoss, listDevices, openVulkan, realTables, selectDevice } from "../backend/vulkan/index.js";
import { simulatedTables } from "../backend/vulkan/simulate/index.js";
import {
  amount,
  callback,
  checkOption,
  deviceName,
  type OptionTypes,
  text,
  wholeNumber,
} from "../check-options.js";
import { WhisperVulkanError } from "../errors.js";
import { cardNamed } from "../memory/simulate/index.js";
import { bandwidthFile } from "./bandwidth-file.js";

/** Which device to use, and how. */
export interface DeviceOptions {
  /**
   * "auto" (default, or the environment variable WHISPER_VULKAN_DEVICE): the best real GPU, else the CPU;
   * "cpu": the built-in CPU backend; a number or part of a name: that Vulkan device. devices() lists them.
   */
  readonly device?: string | number | undefined;
  /** Worker threads of the CPU backend. Default: all cores, at most 8. */
  readonly threads?: number | undefined;
  /**
   * A card to simulate: its name, or the path of its JSON file. The first Vulkan device's memory then behaves like that card's. A simulation
   * can only remove abilities: subgroups and speed are still the real device's.
   */
  readonly simulate?: string | undefined;
  /** How much of the GPU's own memory to use at most, in bytes; the rest goes into host memory. Default: no limit. */
  readonly vramLimitBytes?: number | undefined;
  /** Called with a line of text when something unusual happens, for example with the reason why the CPU is used. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** What each of them may hold. */
export const deviceOptionTypes: OptionTypes<DeviceOptions> = {
  device: deviceName,
  threads: wholeNumber(1, 64),
  simulate: { ...text, hint: "Give a card's name, or the path of its JSON file." },
  vramLimitBytes: amount("bytes"),
  onNote: callback,
};

/** Checks before a long pull that the requested device exists. Errors: those of openBackend, card-unknown, card-invalid, option-invalid. */
export async function checkDevice(options: DeviceOptions): Promise<void> {
  for (const [name, type] of Object.entries(deviceOptionTypes)) {
    const value = options[name as keyof DeviceOptions];
    if (value !== undefined) checkOption(name, value, type);
  }
  const { simulate } = options;
  if (simulate !== undefined) await cardNamed(simulate); // report wrong options, whichever device will be used
  const device = deviceOf(options);
  if (device === "cpu" && options.simulate !== undefined)
    throw new WhisperVulkanError("option-invalid", "A card can't be simulated on the CPU backend", {
      hint: "Leave the device out, or name a Vulkan device",
    });
  if (device === "cpu" || device === "auto") return;
  const tables = await tablesOf(options);
  try {
    selectDevice(await listDevices(tables), device);
  } catch (error) {
    if (!isLoss(error)) throw error; // opening it reports whether it exists
  }
}

/** Opens the requested device; the options were checked before. Errors: device-unknown, vulkan-unavailable. */
export async function openBackend(options: DeviceOptions): Promise<Backend> {
  const device = deviceOf(options);
  if (device === "cpu") return openCpuBackend(options);
  try {
    const { vramLimitBytes, simulate } = options;
    const backend = await openVulkan(
      device,
      {
        ...(vramLimitBytes !== undefined && { memory: { vramLimitBytes } }),
        // a simulated card has the bandwidth of the device underneath
        ...(simulate === undefined && { bandwidths: bandwidthFile }),
      },
      await tablesOf(options),
    );
    if (simulate !== undefined)
      options.onNote?.(
        `Simulated: memory and limits are those of ${simulate}, kernels and speed the real device's`,
      );
    return backend;
  } catch (error) {
    const absent =
      error instanceof WhisperVulkanError &&
      (error.code === "vulkan-unavailable" || error.code === "device-unknown");
    if (device !== "auto" || !absent) throw error;
    options.onNote?.(`${error.message}; the built-in CPU backend does the work`);
    return openCpuBackend(options);
  }
}

/** The driver's calls as the card would answer them; undefined: the driver's own. Errors: card-unknown, vulkan-unavailable. */
export async function tablesOf({ simulate }: DeviceOptions) {
  return simulate === undefined ? undefined : simulatedTables(await cardNamed(simulate), realTables());
}

/** The requested device: "auto", "cpu", or a device's number or name. */
export function deviceOf({ device }: DeviceOptions): string {
  const text = String(device ?? (process.env.WHISPER_VULKAN_DEVICE || "auto")).trim();
  return /^(auto|cpu)$/i.test(text) ? text.toLowerCase() : text;
}

export function openCpuBackend({ threads }: DeviceOptions): Promise<Backend> {
  return openCpu(threads === undefined ? {} : { threads });
}
