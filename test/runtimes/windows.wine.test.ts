// Node for Windows under Wine; scripts/wine.mjs says where everything is.
import { type SpawnOptions, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writeModel } from "../command-line.js";

interface Wine {
  /** The package as Windows would have it. */
  readonly tree: string;
  readonly programs: readonly string[];
  readonly models: string;
  readonly vulkan: boolean;
}

const { WHISPER_VULKAN_TEST_WINE: told, WINEPREFIX: prefix = "" } = process.env;
const wine: Wine = told ? JSON.parse(told) : { tree: "", programs: [], models: "", vulkan: false };
/** What Windows calls a path of this machine. */
const onZ = (path: string) => `Z:${path.replaceAll("/", "\\")}`;
const cache = join(
  prefix,
  "drive_c/users",
  process.env.USER ?? "root",
  "AppData/Local/whisper-vulkan/models",
);
const drive = join(prefix, "drive_c/speech and more");
const share = join(prefix, "dosdevices/unc/server");
const limitMs = 300_000;
const small = join(drive, "small.bin");
const bin = () => onZ(join(wine.tree, "bin/whisper-vulkan"));

beforeAll(() => {
  if (!told) return;
  mkdirSync(drive, { recursive: true });
  mkdirSync(share, { recursive: true });
  mkdirSync(cache, { recursive: true });
  for (const end of ["", ".sha1.json"])
    copyFileSync(join(wine.models, `ggml-tiny.en.bin${end}`), join(cache, `ggml-tiny.en.bin${end}`));
  copyFileSync(join(wine.tree, "samples/river.wav"), join(drive, "der Fluß.wav"));
  rmSync(join(share, "share"), { force: true });
  symlinkSync(drive, join(share, "share"));
  writeModel(small);
});
afterAll(() => rmSync(drive, { recursive: true, force: true }));

/** Runs Node for Windows. Its output goes through files: it cannot open a Unix pipe that Wine hands on. */
async function run(program: string, args: readonly string[], cwd = wine.tree) {
  const [out, err] = [join(drive, "stdout.txt"), join(drive, "stderr.txt")];
  const child = spawn("sh", ["-c", 'exec wine "$@" >"$OUT" 2>"$ERR" </dev/null', "sh", program, ...args], {
    cwd,
    env: { ...process.env, OUT: out, ERR: err, WHISPER_VULKAN_TEST_DEVICE: undefined },
    timeout: limitMs,
  } as SpawnOptions);
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { code, stdout: readFileSync(out, "utf8"), stderr: readFileSync(err, "utf8") };
}

describe.runIf(told).each(wine.programs)("%s", (program) => {
  test("all that every runtime has to do", async () => {
    const checks = onZ(join(wine.tree, "test/runtimes/checks.mjs"));
    const vulkan = wine.vulkan ? [onZ(small)] : [];
    const args = [checks, "tiny.en", JSON.stringify([onZ(program)]), ...vulkan];
    const { code, stdout, stderr } = await run(program, args);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout.match(/^ok /gm)).toHaveLength(8 + vulkan.length);
  });

  test("the cache is in the local application data", async () => {
    const { stdout } = await run(program, [bin(), "models"]);
    expect(stdout).toMatch(/Cache: C:\\users\\[^\\]+\\AppData\\Local\\whisper-vulkan\\models\r?$/m);
    expect(stdout).toMatch(/^tiny\.en .*yes/m);
  });

  test.each([
    "C:\\speech and more\\der Fluß.wav",
    "C:/speech and more/der Fluß.wav",
    "..\\speech and more\\der Fluß.wav",
    "\\speech and more\\der Fluß.wav",
    "\\\\server\\share\\der Fluß.wav",
    "\\\\?\\C:\\speech and more\\der Fluß.wav",
    "file:///C:/speech%20and%20more/der%20Flu%C3%9F.wav",
  ])("the recording %s", async (recording) => {
    const options = ["-m", "C:\\speech and more\\small.bin", "-d", "cpu", "-l", "en", "--temperature", "0"];
    const folder = join(drive, "out");
    rmSync(folder, { recursive: true, force: true });
    const output = ["-q", "-f", "srt,json", "-o", "C:\\speech and more\\out\\"];
    const { code, stderr } = await run(program, [bin(), recording, ...options, ...output], drive);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(readFileSync(join(folder, "der Fluß.json"), "utf8"))).toMatchObject({ duration: 9.55 });
    expect(existsSync(join(folder, "der Fluß.srt"))).toBe(true);
  });

  test("a recording that is not there is one line with its path", async () => {
    const { code, stderr } = await run(program, [bin(), "C:\\none.wav", "-m", "tiny.en", "-d", "cpu"]);
    expect(code).toBe(1);
    expect(stderr).toContain("whisper-vulkan: C:\\none.wav: no such file");
  });

  test("Ctrl-C in a console: 130, and no half-written file", async () => {
    const minutes = Buffer.alloc(44 + 16_000 * 2 * 600);
    readFileSync(join(drive, "der Fluß.wav")).copy(minutes, 0, 0, 44);
    minutes.writeUInt32LE(minutes.length - 44, 40);
    for (let i = 0; i < 16_000 * 600; i++) minutes.writeInt16LE(8000 * Math.sin(i / 9), 44 + 2 * i);
    writeFileSync(join(drive, "long.wav"), minutes);
    const command = ["wine", program, bin(), "long.wav", "-m", "tiny.en", "-d", "cpu", "-o", "long.srt"];
    const quoted = command.map((word) => `'${word}'`).join(" ");
    const child = spawn("script", ["-qec", quoted, "/dev/null"], {
      cwd: drive,
      env: { ...process.env, TERM: "xterm" },
      timeout: limitMs,
    });
    let shown = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      shown += text;
    });
    await vi.waitFor(() => expect(shown).toContain("system memory"), { timeout: 60_000, interval: 200 });
    setTimeout(() => child.stdin.write("\x03"), 1000);
    const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
    expect(code, shown).toBe(130);
    expect(shown).toContain("Stopped on request");
    expect(existsSync(join(drive, "long.srt"))).toBe(false);
  });
});
