import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { int16, sine, wav } from "../src/audio/cases.js";
import { cli, writeModel } from "./command-line.js";

// Real refusals by the system: one line that names the setting, and the CPU where there is no GPU.

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-system-"));
const at = (name: string) => join(folder, name);
const damaged = at("damaged.json");
beforeAll(() => {
  writeFileSync(damaged, "not json");
  writeFileSync(
    at("no-library.json"),
    '{ "ICD": { "library_path": "/nonexistent.so", "api_version": "1.3.0" } }',
  );
  writeFileSync(at("text.so"), "text");
  writeFileSync(
    at("no-koffi.cjs"),
    `const Module = require("node:module");
     const load = Module._load;
     Module._load = function (name, ...rest) {
       if (name === "koffi") throw new Error("Cannot find the native Koffi module");
       return load.call(this, name, ...rest);
     };`,
  );
  writeModel(at("model.bin"));
  writeFileSync(at("tone.wav"), wav(int16(sine(440, 16000, 16000))));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each<[string, NodeJS.ProcessEnv, RegExp]>([
  [
    "a damaged driver file",
    { VK_DRIVER_FILES: damaged },
    /damaged\.json \(VK_DRIVER_FILES\) is not valid JSON/,
  ],
  [
    "a damaged driver file, by the old name",
    { VK_ICD_FILENAMES: damaged },
    /\(VK_ICD_FILENAMES\) is not valid/,
  ],
  [
    "a driver file without a library",
    { VK_DRIVER_FILES: at("no-library.json") },
    /VK_DRIVER_FILES decides which/,
  ],
  ["a loader that is no library", { VULKAN_LOADER: at("text.so") }, /VULKAN_LOADER is .*text\.so/],
  [
    "a platform without koffi",
    { NODE_OPTIONS: `--require ${at("no-koffi.cjs")}` },
    /koffi, .* cannot be loaded/,
  ],
])("%s", (what, variables, message) => {
  const env = { ...variables, WHISPER_VULKAN_DEVICE: "auto" };
  // on a machine without a loader, this is the message
  const expected = what.includes("driver file")
    ? new RegExp(`${message.source}|No Vulkan loader found`)
    : message;

  test("devices says so and lists the CPU", async () => {
    const { status, stdout, stderr } = await cli(["devices"], { env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^cpu .*<- auto$/m);
    expect(stdout).toMatch(expected);
  });

  test("auto takes the CPU, with a note", async () => {
    const args = [at("tone.wav"), "-m", at("model.bin"), "-f", "txt", "-o", "-"];
    const { status, stderr } = await cli(args, { env });
    expect(stderr).toMatch(/; the built-in CPU backend does the work$/m);
    expect(status).toBe(0);
  });
});

describe("the package", () => {
  const copy = at("package");
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(copy, "bin", "whisper-vulkan"), ...args], {
      encoding: "utf8",
      env: { ...process.env, WHISPER_VULKAN_DEVICE: "cpu" },
    });
  beforeAll(() => {
    for (const part of ["bin", "dist", "assets", "package.json"])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  });
  const transcribe = [at("tone.wav"), "-m", at("model.bin"), "-f", "txt", "-o", "-"];
  const one = (stderr: string) => stderr.trimEnd().split("\n").at(-1);

  test.each<[string, string[], () => void, RegExp]>([
    [
      "cards",
      ["memory", "base", "--simulate", "mali"],
      () => rmSync(join(copy, "assets/cards"), { recursive: true }),
      /cards/,
    ],
    ["kernels", transcribe, () => rmSync(join(copy, "assets/wasm/kernels-relaxed.wasm")), /relaxed\.wasm/],
    [
      "damaged kernels",
      transcribe,
      () => {
        for (const name of ["kernels", "kernels-relaxed"]) {
          writeFileSync(join(copy, `assets/wasm/${name}.wasm`), "");
          truncateSync(join(copy, `assets/wasm/${name}.wasm`), 100);
        }
      },
      /kernels\.wasm.* damaged/,
    ],
  ])("without its %s says to install it again", (_, args, damage, message) => {
    damage();
    const { status, stderr } = run(...args);
    expect(one(stderr)).toMatch(message);
    expect(one(stderr)).toContain("mark whisper-vulkan as external; otherwise install it again");
    expect(stderr).not.toContain("this is a bug");
    expect(status).not.toBe(0);
  });
});

test("without WebAssembly the CPU backend says so", () => {
  const args = [
    "--jitless",
    join(root, "bin", "whisper-vulkan"),
    at("tone.wav"),
    "-d",
    "cpu",
    "-m",
    at("model.bin"),
  ];
  const { stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stderr).toContain("This process runs without WebAssembly. Start it without --jitless");
  expect(status).toBe(1);
});

test.runIf(process.platform === "linux")("a limit of addresses is named where memory is refused", () => {
  const command = `ulimit -v 4000000; exec "$0" "$@"`;
  const args = [join(root, "bin", "whisper-vulkan"), at("tone.wav"), "-d", "cpu", "-m", at("model.bin")];
  const { stderr, status } = spawnSync("bash", ["-c", command, process.execPath, ...args], {
    encoding: "utf8",
  });
  expect(stderr).toMatch(/The system refused .* for the CPU backend\. .*ulimit -v/);
  expect(status).toBe(1);
});

describe("the model cache", () => {
  test.each<[string, NodeJS.ProcessEnv, RegExp]>([
    [
      "a file",
      { WHISPER_VULKAN_CACHE: at("tone.wav") },
      /a file stands where the folder should be.*WHISPER_VULKAN_CACHE/,
    ],
    [
      "in no home",
      { HOME: "", XDG_CACHE_HOME: "" },
      /No folder was found to store models in\. Set WHISPER_VULKAN_CACHE/,
    ],
    [
      "on a disk without files",
      { WHISPER_VULKAN_CACHE: "/proc/whisper-vulkan" },
      /can't be used.*WHISPER_VULKAN_CACHE/,
    ],
  ])("that is %s", async (_, variables, message) => {
    const env = { WHISPER_VULKAN_CACHE: "", HF_ENDPOINT: "http://127.0.0.1:9", ...variables };
    const { status, stdout, stderr } = await cli(["pull", "medium"], { env });
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  });
});

const openssl = spawnSync("openssl", ["version"]).status === 0;
if (!openssl) console.log("skipped: a server with a certificate that nobody knows (openssl is absent)");
test.runIf(openssl)("a certificate that nobody knows: how to make it known", async () => {
  const files = ["-keyout", at("key.pem"), "-out", at("certificate.pem")];
  const options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"];
  expect(spawnSync("openssl", ["req", ...options, ...files]).status).toBe(0);
  const server = createServer(
    { key: readFileSync(at("key.pem")), cert: readFileSync(at("certificate.pem")) },
    (_, response) => response.end(),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const env = { WHISPER_VULKAN_CACHE: at("cache"), HF_ENDPOINT: `https://127.0.0.1:${port}` };
  const { stderr } = await cli(["pull", "medium"], { env });
  server.close();
  expect(stderr).toContain("self-signed certificate");
  expect(stderr).toContain("NODE_EXTRA_CA_CERTS");
});
