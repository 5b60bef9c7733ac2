import type { BitReader } from "../bit-reader.js";
import { ChannelStream, ZERO_BOOK } from "./channel-stream.js";
import { SCALE_FACTOR_CODE } from "./codebooks.js";
import type { ElementContext } from "./element.js";
import { readChannel } from "./read-channel.js";
import { readInfo } from "./read-info.js";

/**
 * Goes past a coupling_channel_element (ISO/IEC 14496-3, 4.4.2.2): sound to be mixed into others. No encoder that is
 * used writes them; the channels are played without.
 */
export function skipCoupling(bits: BitReader, { objectType, bands, frameLength }: ElementContext): void {
  bits.skip(4);
  const isIndependent = bits.flag();
  const nTargets = bits.uint(3) + 1;
  let nGains = 0;
  for (let i = 0; i < nTargets; i++) {
    const isPair = bits.flag();
    bits.skip(4);
    // A gain list of its own for each channel of a pair where both are coupled.
    if (isPair) nGains += bits.uint(2) === 3 ? 2 : 1;
    else nGains++;
  }
  bits.skip(1 + 1 + 2); // domain, signs, scale
  const stream = new ChannelStream(bands, frameLength);
  readChannel(bits, stream, () => readInfo(bits, [stream], objectType), objectType);
  // The first list is there only in its default.
  for (let list = 1; list < nGains; list++) {
    if (isIndependent || bits.flag()) SCALE_FACTOR_CODE.decode(bits);
    else skipGains(bits, stream);
  }
}

function skipGains(bits: BitReader, { info, codebooks }: ChannelStream): void {
  for (let i = 0; i < info.nGroups * info.maxBand; i++) {
    if (codebooks[i] !== ZERO_BOOK) SCALE_FACTOR_CODE.decode(bits);
  }
}
