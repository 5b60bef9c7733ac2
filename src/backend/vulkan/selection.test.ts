import { describe, expect, it } from "vitest";
import { WhisperVulkanError } from "../../errors.js";
import type { DeviceReport, DeviceType } from "./device-report.js";
import { selectDevice } from "./selection.js";

const device = (name: string, type: DeviceType, queueFlags = 15) =>
  ({ name, type, queueFamilies: [{ flags: queueFlags, count: 1 }] }) as unknown as DeviceReport;

const laptop = [
  device("llvmpipe (LLVM 15)", "cpu"),
  device("Intel(R) UHD Graphics", "integrated"),
  device("NVIDIA GeForce RTX 3060", "discrete"),
  device("NVIDIA GeForce RTX 3060 Ti", "discrete"),
];

describe("device selection", () => {
  it.each([
    ["auto", 2],
    ["1", 1],
    ["0", 0],
    ["llvmpipe", 0],
    ["rtx 3060 ti", 3],
    ["NVIDIA GeForce RTX 3060", 2],
  ])("%s", (selection, expected) => {
    expect(selectDevice(laptop, selection)).toBe(expected);
  });

  it("auto prefers an integrated GPU to a virtual one, and one that computes to one that does not", () => {
    const virtual = device("virtio", "virtual");
    const deaf = device("display only", "discrete", 1);
    expect(selectDevice([virtual, deaf, laptop[1]!], "auto")).toBe(2);
    expect(selectDevice([deaf, virtual], "auto")).toBe(1);
  });

  it.each([
    [
      "auto never takes a software device",
      [laptop[0]!],
      "auto",
      /^No GPU that can compute was found; the only Vulkan device here is number 0, llvmpipe \(LLVM 15\) \(software on the CPU\)$/,
    ],
    [
      "a number too high",
      laptop,
      "4",
      /^There is no Vulkan device "4"; the Vulkan devices here are number 0, llvmpipe \(LLVM 15\) \(software on the CPU\); number 1, Intel.*; and number 3, NVIDIA GeForce RTX 3060 Ti$/,
    ],
    ["an unknown name", laptop, "radeon", /no Vulkan device "radeon"/],
    ["no name", laptop, "", /no Vulkan device ""/],
    ["a device without compute", [device("display only", "discrete", 1)], "0", /cannot compute/],
    ["auto with a device without compute", [device("display only", "discrete", 1)], "auto", /^No GPU/],
  ] as const)("%s", (_, devices, selection, message) => {
    const error = thrownBy(() => selectDevice(devices, selection));
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ code: "device-unknown", hint: expect.stringContaining("--device cpu") });
  });

  it.each(["auto", "0", "radeon"])("no device at all: %s", (selection) => {
    const error = thrownBy(() => selectDevice([], selection));
    expect(error.message).toMatch(/loader found no device/);
    expect(error).toMatchObject({
      code: "vulkan-unavailable",
      hint: expect.stringContaining("--device cpu"),
    });
  });
});

function thrownBy(action: () => unknown): WhisperVulkanError {
  try {
    action();
  } catch (error) {
    if (error instanceof WhisperVulkanError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
