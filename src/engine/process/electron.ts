import { createRequire } from "node:module";

/** What this package uses of Electron's main process. */
export interface ElectronMain {
  readonly app: { isReady(): boolean; whenReady(): Promise<unknown> };
  readonly utilityProcess: {
    fork(
      path: string,
      args: string[],
      options: { env: NodeJS.ProcessEnv; execArgv: string[]; stdio: string[]; serviceName: string },
    ): UtilityProcess;
  };
}

export interface UtilityProcess {
  /** Undefined before the process runs and after it has ended. */
  readonly pid: number | undefined;
  postMessage(message: unknown): void;
  kill(): boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "exit", listener: (code: number) => void): unknown;
}

/** The port to the main process that a utility process has. */
export interface ParentPort {
  postMessage(message: unknown): void;
  on(event: "message", listener: (event: { data: unknown }) => void): unknown;
}

/** Not a literal in the call of require, since bundlers would look for it. */
const moduleName: string = ["electron"].join();

/** Electron's own module, where this is the main process of an Electron that has utility processes (22 or later). */
export function electronMain(): ElectronMain | null {
  const { type } = process as { type?: string };
  if (!process.versions.electron || type !== "browser") return null;
  const electron: Partial<ElectronMain> = createRequire(import.meta.url)(moduleName);
  return electron.utilityProcess ? (electron as ElectronMain) : null;
}

/** The port to the main process, where this is a utility process. */
export function parentPort(): ParentPort | null {
  return (process as { parentPort?: ParentPort }).parentPort ?? null;
}
