import type { CodecName, Track } from "../packet.js";
import type { Codec, PacketDecoder } from "./codec.js";

/** The codecs decoded here. Their modules are large, so each is imported when a recording first needs it. */
const CODECS: Record<CodecName, () => Promise<Codec>> = {
  pcm: async () => (await import("./pcm.js")).pcm,
  flac: async () => (await import("./flac.js")).flac,
  mp3: async () => (await import("./mp3.js")).mp3,
  opus: async () => (await import("./opus.js")).opus,
  vorbis: async () => (await import("./vorbis/index.js")).vorbis,
  aac: async () => (await import("./aac/index.js")).aac,
  alac: async () => (await import("./alac/index.js")).alac,
};

/**
 * Opens the decoder for a track.
 *
 * @param fileName the recording's, for messages
 * @throws WhisperVulkanError `audio-corrupt`
 */
export async function openCodec(track: Track, fileName: string): Promise<PacketDecoder> {
  return (await CODECS[track.codec]()).open(track, fileName);
}
