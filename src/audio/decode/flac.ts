import { FLACDecoder } from "@wasm-audio-decoders/flac";
import type { ByteSource } from "../input/index.js";
import {
  corrupt,
  type Decoder,
  type Pcm,
  quietly,
  type Warn,
  warnDamaged,
  warnTruncated,
} from "./decoder.js";
import { flacFrames } from "./flac-frames.js";

/** Samples handed on at once, about; a decoder call stays within a few milliseconds. */
const PIECE_SAMPLES = 16384;
/** Longest frame looked for where the file does not say. */
const MAX_FRAME_BYTES = 1 << 21;

/** Opens a native FLAC file whose "fLaC" mark lies at `start` (behind an ID3v2 tag, if there is one). */
export async function openFlac(source: ByteSource, start: number, warn: Warn): Promise<Decoder> {
  const info = await readStreamInfo(source, start);
  const end = await endOfFrames(source);
  const wholeSeconds = info.nSamples === 0 ? null : info.nSamples / info.sampleRate;

  async function* decode(): AsyncGenerator<Pcm> {
    const decoder = new FLACDecoder();
    await decoder.ready;
    let [nSamples, nDamaged, nErrors, batchSamples, cutOff] = [0, 0, 0, 0, false];
    let batch: Uint8Array[] = [];
    async function* flush() {
      if (batch.length === 0) return;
      // Asynchronous only in form: the work is done before the promise is returned.
      const { channelData, samplesDecoded, errors } = await quietly(() => decoder.decodeFrames(batch));
      nSamples += samplesDecoded;
      nErrors += errors.length; // it also notices frames left out before
      batch = [];
      batchSamples = 0;
      yield { channels: channelData, sampleRate: info.sampleRate };
    }
    try {
      for await (const piece of flacFrames(
        source,
        info.framesOffset,
        end,
        info.maxFrameBytes || MAX_FRAME_BYTES,
      )) {
        cutOff = piece.kind === "damage";
        if (piece.kind === "damage") {
          nDamaged += 1;
          continue;
        }
        batch.push(piece.bytes);
        batchSamples += info.blockSamples;
        if (batchSamples >= PIECE_SAMPLES) yield* flush();
      }
      yield* flush();
    } finally {
      decoder.free();
    }
    warnDamaged(warn, source.name, Math.max(cutOff ? nDamaged - 1 : nDamaged, nErrors), "part");
    if (cutOff || (nDamaged === 0 && nSamples < info.nSamples)) {
      warnTruncated(warn, source.name, nSamples / info.sampleRate, wholeSeconds);
    }
  }
  return { durationSeconds: wholeSeconds, decode };
}

/** What the STREAMINFO block says; 0 stands for "not known" in nSamples and maxFrameBytes. */
interface StreamInfo {
  readonly blockSamples: number;
  readonly maxFrameBytes: number;
  readonly sampleRate: number;
  readonly nSamples: number;
  readonly framesOffset: number;
}

async function readStreamInfo(source: ByteSource, start: number): Promise<StreamInfo> {
  const bytes = await source.read(start + 8, 34);
  const first = await source.read(start + 4, 1);
  if (bytes.length < 34 || (first[0]! & 0x7f) !== 0) throw corrupt(source.name, "FLAC header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sampleRate = view.getUint32(10) >>> 12;
  if (sampleRate === 0) throw corrupt(source.name, "FLAC header (sample rate 0)");
  let at = start + 4;
  for (let last = false; !last; ) {
    const block = await source.read(at, 4);
    if (block.length < 4) throw corrupt(source.name, "FLAC header (no audio behind it)");
    last = (block[0]! & 0x80) !== 0;
    at += 4 + ((block[1]! << 16) | (block[2]! << 8) | block[3]!);
  }
  return {
    blockSamples: Math.max(view.getUint16(2), 1),
    maxFrameBytes: view.getUint32(6) & 0xffffff,
    sampleRate,
    nSamples: (view.getUint8(13) & 15) * 2 ** 32 + view.getUint32(14),
    framesOffset: at,
  };
}

/** Some writers put an ID3v1 tag of 128 bytes behind the last frame. */
async function endOfFrames(source: ByteSource): Promise<number> {
  const tail = await source.read(Math.max(0, source.sizeBytes - 128), 3);
  const isTag = tail[0] === 0x54 && tail[1] === 0x41 && tail[2] === 0x47;
  return isTag ? source.sizeBytes - 128 : source.sizeBytes;
}
