import { WhisperVulkanError } from "../errors.js";
import { shown } from "../shown.js";

const units: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/**
 * Bytes of "512MiB", "8GB" (8 * 1000^3), "1.5 GiB", "4G" (as GiB) or "1024". what: where it was given, for the
 * message ("--vram-limit"). Error: option-invalid.
 */
export function parseSize(text: string, what = "a size"): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = units[(unit ?? "").toLowerCase()];
  const bytes = Math.floor(Number(digits) * (factor ?? Number.NaN));
  // a size larger than any machine's memory is a typing mistake, and above 2^53 numbers are not exact
  if (!Number.isSafeInteger(bytes))
    throw new WhisperVulkanError("option-invalid", `${what} ${shown(text)} is not a size`, {
      hint: "Write it like 512MiB, 8GB, 1.5GiB, or as a number of bytes.",
    });
  return bytes;
}
