/**
 * Mixes channels to one: their mean, as ffmpeg's `-ac 1` does for two channels of 16-bit output. (For 5.1
 * and the like ffmpeg weighs the centre more and leaves the low frequency channel out.)
 */
export function mixDown(channels: readonly Float32Array[]): Float32Array {
  const [first, second] = channels;
  if (first === undefined) return new Float32Array(0);
  if (second === undefined) return first;
  const mono = new Float32Array(first.length);
  if (channels.length === 2) {
    for (let i = 0; i < mono.length; i++) mono[i] = (first[i]! + second[i]!) / 2;
    return mono;
  }
  for (let i = 0; i < mono.length; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i]!;
    mono[i] = sum / channels.length;
  }
  return mono;
}

/** Index of the first sample that is NaN or infinite, -1 when there is none. */
export function firstNotFinite(samples: Float32Array): number {
  let sum = 0; // stays 0 until something is not finite
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * 0;
  return sum === 0 ? -1 : samples.findIndex((sample) => !Number.isFinite(sample));
}
