import { describe, expect, test, vi } from "vitest";
import { type DeviceReport, type DeviceType, listDevices } from "../backend/vulkan/index.js";
import { WhisperVulkanError } from "../errors.js";
import { devices } from "./devices.js";

vi.mock("../backend/vulkan/index.js", { spy: true });

const device = (name: string, type: DeviceType, queueFlags = 15) =>
  ({
    ...{ name, type, queueFamilies: [{ flags: queueFlags, count: 1 }] },
    heaps: [
      { sizeBytes: 8e9, deviceLocal: true },
      { sizeBytes: 16e9, deviceLocal: false },
      { sizeBytes: 256e6, deviceLocal: true },
    ],
  }) as unknown as DeviceReport;
const cpu = { device: "cpu", name: "built-in CPU backend", type: "cpu", memoryBytes: null, report: null };

describe("devices()", () => {
  test("lists the Vulkan devices by number, the CPU backend, and which one auto takes", async () => {
    const reports = [
      device("llvmpipe", "cpu"),
      device("display only", "discrete", 1),
      device("GPU", "integrated"),
    ];
    vi.mocked(listDevices).mockResolvedValueOnce(reports);
    const onNote = vi.fn();
    const memoryBytes = 8.256e9;
    expect(await devices({ onNote })).toEqual([
      {
        device: 0,
        name: "llvmpipe",
        type: "cpu",
        memoryBytes,
        isAuto: false,
        isUsable: true,
        report: reports[0],
      },
      {
        ...{ device: 1, name: "display only", type: "discrete", memoryBytes },
        ...{ isAuto: false, isUsable: false, report: reports[1] },
      },
      {
        device: 2,
        name: "GPU",
        type: "integrated",
        memoryBytes,
        isAuto: true,
        isUsable: true,
        report: reports[2],
      },
      { ...cpu, isAuto: false, isUsable: true },
    ]);
    expect(onNote).not.toHaveBeenCalled();
  });

  test.each<[string, () => Promise<DeviceReport[]>, string]>([
    ["no device", async () => [], "The Vulkan loader found no device"],
    [
      "no loader",
      async () => {
        throw new WhisperVulkanError("vulkan-unavailable", "no Vulkan loader", { hint: "Install one" });
      },
      "no Vulkan loader. Install one",
    ],
  ])("with %s it is the CPU, and a note says why", async (_, list, note) => {
    vi.mocked(listDevices).mockImplementationOnce(list);
    const onNote = vi.fn();
    expect(await devices({ onNote })).toEqual([{ ...cpu, isAuto: true, isUsable: true }]);
    expect(onNote.mock.calls).toEqual([[note]]);
  });

  test("any other failure is thrown", async () => {
    const failed = new WhisperVulkanError("vulkan-call-failed", "vkEnumeratePhysicalDevices failed");
    vi.mocked(listDevices).mockRejectedValueOnce(failed);
    await expect(devices()).rejects.toBe(failed);
  });

  test("refuses options of a wrong type", async () => {
    await expect(devices({ onNote: "print" } as never)).rejects.toMatchObject({ code: "option-invalid" });
    await expect(devices(null as never)).rejects.toMatchObject({ code: "option-invalid" });
  });
});
