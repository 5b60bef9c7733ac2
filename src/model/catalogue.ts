import { WhisperVulkanError } from "../errors.js";
import { didYouMean, nearestNames } from "../nearest-names.js";
import { shown } from "../shown.js";
import type { ModelDimensions } from "./dimensions.js";
import { f16FileSizeBytes, parameterCount } from "./ggml/layout.js";

/** An official model, known without its file. */
export interface CatalogueEntry {
  readonly name: string;
  /** Its other names. */
  readonly aliases: readonly string[];
  readonly dimensions: ModelDimensions;
  readonly multilingual: boolean;
  /** How many languages it knows: 1, 99 or 100. */
  readonly languages: number;
  readonly parameters: number;
  /** The official file's exact size. */
  readonly sizeBytes: number;
  /** The official file's SHA-1, lower-case hexadecimal. */
  readonly sha1: string;
}

/** Bytes of the 50257 text tokens with their lengths, as the official files have them (counted in base and tiny.en). */
const vocabularySizeBytes = { multilingual: 508_089, english: 521_859 };

const sizes = {
  tiny: { nState: 384, nHead: 6, nAudioLayer: 4, nTextLayer: 4 },
  base: { nState: 512, nHead: 8, nAudioLayer: 6, nTextLayer: 6 },
  small: { nState: 768, nHead: 12, nAudioLayer: 12, nTextLayer: 12 },
  medium: { nState: 1024, nHead: 16, nAudioLayer: 24, nTextLayer: 24 },
  large: { nState: 1280, nHead: 20, nAudioLayer: 32, nTextLayer: 32 },
  turbo: { nState: 1280, nHead: 20, nAudioLayer: 32, nTextLayer: 4 },
} as const;

const vocabularies = {
  english: { nVocab: 51864, nMels: 80, languages: 1 },
  multilingual: { nVocab: 51865, nMels: 80, languages: 99 },
  // large-v3 added Cantonese and finer mel bands.
  v3: { nVocab: 51866, nMels: 128, languages: 100 },
} as const;

function entry(
  name: string,
  size: keyof typeof sizes,
  vocabulary: keyof typeof vocabularies,
  sha1: string,
  aliases: readonly string[] = [],
): CatalogueEntry {
  const { nState, nHead, nAudioLayer, nTextLayer } = sizes[size];
  const { nVocab, nMels, languages } = vocabularies[vocabulary];
  const dimensions: ModelDimensions = {
    nVocab,
    nAudioCtx: 1500,
    nAudioState: nState,
    nAudioHead: nHead,
    nAudioLayer,
    nTextCtx: 448,
    nTextState: nState,
    nTextHead: nHead,
    nTextLayer,
    nMels,
  };
  const multilingual = vocabulary !== "english";
  return {
    name,
    aliases,
    dimensions,
    multilingual,
    languages,
    parameters: parameterCount(dimensions),
    sizeBytes: f16FileSizeBytes(
      dimensions,
      multilingual ? vocabularySizeBytes.multilingual : vocabularySizeBytes.english,
    ),
    sha1,
  };
}

/** The official models with f16 weights, smallest first. */
export const catalogue: readonly CatalogueEntry[] = [
  entry("tiny", "tiny", "multilingual", "bd577a113a864445d4c299885e0cb97d4ba92b5f"),
  entry("tiny.en", "tiny", "english", "c78c86eb1a8faa21b369bcd33207cc90d64ae9df"),
  entry("base", "base", "multilingual", "465707469ff3a37a2b9b8d8f89f2f99de7299dac"),
  entry("base.en", "base", "english", "137c40403d78fd54d454da0f9bd998f78703390c"),
  entry("small", "small", "multilingual", "55356645c2b361a969dfd0ef2c5a50d530afd8d5"),
  entry("small.en", "small", "english", "db8a495a91d927739e50b3fc1cc4c6b8f6c2d022"),
  entry("medium", "medium", "multilingual", "fd9727b6e1217c2f614f9b698455c4ffd82463b4"),
  entry("medium.en", "medium", "english", "8c30f0e44ce9560643ebd10bbe50cd20eafd3723"),
  entry("large-v3-turbo", "turbo", "v3", "4af2b29d7ec73d781377bfd1758ca957a807e941", ["turbo"]),
  entry("large-v1", "large", "multilingual", "b1caaf735c4cc1429223d5a74f0f4d0b9b59a299"),
  entry("large-v2", "large", "multilingual", "0f4c8e34f21cf1a914c59d8b3ce882345ad349d6"),
  entry("large-v3", "large", "v3", "ad82bf6a9043ceed055076d0fd39f5f186ff8062", ["large"]),
];

/** The model of that name or alias, or null. */
export function findModel(name: string): CatalogueEntry | null {
  return catalogue.find((model) => model.name === name || model.aliases.includes(name)) ?? null;
}

/**
 * The model of that name or alias.
 * @throws WhisperVulkanError "model-unknown", naming the nearest names; "option-invalid" for anything but a string
 */
export function modelNamed(name: string): CatalogueEntry {
  checkModelName(name);
  const model = findModel(name);
  if (model !== null) return model;
  const names = catalogue.flatMap((known) => [known.name, ...known.aliases]);
  const guess = didYouMean(nearestNames(name, names));
  throw new WhisperVulkanError(
    "model-unknown",
    `There is no model called ${shown(name)}.${guess && ` ${guess}`}`,
    { hint: "`whisper-vulkan models` lists all of them; to use a model file of your own, give its path." },
  );
}

/**
 * Checks a model's name, which plain JavaScript may give with any type.
 * @throws WhisperVulkanError "option-invalid"
 */
export function checkModelName(name: unknown): void {
  if (typeof name === "string") return;
  throw new WhisperVulkanError("option-invalid", `A model cannot be ${shown(name)}.`, {
    hint: 'Give a name such as "base", or the path of a ggml file.',
  });
}
