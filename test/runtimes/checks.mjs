// What must work under every JavaScript runtime, as a plain program, since it also runs where no test runner does.
//   RUNTIME test/runtimes/checks.mjs [MODEL [RUNTIME'S COMMAND AS JSON [SMALL MODEL FOR VULKAN]]]
// One line a check, "ok NAME" or "FAILED NAME: why"; exit code 1 if one failed. It must end by itself.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createReadStream, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { planMemory, Whisper, WhisperVulkanError } from "../../dist/index.js";

const [model = "tiny.en", runtime = JSON.stringify([process.execPath]), vulkanModel] = process.argv.slice(2);
const sample = (/** @type {string} */ name) =>
  fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
const river = sample("river.wav");
const spoken = /river was calm in the morning.*three people across the water.*old stone house/s;
const options = { language: "en", temperature: 0 };
/** Other systems have no readable list of a process's children. */
const onLinux = process.platform === "linux";
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

// Wine 8 cannot connect as fetch() does ("connect UNKNOWN"), though node:net's plain connections work there
const noFetch = Boolean(process.env.WHISPER_VULKAN_TEST_WINE);
await check("FLAC from an address and Opus from a stream, at once", async () => {
  const server = createServer((_, response) => response.end(readFileSync(sample("coast-train.flac"))));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  try {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    const [coast, garden] = await Promise.all([
      whisper.transcribe(
        noFetch ? sample("coast-train.flac") : `http://127.0.0.1:${port}/coast.flac`,
        options,
      ),
      whisper.transcribe(createReadStream(sample("morning-garden.opus")), options),
    ]);
    saysMostOf(coast.text, "coast-train.txt");
    saysMostOf(garden.text, "morning-garden.txt");
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

await check("a transcription that is stopped, and one after it", async () => {
  await stopsSoon(whisper);
  assert.deepEqual(await whisper.transcribe(river, options), inProcess);
});

await whisper.dispose();

await check(
  "a process of its own: the same result; stopping; a new one when it is killed; gone after dispose",
  async () => {
    /** @type {string[]} */
    const notes = [];
    const onNote = (/** @type {string} */ note) => notes.push(note);
    const own = await Whisper.load(model, { device: "cpu", threads: 2, process: "own", onNote });
    assert.deepEqual(await own.transcribe(river, options), inProcess);
    await stopsSoon(own);
    if (onLinux) {
      const [engine] = childProcesses();
      assert.ok(engine, "the engine's process is not to be seen");
      process.kill(engine, "SIGKILL");
      assert.deepEqual(await own.transcribe(river, options), inProcess);
      assert.match(notes.join("\n"), /ended \(SIGKILL\); a new process continues/);
    }
    await own.dispose();
    if (onLinux) assert.deepEqual(childProcesses(), []);
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

if (vulkanModel)
  await check("Vulkan, in this process and in one of its own: what the CPU gives", async () => {
    const seconds = new Float32Array(16_000 * 3).map((_, i) => 0.5 * Math.sin(i / 7) * Math.sin(i / 900));
    const texts = [];
    for (const choice of /** @type {const} */ ([
      { device: "cpu" },
      { device: 0 },
      { device: 0, process: "own" },
    ])) {
      const small = await Whisper.load(vulkanModel, choice);
      assert.equal(small.device.kind, choice.device === 0 ? "vulkan" : "cpu");
      texts.push((await small.transcribe(seconds, { ...options, noSpeechThreshold: null })).text);
      await small.dispose();
    }
    assert.ok(texts[0]);
    assert.deepEqual(texts, [texts[0], texts[0], texts[0]]);
  });

// these are never disposed of; the program must end nevertheless
for (const where of /** @type {const} */ (["same", "own"]))
  await Whisper.load(model, { device: "cpu", process: where });
process.exitCode = nFailed ? 1 : 0;

/**
 * @param {string} text
 * @param {string} name of the sample's words
 */
function saysMostOf(text, name) {
  const words = (/** @type {string} */ text) => text.toLowerCase().match(/[a-z]+/g) ?? [];
  const wanted = words(readFileSync(sample(name), "utf8"));
  const heard = new Set(words(text));
  const n = wanted.filter((word) => heard.has(word)).length;
  assert.ok(n > 0.8 * wanted.length, `${name}: ${n} of ${wanted.length} words: ${text}`);
}

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
  const [command, ...first] = JSON.parse(runtime);
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
