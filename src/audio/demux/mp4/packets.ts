import type { ByteSource } from "../../input/byte-source.js";
import type { Packet } from "../../packet.js";
import type { DamageReport } from "../damage-report.js";
import { beginning } from "./beginning.js";
import { isBehind, isNeeded, placed, withoutSkip } from "./edits.js";
import { fragments } from "./fragment-walk.js";
import { fragmentSpans } from "./fragments.js";
import type { Movie, SoundTrack } from "./movie.js";
import { SampleReader } from "./sample-reader.js";
import type { Span } from "./sample-table.js";

/** The packets of a file's sound, edit by edit. `indexEnd`: where fragments may begin. */
export async function* packets(
  source: ByteSource,
  movie: Movie,
  sound: SoundTrack,
  indexEnd: number,
  damage: DamageReport,
): AsyncGenerator<Packet> {
  const zero = await beginning(source, movie, sound, indexEnd);
  const reader = new SampleReader(source, damage);
  const onlyFragments = movie.isFragmented && !sound.table.hasSamples;
  for (const edit of onlyFragments ? sound.edits.map(withoutSkip) : sound.edits) {
    const shifted = { ...edit, start: edit.start - zero };
    let isFirst = true;
    for await (const span of spans(source, movie, sound, indexEnd, reader, damage)) {
      const { track, frameBytes } = sound.descriptions[span.description] ?? { track: null, frameBytes: 0 };
      if (track === null) {
        damage.nDamaged += 1;
        continue;
      }
      const time = { seconds: span.ticks / sound.rate, durationSeconds: span.durationTicks / sound.rate };
      if (isBehind(edit, time)) break;
      if (!isNeeded(edit, time)) continue;
      if (!movie.isFragmented) reader.release(span.offset);
      const data = await reader.read(span, frameBytes);
      if (reader.isOver) return;
      if (data === null) continue;
      yield placed(shifted, time, track, data, isFirst);
      isFirst = false;
    }
  }
}

/** All samples of the track in their order: those of the index, then those of fragments. */
async function* spans(
  source: ByteSource,
  { isFragmented }: Movie,
  sound: SoundTrack,
  indexEnd: number,
  reader: SampleReader,
  damage: DamageReport,
): AsyncGenerator<Span> {
  const frameBytes = sound.descriptions[0]?.frameBytes ?? 0;
  let ticks = 0;
  for (const span of sound.table.spans(frameBytes)) {
    yield span;
    ticks = span.ticks + span.durationTicks;
  }
  if (!isFragmented) return;
  for await (const { body, offset } of fragments(source, indexEnd, damage, (start) => reader.release(start)))
    ticks = yield* fragmentSpans(body, offset, sound, ticks);
}
