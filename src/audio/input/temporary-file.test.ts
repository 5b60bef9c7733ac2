import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { noise } from "../cases.js";
import { TemporaryFile } from "./temporary-file.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "temporary-file-test-"));
  vi.stubEnv("TMPDIR", folder);
  vi.stubEnv("TEMP", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("gives back what was written, in any order, and leaves nothing after", async () => {
  const file = await TemporaryFile.create("talk.mp3");
  const pieces = [1, 1000, 30_000].map((n) => new Uint8Array(noise(n).buffer));
  const offsets: number[] = [];
  for (const piece of pieces) {
    offsets.push(file.sizeBytes);
    await file.append(piece);
  }
  for (const i of [2, 0, 1, 2])
    expect(Buffer.compare(await file.read(offsets[i]!, pieces[i]!.length), pieces[i]!)).toBe(0);
  expect(await file.read(offsets[2]!, 200_000)).toHaveLength(120_000);
  expect(readdirSync(folder)).toHaveLength(1);
  await file.remove();
  expect(readdirSync(folder)).toEqual([]);
});

test.skipIf(process.platform === "win32")(
  "without a name: nothing would be left if the process were killed",
  async () => {
    const file = await TemporaryFile.createUnnamed("talk.mp3");
    await file.append(new Uint8Array(1000).fill(7));
    expect(readdirSync(folder)).toEqual([]);
    expect(await file.read(500, 2)).toEqual(Uint8Array.of(7, 7));
    await file.remove();
  },
);

describe("a temporary folder that can't be used", () => {
  test.each(["missing", "file/below"])("%s: is named, with the variable that names another", async (name) => {
    writeFileSync(join(folder, "file"), "");
    const path = join(folder, name);
    vi.stubEnv("TMPDIR", path);
    vi.stubEnv("TEMP", path);
    await expect(TemporaryFile.createUnnamed("talk.mp3")).rejects.toMatchObject({
      code: "temporary-folder-unwritable",
      message: expect.stringMatching(/^talk\.mp3: .*(missing|below)/),
      hint: expect.stringMatching(/TMPDIR|TEMP/),
    });
  });

  test("full: disk-full", async ({ skip }) => {
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
    if (mounted.status !== 0) return skip("a small disk can't be mounted here");
    try {
      const file = await TemporaryFile.createUnnamed("talk.mp3");
      await expect(file.append(new Uint8Array(1 << 20))).rejects.toMatchObject({
        code: "disk-full",
        message: expect.stringContaining(folder),
      });
      await file.remove();
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      spawnSync("umount", [folder]);
    }
  });
});
