import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAudio } from "../audio-file.js";
import { collect, int16, isSame, noise, wav } from "../cases.js";
import type { AudioInput } from "./index.js";
import { temporaryFileError, unreadable } from "./system-errors.js";

const SAMPLES = noise(20_000);
const FILE = wav(int16(SAMPLES));
const TEXT = Buffer.from("This is a letter, not a recording. ".repeat(3000));
const systemTemporary = process.env.TMPDIR;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "system-errors-test-"));
});
afterAll(() => {
  if (systemTemporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = systemTemporary;
  rmSync(folder, { recursive: true, force: true });
});

async function decode(input: AudioInput): Promise<Float32Array> {
  const audio = await openAudio(input);
  try {
    return await collect(audio);
  } finally {
    await audio.dispose();
  }
}

async function* stream(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 5000) yield bytes.subarray(at, at + 5000);
}

describe.skipIf(process.platform === "win32")("a temporary folder that cannot be used", () => {
  const folders: [string, () => string, RegExp][] = [
    ["is missing", () => join(folder, "none"), /there is no such folder/],
    ["is a file", () => join(folder, "file"), /it is not a folder/],
    ["is somebody else's", () => join(folder, "locked"), /permission denied/],
  ];
  beforeAll(() => {
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "locked"));
    chmodSync(join(folder, "locked"), 0o555);
  });
  test.for(folders)("%s", async ([_, path, why], { skip }) => {
    process.env.TMPDIR = path();
    skip(path().endsWith("locked") && process.getuid?.() === 0, "nothing is locked for root");
    // Decoding a stream needs no temporary file; giving it to another program does.
    expect((await decode(stream(FILE))).length).toBe(SAMPLES.length);
    for (const input of [stream(TEXT), TEXT, new Blob([TEXT])])
      await expect(decode(input)).rejects.toMatchObject({
        code: "temporary-folder-unwritable",
        message: expect.stringMatching(why),
        hint: expect.stringContaining("TMPDIR"),
      });
  });
});

test("other system errors have a code and say what to do", () => {
  const failed = (code: string) => Object.assign(new Error(`${code}: failed`), { code });
  expect(temporaryFileError("x", failed("ENOSPC"))).toMatchObject({
    code: "disk-full",
    hint: expect.stringMatching(/TMPDIR|TEMP/),
  });
  expect(temporaryFileError("x", failed("EROFS")).message).toMatch(/it is read-only/);
  for (const error of [temporaryFileError("x", failed("EMFILE")), unreadable("x", failed("ENFILE"))])
    expect(error).toMatchObject({ code: "too-many-open-files", hint: expect.stringContaining("ulimit -n") });
  expect(unreadable("x", failed("EACCES")).message).toBe("x: cannot be read (permission denied)");
  expect(unreadable("x", failed("EIO"))).toMatchObject({ code: "file-unreadable", hint: expect.any(String) });
});

test.skipIf(process.platform !== "linux")("a disk that is full (skipped but as root)", ({ skip }) => {
  const mount = join(folder, "full");
  mkdirSync(mount);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", mount]).status === 0;
  skip(!mounted, "only root can mount a small file system");
  process.env.TMPDIR = mount;
  return expect(decode(stream(TEXT)))
    .rejects.toMatchObject({ code: "disk-full", message: expect.stringContaining(mount) })
    .finally(() => spawnSync("umount", [mount]));
});

test("data: addresses are read", async () => {
  const address = `data:audio/wav;base64,${Buffer.from(FILE).toString("base64")}`;
  expect(isSame(await decode(address), await decode(FILE))).toBe(true);
  expect(isSame(await decode(new URL(address)), await decode(FILE))).toBe(true);
  await expect(decode("data:audio/wav;base64,%%%")).rejects.toMatchObject({
    code: "option-invalid",
    message: "data:audio/wav;base64,...: not a valid data: URL",
  });
  await expect(decode("data:,")).rejects.toMatchObject({ code: "file-empty" });
});

describe("over HTTP", () => {
  const server = createServer(({ url, headers }, response) => {
    const given = headers.authorization ?? "";
    if (url === "/locked" && given !== `Basic ${Buffer.from("mé:p@ss word").toString("base64")}`)
      return response.writeHead(401).end();
    if (url === "/short") {
      response.writeHead(200, { "content-length": FILE.length });
      response.write(FILE.subarray(0, 30_000), () => response.destroy());
      return;
    }
    if (url === "/packed")
      return response
        .writeHead(200, { "content-encoding": "gzip", "content-length": gzipSync(FILE).length })
        .end(gzipSync(FILE));
    response.writeHead(200, { "content-length": FILE.length }).end(FILE);
  });
  let base: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test("name and password go into a header and never into a message", async () => {
    expect((await decode(`http://m%C3%A9:p%40ss%20word@${base}/locked`)).length).toBe(SAMPLES.length);
    const audio = await openAudio(`http://m%C3%A9:p%40ss%20word@${base}/locked`);
    expect(audio.name).toBe(`http://${base}/locked`);
    await audio.dispose();
    for (const [address, code] of [
      [`http://me:secret@${base}/locked`, "file-unreadable"],
      ["http://me:secret@127.0.0.1:1/x", "file-unreadable"],
      ["http://me:secret@host:99999/x", "option-invalid"],
      [`http://me:secret@${base}/short`, "file-unreadable"],
    ] as const) {
      const error = await decode(address).catch((error: unknown) => error);
      expect(error).toMatchObject({ code, hint: expect.any(String) });
      const told: string[] = [];
      for (let at: unknown = error; at instanceof Error; at = at.cause) told.push(at.message, at.stack ?? "");
      expect(told.join("\n")).not.toContain("secret");
    }
  });

  test("a download that ends early is an error that says what to do", async () => {
    await expect(decode(`http://${base}/short`)).rejects.toMatchObject({
      code: "file-unreadable",
      message: expect.stringContaining("/short: "),
      hint: expect.stringContaining("Try again"),
    });
  });

  test("a compressed download may have another length than its header says", async () => {
    expect((await decode(`http://${base}/packed`)).length).toBe(SAMPLES.length);
  });
});

test("bytes are read from whatever holds them", async () => {
  const shared = new SharedArrayBuffer(FILE.length + 3);
  new Uint8Array(shared).set(FILE, 3);
  const whole = shared.slice(3);
  for (const input of [
    whole,
    new Uint8Array(shared, 3),
    new DataView(shared, 3),
    Uint8Array.from(FILE).buffer,
  ])
    expect((await decode(input)).length).toBe(SAMPLES.length);
  const path = join(folder, "a b#%.wav");
  writeFileSync(path, FILE);
  expect((await decode(pathToFileURL(path).href.replace("file:///", "file:/"))).length).toBe(SAMPLES.length);
});

test("long names are cut in messages", async () => {
  const error = await decode(`${"n".repeat(1000)}.wav`).catch((error: Error) => error as Error);
  expect((error as Error).message.length).toBeLessThan(300);
});
