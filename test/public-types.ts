import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A name that a package's entry point exports, as its declaration file has it. */
export interface PublicName {
  readonly name: string;
  readonly file: string;
  /** The block comment above it, or null. */
  readonly doc: string | null;
  /** Its declaration, comments left out. */
  readonly text: string;
}

/** All that a declaration file exports, followed to where it is declared. */
export function publicNames(entry: string): PublicName[] {
  return exportsOf(entry).map(({ name, file }) => declarationOf(name, file));
}

/** Types (capitalised) that a declaration names: declared in its file, or imported from another of the package. */
export function typesNamed({ file, text, name }: PublicName): string[] {
  const source = readFileSync(file, "utf8");
  const declared = [...source.matchAll(declaration)].map((match) => match[1]!);
  const imported = [...source.matchAll(/^import (?:type )?\{([^}]*)\} from "\./gm)].flatMap((match) =>
    namesIn(match[1]!).map(({ local }) => local),
  );
  const words = new Set(text.match(/\b[A-Z]\w*/g));
  return [...new Set([...declared, ...imported])].filter((word) => word !== name && words.has(word));
}

const declaration =
  /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|const|function|enum) ([A-Za-z_$][\w$]*)/gm;

function exportsOf(file: string): { readonly name: string; readonly file: string }[] {
  const source = readFileSync(file, "utf8");
  const here = [...source.matchAll(declaration)]
    .filter((match) => match[0].startsWith("export"))
    .map((match) => ({ name: match[1]!, file }));
  const passedOn = [...source.matchAll(/^export (?:type )?\{([^}]*)\} from "([^"]+)"/gm)].flatMap((match) =>
    namesIn(match[1]!).map(({ name }) => ({ name, file: whereDeclared(name, fileOf(match[2]!, file)) })),
  );
  return [...here, ...passedOn];
}

function whereDeclared(name: string, file: string): string {
  const found = exportsOf(file).find((exported) => exported.name === name);
  if (found === undefined) throw new Error(`${file} does not export ${name}`);
  return found.file;
}

function declarationOf(name: string, file: string): PublicName {
  const source = readFileSync(file, "utf8");
  const matches = [...source.matchAll(declaration)];
  const i = matches.findIndex((match) => match[1] === name);
  const start = matches[i]!.index;
  const above = source.slice(0, start).trimEnd();
  const doc = above.endsWith("*/") ? above.slice(above.lastIndexOf("/**")) : null;
  const text = source.slice(start, matches[i + 1]?.index).replace(/\/\*[\s\S]*?\*\//g, "");
  // Private members have no types in declaration files, but constructors do.
  return { name, file, doc, text: text.replace(/^\s*private .*$/gm, "") };
}

function namesIn(list: string): { readonly name: string; readonly local: string }[] {
  return list
    .split(",")
    .map((entry) => entry.trim().replace(/^type /, ""))
    .filter((entry) => entry !== "")
    .map((entry) => entry.split(" as "))
    .map(([name, local]) => ({ name: name!.trim(), local: (local ?? name!).trim() }));
}

function fileOf(specifier: string, from: string): string {
  return join(dirname(from), specifier.replace(/\.js$/, ".d.ts"));
}
