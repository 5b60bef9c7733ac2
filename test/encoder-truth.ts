import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LogMel, openAudio } from "../src/audio/index.js";
import type { Backend } from "../src/backend/backend.js";
import { openModel, pull } from "../src/model/index.js";
import { DeviceNetwork } from "../src/network/device-network.js";

/** Rows of base's encoder output, computed in f64 by bench/encoder-reference.mjs. */
interface Truth {
  /** Path from the checkout. */
  readonly recording: string;
  /** By position (0 to 1499): nState values. */
  readonly rows: Readonly<Record<string, readonly number[]>>;
}

/** The relative L2 error of each sampled row, by position, of base's encoder output on a backend; all rows under "all". */
export async function encoderErrors(backend: Backend): Promise<Record<string, number>> {
  const truth: Truth = JSON.parse(readFileSync(new URL("./data/encoder-base.json", import.meta.url), "utf8"));
  const model = await openModel(await pull("base"));
  const audio = await openAudio(fileURLToPath(new URL(`../${truth.recording}`, import.meta.url)));
  const mel = await LogMel.open(audio, { filters: model.melFilters });
  const network = await DeviceNetwork.load(model, backend);
  try {
    await network.encode(await mel.window(0));
    const output = await network.readEncoderOutput();
    const nState = model.dimensions.nAudioState;
    const errors: Record<string, number> = {};
    const total = { squares: 0, errors: 0 };
    for (const [position, row] of Object.entries(truth.rows)) {
      const sums = { squares: 0, errors: 0 };
      row.forEach((wanted, i) => {
        sums.squares += wanted ** 2;
        sums.errors += (output[Number(position) * nState + i]! - wanted) ** 2;
      });
      errors[position] = Math.sqrt(sums.errors / sums.squares);
      total.squares += sums.squares;
      total.errors += sums.errors;
    }
    return { ...errors, all: Math.sqrt(total.errors / total.squares) };
  } finally {
    await network.dispose();
    await audio.dispose();
    await model.close();
  }
}
