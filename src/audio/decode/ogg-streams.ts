import { FLACDecoder } from "@wasm-audio-decoders/flac";
import { OggVorbisDecoder } from "@wasm-audio-decoders/ogg-vorbis";
import type { Pcm } from "./decoder.js";
import { OggPackets, type OggPage } from "./ogg-pages.js";
import { cut, OPUS_POSITION_RATE, OPUS_SAMPLE_RATE, OpusPackets, opusSamples, readOpusHead } from "./opus.js";

/** Decodes one logical stream of an Ogg file, page by page. */
export interface OggStream {
  /** Positions a second, as the pages of this stream count them. */
  readonly positionRate: number;
  /** Decodes what the page completes. */
  push(page: OggPage): Promise<Pcm>;
  /** Decodes what is left. */
  end(): Promise<Pcm>;
  /** A page before the next one is missing. */
  lost(): void;
  damaged(): number;
  free(): void;
}

/** Whether the first page of a stream begins with `mark`, given as text. */
export function startsWith(page: OggPage, mark: string): boolean {
  return [...mark].every((char, i) => page.body[i] === char.charCodeAt(0));
}

/** Opens the stream that `first` begins, null when its codec is none of Vorbis, Opus and FLAC. */
export async function openOggStream(first: OggPage, name: string): Promise<OggStream | null> {
  if (startsWith(first, "\x01vorbis"))
    return openPagewise(new OggVorbisDecoder(), readUint32(first.body, 12));
  if (startsWith(first, "OpusHead")) return openOpus(first, name);
  if (startsWith(first, "\x7fFLAC"))
    return openPagewise(new FLACDecoder(), readUint32BigEndian(first.body, 27) >>> 12);
  return null;
}

/** Vorbis and FLAC: their decoders take whole Ogg pages. */
async function openPagewise(decoder: OggVorbisDecoder | FLACDecoder, sampleRate: number): Promise<OggStream> {
  await decoder.ready;
  let nDamaged = 0;
  const take = ({ channelData, errors }: Awaited<ReturnType<typeof decoder.decode>>): Pcm => {
    nDamaged += errors.length;
    return { channels: channelData, sampleRate };
  };
  return {
    positionRate: sampleRate,
    push: async (page) => take(await decoder.decode(page.bytes)),
    end: async () => take(await decoder.flush()), // at least the first page has been pushed
    lost: () => {},
    damaged: () => nDamaged,
    free: () => decoder.free(),
  };
}

/** Opus: packets, with the pre-skip cut off and the end where the last page's position says (RFC 7845, 4). */
async function openOpus(first: OggPage, name: string): Promise<OggStream> {
  const head = readOpusHead(first.body, name);
  const decoder = await OpusPackets.open(head);
  const packets = new OggPackets();
  let nHeaders = 2; // identification and comments
  let position: number | null = null; // in decoded samples, before what is decoded next
  let toSkip = head.preSkip;
  let hasGap = false; // since the last position known
  return {
    positionRate: OPUS_POSITION_RATE,
    push: async (page) => {
      const complete = packets.push(page);
      const audio = complete.slice(Math.min(nHeaders, complete.length));
      nHeaders -= complete.length - audio.length;
      const pcm = decoder.decode(audio);
      const nSamples = pcm.channels[0]?.length ?? 0;
      if (nSamples === 0) return pcm;
      const pageEnd = page.granule === null ? null : opusSamples(page.granule);
      // A stream cut out of a longer one starts at a later position; one that also ends here starts at 0.
      position ??= page.isLast && !hasGap ? 0 : Math.max(0, (pageEnd ?? 0) - nSamples);
      const end = page.isLast && pageEnd !== null ? Math.min(nSamples, pageEnd - position) : nSamples;
      const from = Math.min(toSkip, nSamples);
      toSkip -= from;
      position += nSamples;
      return cut(pcm, from, Math.max(from, end));
    },
    end: async () => ({ channels: [], sampleRate: OPUS_SAMPLE_RATE }),
    lost: () => {
      packets.lost();
      position = null;
      hasGap = true;
    },
    damaged: () => decoder.nDamaged,
    free: () => decoder.free(),
  };
}

function readUint32(bytes: Uint8Array, at: number): number {
  return bytes.length < at + 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

function readUint32BigEndian(bytes: Uint8Array, at: number): number {
  return bytes.length < at + 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, false);
}
