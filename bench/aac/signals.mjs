// Test signals: chords, a sweep, clicks and bursts of noise, panned, in so many channels; always the same.

const SECONDS = 5;

/** @returns {Buffer} 16-bit samples, interleaved */
export function music(sampleRate, nChannels, seconds = SECONDS) {
  const nSamples = Math.floor(sampleRate * seconds);
  const samples = Buffer.alloc(nSamples * nChannels * 2);
  const noise = noiseSource();
  for (let i = 0; i < nSamples; i++) {
    for (let channel = 0; channel < nChannels; channel++) {
      const value =
        instruments(i / sampleRate, channel, sampleRate) + clicksAndNoise(i / sampleRate, channel, noise);
      samples.writeInt16LE(
        Math.max(-32768, Math.min(32767, Math.round(value * 20000))),
        2 * (i * nChannels + channel),
      );
    }
  }
  return samples;
}

function instruments(seconds, channel, sampleRate) {
  const key = [220, 277, 330, 196][Math.floor(seconds * 2) % 4] * (1 + channel * 0.003);
  let value = 0.12 * Math.sin(2 * Math.PI * (100 + sampleRate * 0.2 * ((seconds / 3) % 1)) * seconds);
  for (let h = 1; h < 6; h++) value += (0.1 / h) * Math.sin(2 * Math.PI * key * h * seconds + channel * h);
  return value;
}

function clicksAndNoise(seconds, channel, noise) {
  const phase = (seconds * 3.1 + channel * 0.13) % 1;
  const click = Math.exp(-phase * 90) * 0.6 * noise();
  return seconds % 2 > 1.5 ? click + 0.15 * noise() : click;
}

function noiseSource() {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
}

/** A WAV file of 16-bit samples. */
export function wav(samples, sampleRate, nChannels) {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(nChannels, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * nChannels * 2, 28);
  header.writeUInt16LE(nChannels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}
