import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { systemErrorCode } from "../../errors.js";
import { aborted } from "../abort.js";

/** What is stored about a file whose SHA-1 was right: while these match, it is not hashed again. */
interface Check {
  readonly sha1: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/**
 * Checks a model file in the cache. An earlier check counts while size and time of the file
 * are still the same; otherwise the file is hashed, and the result is stored beside it.
 * onProgress gets the bytes hashed so far.
 */
export async function verifyFile(
  path: string,
  sha1: string,
  onProgress: (doneBytes: number, totalBytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<"absent" | "right" | "wrong"> {
  const now = await describe(path);
  if (now === null) return "absent";
  const remembered = await recall(path);
  if (
    remembered?.sha1 === sha1 &&
    remembered.sizeBytes === now.sizeBytes &&
    remembered.modifiedMs === now.modifiedMs
  ) {
    return "right";
  }
  const hash = createHash("sha1");
  await hashInto(hash, path, now.sizeBytes, (doneBytes) => onProgress(doneBytes, now.sizeBytes), signal);
  if (hash.digest("hex") !== sha1) return "wrong";
  await remember(path, sha1);
  return "right";
}

/** Adds the first sizeBytes bytes of a file to a hash. */
export async function hashInto(
  hash: ReturnType<typeof createHash>,
  path: string,
  sizeBytes: number,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (sizeBytes === 0) return;
  let doneBytes = 0;
  for await (const piece of createReadStream(path, { end: sizeBytes - 1, highWaterMark: 1 << 20 })) {
    if (signal?.aborted) throw aborted(signal);
    hash.update(piece as Uint8Array);
    doneBytes += (piece as Uint8Array).byteLength;
    onProgress(doneBytes);
  }
}

/** Stores that a file's SHA-1 was right. */
export async function remember(path: string, sha1: string): Promise<void> {
  const now = await describe(path);
  if (now === null) return;
  const check: Check = { sha1, ...now };
  // A model on a read-only disk is still usable; it is only hashed again next time.
  await writeFile(checkPath(path), `${JSON.stringify(check)}\n`).catch((error: unknown) => {
    if (!["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT"].includes(systemErrorCode(error) ?? "")) throw error;
  });
}

/** Removes a file and the stored check. */
export async function removeVerified(path: string): Promise<void> {
  await rm(checkPath(path), { force: true });
  await rm(path, { force: true });
}

async function recall(path: string): Promise<Partial<Check> | null> {
  try {
    const check: unknown = JSON.parse(await readFile(checkPath(path), "utf8"));
    return typeof check === "object" ? (check as Partial<Check> | null) : null;
  } catch (error) {
    // Missing or half written: the file is hashed again.
    if (systemErrorCode(error) === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
}

async function describe(path: string): Promise<Omit<Check, "sha1"> | null> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { sizeBytes: size, modifiedMs: mtimeMs };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}

function checkPath(path: string): string {
  return `${path}.sha1.json`;
}
