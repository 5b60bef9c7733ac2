import { randomUUID } from "node:crypto";
import { open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";
import { sleep } from "../abort.js";

interface LockContent {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

interface LockState {
  /** null while it is being written, or if its writer died while writing. */
  readonly content: LockContent | null;
  readonly modifiedMs: number;
}

/** How long a lock may show no sign of life before others take it. */
export interface LockTiming {
  readonly pollMs: number;
  readonly beatMs: number;
  readonly staleMs: number;
}

const defaultTiming: LockTiming = { pollMs: 250, beatMs: 5_000, staleMs: 30_000 };

/**
 * A lock file: one holder among all processes that share the folder. It names its process, so that a lock whose
 * process has died is taken over at once. The holder touches it every few seconds, so that a lock from
 * another machine or with a reused process number is taken over after half a minute of silence.
 */
export class FileLock {
  readonly #path: string;
  readonly #token: string;
  readonly #beat: NodeJS.Timeout;

  private constructor(path: string, token: string, beatMs: number) {
    this.#path = path;
    this.#token = token;
    // A failed touch changes nothing here: `assertHeld` checks the lock before anything depends on it.
    this.#beat = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), beatMs).unref();
  }

  /** Waits until the lock is ours. onWait is called once if another process has it. */
  static async acquire(
    path: string,
    signal: AbortSignal | undefined,
    onWait: () => void,
    timing: LockTiming = defaultTiming,
  ): Promise<FileLock> {
    const content: LockContent = { pid: process.pid, host: hostname(), token: randomUUID() };
    let seen = { modifiedMs: Number.NaN, since: 0 };
    for (let attempt = 0; ; attempt++) {
      if (await create(path, content)) return new FileLock(path, content.token, timing.beatMs);
      if (attempt === 0) onWait();
      const holder = await look(path);
      if (holder === null) continue;
      // Only changes of the file's time count, measured by our own clock, since the two machines' clocks may differ.
      if (holder.modifiedMs !== seen.modifiedMs) {
        seen = { modifiedMs: holder.modifiedMs, since: performance.now() };
      }
      const silent = performance.now() - seen.since > timing.staleMs;
      if (silent || isDead(holder.content)) await takeOver(path, holder, signal, timing);
      else await sleep(timing.pollMs, signal);
    }
  }

  /** Fails if the lock was taken from us, which can happen after this process was stopped for a while. */
  async assertHeld(): Promise<void> {
    const holder = await look(this.#path);
    if (holder?.content?.token === this.#token) return;
    throw new WhisperVulkanError("cache-not-writable", `Another process took the lock ${this.#path}.`, {
      hint: "Try again: this process was stopped for so long that another one went ahead.",
    });
  }

  async release(): Promise<void> {
    clearInterval(this.#beat);
    const holder = await look(this.#path);
    if (holder?.content?.token === this.#token) await rm(this.#path, { force: true });
  }
}

async function create(path: string, content: LockContent): Promise<boolean> {
  try {
    const handle = await open(path, "wx");
    try {
      await handle.writeFile(JSON.stringify(content));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    // Windows says EPERM while a removed lock is still open somewhere.
    const code = systemErrorCode(error);
    if (code === "EEXIST" || (code === "EPERM" && process.platform === "win32")) return false;
    throw error;
  }
}

/** The contents of the lock file; null if it is gone. */
async function look(path: string): Promise<LockState | null> {
  try {
    const { mtimeMs } = await stat(path);
    const text = await readFile(path, "utf8");
    return { content: parse(text), modifiedMs: mtimeMs };
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}

function parse(text: string): LockContent | null {
  try {
    const content = JSON.parse(text) as Partial<LockContent> | null;
    return typeof content?.pid === "number" && typeof content.token === "string"
      ? (content as LockContent)
      : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isDead(content: LockContent | null): boolean {
  if (content === null || content.host !== hostname()) return false;
  try {
    process.kill(content.pid, 0);
    return false;
  } catch (error) {
    return systemErrorCode(error) === "ESRCH";
  }
}

/**
 * Removes the lock in which `stale` was found. Several waiters may get here at once, and a slow one must not
 * remove the lock that a faster one has made meanwhile. So a process that removes a lock first takes another one, named
 * after the lock's token, and checks again. (If a process dies here, that lock is taken over in the same way.)
 */
async function takeOver(
  path: string,
  stale: LockState,
  signal: AbortSignal | undefined,
  timing: LockTiming,
): Promise<void> {
  const guardPath = `${path}.after-${stale.content?.token.replace(/\W/g, "") ?? "torn"}`;
  const guard = await FileLock.acquire(guardPath, signal, () => {}, timing);
  try {
    const now = await look(path);
    // A torn lock has no token; while it is being written its time changes.
    const same =
      now !== null &&
      now.content?.token === stale.content?.token &&
      (now.content !== null || now.modifiedMs === stale.modifiedMs);
    if (same) await rm(path, { force: true });
  } finally {
    await guard.release();
  }
}
