// Sound beside ffmpeg's: signal to noise, and for noise that was only described, the energy of its bands.
import { Fft } from "../../dist/audio/codec/fft.js";

/** Loudspeakers in the order in which ffmpeg gives them. */
const ORDER = ["FL", "FR", "FC", "LFE", "BL", "BR", "FLC", "FRC", "BC", "SL", "SR"];
const BLOCK = 2048;
const BANDS = [0, 4, 8, 16, 32, 64, 96, 128, 192, 256, 384, 512, 640, 768, 1024];

/** Pieces as one Float32Array a channel, in ffmpeg's order if `isOrdered`. */
export function joinPieces(pieces, isOrdered) {
  const { channels, speakers } = pieces[0];
  const order = channels.map((_, i) => i);
  if (isOrdered && speakers) order.sort((a, b) => ORDER.indexOf(speakers[a]) - ORDER.indexOf(speakers[b]));
  return order.map((channel) => {
    const parts = pieces.map((piece) => piece.channels[channel]);
    const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  });
}

/** Interleaved samples as one Float32Array a channel. */
export function split(interleaved, nChannels) {
  const length = Math.floor(interleaved.length / nChannels);
  return Array.from({ length: nChannels }, (_, channel) =>
    Float32Array.from({ length }, (_, i) => interleaved[i * nChannels + channel]),
  );
}

/** Signal to noise in dB, all channels together; the first `skip` samples of ours are left out. */
export function signalToNoise(theirs, ours, skip) {
  let signal = 0;
  let noise = 0;
  theirs.forEach((channel, c) => {
    const length = Math.min(channel.length, ours[c].length - skip);
    for (let i = 0; i < length; i++) {
      signal += channel[i] ** 2;
      noise += (channel[i] - ours[c][i + skip]) ** 2;
    }
  });
  return 10 * Math.log10(signal / noise);
}

/**
 * The largest difference of a band's energy over the whole, in dB. Channels are not added: where a pair's noise is marked
 * as the same in both, as the standard has it, ffmpeg's channels have different noise.
 */
export function bandDifference(theirs, ours, skip) {
  return Math.max(
    ...theirs.map((channel, c) => worstBand(bandEnergies(channel), bandEnergies(ours[c].subarray(skip)))),
  );
}

function worstBand(a, b) {
  const loudest = Math.max(...a);
  // Bands 90 dB below the loudest are rounding.
  return Math.max(...a.map((x, i) => (x < loudest * 1e-9 ? 0 : Math.abs(10 * Math.log10(b[i] / x)))));
}

/** Energies of 14 bands from 0 Hz to half the rate, over all. */
export function bandEnergies(samples) {
  const fft = new Fft(BLOCK);
  const energies = new Array(BANDS.length - 1).fill(0);
  for (let at = 0; at + BLOCK <= samples.length; at += BLOCK / 2) {
    for (let i = 0; i < BLOCK; i++) {
      fft.re[i] = samples[at + i] * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / BLOCK));
      fft.im[i] = 0;
    }
    fft.transform();
    for (let band = 0; band < energies.length; band++) {
      for (let k = BANDS[band]; k < BANDS[band + 1]; k++) energies[band] += fft.re[k] ** 2 + fft.im[k] ** 2;
    }
  }
  return energies;
}
