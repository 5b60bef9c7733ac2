import { describe, expect, test, vi } from "vitest";
import { planMemory } from "./plan-memory.js";

const card = "amd-rx5700xt-windows";

test.each([Number.NaN, -1])("a limit of %d bytes is none", async (vramLimitBytes) => {
  await expect(planMemory("base", { simulate: card, vramLimitBytes })).rejects.toMatchObject({
    code: "option-invalid",
  });
});

test("with a limit of 0 all is in the host's memory", async () => {
  const { heaps } = await planMemory("base", { simulate: card, vramLimitBytes: 0 });
  for (const { deviceLocal, takenBytes } of heaps) expect(takenBytes > 0).toBe(!deviceLocal);
});

describe("a plan in words", () => {
  test("says what a refused model needs, what can be had, and what would help", async () => {
    const { verdict, neededBytes, availableBytes, summary, advice } = await planMemory("large-v3", {
      simulate: "mali",
    });
    expect(verdict).toBe("refused");
    expect(neededBytes).toBeGreaterThan(availableBytes);
    expect(summary).toContain("3.6 GiB is needed in total, 3.4 GiB is available");
    expect(advice).toEqual(["With the model large-v3-turbo all of it is in the device's own memory."]);
  });

  test("says that the user's limit, or other programs, are in the way", async () => {
    const limited = await planMemory("base", { simulate: card, vramLimitBytes: 50 * 2 ** 20 });
    expect(limited).toMatchObject({ verdict: "spill", vramLimitBytes: 50 * 2 ** 20 });
    expect(limited.advice[0]).toMatch(
      /^Without the limit set for VRAM .* all of it is in the device's own memory/,
    );
    const crowded = await planMemory("base", { simulate: "mali", free: { 0: 64 * 2 ** 20 } });
    expect(crowded).toMatchObject({ verdict: "refused", vramLimitBytes: null });
    expect(crowded.advice[0]).toMatch(
      /^With nothing else on the card all of it is in .*close other programs/,
    );
  });

  test("gives a spill's price beside what reading takes without it", async () => {
    const plan = await planMemory("base", { simulate: card, vramLimitBytes: 0 });
    // a window is 200 tokens, and the encoder, whose weights are read once
    expect(plan.readMsPerWindow / plan.readMsPerToken).toBeGreaterThan(190);
    expect(plan.extraMsPerToken / plan.readMsPerToken).toBeCloseTo(300 / 11 - 1, 5);
    const [total] = /the ([\d.]+) ms that reading everything/.exec(plan.summary)!.slice(1);
    expect(Number(total)).toBeCloseTo(plan.readMsPerWindow, 1);
    expect(plan.summary).toMatch(/\(estimated\)\.$/);
  });

  test("on the CPU or without a GPU it is a card that can be planned for", async () => {
    await expect(planMemory("base", { device: "cpu" })).rejects.toMatchObject({
      code: "option-invalid",
      hint: expect.stringContaining("--simulate"),
    });
    vi.stubEnv("VULKAN_LOADER", "/nonexistent/libvulkan.so.1");
    const { hint } = await planMemory("base").catch((error) => error);
    vi.unstubAllEnvs();
    expect(hint).toContain("--simulate");
    expect(hint).not.toContain("--device cpu");
  });
});
