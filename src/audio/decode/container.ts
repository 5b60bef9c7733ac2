import { FLACDecoder } from "@wasm-audio-decoders/flac";
import {
  CustomSource,
  EncodedPacketSink,
  Input,
  type InputAudioTrack,
  MATROSKA,
  MP4,
  QTFF,
  WEBM,
} from "mediabunny";
import { MPEGDecoder } from "mpg123-decoder";
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
import { type ForeignAudio, noTrack } from "./ffmpeg.js";
import { cut, OpusPackets, readOpusHead } from "./opus.js";

/** Packets decoded at once: well under 20 ms of work, whatever the codec. */
const BATCH_PACKETS = 8;

/**
 * Opens the audio track of an MP4, QuickTime, Matroska or WebM file: a decoder where its codec is Opus, FLAC
 * or MP3, else what is known of it.
 *
 * @throws WhisperVulkanError `audio-no-track`, `audio-corrupt`
 */
export async function openContainer(source: ByteSource, warn: Warn): Promise<Decoder | ForeignAudio> {
  using input = openInput(source);
  const track = await audioTrack(input, source.name);
  const codec = await track.getCodec();
  const durationSeconds = await track.getDurationFromMetadata().catch(() => null);
  const open = codec === "opus" ? openOpus : codec === "flac" ? openFlac : codec === "mp3" ? openMp3 : null;
  if (open === null) return { codec: codecName(codec, await track.getInternalCodecId()), durationSeconds };

  async function* decode(): AsyncGenerator<Pcm> {
    using input = openInput(source);
    const track = await audioTrack(input, source.name);
    const decoder = await open!(track, source.name);
    let [seconds, failure]: [number, unknown] = [0, null];
    try {
      const batches = inBatches(new EncodedPacketSink(track).packets(), (error) => {
        failure = error;
      });
      for await (const packets of batches) {
        const pcm = await decoder.decode(packets);
        seconds += (pcm.channels[0]?.length ?? 0) / pcm.sampleRate;
        yield pcm;
      }
    } finally {
      decoder.free();
    }
    if (failure !== null && seconds === 0)
      throw corrupt(source.name, "file, nothing in it could be read", failure);
    warnDamaged(warn, source.name, decoder.damaged(), "part");
    const missing = durationSeconds !== null && durationSeconds - seconds > 1;
    if (failure !== null || missing) warnTruncated(warn, source.name, seconds, durationSeconds);
  }
  return { durationSeconds, decode };
}

/** A codec's packets to samples. */
interface PacketDecoder {
  decode(packets: Uint8Array[]): Promise<Pcm>;
  damaged(): number;
  free(): void;
}

function openInput(source: ByteSource): Input {
  const bytes = new CustomSource({
    getSize: () => source.sizeBytes,
    read: (start, end) => source.read(start, end - start),
    prefetchProfile: "fileSystem",
  });
  return new Input({ source: bytes, formats: [MP4, QTFF, MATROSKA, WEBM] });
}

async function audioTrack(input: Input, name: string): Promise<InputAudioTrack> {
  const track = await input.getPrimaryAudioTrack().catch((error) => {
    throw corrupt(name, "file, its index cannot be read", error);
  });
  if (track === null) throw noTrack(name);
  return track;
}

/** Groups packets; a failure to read more ends them, after what could be read. */
async function* inBatches(packets: AsyncIterable<{ data: Uint8Array }>, onFailure: (error: unknown) => void) {
  let batch: Uint8Array[] = [];
  try {
    for await (const packet of packets) {
      batch.push(packet.data);
      if (batch.length < BATCH_PACKETS) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    onFailure(error);
  }
  if (batch.length > 0) yield batch;
}

async function openOpus(track: InputAudioTrack, name: string): Promise<PacketDecoder> {
  const config = await track.getDecoderConfig();
  const head = readOpusHead(toBytes(config?.description), name);
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

async function openFlac(track: InputAudioTrack): Promise<PacketDecoder> {
  const sampleRate = await track.getSampleRate();
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

async function openMp3(track: InputAudioTrack): Promise<PacketDecoder> {
  const nChannels = await track.getNumberOfChannels();
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

function toBytes(description: ArrayBufferLike | ArrayBufferView | undefined): Uint8Array {
  if (description === undefined) return new Uint8Array(0);
  return ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description);
}

function codecName(codec: string | null, internalId: unknown): string {
  if (codec !== null) return codec.toUpperCase();
  return typeof internalId === "string" && internalId !== "" ? `codec "${internalId}"` : "an unknown codec";
}
