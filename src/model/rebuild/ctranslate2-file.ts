import { cut } from "../../shown.js";
import { FileCursor } from "../file-cursor.js";

/** A weight in a CTranslate2 model.bin. All weights that Whisper needs are f16 in the files read here. */
export interface Variable {
  readonly shape: readonly number[];
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

const f16 = 4;
const formatVersion = 6;

/** A CTranslate2 Whisper model.bin, its f16 variables by name; the data is read in pieces. */
export class Ctranslate2File {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly #file: FileCursor;

  private constructor(file: FileCursor, variables: ReadonlyMap<string, Variable>) {
    this.#file = file;
    this.variables = variables;
  }

  /** @throws WhisperVulkanError "model-invalid" */
  static async open(path: string): Promise<Ctranslate2File> {
    const file = await FileCursor.open(path);
    try {
      const [version] = await file.takeInt32(1, "the version");
      if (version !== formatVersion)
        throw file.invalid(`CTranslate2 format ${version}, not ${formatVersion}`, 0);
      const spec = await takeString(file);
      if (spec !== "WhisperSpec")
        throw file.invalid(`a CTranslate2 model of the kind ${cut(spec)}, not WhisperSpec`, 4);
      return new Ctranslate2File(file, await readVariables(file));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** @throws WhisperVulkanError "model-invalid" where there is none of that name with that many f16 values */
  variable(name: string, elementCount: number): Variable {
    const variable = this.variables.get(name);
    if (variable === undefined) throw this.#file.invalid(`no 16-bit variable ${name}`);
    if (variable.sizeBytes !== 2 * elementCount) {
      throw this.#file.invalid(`${name} has ${variable.sizeBytes} bytes instead of ${2 * elementCount}`);
    }
    return variable;
  }

  /** Fills `into` from a place within a variable. */
  async read(variable: Variable, offsetBytes: number, into: Uint8Array): Promise<void> {
    await this.#file.readAt(variable.offsetBytes + offsetBytes, into, "a variable");
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function readVariables(file: FileCursor): Promise<Map<string, Variable>> {
  const [_revision, count] = await file.takeInt32(2, "the number of variables");
  const variables = new Map<string, Variable>();
  for (let index = 0; index < count!; index++) {
    const name = await takeString(file);
    const what = cut(name);
    const [rank] = await file.take(1, what);
    const shape = await file.takeInt32(rank!, what);
    const [type] = await file.take(1, what);
    const [signedSize] = await file.takeInt32(1, what);
    const variable = { shape, offsetBytes: file.offsetBytes, sizeBytes: signedSize! >>> 0 };
    file.skip(variable.sizeBytes, what);
    if (type === f16) variables.set(name, variable);
  }
  return variables;
}

/** A string: u16 length with the closing NUL, then the bytes. */
async function takeString(file: FileCursor): Promise<string> {
  const [low, high] = await file.take(2, "a name");
  const length = low! + 256 * high!;
  if (length === 0) throw file.invalid("a name without its closing NUL");
  const bytes = await file.take(length, "a name");
  return new TextDecoder("latin1").decode(bytes.subarray(0, length - 1));
}
