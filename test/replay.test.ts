import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { int16, sine, wav } from "../src/audio/cases.js";
import { openVulkan } from "../src/backend/vulkan/index.js";
import { mockTables } from "../src/backend/vulkan/simulate/mock/index.js";
import { toyDimensions } from "../src/engine/testing/toy-model.js";
import type { MemoryReport } from "../src/memory/index.js";
import { cardNamed, vary } from "../src/memory/simulate/index.js";
import { networkPrograms } from "../src/network/device-network.js";
import { describeWeights } from "../src/network/tensors.js";
import { cli, writeModel } from "./command-line.js";

const folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-replay-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (...args: string[]) => cli(args, { cwd: folder });
const write = (name: string, json: unknown) => writeFileSync(join(folder, name), JSON.stringify(json));

let report: MemoryReport;
beforeAll(async () => {
  const card = vary(await cardNamed("amd-rx5700xt-windows"), "64-mib-free");
  const backend = await openVulkan("auto", { maxFlops: 1e9 }, mockTables({ ...card, extensions: [] }));
  const programs = networkPrograms(toyDimensions, describeWeights(toyDimensions, "f16").weights);
  const storage = await backend.allocate(backend.manifest(programs));
  report = backend.memoryReport()!;
  await storage.dispose();
  await backend.dispose();
  write("report.json", report);
  writeModel(join(folder, "model.bin"));
  writeFileSync(join(folder, "tone.wav"), wav(int16(sine(440, 16000, 16000))));
});

describe("replay", () => {
  test("prints each request with its plan, then what was held", async () => {
    const { status, stdout, stderr } = await run("replay", "report.json");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^AMD .*, whisper-vulkan \d.*, Node v\d/);
    expect(stdout).toMatch(/^1\. After \d+\.\d{3} s: place .*weights.*/m);
    expect(stdout).toMatch(/^After the last request$/m);
    expect(stdout).toMatch(/^heap 0 {2}7\.8 GiB on the device/m);
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^Fits/);
  });

  test("is JSON with --json, a picture with --svg, and other with a limit edited in", async () => {
    const { memory } = report;
    write("limited.json", { ...report, memory: { ...memory, vramLimitBytes: 2 ** 21 } });
    const verdicts = ["report.json", "limited.json"].map(async (file) => {
      const { status, stdout } = await run("replay", file, "--json", "--svg", `${file}.svg`);
      expect(status).toBe(0);
      expect(readFileSync(join(folder, `${file}.svg`), "utf8")).toMatch(/^<svg/);
      return JSON.parse(stdout).plan.verdict;
    });
    expect(await Promise.all(verdicts)).toEqual(["device", "spill"]);
    const [free, limited] = ["report.json.svg", "limited.json.svg"].map((file) =>
      readFileSync(join(folder, file), "utf8"),
    );
    expect(free).not.toContain("limit:");
    expect(limited).toContain("limit: 2.0 MiB of the device's memory may be used");
    const { stdout } = await run("replay", "limited.json");
    expect(stdout).toMatch(/^limit {3}2\.0 MiB of the device's memory may be used \(--vram-limit\)$/m);
    expect(stdout).toMatch(/^heap 0 .* free \(\d.* of it is kept free\), .* taken$/m);
  });

  test("of a device opened with a limit says the limit", async () => {
    const card = await cardNamed("amd-rx5700xt-windows");
    const limit = { maxFlops: 1e9, memory: { vramLimitBytes: 3 * 2 ** 20 } };
    const backend = await openVulkan("auto", limit, mockTables({ ...card, extensions: [] }));
    const programs = networkPrograms(toyDimensions, describeWeights(toyDimensions, "f16").weights);
    const storage = await backend.allocate(backend.manifest(programs));
    write("with-limit.json", backend.memoryReport());
    await storage.dispose();
    await backend.dispose();
    const { stdout } = await run("replay", "with-limit.json");
    expect(stdout).toMatch(/^limit {3}3\.0 MiB of the device's memory/m);
  });

  test.each<[name: string, json: unknown, message: RegExp]>([
    ["card.json", { name: "card", heaps: [] }, /card\.json: format is not .* this is not a memory report/],
    ["dropped.json", { dropped: undefined }, /dropped\.json: dropped is missing/],
    ["heaps.json", { card: { name: "x", device: {} } }, /heaps\.json: card: heaps is missing/],
    ["bandwidth.json", { bandwidth: null }, /bandwidth\.json: bandwidth must be an object, not null/],
  ])("says in one line what is wrong with %s", async (name, json, message) => {
    write(name, name === "card.json" ? json : { ...report, ...(json as object) });
    const { status, stdout, stderr } = await run("replay", name);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test.each([
    ["", /--svg needs the name of a file/],
    ["-", /--svg needs the name of a file/],
    ["report.json", /report\.json would be overwritten\. .*--svg/],
  ])("writes no picture to %j", async (path, message) => {
    const { status, stdout, stderr } = await run("replay", "report.json", "--svg", path);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(JSON.parse(readFileSync(join(folder, "report.json"), "utf8"))).toEqual(report);
  });

  test("says so where there is no file", async () => {
    expect((await run("replay", "none.json")).stderr).toMatch(/^whisper-vulkan: There is no file none\.json/);
  });
});

describe("transcribe --memory-report", () => {
  const model = ["-m", "model.bin", "-l", "en", "--temperature", "0"];

  test("writes none where no GPU was tried, and says so", async () => {
    const { status, stderr } = await run(...model, "tone.wav", "-q", "--memory-report", "none.json");
    expect(status).toBe(0);
    expect(stderr).toBe("whisper-vulkan: none.json was not written: no GPU memory was requested\n");
    expect(existsSync(join(folder, "none.json"))).toBe(false);
  });

  test.each([
    ["", 2, /--memory-report needs the name of a file/],
    ["-", 2, /--memory-report needs the name of a file/],
    ["tone.wav", 2, /tone\.wav would be overwritten/],
    ["model.bin", 2, /model\.bin would be overwritten\. .*--memory-report/],
    ["nowhere/report.json", 1, /there is no folder .*nowhere.*--memory-report/],
  ])("refuses %j before the work starts", async (path, code, message) => {
    const { status, stdout, stderr } = await run(...model, "tone.wav", "--memory-report", path);
    expect({ status, stdout }).toEqual({ status: code, stdout: "" });
    expect(stderr).toMatch(message);
  });

  test.each(["auto", "cpu"])("an invalid card is a one-line error, with --device %s too", async (device) => {
    const options = ["--device", device, "--simulate", "malo", "--memory-report", "none.json"];
    const { status, stdout, stderr } = await run(...model, "tone.wav", ...options);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^whisper-vulkan: There is no card called "malo"[^\n]*\n$/);
  });
});
