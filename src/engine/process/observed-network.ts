import type { Network } from "../../network/network.js";

/** The same network; onStep is called with the duration of each step. */
export function observed(network: Network, onStep: (durationMs: number) => void): Network {
  const timed = async <T>(step: Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await step;
    onStep(performance.now() - start);
    return result;
  };
  return {
    dimensions: network.dimensions,
    encode: (mel, signal) => timed(network.encode(mel, signal)),
    decode: (rows, signal) => timed(network.decode(rows, signal)),
  };
}
