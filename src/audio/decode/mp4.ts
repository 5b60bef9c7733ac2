import "../../disposal.js";
import { CustomSource, EncodedPacketSink, Input, type InputAudioTrack, MP4, QTFF } from "mediabunny";
import type { ByteSource } from "../input/index.js";
import { corrupt, type Decoder, type Pcm, type Warn, warnDamaged, warnTruncated } from "./decoder.js";
import { type ForeignAudio, noTrack } from "./ffmpeg.js";
import { BATCH_PACKETS, openPacketDecoder } from "./packet-decoder.js";

/**
 * Opens the audio track of an MP4 or QuickTime file: a decoder where its codec is Opus, FLAC or MP3, else
 * what is known of it.
 *
 * @throws WhisperVulkanError `audio-no-track`, `audio-corrupt`
 */
export async function openMp4(source: ByteSource, warn: Warn): Promise<Decoder | ForeignAudio> {
  using input = openInput(source);
  const track = await audioTrack(input, source);
  const codec = await track.getCodec();
  const durationSeconds = await track.getDurationFromMetadata().catch(() => null);
  if (codec !== "opus" && codec !== "flac" && codec !== "mp3")
    return { codec: codecName(codec, await track.getInternalCodecId()), durationSeconds };
  const description = (await track.getDecoderConfig())?.description;
  const packetTrack = {
    codec,
    header: toBytes(description),
    sampleRate: await track.getSampleRate(),
    nChannels: await track.getNumberOfChannels(),
  };

  async function* decode(): AsyncGenerator<Pcm> {
    using input = openInput(source);
    const track = await audioTrack(input, source);
    const decoder = await openPacketDecoder(packetTrack, source.name);
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

function openInput(source: ByteSource): Input {
  const bytes = new CustomSource({
    getSize: () => source.sizeBytes,
    read: (start, end) => source.read(start, end - start),
    prefetchProfile: "fileSystem",
  });
  return new Input({ source: bytes, formats: [MP4, QTFF] });
}

async function audioTrack(input: Input, source: ByteSource): Promise<InputAudioTrack> {
  const { name } = source;
  const track = await input.getPrimaryAudioTrack().catch((error) => {
    throw corrupt(name, "file, its index cannot be read", error);
  });
  if (track !== null) return track;
  throw (await hasIndex(source)) ? noTrack(name) : corrupt(name, "file, its index is missing");
}

/** Whether there is a `moov` box; recorders write it last, and one that was stopped never does. */
async function hasIndex(source: ByteSource): Promise<boolean> {
  for (let at = 0; at < source.sizeBytes; ) {
    const head = Buffer.from(await source.read(at, 16));
    if (head.length < 8) return false;
    if (head.toString("latin1", 4, 8) === "moov") return true;
    const isLong = head.readUInt32BE(0) === 1 && head.length === 16;
    const size = isLong ? Number(head.readBigUInt64BE(8)) : head.readUInt32BE(0);
    if (size < 8) return false; // 0: to the end of the file
    at += size;
  }
  return false;
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
