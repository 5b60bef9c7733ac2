import { boxes, find } from "./boxes.js";
import type { Edit } from "./edits.js";

/** An encoder's delay is less than this; a larger number is not a delay. */
const MAX_DELAY = 16384;

/**
 * How much of an AAC track is sound, from the tag by which iTunes tells players (iTunSMPB): samples of delay at the
 * start, of padding, and of sound. Null where there is none.
 */
export function iTunesGap(moov: Uint8Array, rate: number): Edit[] | null {
  const meta = find(moov, "udta", "meta");
  const tags = meta && find(meta.subarray(4), "ilst");
  for (const { type, body } of boxes(tags ?? new Uint8Array(0))) {
    if (type !== "----") continue;
    const name = find(body, "name");
    const data = find(body, "data");
    if (name === null || data === null || ascii(name.subarray(4)) !== "iTunSMPB") continue;
    const [, delay, , length] = ascii(data.subarray(8))
      .trim()
      .split(/\s+/)
      .map((field) => Number.parseInt(field, 16));
    if (delay === undefined || !(delay > 0) || delay >= MAX_DELAY) return null;
    const duration = length !== undefined && length > 0 ? length / rate : Number.POSITIVE_INFINITY;
    return [{ start: 0, mediaStart: delay / rate, duration }];
  }
  return null;
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
