// The words that threads share to walk a program together (an Int32Array over shared memory).

export const syncWords = {
  /** Counts runs; workers sleep on it. */
  run: 0,
  /** Which program this run is of. */
  program: 1,
  /** 1 when the run must stop early. */
  abort: 2,
  /** Threads that reached the end of the current step. */
  arrived: 3,
  /** Counts steps; threads that are early wait on it. */
  generation: 4,
  /** The abort flag as the last thread of a step saw it, so that all threads decide the same. */
  stopping: 5,
  /** The next task of the current step. */
  task: 6,
  /** Threads that have finished the run. */
  finished: 7,
  /** Errors thrown in the run. Each is also sent in a message. */
  failed: 8,
  total: 9,
};
