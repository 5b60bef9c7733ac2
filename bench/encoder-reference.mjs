// The encoder's output for a recording of samples/, computed in f64 from the real weights of base: the reference with which
// test/encoder.model.test.ts compares the devices. Takes minutes; writes some of the rows.
//   node bench/encoder-reference.mjs [test/data/encoder-base.json]                    (build first: npm run build)
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { LogMel, openAudio } from "../dist/audio/index.js";
import { ReferenceBackend } from "../dist/backend/reference/index.js";
import { openModel, pull } from "../dist/model/index.js";
import { DeviceNetwork } from "../dist/network/device-network.js";

const { positionals } = parseArgs({ allowPositionals: true });
const [to = "test/data/encoder-base.json"] = positionals;
const recording = "samples/river.wav";
/** Both ends, speech, and the silence behind it. */
const sampledRows = [0, 1, 2, 50, 99, 150, 233, 300, 377, 500, 701, 999, 1250, 1499];

const model = await openModel(await pull("base"));
const audio = await openAudio(new URL(`../${recording}`, import.meta.url).pathname);
const mel = await LogMel.open(audio, { filters: model.melFilters });
const network = await DeviceNetwork.load(model, new ReferenceBackend());
const started = performance.now();
await network.encode(await mel.window(0));
const output = await network.readEncoderOutput();
const nState = model.dimensions.nAudioState;
const rows = Object.fromEntries(
  sampledRows.map((row) => [
    row,
    Array.from(output.subarray(row * nState, (row + 1) * nState), (x) => Number(x.toPrecision(7))),
  ]),
);
writeFileSync(to, `${JSON.stringify({ model: "base", recording, rows })}\n`);
console.log(
  `${sampledRows.length} rows of the encoder's output in ${to}, ${((performance.now() - started) / 1000).toFixed(0)} s`,
);
await network.dispose();
await audio.dispose();
await model.close();
