import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bundlePullProcess, startPull } from "../testing/child.js";
import { errorOf } from "../testing/errors.js";
import { Hub } from "../testing/hub.js";
import { pullable, quickTiming } from "../testing/pullable.js";
import type { PullProgress } from "./progress.js";
import { type PullSettings, pull, pullModel } from "./pull.js";

const content = randomBytes(300_000);
const model = pullable(content);
let folder: string;
let path: string;
let hub: Hub;
let progress: PullProgress[];
let settings: PullSettings;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "whisper-vulkan-"));
  path = join(folder, "ggml-small.bin");
  hub = new Hub(content);
  await hub.listen();
  progress = [];
  settings = {
    folder,
    endpoint: hub.endpoint,
    timing: quickTiming,
    packaged: null,
    onProgress: (report) => progress.push(report),
  };
});
afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true });
});

const whole = ["ggml-small.bin", "ggml-small.bin.sha1.json"];

async function expectWhole(): Promise<void> {
  expect((await readFile(path)).equals(content)).toBe(true);
  expect((await readdir(folder)).sort()).toEqual(whole);
}

describe("pull", () => {
  it("downloads a model into a cache that isn't there yet", async () => {
    const inner = join(folder, "a", "b");
    expect(await pullModel(model, { ...settings, folder: inner })).toBe(join(inner, "ggml-small.bin"));
    expect((await readdir(inner)).sort()).toEqual(whole);
    expect(hub.requests.map(({ url }) => url)).toEqual([
      "/ggerganov/whisper.cpp/resolve/main/ggml-small.bin",
    ]);
    expect(progress[0]).toEqual({ phase: "download", doneBytes: 0, totalBytes: 300_000 });
    expect(progress.at(-1)).toEqual({ phase: "download", doneBytes: 300_000, totalBytes: 300_000 });
  });

  it("takes an endpoint with slashes at its end, and follows redirects", async () => {
    hub.answers = [{ redirect: true }];
    await pullModel(model, { ...settings, endpoint: `${hub.endpoint}//` });
    await expectWhole();
    expect(hub.requests[1]?.url).toBe("/elsewhere/file");
  });

  it("reads a body without a length", async () => {
    hub.answers = [{ chunked: true }];
    await pullModel(model, settings);
    await expectWhole();
  });

  it("refuses unknown names", async () => {
    expect((await errorOf(() => pull("lagre"))).code).toBe("model-unknown");
  });
});

describe("a model in the cache", () => {
  it("is neither downloaded nor hashed again", async () => {
    await pullModel(model, settings);
    progress.length = 0;
    await pullModel(model, settings);
    expect(progress).toEqual([]);
    expect(hub.requests.length).toBe(1);
  });

  it("is hashed again when its time has changed, once", async () => {
    await pullModel(model, settings);
    await utimes(path, new Date(1e12), new Date(1e12));
    progress.length = 0;
    await pullModel(model, settings);
    expect(progress.at(-1)).toEqual({ phase: "check", doneBytes: 300_000, totalBytes: 300_000 });
    progress.length = 0;
    await pullModel(model, settings);
    expect(progress).toEqual([]);
    expect(hub.requests.length).toBe(1);
  });

  it.each(["", "{", "null", '{"sha1":7}'])("is hashed again when the note is %j", async (note) => {
    await pullModel(model, settings);
    await writeFile(`${path}.sha1.json`, note);
    progress.length = 0;
    await pullModel(model, settings);
    expect(progress.map(({ phase }) => phase)).toContain("check");
    expect(hub.requests.length).toBe(1);
  });

  it("is replaced when it is damaged", async () => {
    await writeFile(path, randomBytes(300_000));
    await pullModel(model, settings);
    await expectWhole();
  });

  it("is replaced when it is half of one", async () => {
    await writeFile(path, content.subarray(0, 1000));
    await pullModel(model, settings);
    await expectWhole();
  });
});

