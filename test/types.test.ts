import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { publicNames, typesNamed } from "./public-types.js";

const root = fileURLToPath(new URL("../", import.meta.url));

describe.each(["index.d.ts", "memory/index.d.ts"])("what dist/%s exports", (entry) => {
  const names = publicNames(join(root, "dist", entry));

  test("has a doc block, each name", () => {
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter(({ doc }) => doc === null).map(({ name }) => name)).toEqual([]);
  });

  // The internal types of the memory library's classes need no public names.
  test.skipIf(entry !== "index.d.ts")("names no type that is not exported too", () => {
    const exported = new Set(names.map(({ name }) => name));
    const missing = names.flatMap((declared) =>
      typesNamed(declared)
        .filter((name) => !exported.has(name))
        .map((name) => `${name}, in ${declared.name}`),
    );
    expect(missing).toEqual([]);
  });
});

/** A strictly typed program that uses all of the library, with options that may be undefined. */
const program = `
import * as memory from "whisper-vulkan/memory";
import {
  type AudioInput,
  type Card,
  type DeviceInfo,
  devices,
  formats,
  type Language,
  type LoadOptions,
  languages,
  type ModelInfo,
  models,
  type PlanMemoryOptions,
  planMemory,
  pull,
  removeModel,
  replayMemory,
  type Samples,
  type TranscribeOptions,
  TranscriptionAbortedError,
  Whisper,
  WhisperVulkanError,
} from "whisper-vulkan";

const load: LoadOptions = {
  device: undefined,
  threads: undefined,
  simulate: undefined,
  vramLimitBytes: undefined,
  onNote: undefined,
  process: undefined,
  releaseAfterMs: undefined,
  signal: undefined,
  onProgress: undefined,
};
const options: TranscribeOptions = {
  language: undefined,
  task: undefined,
  prompt: undefined,
  temperature: undefined,
  timestamps: undefined,
  conditionOnPreviousText: undefined,
  noSpeechThreshold: undefined,
  logprobThreshold: undefined,
  compressionRatioThreshold: undefined,
  suppressTokens: undefined,
  seed: undefined,
  signal: undefined,
  onSegment: undefined,
  onProgress: undefined,
};
const plan: PlanMemoryOptions = {
  device: undefined,
  simulate: undefined,
  free: undefined,
  batch: undefined,
  vramLimitBytes: undefined,
};

export async function use(card: Card): Promise<string> {
  const listed: DeviceInfo[] = await devices({ onNote: undefined });
  const known: ModelInfo[] = await models();
  const spoken: Language[] = languages(known[0]?.name);
  const path: string = await pull("base", { signal: undefined, onProgress: undefined });
  const removed: boolean = await removeModel("tiny");
  const whisper = await Whisper.load(path, load);
  const samples: Samples = { samples: new Float32Array(16000), sampleRate: 16000 };
  const inputs: AudioInput[] = ["a.mp3", new URL("file:///a.mp3"), Buffer.alloc(4), new Blob([]), samples];
  try {
    const result = await whisper.transcribe(inputs[0]!, { ...options, onSegment: async ({ text }) => text });
    const report = whisper.memoryReport();
    if (report) await replayMemory(report);
    const { verdict } = await planMemory("base", { ...plan, simulate: card });
    return [formats.srt(result), verdict, listed.length, spoken.length, removed, memory.size(1)].join();
  } catch (error) {
    if (error instanceof TranscriptionAbortedError) return error.partial.text;
    if (error instanceof WhisperVulkanError) return error.code + error.hint;
    throw error;
  } finally {
    await whisper.dispose();
  }
}
`;

/** Packages of types that come with the package into the user's node_modules, where TypeScript may take all it finds. */
function typesThatComeAlong(): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean }>;
  };
  return Object.entries(packages)
    .filter(([path, { dev }]) => path.startsWith("node_modules/@types/") && dev !== true)
    .map(([path]) => path.replace("node_modules/@types/", ""));
}

test.each([
  ["node16", "node16"],
  ["esnext", "bundler"],
])(
  "a strict program compiles with all declaration files checked, without the DOM: %s, %s",
  (module, moduleResolution) => {
    const folder = mkdtempSync(join(tmpdir(), "whisper-vulkan-types-"));
    try {
      mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
      const packages = ["node", ...typesThatComeAlong()].map((name) => `@types/${name}`);
      for (const name of packages)
        symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction");
      symlinkSync(root, join(folder, "node_modules/whisper-vulkan"), "junction");
      writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
      writeFileSync(join(folder, "program.ts"), program);
      const compilerOptions = {
        ...{ module, moduleResolution, target: "es2022", lib: ["es2022"], noEmit: true },
        // All there are, as TypeScript takes them by itself; but none of a folder further up.
        ...{ types: ["*"], typeRoots: ["./node_modules/@types"] },
        ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
        ...{ skipLibCheck: false, verbatimModuleSyntax: true, isolatedModules: true },
      };
      writeFileSync(
        join(folder, "tsconfig.json"),
        JSON.stringify({ compilerOptions, files: ["program.ts"] }),
      );
      const compiler = join(root, "node_modules/typescript/bin/tsc");
      const { stdout, status } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
      expect(stdout.split("\n").slice(0, 20).join("\n")).toBe("");
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
