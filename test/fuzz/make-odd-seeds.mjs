// Small recordings of kinds that ffmpeg does not write, made from those that it does; `make-seeds.sh` runs this.
import { readFileSync, writeFileSync } from "node:fs";
import { fileOf, partsOf } from "./structure.mjs";

const at = (/** @type {string} */ name) => new URL(`seeds/${name}`, import.meta.url);
const read = (/** @type {string} */ name) => readFileSync(at(name));

// Big-endian WAV.
const wav = read("s16.wav");
const samples = wav.subarray(44);
const format = Buffer.from(wav.subarray(20, 36));
for (const [from, to] of [
  [0, 2],
  [2, 4],
  [4, 8],
  [8, 12],
  [12, 14],
  [14, 16],
])
  format.subarray(from, to).reverse();
const size = (/** @type {number} */ value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
writeFileSync(
  at("rifx.wav"),
  Buffer.concat([
    ...[Buffer.from("RIFX"), size(36 + samples.length), Buffer.from("WAVEfmt "), size(16), format],
    ...[Buffer.from("data"), size(samples.length), Buffer.from(samples).swap16()],
  ]),
);

// Matroska whose blocks hold two frames each: Xiph's, EBML's and no sizes in turn.
let nBlocks = 0;
const laced = (/** @type {import("./structure.mjs").Part[]} */ parts) => {
  for (const part of parts) {
    if (part.parts !== null) laced(part.parts);
    else if (part.write(Buffer.alloc(0))[0] === 0xa3 && part.bytes.length < 200) {
      const frame = part.bytes.subarray(4);
      const [flags, lengths] = /** @type {[number, number[]]} */ (
        [
          [2, frame.length < 255 ? [frame.length] : [255, frame.length - 255]],
          [6, [0x40, frame.length]],
          [4, []],
        ][nBlocks++ % 3]
      );
      const head = Buffer.from(part.bytes.subarray(0, 4));
      head[3] = (head[3] ?? 0) | flags;
      part.bytes = Buffer.concat([head, Buffer.of(1, ...lengths), frame, frame]);
    }
  }
};
for (const [from, to] of /** @type {const} */ ([
  ["opus.webm", "laced.webm"],
  ["aac.mka", "laced.mka"],
])) {
  const parts = partsOf(read(from)) ?? [];
  laced(parts);
  writeFileSync(at(to), fileOf(parts));
}
