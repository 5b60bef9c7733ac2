import { writeAudioSpecificConfig } from "../codec/aac/index.js";
import type { Packet, Track } from "../packet.js";
import { type AdtsHeader, blocksOf, HEADER_BYTES, MAX_FRAME_BYTES, readAdtsHeader } from "./adts-header.js";
import type { Container } from "./demuxer.js";
import {
  type Frame,
  type FrameFormat,
  meanFrameBytes,
  readFrames,
  recogniseFrames,
} from "./framed-stream.js";

/** Samples of a block; of blocks of 960 the headers say nothing. */
const FRAME_LENGTH = 1024;

const FORMAT: FrameFormat<AdtsHeader> = {
  firstByte: 0xff,
  headerBytes: HEADER_BYTES,
  maxFrameBytes: MAX_FRAME_BYTES,
  readHeader: readAdtsHeader,
};

/** AAC as it is broadcast and streamed: frames with headers, nothing else (files named .aac). */
export const adts: Container = {
  name: "ADTS (AAC)",
  extensions: ["aac", "adts"],

  recognise: (head, isWhole) => recogniseFrames(FORMAT, head, isWhole),

  async open(source, start, damage) {
    const first = readAdtsHeader(await source.read(start, HEADER_BYTES), 0);
    const frameBytes = await meanFrameBytes(FORMAT, source, start);
    const isKnown = first !== null && frameBytes !== null && source.sizeBytes !== null;
    // As if all frames were as long as those at the start.
    const nFrames = isKnown ? (source.sizeBytes - start) / frameBytes : 0;
    return {
      durationSeconds: isKnown ? (nFrames * first.nBlocks * FRAME_LENGTH) / first.sampleRate : null,
      packets: () => packetsOf(readFrames(FORMAT, source, start, damage)),
    };
  },
};

async function* packetsOf(frames: AsyncIterable<Frame<AdtsHeader>>): AsyncGenerator<Packet> {
  let track: Track | null = null;
  let fixedPart = 0;
  for await (const { header, bytes } of frames) {
    if (track === null || header.fixedPart !== fixedPart) track = trackOf(header);
    fixedPart = header.fixedPart;
    for (const data of blocksOf(bytes, header)) yield { track, data, startSeconds: null };
  }
}

function trackOf({ objectType, sampleRate, channelConfiguration }: AdtsHeader): Track {
  const nChannels = channelConfiguration === 7 ? 8 : channelConfiguration;
  const header = writeAudioSpecificConfig(objectType, sampleRate, nChannels);
  return { codec: "aac", header, sampleRate, nChannels: nChannels || 2, speakers: null };
}