describe("a download that breaks off", () => {
  it("goes on where it was, within one pull", async () => {
    hub.answers = [{ cutAfterBytes: 100_000 }, { cutAfterBytes: 50_000 }];
    await pullModel(model, settings);
    await expectWhole();
    expect(hub.requests.map(({ range }) => range)).toEqual([undefined, "bytes=100000-", "bytes=150000-"]);
    expect(hub.requests[1]?.ifRange).toBe('"one"');
  });

  it("counts silence as a break", async () => {
    hub.answers = [{ stallAfterBytes: 70_000 }];
    await pullModel(model, settings);
    await expectWhole();
    expect(hub.requests[1]?.range).toBe("bytes=70000-");
  });

  it("goes on in a later pull, and hashes what is there first", async () => {
    hub.answers = [{ cutAfterBytes: 100_000 }, { status: 404 }];
    expect((await errorOf(() => pullModel(model, settings))).code).toBe("model-download-failed");
    expect((await readdir(folder)).sort()).toEqual(["ggml-small.bin.part", "ggml-small.bin.part.etag"]);
    progress.length = 0;
    await pullModel(model, settings);
    await expectWhole();
    expect(hub.requests[2]).toMatchObject({ range: "bytes=100000-", ifRange: '"one"' });
    expect(progress[0]).toEqual({ phase: "check", doneBytes: 100_000, totalBytes: 100_000 });
  });

  it("starts over when the server's file has changed", async () => {
    await writeFile(`${path}.part`, randomBytes(100_000));
    await writeFile(`${path}.part.etag`, '"zero"');
    await pullModel(model, settings);
    await expectWhole();
    expect(hub.requests.length).toBe(1);
  });

  it.each([null, 'W/"weak"'])("starts over after a wrong hash where the server's tag is %j", async (etag) => {
    hub.etag = etag;
    await writeFile(`${path}.part`, randomBytes(100_000));
    await pullModel(model, settings);
    await expectWhole();
    expect(hub.requests.map(({ range }) => range)).toEqual(["bytes=100000-", undefined]);
    expect(hub.requests[0]?.ifRange).toBeUndefined();
  });

  it("needs no request when all bytes are there", async () => {
    await writeFile(`${path}.part`, content);
    await pullModel(model, settings);
    await expectWhole();
    expect(hub.requests).toEqual([]);
  });

  it("throws away what is longer than the file", async () => {
    await writeFile(`${path}.part`, randomBytes(300_001));
    await pullModel(model, settings);
    await expectWhole();
  });

  it("starts over when the server sends another range", async () => {
    await writeFile(`${path}.part`, content.subarray(0, 5000));
    hub.answers = [{ wrongRange: true }];
    await pullModel(model, settings);
    await expectWhole();
    expect(hub.requests.map(({ range }) => range)).toEqual(["bytes=5000-", undefined]);
  });

  it("waits out passing server errors, but not forever", async () => {
    hub.answers = [{ status: 503 }, { status: 429 }];
    await pullModel(model, settings);
    await expectWhole();
    await rm(path);
    hub.answers = Array.from({ length: 5 }, () => ({ status: 500 }));
    const error = await errorOf(() => pullModel(model, settings));
    expect(error.message).toContain("HTTP status 500");
    expect(hub.answers.length).toBe(2);
  });
});

