import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { errorOf } from "../testing/errors.js";
import { FileLock } from "./lock.js";

const timing = { pollMs: 5, beatMs: 20, staleMs: 1000 }; // a busy machine stands still for a while
const deadPid = 2 ** 30;
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "whisper-vulkan-"));
  path = join(folder, "lock");
});
afterEach(() => rm(folder, { recursive: true }));

const acquire = (signal?: AbortSignal, onWait: () => void = () => {}) =>
  FileLock.acquire(path, signal, onWait, timing);
const written = (pid: number, host = hostname()) =>
  writeFile(path, JSON.stringify({ pid, host, token: "someone else's" }));

describe("FileLock", () => {
  it("has one holder at a time", async () => {
    let holders = 0;
    let most = 0;
    let waited = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const lock = await acquire(undefined, () => waited++);
        most = Math.max(most, ++holders);
        await lock.assertHeld();
        holders--;
        await lock.release();
      }),
    );
    expect(most).toBe(1);
    expect(waited).toBeGreaterThan(0);
    expect(await readdir(folder)).toEqual([]);
  });

  it("is kept as long as its holder lives", async () => {
    const lock = await acquire();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 3 * timing.staleMs);
    expect((await errorOf(() => acquire(stop.signal))).code).toBe("aborted");
    await lock.assertHeld();
    await lock.release();
  });

  it("is taken at once from a process that has died, by one of several waiters at a time", async () => {
    // Many rounds, since two waiters take it over at the same time only by chance.
    for (let round = 0; round < 200; round++) {
      await written(deadPid);
      let holders = 0;
      await Promise.all(
        Array.from({ length: 6 }, async () => {
          const patient = { ...timing, pollMs: 1, staleMs: 1e9 };
          const lock = await FileLock.acquire(path, undefined, () => {}, patient);
          expect(++holders).toBe(1);
          await lock.assertHeld();
          holders--;
          await lock.release();
        }),
      );
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("is taken over even where a process died while it took it over", async () => {
    await written(deadPid);
    const guard = { pid: deadPid, host: hostname(), token: "the guard's" };
    await writeFile(`${path}.after-someoneelses`, JSON.stringify(guard));
    const lock = await acquire();
    await lock.assertHeld();
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ["this process's own number", () => written(process.pid)],
    ["a process of another machine", () => written(deadPid, "elsewhere")],
    ["a torn one", () => writeFile(path, '{"pid":')],
    ["an empty one", () => writeFile(path, "")],
  ])("is taken after a silence: %s", async (_what, leave) => {
    await leave();
    const lock = await acquire();
    await lock.assertHeld();
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("knows when it was taken away, and leaves the new holder's in place", async () => {
    const lock = await acquire();
    await written(process.pid);
    expect((await errorOf(() => lock.assertHeld())).code).toBe("cache-not-writable");
    await lock.release();
    expect(await readFile(path, "utf8")).toContain("someone else's");
  });
});
