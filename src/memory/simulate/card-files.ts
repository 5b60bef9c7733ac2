import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { WhisperVulkanError } from "../../errors.js";
import { nearestNames } from "../../nearest-names.js";
import { packageFile, readPackageFile } from "../../package-file.js";
import { shown } from "../../shown.js";
import { parseJson, readJson } from "../read-json.js";
import type { Card } from "./card.js";
import { cardFromJson } from "./card-from-json.js";
import { readCard } from "./read-card.js";

const folder = new URL("../../../assets/cards/", import.meta.url);

/** Names of the cards that come with the package, in alphabetical order. Errors: package-incomplete. */
export function cardNames(): string[] {
  return readdirSync(packageFile(folder))
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"))
    .sort();
}

/**
 * A card that comes with the package, by its name, or one of the user's own: a path that ends with ".json", of any
 * format that cardFromJson() knows.
 * Errors: card-unknown, card-invalid; file-not-found, file-is-folder, file-unreadable.
 */
export async function cardNamed(name: string): Promise<Card> {
  if (/\.json$|[/\\]/i.test(name)) return cardFromJson(await readJson(name, name, "card-invalid"), name);
  const names = cardNames();
  if (!names.includes(name)) {
    const near = namesLike(name, names);
    const list =
      near.length > 0 ? `The nearest names are ${near.join(", ")}` : "memory --list-cards lists the names";
    throw new WhisperVulkanError("card-unknown", `There is no card called ${shown(name)}.`, {
      hint: `${list}; for a card of your own, give the path of its .json file.`,
    });
  }
  const file = new URL(`${name}.json`, folder);
  return readCard(parseJson((await readPackageFile(file)).toString("utf8"), name, "card-invalid"), name);
}

/** The cards whose names contain most of its words; where none contains any, the nearest by letters. */
function namesLike(name: string, names: readonly string[]): string[] {
  const words = name.toLowerCase().match(/[a-z]{2,}|[0-9]{2,}/g) ?? [];
  const found = names
    .map((known) => ({ known, n: words.filter((word) => known.includes(word)).length }))
    .filter(({ n }) => n > 0)
    .sort((a, b) => b.n - a.n);
  const best = found.filter(({ n }) => n === found[0]?.n);
  return best.length > 0 ? best.map(({ known }) => known) : nearestNames(name, names);
}
