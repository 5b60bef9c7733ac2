import { cut } from "../../shown.js";
import type { ByteSource } from "../input/index.js";
import { adts } from "./adts.js";
import { aiff } from "./aiff.js";
import { ByteWindow } from "./byte-window.js";
import { caf } from "./caf/index.js";
import type { DamageReport } from "./damage-report.js";
import type { Container, Demuxer, ForeignAudio } from "./demuxer.js";
import { flac } from "./flac/index.js";
import { latm } from "./latm.js";
import { matroska } from "./matroska/index.js";
import { mp3 } from "./mp3/index.js";
import { mp4 } from "./mp4/index.js";
import { ogg } from "./ogg/index.js";
import { id3v2Bytes, skipTags } from "./tags.js";
import { wav } from "./wav/index.js";

export type { Demuxer, ForeignAudio } from "./demuxer.js";

/** The containers read here. Those with a mark come first; frames without one are guessed from several in a row. */
export const CONTAINERS: readonly Container[] = [wav, flac, ogg, matroska, mp4, aiff, caf, adts, latm, mp3];

/** Bytes looked at: most files say what they are at once, and a stream may be slow. */
const HEAD_BYTES = [1 << 12, 1 << 16];

/**
 * Detects a file's format from its contents and opens it. The source discards bytes only when a demuxer of ours
 * reads it, because another program needs all of them.
 *
 * @throws WhisperVulkanError `audio-no-track`, `audio-corrupt`, and what reading throws
 */
export async function openDemuxer(source: ByteSource, damage: DamageReport): Promise<Demuxer | ForeignAudio> {
  const found =
    (await recognise(source, await endOfId3(source))) ??
    (await recognise(source, 0)) ??
    (await recogniseBehindTags(source));
  if (found === null) return { codec: null, durationSeconds: null };
  const held = new HeldSource(source);
  const opened = await found.container.open(held, found.start, damage);
  if ("packets" in opened) held.letGo();
  else if (opened.codec !== null) return { ...opened, codec: cut(opened.codec) }; // may be any bytes of the file
  return opened;
}

async function recognise(source: ByteSource, offset: number) {
  for (const nBytes of HEAD_BYTES) {
    const head = await source.read(offset, nBytes);
    const isWhole = head.length < nBytes;
    for (const container of CONTAINERS) {
      const at = container.recognise(head, isWhole);
      if (at !== null) return { container, start: offset + at };
    }
    if (isWhole) return null;
  }
  return null;
}

/** Where the ID3v2 tags at the start end; they may hold pictures of megabytes, and come before anything. */
async function endOfId3(source: ByteSource): Promise<number> {
  for (let at = 0; ; ) {
    const tagBytes = id3v2Bytes(await source.read(at, 10), 0);
    if (tagBytes === null) return at;
    at += tagBytes;
  }
}

/** Behind other tags and padding at the start. An MP4 begins with up to three zeros of its own. */
async function recogniseBehindTags(source: ByteSource) {
  const window = new ByteWindow(source, 0, Number.POSITIVE_INFINITY, false);
  await skipTags(window);
  if (window.offset === 0) return null;
  for (const nOwn of [3, 2, 1, 0]) {
    const found = await recognise(source, Math.max(0, window.offset - nOwn));
    if (found !== null) return found;
  }
  return null;
}

/** Keeps what is released until it is sure that nobody else wants it. */
class HeldSource implements ByteSource {
  readonly #source: ByteSource;
  #isHeld = true;
  #released = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get name() {
    return this.#source.name;
  }
  get sizeBytes() {
    return this.#source.sizeBytes;
  }
  get isReplayable() {
    return this.#source.isReplayable;
  }

  read(offset: number, lengthBytes: number) {
    return this.#source.read(offset, lengthBytes);
  }

  readSome(offset: number, lengthBytes: number) {
    return (this.#source.readSome ?? this.#source.read).call(this.#source, offset, lengthBytes);
  }

  release(offset: number): void {
    this.#released = Math.max(this.#released, offset);
    if (!this.#isHeld) this.#source.release(offset);
  }

  letGo(): void {
    this.#isHeld = false;
    this.#source.release(this.#released);
  }

  whole() {
    return this.#source.whole();
  }
  path() {
    return this.#source.path();
  }
  close() {
    return this.#source.close();
  }
}
