import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StreamSource } from "./stream-source.js";

const systemTemporary = process.env.TMPDIR;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stream-test-"));
  process.env.TMPDIR = folder;
});
afterEach(() => {
  if (systemTemporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = systemTemporary;
  rmSync(folder, { recursive: true, force: true });
});

/** The bytes of all streams here. */
const ALL = new Uint8Array(40 << 20);
for (let i = 0; i < ALL.length; i++) ALL[i] = i * 7 + (i >> 8);
const bytes = (from: number, to: number) => Buffer.from(ALL.buffer, from, Math.max(0, to - from));

/** Fails unless they are the same; much faster than a deep comparison. */
function expectSame(given: Uint8Array, expected: Buffer): void {
  expect(expected.equals(given)).toBe(true);
}

/** A stream of `sizeBytes` in pieces; counts how many were asked for. */
function stream(sizeBytes: number, pieceBytes: number, options: { sizeBytes?: number | null } = {}) {
  const asked = { nPieces: 0 };
  async function* pieces() {
    for (let at = 0; at < sizeBytes; at += pieceBytes) {
      asked.nPieces += 1;
      yield bytes(at, Math.min(sizeBytes, at + pieceBytes));
    }
  }
  const source = new StreamSource(pieces(), { name: "x", sizeBytes: null, hint: "h", ...options });
  return { source, asked };
}

test("reads what is asked for, and no further than needed", async () => {
  const { source, asked } = stream(10_000, 100);
  expectSame(await source.read(0, 250), bytes(0, 250));
  expect(asked.nPieces).toBe(3);
  expectSame(await source.read(100, 50), bytes(100, 150));
  expect(asked.nPieces).toBe(3);
  expectSame(await source.read(9_900, 500), bytes(9_900, 10_000));
  expectSame(await source.read(20_000, 5), bytes(0, 0));
  expect(source.sizeBytes).toBe(10_000);
  await source.close();
});

test("gives available bytes to readers that do not wait", async () => {
  const { source, asked } = stream(1_000, 100);
  expectSame(await source.readSome(0, 4096), bytes(0, 100));
  expectSame(await source.readSome(50, 4096), bytes(50, 100));
  expect(asked.nPieces).toBe(1);
  expect((await source.readSome(1_000, 10)).length).toBe(0);
  await source.close();
});

test("bytes that were handed out do not change while more arrive", async () => {
  const { source } = stream(1 << 20, 1000);
  const first = await source.read(0, 5000);
  for (let at = 0; at < 1 << 20; at += 5000) {
    source.release(at);
    await source.read(at, 5000);
  }
  expectSame(first, bytes(0, 5000));
  await source.close();
});

test("a long stream whose bytes are released takes little memory and no disk", async () => {
  const piece = new Uint8Array(1 << 20);
  async function* pieces() {
    for (let i = 0; i < 300; i++) yield piece;
  }
  const source = new StreamSource(pieces(), { name: "x", sizeBytes: null, hint: "h" });
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let at = 0; (await source.read(at, 4096)).length > 0; at += 1 << 19) {
    source.release(at);
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(source.sizeBytes).toBe(300 << 20);
  expect(most).toBeLessThan(100 << 20); // some of it waits for the garbage collector
  expect(readdirSync(folder)).toEqual([]);
  await expect(source.read(0, 1)).rejects.toBeInstanceOf(RangeError);
  await source.close();
});

test("where a reader jumps ahead, the bytes in between are discarded as they arrive", async () => {
  const { source } = stream(40 << 20, 1 << 20);
  source.release(39 << 20);
  expectSame(await source.read(39 << 20, 100), bytes(39 << 20, (39 << 20) + 100));
  expect(readdirSync(folder)).toEqual([]);
  await source.close();
});

test("more than 32 MiB of needed bytes go to a temporary file and stay readable", async () => {
  const { source } = stream(40 << 20, 1 << 20);
  await source.read(39 << 20, 10);
  expect(readdirSync(folder).length).toBe(1);
  for (const at of [0, (32 << 20) - 5, 40 << 20])
    expectSame(await source.read(at, 20), bytes(at, Math.min(at + 20, 40 << 20)));
  await source.close();
  expect(readdirSync(folder)).toEqual([]);
});

test("all of it can be read again once it is whole; a short one needs no disk", async () => {
  const { source } = stream(100_000, 999);
  await source.read(0, 10);
  expect(source.isReplayable).toBe(false);
  expect(await source.whole()).toBe(100_000);
  expect(source.isReplayable).toBe(true);
  source.release(90_000);
  expectSame(await source.read(0, 100_000), bytes(0, 100_000));
  expect(readdirSync(folder)).toEqual([]);
  await source.close();
});

test("another program gets a file with all of it, whatever was read before", async () => {
  const { source } = stream(100_000, 999);
  await source.read(0, 10);
  const [path, same] = await Promise.all([source.path(), source.path()]);
  expect(same).toBe(path);
  expect(readFileSync(path).equals(bytes(0, 100_000))).toBe(true);
  expectSame(await source.read(50_000, 10), bytes(50_000, 50_010));
  await source.close();
  expect(existsSync(path)).toBe(false);
});

test("many readers at once get the right bytes", async () => {
  const { source } = stream(300_000, 1234);
  const reads = Array.from({ length: 50 }, (_, i) => source.read(i * 6000, 6000));
  const file = source.path();
  for (const [i, read] of reads.entries()) expectSame(await read, bytes(i * 6000, i * 6000 + 6000));
  await file;
  await source.close();
});

test("a stream shorter than its size says is an error, each time", async () => {
  const { source } = stream(1_000, 100, { sizeBytes: 2_000 });
  expect(source.sizeBytes).toBe(2_000);
  await source.read(0, 1_000);
  for (let i = 0; i < 2; i++)
    await expect(source.read(1_000, 1)).rejects.toMatchObject({
      code: "file-unreadable",
      message: "x: ended after 1000 of 2000 bytes",
      hint: "h",
    });
  await source.close();
});

test("closing ends what is being read", async () => {
  const source = new StreamSource(
    { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) },
    { name: "x", sizeBytes: null, hint: "h" },
  );
  const reading = source.read(0, 1);
  setTimeout(() => source.close(), 10);
  await expect(reading).rejects.toMatchObject({ code: "disposed" });
});
