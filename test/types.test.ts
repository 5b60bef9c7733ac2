import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publicNames, typesNamed } from "./public-types.js";

const root = fileURLToPath(new URL("../", import.meta.url));

describe.each(["index.d.ts", "memory/index.d.ts"])("what dist/%s exports", (entry) => {
  const names = publicNames(join(process.env.DIST ?? join(root, "dist"), entry));

  test("has a doc block, each name", () => {
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter(({ doc }) => doc === null).map(({ name }) => name)).toEqual([]);
  });

  test("names no type that is not exported too", () => {
    const exported = new Set(names.map(({ name }) => name));
    const missing = names.flatMap((declared) =>
      typesNamed(declared)
        .filter((name) => !exported.has(name))
        .map((name) => `${name}, in ${declared.name}`),
    );
    expect(missing).toEqual([]);
  });
});
