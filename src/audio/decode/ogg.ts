import type { ByteSource } from "../input/index.js";
import { type Decoder, type Pcm, type Warn, warnDamaged, warnTruncated } from "./decoder.js";
import { type OggPage, oggPages } from "./ogg-pages.js";
import { type OggStream, openOggStream } from "./ogg-streams.js";

/** Bytes at the end of the file in which the last page's position is looked for. */
const TAIL_BYTES = 1 << 17;
/** First pages come before all others; more streams than this are not looked at. */
const MAX_STREAMS = 64;

/** Opens an Ogg file with a Vorbis, Opus or FLAC stream; null when it has none of them. */
export async function openOgg(source: ByteSource, warn: Warn): Promise<Decoder | null> {
  const stream = await firstStream(source);
  if (stream === null) return null;
  const lastPosition = await lastGranule(source, stream.serial);

  async function* decode(): AsyncGenerator<Pcm> {
    let [nDamaged, seconds, ended] = [0, 0, false];
    let current: { serial: number; sequence: number; stream: OggStream } | null = null;
    const measure = (pcm: Pcm) => {
      seconds += (pcm.channels[0]?.length ?? 0) / pcm.sampleRate;
      return pcm;
    };
    try {
      for await (const page of oggPages(source, 0, () => nDamaged++)) {
        if (page.isFirst && (current === null || ended)) {
          // The first stream, or the next link of a chain.
          const stream = await openOggStream(page, source.name);
          if (stream === null) continue;
          if (current !== null) nDamaged += current.stream.damaged();
          current?.stream.free();
          current = { serial: page.serial, sequence: page.sequence, stream };
          ended = false;
        }
        if (current === null || ended || page.serial !== current.serial) continue;
        if (page.sequence > current.sequence + 1) current.stream.lost();
        current.sequence = page.sequence;
        yield measure(await current.stream.push(page));
        if (!page.isLast) continue;
        ended = true;
        yield measure(await current.stream.end());
      }
      if (current !== null && !ended) yield measure(await current.stream.end());
    } finally {
      nDamaged += current?.stream.damaged() ?? 0;
      current?.stream.free();
    }
    // A file cut off ends with part of a page, which is no damage of its own.
    if (!ended) warnTruncated(warn, source.name, seconds, null);
    warnDamaged(warn, source.name, ended ? nDamaged : nDamaged - 1, "part");
  }
  return { durationSeconds: lastPosition === null ? null : lastPosition / stream.positionRate, decode };
}

/** The first stream with a codec known here. */
async function firstStream(source: ByteSource): Promise<{ serial: number; positionRate: number } | null> {
  let nPages = 0;
  for await (const page of oggPages(source, 0, () => {})) {
    if (!page.isFirst || ++nPages > MAX_STREAMS) return null;
    const stream = await openOggStream(page, source.name);
    if (stream === null) continue;
    stream.free();
    return { serial: page.serial, positionRate: stream.positionRate };
  }
  return null;
}

async function lastGranule(source: ByteSource, serial: number): Promise<number | null> {
  let last: OggPage | null = null;
  for await (const page of oggPages(source, Math.max(0, source.sizeBytes - TAIL_BYTES), () => {})) {
    if (page.serial === serial && page.granule !== null) last = page;
  }
  return last?.granule ?? null;
}
