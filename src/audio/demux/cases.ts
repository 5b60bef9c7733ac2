// Helpers for tests of demuxers and codecs, without the rest of the pipeline.

import type { Codec, PacketDecoder } from "../codec/codec.js";
import type { ByteSource } from "../input/byte-source.js";
import type { Pcm } from "../pcm.js";
import { DamageReport } from "./damage-report.js";
import type { Container, ForeignAudio, Packet, Track } from "./demuxer.js";

/** Bytes in memory; `isStream`: their number is not known before the end, and what was let go is gone. */
export function memorySource(bytes: Uint8Array, isStream = false): ByteSource {
  let [released, isEnded] = [0, false];
  return {
    name: "buffer",
    get sizeBytes() {
      return isStream && !isEnded ? null : bytes.length;
    },
    isReplayable: !isStream,
    read: async (offset, lengthBytes) => {
      if (isStream && offset < released) throw new RangeError(`read at ${offset}, released to ${released}`);
      isEnded ||= offset + lengthBytes > bytes.length;
      return bytes.subarray(offset, offset + lengthBytes);
    },
    release: (offset) => {
      released = Math.max(released, offset);
    },
    whole: async () => {
      throw new Error("needs the whole file");
    },
    path: async () => {
      throw new Error("needs a path");
    },
    close: async () => {},
  };
}

/** The sound of a recording, with skips, padding, ends and gaps applied as the pipeline does. */
export interface Played {
  /** Pieces in their order; gaps are silence. */
  readonly pieces: Pcm[];
  readonly seconds: number;
  /** Silence put in for gaps. */
  readonly gapSeconds: number;
  readonly damage: DamageReport;
  readonly tracks: Track[];
}

/** Decodes a recording from its bytes. */
export async function play(
  container: Container,
  codecs: readonly Codec[],
  bytes: Uint8Array,
  { isStream = false, start = 0 } = {},
): Promise<Played | ForeignAudio> {
  const source = memorySource(bytes, isStream);
  const begin = container.recognise(bytes.subarray(start, start + 65536), bytes.length <= start + 65536);
  if (begin === null) throw new Error("not recognised");
  const damage = new DamageReport();
  const opened = await container.open(source, start + begin, damage);
  if (!("packets" in opened)) return opened;
  const player = new Player(codecs, damage);
  for await (const packet of opened.packets()) await player.push(packet);
  await player.end();
  return player;
}

class Player implements Played {
  readonly pieces: Pcm[] = [];
  readonly tracks: Track[] = [];
  readonly damage: DamageReport;
  seconds = 0;
  gapSeconds = 0;
  readonly #codecs: readonly Codec[];
  #decoder: PacketDecoder | null = null;
  #skipSeconds = 0;

  constructor(codecs: readonly Codec[], damage: DamageReport) {
    this.#codecs = codecs;
    this.damage = damage;
  }

  async push({ track, data, startSeconds, skipSeconds, discardSeconds, stopSeconds }: Packet): Promise<void> {
    if (track !== this.tracks.at(-1)) {
      await this.end();
      this.tracks.push(track);
      this.#decoder = await this.#codecs.find(({ name }) => name === track.codec)!.open(track, "buffer");
      this.#skipSeconds = 0;
    }
    this.#skipSeconds += skipSeconds ?? 0;
    const gap = startSeconds === null ? 0 : startSeconds - this.seconds;
    if (gap > 0.1) {
      await this.#decoder!.reset?.();
      const { nChannels, sampleRate } = this.pieces.at(-1) === undefined ? track : ofPcm(this.pieces.at(-1)!);
      const nSamples = Math.round(gap * sampleRate);
      const channels = Array.from({ length: nChannels }, () => new Float32Array(nSamples));
      this.pieces.push({ channels, sampleRate, speakers: null });
      this.gapSeconds += gap;
      this.seconds += gap;
    }
    this.#add(
      await this.#decoder!.decode(data),
      discardSeconds ?? 0,
      stopSeconds ?? Number.POSITIVE_INFINITY,
    );
  }

  #add(pcm: Pcm | null, discardSeconds: number, stopSeconds: number): void {
    const length = pcm?.channels[0]?.length ?? 0;
    if (pcm === null || length === 0) return;
    const { sampleRate } = pcm;
    const from = Math.min(length, Math.round(this.#skipSeconds * sampleRate));
    this.#skipSeconds -= from / sampleRate;
    const left = Math.max(0, Math.round((stopSeconds - this.seconds) * sampleRate));
    const to = Math.max(from, Math.min(length - Math.round(discardSeconds * sampleRate), from + left));
    this.pieces.push({ ...pcm, channels: pcm.channels.map((channel) => channel.subarray(from, to)) });
    this.seconds += (to - from) / sampleRate;
  }

  async end(): Promise<void> {
    if (this.#decoder === null) return;
    this.#add((await this.#decoder.flush?.()) ?? null, 0, Number.POSITIVE_INFINITY);
    this.damage.nDamaged += this.#decoder.nDamaged;
    this.#decoder.free();
    this.#decoder = null;
  }
}

const ofPcm = ({ channels, sampleRate }: Pcm) => ({ nChannels: channels.length, sampleRate });

/** One channel of all pieces, joined; the mean of all channels by default. */
export function joined({ pieces }: Played, channel?: number): Float32Array {
  const parts = pieces.map(({ channels }) =>
    channel === undefined
      ? Float32Array.from(
          channels[0]!,
          (_, i) => channels.reduce((sum, c) => sum + c[i]!, 0) / channels.length,
        )
      : (channels[channel] ?? channels[0]!),
  );
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
