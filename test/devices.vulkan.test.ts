import { describe, expect, test } from "vitest";
import { cardNamed } from "../src/memory/simulate/index.js";
import { cli } from "./command-line.js";
import { testDevice } from "./validation.js";

describe.skipIf(!testDevice)("devices --simulate", () => {
  test("lists what the program sees on that card, over a real device", async () => {
    const { device, heaps, types } = await cardNamed("amd-rx5700xt-windows");
    const { status, stdout } = await cli(["devices", "--simulate", "amd-rx5700xt-windows", "--json"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        ...{ name: device.name, type: device.type, vendorId: device.vendorId, memoryTypes: types },
        heaps: heaps.map(({ sizeBytes, deviceLocal }) => ({ sizeBytes, deviceLocal })),
      },
    ]);
  });

  test("prints it like a device of this machine's", async () => {
    const { device } = await cardNamed("mali");
    const { status, stdout } = await cli(["devices", "--simulate", "mali"]);
    expect(status).toBe(0);
    expect(stdout).toContain(`0    ${device.name} (${device.type})  <- auto\n     driver`);
    expect(stdout).toContain("cpu  the built-in CPU backend");
  });
});
