// No encoder here writes long-term prediction: it is inserted into a mono stream of Low Complexity. It sounds odd, but
// every decoder must make the same of it.

/** @param {Buffer} adts one frame a header, without checksums */
export function insertLongTermPrediction(adts) {
  const parts = [];
  const random = randomNumbers();
  for (let at = 0; at + 7 < adts.length; ) {
    const length = ((adts[at + 3] & 3) << 11) | (adts[at + 4] << 3) | (adts[at + 5] >> 5);
    const header = Buffer.from(adts.subarray(at, at + 7));
    const packet = packBits(insert(unpackBits(adts.subarray(at + 7, at + length)), random));
    const newLength = packet.length + 7;
    header[2] = (header[2] & 0x3f) | 0xc0; // profile LTP
    header[3] = (header[3] & 0xfc) | (newLength >> 11);
    header[4] = (newLength >> 3) & 255;
    header[5] = (header[5] & 31) | ((newLength & 7) << 5);
    parts.push(header, packet);
    at += length;
  }
  return Buffer.concat(parts);
}

/** Id 3, tag 4, gain 8, reserved 1, window sequence 2, shape 1, max_sfb 6, then predictor_data_present. */
function insert(bits, random) {
  const isLongSingle = bits.startsWith("000") && bits.slice(16, 18) !== "10" && bits[25] === "0";
  if (!isLongSingle) return bits;
  const nBands = Math.min(Number.parseInt(bits.slice(19, 25), 2), 40);
  const lag = [random(2048), random(1000), 1023, 1024, 0][random(5)];
  const used = Array.from({ length: nBands }, () => (random(3) === 0 ? "1" : "0")).join("");
  return `${bits.slice(0, 25)}11${binary(lag, 11)}${binary(random(4), 3)}${used}${bits.slice(26)}`;
}

function binary(value, nBits) {
  return value.toString(2).padStart(nBits, "0");
}

function unpackBits(bytes) {
  return Array.from(bytes, (byte) => binary(byte, 8)).join("");
}

function packBits(bits) {
  const nBytes = Math.ceil(bits.length / 8);
  return Buffer.from(
    Array.from({ length: nBytes }, (_, i) => Number.parseInt(bits.slice(8 * i, 8 * i + 8).padEnd(8, "0"), 2)),
  );
}

function randomNumbers() {
  let state = 5;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
