import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";
import { nearestNames } from "../../model/edit-distance.js";
import type { Card } from "./card.js";
import { cardFromJson } from "./card-from-json.js";
import { readCard } from "./read-card.js";

const folder = new URL("../../../assets/cards/", import.meta.url);

/** Names of the cards that come with the package, in alphabetical order. */
export function cardNames(): string[] {
  return readdirSync(fileURLToPath(folder))
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
  if (/\.json$|[/\\]/i.test(name)) return cardFromJson(await readJson(name, name), name);
  const names = cardNames();
  if (!names.includes(name))
    throw new WhisperVulkanError("card-unknown", `no card is called ${JSON.stringify(name)}`, {
      hint: `Nearest names: ${nearestNames(name, names).join(", ")}; or give the path of a card's .json file`,
    });
  return readCard(await readJson(new URL(`${name}.json`, folder), name), name);
}

async function readJson(file: string | URL, shown: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((cause) => {
    throw unreadable(shown, cause);
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, "")); // Windows' editors and shells begin files with a byte order mark
  } catch (cause) {
    throw new WhisperVulkanError(
      "card-invalid",
      `${shown} is no JSON: ${(cause as Error).message.split("\n")[0]}`,
      {
        cause,
      },
    );
  }
}

function unreadable(file: string, cause: unknown): WhisperVulkanError {
  const code = systemErrorCode(cause);
  if (code === "ENOENT" || code === "ENOTDIR")
    return new WhisperVulkanError("file-not-found", `there is no file ${file}`, { cause });
  if (code === "EISDIR") return new WhisperVulkanError("file-is-folder", `${file} is a folder`, { cause });
  return new WhisperVulkanError("file-unreadable", `cannot read ${file} (${code ?? cause})`, { cause });
}