describe("a download that can't be", () => {
  it.each([401, 403, 404])("says HTTP status %i at once", async (status) => {
    hub.answers = [{ status }];
    const error = await errorOf(() => pullModel(model, settings));
    expect(error.code).toBe("model-download-failed");
    expect(error.message).toContain(`${hub.endpoint}/ggerganov`);
    expect(error.message).toContain(`HTTP status ${status}`);
    expect(hub.requests.length).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it("names a refused connection and a name that isn't known", async () => {
    const refused = { ...settings, endpoint: hub.endpoint };
    await hub.close();
    expect((await errorOf(() => pullModel(model, refused))).message).toContain("ECONNREFUSED");
    const unknown = { ...settings, endpoint: "http://nowhere.invalid" };
    const error = await errorOf(() => pullModel(model, unknown));
    expect(error.code).toBe("model-download-failed");
    expect(error.message).toContain("nowhere.invalid");
    await hub.listen();
  });

  it.each([{}, { chunked: true }])("refuses a page in the model's place (%j)", async (answer) => {
    hub.content = Buffer.alloc(300_500, "<html>");
    hub.answers = [answer];
    const error = await errorOf(() => pullModel(model, settings));
    expect(error.code).toBe("model-download-failed");
    expect(error.message).toMatch(/the official file/);
  });

  it("says what to do about HTTP status 403", async () => {
    hub.answers = [{ status: 403 }];
    expect((await errorOf(() => pullModel(model, settings))).hint).toMatch(/refuses to send the file/);
  });

  it.each([
    [429, /wait some minutes/],
    [503, /try again later/],
  ])("says what to do about HTTP status %i once it stays", async (status, hint) => {
    hub.answers = Array.from({ length: 20 }, () => ({ status }));
    expect((await errorOf(() => pullModel(model, settings))).hint).toMatch(hint);
  });

  it("names the mirror, the proxy and the address that are set", async () => {
    vi.stubEnv("HF_ENDPOINT", "http://mirror.invalid");
    hub.answers = [{ status: 404 }];
    expect((await errorOf(() => pullModel(model, settings))).hint).toMatch(
      /^HF_ENDPOINT names another server/,
    );
    vi.stubEnv("HF_ENDPOINT", "huggingface");
    const wrong = await errorOf(() => pull("tiny"));
    expect(wrong).toMatchObject({ code: "option-invalid", message: expect.stringContaining("HF_ENDPOINT") });
    vi.stubEnv("HTTPS_PROXY", "http://127.0.0.1:9");
    const unknown = await errorOf(() =>
      pullModel(model, { ...settings, endpoint: "http://nowhere.invalid" }),
    );
    expect(unknown.hint).toMatch(/^HTTPS_PROXY is set.*NODE_USE_ENV_PROXY=1/);
    vi.unstubAllEnvs();
  });

  it("removes a file of another hash", async () => {
    hub.content = randomBytes(300_000);
    const error = await errorOf(() => pullModel(model, settings));
    expect(error.code).toBe("model-hash-mismatch");
    expect(error.message).toContain(model.sha1);
    expect(await readdir(folder)).toEqual([]);
    hub.content = content;
    await pullModel(model, settings);
    await expectWhole();
  });

  it("stops at the signal and keeps what it has", async () => {
    hub.answers = [{ stallAfterBytes: 120_000 }];
    const stop = new AbortController();
    const pulling = errorOf(() =>
      pullModel(model, { ...settings, timing: { ...quickTiming, stallMs: 60_000 }, signal: stop.signal }),
    );
    await hub.stalled;
    stop.abort();
    expect((await pulling).code).toBe("aborted");
    expect((await readdir(folder)).sort()).toEqual(["ggml-small.bin.part", "ggml-small.bin.part.etag"]);
    expect((await readFile(`${path}.part`)).equals(content.subarray(0, 120_000))).toBe(true);
    expect((await errorOf(() => pullModel(model, { ...settings, signal: stop.signal }))).code).toBe(
      "aborted",
    );
  });
});

describe("a cache that can't be written", () => {
  it("is a file", async () => {
    await writeFile(join(folder, "file"), "");
    const error = await errorOf(() =>
      pullModel(model, { ...settings, folder: join(folder, "file", "models") }),
    );
    expect(error.code).toBe("cache-not-writable");
    expect(error.hint).toContain("WHISPER_VULKAN_CACHE");
  });

  it.runIf(process.platform === "linux")("is on a file system that takes no files", async () => {
    const error = await errorOf(() => pullModel(model, { ...settings, folder: "/proc/models" }));
    expect(error.code).toBe("cache-not-writable");
  });

  it.runIf(process.platform === "linux")("is full", async () => {
    // Every write to /dev/full fails as on a full disk.
    await symlink("/dev/full", `${path}.part`);
    const error = await errorOf(() => pullModel(model, settings));
    expect(error.code).toBe("disk-full");
    expect(error.message).toContain(`${path}.part`);
    await pullModel(model, settings);
    await expectWhole();
  });

  it("has a folder in the model's place", async () => {
    await mkdir(path);
    expect((await errorOf(() => pullModel(model, settings))).code).toBe("cache-not-writable");
  });
});

describe("several pulls at once", () => {
  it("download once within a process", async () => {
    const paths = await Promise.all(Array.from({ length: 4 }, () => pullModel(model, settings)));
    expect(new Set(paths)).toEqual(new Set([path]));
    expect(hub.requests.length).toBe(1);
    expect(progress.map(({ phase }) => phase)).toContain("wait");
    await expectWhole();
  });

  it("download once in two processes, and go on at once after one is killed", async () => {
    const script = await bundlePullProcess(folder);
    try {
      const argument = { model, settings: { ...settings, timing: { ...quickTiming, stallMs: 60_000 } } };
      hub.answers = [{ stallAfterBytes: 100_000 }];
      const first = startPull(script, argument);
      await hub.stalled;
      // what was sent is not yet what was written
      await vi.waitFor(async () => expect((await stat(`${path}.part`)).size).toBe(100_000), 20_000);
      const second = startPull(script, argument);
      const third = startPull(script, argument);
      first.child.kill("SIGKILL");
      await first.lines;
      const lines = [...(await second.lines), ...(await third.lines)];
      expect(lines.filter(({ error }) => error !== undefined)).toEqual([]);
      expect(lines.filter((line) => line.path === path).length).toBe(2);
      expect(lines.filter(({ phase }) => phase === "download").length).toBe(1);
      expect(hub.requests.map(({ range }) => range)).toEqual([undefined, "bytes=100000-"]);
    } finally {
      await rm(script);
    }
    await expectWhole();
  });
});
