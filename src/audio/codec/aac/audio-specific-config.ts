import { BitReader } from "../bit-reader.js";
import { layoutOf } from "./channel-layouts.js";
import { type LayoutElement, readProgramConfig } from "./program-config-element.js";

/** Audio object types decoded here (ISO/IEC 14496-3, 1.5.1). */
export const MAIN = 1;
export const LOW_COMPLEXITY = 2;
export const LONG_TERM_PREDICTION = 4;
const SBR = 5;
const PARAMETRIC_STEREO = 29;

/** Samples per second by samplingFrequencyIndex (ISO/IEC 14496-3, 1.6.3.3). */
export const SAMPLE_RATES: readonly number[] = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];

/** The shortest program_config_element. */
const MIN_PROGRAM_CONFIG_BITS = 45;

/** What an AudioSpecificConfig says of the core: the stream without the upper band that SBR adds. */
export interface AudioSpecificConfig {
  /** Of the core: never SBR or PS. */
  readonly objectType: number;
  /** Of the core, in samples per second: half the rate that HE-AAC is played at. */
  readonly sampleRate: number;
  /** Samples of one frame: 1024 or 960. */
  readonly frameLength: number;
  /** Null where the stream itself has to say it. */
  readonly layout: readonly LayoutElement[] | null;
  /** Its length, without a following extension. */
  readonly lengthBits: number;
}

/**
 * Reads an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1); null for one that is invalid. SBR and PS that are signalled
 * in the extension after (0x2b7), or not at all, make no difference to the core: the extension is not read.
 */
export function readAudioSpecificConfig(header: Uint8Array): AudioSpecificConfig | null {
  const bits = new BitReader(header);
  const config = readFrom(bits);
  return config === null || bits.isPastEnd ? null : { ...config, lengthBits: bits.position };
}

function readFrom(bits: BitReader): Omit<AudioSpecificConfig, "lengthBits"> | null {
  let objectType = readObjectType(bits);
  const sampleRate = readRate(bits);
  const channelConfiguration = bits.uint(4);
  if (objectType === SBR || objectType === PARAMETRIC_STEREO) {
    readRate(bits); // the rate that SBR plays at
    objectType = readObjectType(bits);
  }
  if (sampleRate === null || sampleRate === 0) return null;
  const isDecoded =
    objectType === MAIN || objectType === LOW_COMPLEXITY || objectType === LONG_TERM_PREDICTION;
  if (!isDecoded) return { objectType, sampleRate, frameLength: 1024, layout: null };
  const frameLength = bits.flag() ? 960 : 1024;
  if (bits.flag()) bits.skip(14); // delay of a core coder
  bits.skip(1); // extension: nothing after it for these types
  // ADTS has no room for a program_config_element: it is in the first packet then.
  const isSaid = channelConfiguration !== 0 || bits.leftBits < MIN_PROGRAM_CONFIG_BITS;
  const layout = isSaid ? layoutOf(channelConfiguration) : readProgramConfig(bits);
  return { objectType, sampleRate, frameLength, layout };
}

function readObjectType(bits: BitReader): number {
  const type = bits.uint(5);
  return type === 31 ? 32 + bits.uint(6) : type;
}

function readRate(bits: BitReader): number | null {
  const index = bits.uint(4);
  return index === 15 ? bits.uint(24) : (SAMPLE_RATES[index] ?? null);
}

/**
 * An AudioSpecificConfig for AAC from a container that only says profile, rate and channels.
 * `objectType`: 1 Main, 2 LC, 3 SSR, 4 LTP.
 */
export function writeAudioSpecificConfig(
  objectType: number,
  sampleRate: number,
  nChannels: number,
): Uint8Array {
  const configuration = (nChannels === 8 ? 7 : nChannels) & 15;
  const rate = Math.round(sampleRate) & 0xffffff;
  const index = SAMPLE_RATES.indexOf(rate);
  if (index >= 0) {
    const bits = (objectType << 11) | (index << 7) | (configuration << 3);
    return Uint8Array.of(bits >> 8, bits);
  }
  // 5 bits of type, 15 for "as written", 24 of rate, 4 of channels, 3 zeros
  const bits = (BigInt(objectType) << 35n) | (15n << 31n) | (BigInt(rate) << 7n) | BigInt(configuration << 3);
  return Uint8Array.from({ length: 5 }, (_, i) => Number((bits >> BigInt(8 * (4 - i))) & 255n));
}
