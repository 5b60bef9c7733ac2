import type { ByteSource } from "../../input/byte-source.js";
import type { DamageReport } from "../damage-report.js";
import { type BoxPlace, boxAt, searchBox } from "./boxes.js";

/** A list of samples is small; a size beyond is damage. */
const MAX_FRAGMENT_BYTES = 1 << 26;

/** The content of a `moof` box, and where the box begins. */
export interface FragmentPlace {
  readonly offset: number;
  readonly body: Uint8Array;
}

/** The `moof` boxes from `start` on. Where sizes lie, the next one is looked for. `release`: bytes before are no longer needed. */
export async function* fragments(
  source: ByteSource,
  start: number,
  damage: DamageReport,
  release: (offset: number) => void,
): AsyncGenerator<FragmentPlace> {
  let last = start; // where the last sound box begins
  for (let offset = start; ; ) {
    release(last);
    const box = await boxAt(source, offset);
    if (box === null) {
      const next = await recovered(source, offset, last, damage);
      if (next === null) return;
      offset = next;
      continue;
    }
    if (box.type === "moof") yield* fragment(source, box, damage);
    if (box.end === null) return;
    last = offset;
    offset = box.end;
  }
}

async function* fragment(
  source: ByteSource,
  box: BoxPlace,
  damage: DamageReport,
): AsyncGenerator<FragmentPlace> {
  const from = box.offset + box.headerBytes;
  const sizeBytes = (box.end ?? from) - from;
  if (sizeBytes > MAX_FRAGMENT_BYTES) {
    damage.nDamaged += 1;
    return;
  }
  yield { offset: box.offset, body: await source.read(from, sizeBytes) };
}

/** Where to go on when there is no box at `offset`; null at the end. */
async function recovered(source: ByteSource, offset: number, last: number, damage: DamageReport) {
  const rest = await source.read(offset, 1);
  if (rest.length === 0) {
    const isWhole = offset === last || (await source.read(offset - 1, 1)).length === 1;
    damage.isCutOff ||= !isWhole;
    return null;
  }
  for (let from = last + 8; ; ) {
    const next = await searchBox(source, from, "moof", "mfhd");
    if (next === null) {
      damage.isCutOff = true;
      return null;
    }
    if ((await boxAt(source, next)) !== null) {
      damage.nDamaged += 1;
      return next;
    }
    from = next + 8;
  }
}
