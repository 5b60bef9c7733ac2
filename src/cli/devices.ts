import type { Command } from "commander";
import { listDevices } from "../backend/vulkan/index.js";

export function addDevicesCommand(program: Command): void {
  program
    .command("devices")
    .description("list the Vulkan devices: type, driver, heaps")
    .option("--json", "everything that is known of each device")
    .action(({ json }: { json?: boolean }) => {
      const devices = listDevices();
      if (json) {
        const text = (_: string, value: unknown) => (typeof value === "bigint" ? Number(value) : value);
        console.log(JSON.stringify(devices, text, 2));
        return;
      }
      for (const [i, device] of devices.entries()) console.log(`${i}  ${device.name} (${device.type})`);
      console.log("cpu  the built-in CPU backend");
    });
}
