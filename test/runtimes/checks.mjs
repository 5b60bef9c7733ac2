// What has to work under every JavaScript runtime, as a plain program: it runs where no test runner does.
//   RUNTIME test/runtimes/checks.mjs MODEL [COMMAND-LINE-PREFIX as JSON]
// One line a check, "ok NAME" or "FAILED NAME: why"; the exit code is the number of failures. It must end by itself.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createReadStream, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { planMemory, Whisper, WhisperVulkanError } from "../../dist/index.js";

const [model = "tiny.en", prefix = JSON.stringify([process.execPath]), vulkan = ""] = process.argv.slice(2);
const sample = (/** @type {string} */ name) =>
  fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
const river = sample("river.wav");
const spoken = /river was calm in the morning.*three people across the water.*old stone house/s;
const options = { language: "en", temperature: 0 };
let nFailed = 0;

await check("an error of ours is typed", async () => {
  const error = await failure(Whisper.load("no-such-model"));
  assert.ok(error instanceof WhisperVulkanError);
  assert.equal(error.code, "model-unknown");
});

await check("a plan for a simulated card", async () => {
  const { verdict } = await planMemory("base", { simulate: "amd-rx5700xt-windows" });
  assert.equal(verdict, "device");
});

const whisper = await Whisper.load(model, { device: "cpu", threads: 2 });
/** @type {Awaited<ReturnType<Whisper["transcribe"]>>} */
let inProcess;

await check("a transcription on the CPU", async () => {
  inProcess = await whisper.transcribe(river, options);
  assert.match(inProcess.text, spoken);
});

await check("FLAC and Opus, as path, bytes, Blob and stream, at once", async () => {
  const results = await Promise.all([
    whisper.transcribe(readFileSync(sample("coast-train.flac")), options),
    whisper.transcribe(createReadStream(sample("morning-garden.opus")), options),
    whisper.transcribe(new Blob([readFileSync(river)]), options),
  ]);
  for (const [i, { text }] of results.entries()) {
    const name = ["coast-train", "morning-garden", "river"][i];
    const words = (/** @type {string} */ text) => text.toLowerCase().match(/[a-z]+/g) ?? [];
    const heard = new Set(words(text));
    const wanted = words(readFileSync(sample(`${name}.txt`), "utf8"));
    const n = wanted.filter((word) => heard.has(word)).length;
    assert.ok(n > 0.8 * wanted.length, `${name}: ${n} of ${wanted.length} words: ${text}`);
  }
});

await check("an address", async () => {
  const server = createServer((_, response) => response.end(readFileSync(river)));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  try {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    assert.deepEqual(await whisper.transcribe(`http://127.0.0.1:${port}/river.wav`, options), inProcess);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

await check("a transcription that is stopped, and one after it", async () => {
  await stopsSoon(whisper);
  assert.deepEqual(await whisper.transcribe(river, options), inProcess);
});

await check("dispose", () => whisper.dispose());

await check(
  "a process of its own: the same result; stopping; a new one when it is killed; gone after dispose",
  async () => {
    /** @type {string[]} */
    const notes = [];
    const onNote = (/** @type {string} */ note) => notes.push(note);
    const own = await Whisper.load(model, { device: "cpu", threads: 2, process: "own", onNote });
    assert.deepEqual(await own.transcribe(river, options), inProcess);
    await stopsSoon(own);
    const [engine] = childProcesses();
    assert.ok(engine, "the engine's process is not to be seen");
    process.kill(engine, "SIGKILL");
    assert.deepEqual(await own.transcribe(river, options), inProcess);
    assert.match(notes.join("\n"), /ended \(SIGKILL\); a new process goes on/);
    await own.dispose();
    assert.deepEqual(childProcesses(), []);
  },
);

await check("the command line: JSON on standard output, 0 as exit code", async () => {
  const { code, stdout } = await commandLine([
    river,
    "-m",
    model,
    "-d",
    "cpu",
    "-f",
    "json",
    "-o",
    "-",
    "-q",
  ]);
  assert.equal(code, 0);
  assert.match(JSON.parse(stdout).text, spoken);
});

await check("the command line: a mistake is one line, 2 as exit code", async () => {
  const { code, stderr } = await commandLine(["transcribe", river, "--no-such-option"]);
  assert.equal(code, 2);
  assert.match(stderr, /^whisper-vulkan: .*no-such-option/);
});

if (vulkan)
  await check("Vulkan, in this process and in one of its own", async () => {
    for (const where of /** @type {const} */ (["same", "own"])) {
      const gpu = await Whisper.load(model, { device: vulkan, process: where });
      assert.equal(gpu.device.kind, "vulkan");
      assert.equal((await gpu.transcribe(river, options)).text, inProcess.text);
      await gpu.dispose();
    }
  });

process.exitCode = nFailed;

/** @param {Whisper} recogniser */
async function stopsSoon(recogniser) {
  const stop = new AbortController();
  const minutes = new Float32Array(16_000 * 300).map((_, i) => 0.1 * Math.sin(i / 5));
  const stopped = failure(recogniser.transcribe(minutes, { ...options, signal: stop.signal }));
  setTimeout(() => stop.abort(), 300);
  assert.equal((await stopped).code, "aborted");
}

/** Processes that this one started and that are still there; Linux only. */
function childProcesses() {
  const list = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
  return list.split(" ").filter(Boolean).map(Number);
}

/** @param {string[]} args */
async function commandLine(args) {
  const [command, ...first] = JSON.parse(prefix);
  const bin = fileURLToPath(new URL("../../bin/whisper-vulkan", import.meta.url));
  const child = spawn(command, [...first, bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  for (const name of /** @type {const} */ (["stdout", "stderr"]))
    child[name].setEncoding("utf8").on("data", (text) => {
      texts[name] += text;
    });
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, ...texts };
}

/**
 * @param {Promise<unknown>} promise
 * @returns {Promise<any>} what it was rejected with
 */
async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

/**
 * @param {string} name
 * @param {() => Promise<unknown>} body
 */
async function check(name, body) {
  const start = performance.now();
  try {
    await body();
    console.log(`ok ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  } catch (error) {
    nFailed++;
    console.log(`FAILED ${name}: ${error instanceof Error ? error.stack : error}`);
  }
}
