/** Where the loudspeaker of a channel stands, by the names ffmpeg and Microsoft's channel masks use. */
export type Speaker = "FL" | "FR" | "FC" | "LFE" | "BL" | "BR" | "FLC" | "FRC" | "BC" | "SL" | "SR" | "other";

/** A piece of decoded audio: one Float32Array a channel, all of the same length, values in about [-1, 1]. */
export interface Pcm {
  readonly channels: readonly Float32Array[];
  /** Samples per second; it may change from piece to piece. */
  readonly sampleRate: number;
  /** One a channel; null where neither container nor codec says: the usual layout for that many channels. */
  readonly speakers: readonly Speaker[] | null;
}

/** A stretch of a recording's timeline without any sound. */
export interface Gap {
  readonly silentSeconds: number;
}

/** A part of the samples of each channel. */
export function cutPcm(pcm: Pcm, from: number, to: number): Pcm {
  if (from === 0 && to === lengthOf(pcm)) return pcm;
  return { ...pcm, channels: pcm.channels.map((channel) => channel.subarray(from, to)) };
}

/** Samples of each channel. */
export function lengthOf(pcm: Pcm): number {
  return pcm.channels[0]?.length ?? 0;
}
