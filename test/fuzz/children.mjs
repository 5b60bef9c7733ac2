// The processes that read inputs, and the reports on those that crash, hang or print.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Silence after which an input counts as hanging. */
const HANG_MS = 30_000;

/** Children that wait for work. @type {import("node:child_process").ChildProcess[]} */
const idle = [];

export function closeAll() {
  for (const child of idle.splice(0)) child.kill();
}

/**
 * Runs inputs in a child; where one crashes or hangs, another child goes on after it.
 * @param {string} target
 * @param {number} seed
 * @param {number} from
 * @param {number} to
 * @param {{ outcome(text: string, ms: number, index: number, usedBytes: number): void; find(text: string): void }} on
 */
export async function batch(target, seed, from, to, on) {
  let next = from;
  while (next < to) {
    const child = idle.pop() ?? startChild();
    let last = next;
    const ended = await new Promise((resolve) => {
      let printed = "";
      const hung = () => {
        on.find(`${target} ${seed} ${last}: no end after ${HANG_MS / 1000} s`);
        child.kill("SIGKILL");
      };
      let timer = setTimeout(hung, HANG_MS);
      const print = (/** @type {Buffer} */ text) => {
        if (printed === "") on.find(`${target} ${seed} ${last}: printed: ${text.toString().slice(0, 300)}`);
        printed += text;
      };
      child.stdout?.on("data", print);
      child.stderr?.on("data", print);
      child.on("message", (/** @type {any} */ message) => {
        clearTimeout(timer);
        timer = setTimeout(hung, HANG_MS);
        if (message.started !== undefined) last = message.started;
        if (message.find) on.find(message.find);
        if (message.outcome) on.outcome(message.outcome, message.ms, message.done, message.usedBytes);
        if (message.done !== undefined) next = message.done + 1;
        if (message.finished) settle(true);
      });
      child.once("exit", (code, signal) => {
        if (code !== 1 && signal !== "SIGKILL")
          on.find(`${target} ${seed} ${last}: crashed (${signal ?? code})`);
        next = last + 1;
        settle(false);
      });
      const settle = (/** @type {boolean} */ usable) => {
        clearTimeout(timer);
        child.removeAllListeners();
        child.stdout?.removeAllListeners();
        child.stderr?.removeAllListeners();
        resolve(usable);
      };
      child.send({ target, seed, from: next, to });
    });
    if (ended) idle.push(child);
  }
}

function startChild() {
  return fork(fileURLToPath(new URL("./child.mjs", import.meta.url)), {
    silent: true,
    // threads of the compiler's own would compete with the other children
    execArgv: ["--max-old-space-size=400", "--single-threaded"],
  });
}
