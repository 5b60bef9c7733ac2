import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogMel, openAudio } from "../../audio/index.js";
import type { Backend } from "../../backend/backend.js";
import { openModel } from "../../model/index.js";
import { modelBytes, type SmallModel } from "../../model/testing/small-model.js";
import { DeviceNetwork } from "../../network/device-network.js";
import { recogniseWindow, Vocabulary, type WindowJob } from "../../whisper/index.js";
import { settingsOf } from "../../whisper/options.js";
import { windowSettings } from "../../whisper/window.js";

/** One attempt, nothing dropped as silence: the toy model's text would fail every check. */
const settings = windowSettings(settingsOf({ temperature: 0, noSpeechThreshold: null }));

/** Loads a toy model on backends and recognises windows there. */
export class ToyWindows {
  readonly model: Awaited<ReturnType<typeof openModel>>;
  readonly vocabulary: Vocabulary;

  private constructor(model: Awaited<ReturnType<typeof openModel>>) {
    this.model = model;
    this.vocabulary = new Vocabulary(model.dimensions.nVocab, model.vocabulary);
  }

  static async open(model: SmallModel): Promise<ToyWindows> {
    const path = join(tmpdir(), `toy-windows-${process.pid}-${performance.now()}.bin`);
    writeFileSync(path, modelBytes(model));
    return new ToyWindows(await openModel(path));
  }

  /** The first window of a recording of 16 kHz. */
  async job(samples: Float32Array): Promise<WindowJob> {
    const mel = await LogMel.open(await openAudio(samples, {}), { filters: this.model.melFilters });
    const window = await mel.window(0, "zeros");
    const rest = { toDetectFrom: null, language: "en", seek: 0, history: [], suppressed: [] };
    return { mel: window, ...rest, settings };
  }

  /** Loads the model, recognises the windows, and always frees everything, the backend too. */
  async hear(backend: Backend, jobs: readonly WindowJob[]): Promise<(readonly number[])[]> {
    try {
      const network = await DeviceNetwork.load(this.model, backend);
      try {
        const heard: (readonly number[])[] = [];
        for (const job of jobs)
          heard.push((await recogniseWindow(network, this.vocabulary, job)).decoded.tokens);
        return heard;
      } finally {
        await network.dispose();
      }
    } finally {
      await backend.dispose();
    }
  }

  async close(): Promise<void> {
    await this.model.close();
    rmSync(this.model.path);
  }
}
