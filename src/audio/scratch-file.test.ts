import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { noise } from "./cases.js";
import { ScratchFile } from "./scratch-file.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "scratch-file-test-"));
  vi.stubEnv("TMPDIR", folder);
  vi.stubEnv("TEMP", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("gives back what was written, in any order, and leaves nothing behind", async () => {
  const file = await ScratchFile.create();
  const pieces = [1, 1000, 30_000].map((n) => new Uint8Array(noise(n).buffer));
  const offsets: number[] = [];
  for (const piece of pieces) offsets.push(await file.append(piece));
  for (const i of [2, 0, 1, 2]) {
    const into = new Uint8Array(pieces[i]!.length);
    await file.read(offsets[i]!, into);
    expect(Buffer.compare(into, pieces[i]!)).toBe(0);
  }
  await expect(file.read(offsets[2]!, new Uint8Array(200_000))).rejects.toMatchObject({
    code: "temporary-unwritable",
  });
  await file.close();
  expect(readdirSync(folder)).toEqual([]);
});

test.skipIf(process.platform === "win32")(
  "has no name, so that nothing is left when the process is killed",
  async () => {
    const file = await ScratchFile.create();
    await file.append(new Uint8Array(1000));
    expect(readdirSync(folder)).toEqual([]);
    await file.close();
  },
);

describe("a temporary folder that can't be used", () => {
  test.each(["missing", "file/below"])("%s: is named, with the variable that names another", async (name) => {
    writeFileSync(join(folder, "file"), "");
    const path = join(folder, name);
    vi.stubEnv("TMPDIR", path);
    vi.stubEnv("TEMP", path);
    await expect(ScratchFile.create()).rejects.toMatchObject({
      code: "temporary-unwritable",
      message: expect.stringContaining(path),
      hint: expect.stringMatching(/TMPDIR|TEMP/),
    });
  });

  test("full: disk-full", async ({ skip }) => {
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
    if (mounted.status !== 0) return skip("a small disk can't be mounted here");
    try {
      const file = await ScratchFile.create();
      await expect(file.append(new Uint8Array(1 << 20))).rejects.toMatchObject({
        code: "disk-full",
        message: expect.stringContaining(folder),
      });
      await file.close();
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      spawnSync("umount", [folder]);
    }
  });
});
