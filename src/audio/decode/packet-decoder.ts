import { FLACDecoder } from "@wasm-audio-decoders/flac";
import { MPEGDecoder } from "mpg123-decoder";
import { type Pcm, quietly } from "./decoder.js";
import { cut, OpusPackets, readOpusHead } from "./opus.js";

/** Codecs whose packets are decoded here when they come out of a container. */
export type PacketCodec = "opus" | "flac" | "mp3";

/** What a container says of an audio track. */
export interface PacketTrack {
  readonly codec: PacketCodec;
  /** The codec's own header: "OpusHead" for Opus; the others need none. */
  readonly header: Uint8Array;
  /** Samples per second. */
  readonly sampleRate: number;
  readonly nChannels: number;
}

/** Decodes a track's packets in their order. */
export interface PacketDecoder {
  decode(packets: Uint8Array[]): Promise<Pcm>;
  /** Packets that could not be decoded so far. */
  damaged(): number;
  free(): void;
}

/** Packets decoded at once: well under 20 ms of work, whatever the codec. */
export const BATCH_PACKETS = 8;

/** @throws WhisperVulkanError `audio-corrupt` for a header that makes no sense; `name` is the file's */
export function openPacketDecoder(track: PacketTrack, name: string): Promise<PacketDecoder> {
  switch (track.codec) {
    case "opus":
      return openOpus(track, name);
    case "flac":
      return openFlac(track);
    case "mp3":
      return openMp3(track);
  }
}

async function openOpus({ header }: PacketTrack, name: string): Promise<PacketDecoder> {
  const head = readOpusHead(header, name);
  const decoder = await OpusPackets.open(head);
  let toSkip = head.preSkip;
  return {
    decode: async (packets) => {
      const pcm = decoder.decode(packets);
      const from = Math.min(toSkip, pcm.channels[0]?.length ?? 0);
      toSkip -= from;
      return cut(pcm, from);
    },
    damaged: () => decoder.nDamaged,
    free: () => decoder.free(),
  };
}

async function openFlac({ sampleRate }: PacketTrack): Promise<PacketDecoder> {
  const decoder = new FLACDecoder();
  await decoder.ready;
  let nDamaged = 0;
  return {
    decode: async (packets) => {
      // Asynchronous only in form: the work is done before the promise is returned.
      const { channelData, errors } = await quietly(() => decoder.decodeFrames(packets));
      nDamaged += errors.length;
      return { channels: channelData, sampleRate };
    },
    damaged: () => nDamaged,
    free: () => decoder.free(),
  };
}

async function openMp3({ nChannels }: PacketTrack): Promise<PacketDecoder> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  let nDamaged = 0;
  return {
    decode: async (packets) => {
      const { channelData, sampleRate, errors } = quietly(() => decoder.decodeFrames(packets));
      nDamaged += errors.length;
      return { channels: channelData.slice(0, nChannels), sampleRate };
    },
    damaged: () => nDamaged,
    free: () => decoder.free(),
  };
}
