import type { ByteSource } from "../input/index.js";
import { corrupt, type Decoder, type Pcm, type Warn, warnDamaged, warnTruncated } from "./decoder.js";
import { type ForeignAudio, noTrack } from "./ffmpeg.js";
import { blockTrack, readBlock } from "./matroska-block.js";
import { type Element, ID, matroskaElements } from "./matroska-elements.js";
import { audioTrackOf, durationOf, type MatroskaTrack } from "./matroska-track.js";
import { cut } from "./opus.js";
import { BATCH_PACKETS, openPacketDecoder } from "./packet-decoder.js";

/** Track lists and the like are small; a size beyond is damage. */
const MAX_HEADER_BYTES = 1 << 24;

/**
 * Opens the audio track of a Matroska or WebM file: a decoder where its codec is Opus, FLAC or MP3, else
 * what is known of it.
 *
 * @throws WhisperVulkanError `audio-no-track`, `audio-corrupt`
 */
export async function openMatroska(source: ByteSource, warn: Warn): Promise<Decoder | ForeignAudio> {
  const { track, durationSeconds } = await readHead(source);
  const { codec } = track;
  if (codec === null)
    return { codec: track.codecId.replace(/^A_/, "") || "an unknown codec", durationSeconds };

  async function* decode(): AsyncGenerator<Pcm> {
    const decoder = await openPacketDecoder({ ...track, codec: codec! }, source.name);
    const report = { nDamaged: 0, isCutOff: false };
    let [seconds, batch]: [number, Uint8Array[]] = [0, []];
    const flush = async (discardSeconds: number) => {
      const pcm = await decoder.decode(batch);
      batch = [];
      const nSamples = pcm.channels[0]?.length ?? 0;
      seconds += nSamples / pcm.sampleRate;
      return cut(pcm, 0, Math.max(0, nSamples - Math.round(discardSeconds * pcm.sampleRate)));
    };
    try {
      for await (const { frames, discardSeconds } of blocks(source, track.number, report)) {
        batch.push(...frames);
        if (batch.length >= BATCH_PACKETS || discardSeconds > 0) yield await flush(discardSeconds);
      }
      if (batch.length > 0) yield await flush(0);
    } finally {
      decoder.free();
    }
    warnDamaged(warn, source.name, report.nDamaged + decoder.damaged(), "part");
    if (report.isCutOff) warnTruncated(warn, source.name, seconds, durationSeconds);
  }
  return { durationSeconds, decode };
}

async function readHead(source: ByteSource) {
  let track: MatroskaTrack | null = null;
  let durationSeconds: number | null = null;
  for await (const element of matroskaElements(source, { nDamaged: 0, isCutOff: false })) {
    const isHead = element.id === ID.info || element.id === ID.tracks;
    if (isHead && element.sizeBytes > MAX_HEADER_BYTES) throw corrupt(source.name, "file header");
    if (element.id === ID.info) durationSeconds = durationOf(await element.read(), source.name);
    if (element.id === ID.tracks) {
      track = audioTrackOf(await element.read(), source.name);
      if (track === null) throw noTrack(source.name);
    }
    if (track !== null && (durationSeconds !== null || isBlock(element))) break;
    if (isBlock(element)) break; // headers come before
  }
  if (track === null) throw corrupt(source.name, "file, there is no list of its tracks");
  return { track, durationSeconds };
}

/** The frames of a track, block by block, and what of their sound is not to be played. */
async function* blocks(source: ByteSource, track: number, report: { nDamaged: number; isCutOff: boolean }) {
  let waiting: { frames: Uint8Array[]; discardSeconds: number } | null = null;
  for await (const element of matroskaElements(source, report)) {
    if (element.id === ID.discardPadding && waiting !== null) {
      waiting.discardSeconds = Math.max(0, signedNanoseconds(await element.read()) / 1e9);
    }
    if (!isBlock(element)) continue;
    if (waiting !== null) yield waiting;
    waiting = null;
    if (blockTrack(await element.read(8)) !== track) continue;
    const block = readBlock(await element.read());
    if (block === null) report.nDamaged += 1;
    else waiting = { frames: block.frames, discardSeconds: 0 };
  }
  if (waiting !== null) yield waiting;
}

function isBlock({ id }: Element): boolean {
  return id === ID.simpleBlock || id === ID.block;
}

function signedNanoseconds(bytes: Uint8Array): number {
  return bytes.reduce((value, byte, i) => value * 256 + (i === 0 ? (byte << 24) >> 24 : byte), 0);
}
