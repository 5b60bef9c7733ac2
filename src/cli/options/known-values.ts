import { formatList } from "../../formats/index.js";
import { cardNames } from "../../memory/simulate/index.js";
import { catalogue } from "../../model/index.js";
import { languages } from "../../whisper/index.js";
import type { Values } from "./values.js";

/** Names of models, or files of the user's own. */
export const modelValues: Values = {
  words: () => catalogue.flatMap(({ name, aliases }) => [name, ...aliases]),
  orFile: true,
};
/** Names of cards that come with the package, or files of the user's own. */
export const cardValues: Values = { words: cardNames, orFile: true };
export const languageValues: Values = { words: () => ["auto", ...languages.map(([code]) => code)] };
export const taskValues: Values = { words: () => ["transcribe", "translate"] };
export const formatValues: Values = { words: () => formatList.map(({ name }) => name), list: true };
