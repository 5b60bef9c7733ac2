import type { Command } from "commander";
import { bestDevice, describeDevice, listDevices } from "../backend/vulkan/index.js";
import { WhisperVulkanError } from "../errors.js";

export function addDevicesCommand(program: Command): void {
  program
    .command("devices")
    .description("list the Vulkan devices: type, driver, heaps, limits, features, and which one auto takes")
    .option("--json", "everything that is known of each device")
    .action(async ({ json }: { json?: boolean }) => {
      const { devices, why } = await devicesOrReason();
      if (json) {
        console.log(JSON.stringify(devices, null, 2));
        return;
      }
      const best = bestDevice(devices);
      const mark = (index: number) => (index === best ? "  <- auto" : "");
      devices.forEach((device, i) => {
        console.log(`${i}    ${device.name} (${device.type})${mark(i)}`);
        for (const [what, value] of describeDevice(device)) console.log(`     ${what.padEnd(15)}${value}`);
      });
      console.log(`cpu  the built-in CPU backend (WebAssembly)${mark(-1)}`);
      if (why !== null) console.log(`No Vulkan device: ${why}`);
    });
}

/** Having none is an answer here, not a failure. */
async function devicesOrReason() {
  try {
    const devices = await listDevices();
    return { devices, why: devices.length === 0 ? "the Vulkan loader found none" : null };
  } catch (error) {
    if (!(error instanceof WhisperVulkanError) || error.code !== "vulkan-unavailable") throw error;
    return { devices: [], why: [error.message, error.hint].filter(Boolean).join(". ") };
  }
}
