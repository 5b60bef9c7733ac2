/** From these rates on, another rate uses the tables of this index (4.5.1.1); index 11 below. */
const LOWEST_RATES = [92017, 75132, 55426, 46009, 37566, 27713, 23004, 18783, 13856, 11502, 9391] as const;

/** How a spectrum is divided into bands of one scale factor each, for one rate and frame length. */
export interface Bands {
  /** First coefficient of each band of a long window, and the end. */
  readonly long: Uint16Array;
  /** The same for one of 8 short windows. */
  readonly short: Uint16Array;
  /** Bands that temporal noise shaping may touch (4.6.9.4), by window length. */
  readonly tnsLong: number;
  readonly tnsShort: number;
  /** Bands that prediction may touch in the Main profile (4.6.6). */
  readonly predictionMax: number;
}

/** @param frameLength 1024 or 960 coefficients; the tables for 960 are those for 1024, cut */
export function bandsOf(sampleRate: number, frameLength: number): Bands {
  const found = LOWEST_RATES.findIndex((lowest) => sampleRate >= lowest);
  const index = found < 0 ? 11 : found;
  const [long, short] = TABLES[TABLE_BY_RATE[index]!]!;
  return {
    long: cut(long, frameLength),
    short: cut(short, frameLength / 8),
    tnsLong: TNS_LONG[index]!,
    tnsShort: TNS_SHORT[index]!,
    predictionMax: PREDICTION_MAX[index]!,
  };
}

function cut(starts: readonly number[], end: number): Uint16Array {
  return Uint16Array.from([...starts.filter((start) => start < end), end]);
}

const TNS_LONG = [31, 31, 34, 40, 42, 51, 46, 46, 42, 42, 42, 39];
const TNS_SHORT = [9, 9, 10, 14, 14, 14, 14, 14, 14, 14, 14, 14];
const PREDICTION_MAX = [33, 33, 38, 40, 40, 40, 41, 41, 37, 37, 37, 34];
const TABLE_BY_RATE = [0, 0, 1, 2, 2, 3, 4, 4, 5, 5, 5, 6];

/** First coefficients of the bands of long and short windows (4.5.4). */
const TABLES: readonly (readonly [readonly number[], readonly number[]])[] = [
  // 96 and 88.2 kHz
  [
    [
      0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 156,
      172, 188, 212, 240, 276, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960,
    ],
    [0, 4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 92],
  ],
  // 64 kHz
  [
    [
      0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64, 72, 80, 88, 100, 112, 124, 140, 156, 172,
      192, 216, 240, 268, 304, 344, 384, 424, 464, 504, 544, 584, 624, 664, 704, 744, 784, 824, 864, 904, 944,
      984,
    ],
    [0, 4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 92],
  ],
  // 48 and 44.1 kHz
  [
    [
      0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160, 176, 196,
      216, 240, 264, 292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704, 736, 768, 800, 832,
      864, 896, 928,
    ],
    [0, 4, 8, 12, 16, 20, 28, 36, 44, 56, 68, 80, 96, 112],
  ],
  // 32 kHz
  [
    [
      0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160, 176, 196,
      216, 240, 264, 292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704, 736, 768, 800, 832,
      864, 896, 928, 960, 992,
    ],
    [0, 4, 8, 12, 16, 20, 28, 36, 44, 56, 68, 80, 96, 112],
  ],
  // 24 and 22.05 kHz
  [
    [
      0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 52, 60, 68, 76, 84, 92, 100, 108, 116, 124, 136, 148, 160,
      172, 188, 204, 220, 240, 260, 284, 308, 336, 364, 396, 432, 468, 508, 552, 600, 652, 704, 768, 832, 896,
      960,
    ],
    [0, 4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 64, 76, 92, 108],
  ],
  // 16, 12 and 11.025 kHz
  [
    [
      0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 100, 112, 124, 136, 148, 160, 172, 184, 196, 212, 228,
      244, 260, 280, 300, 320, 344, 368, 396, 424, 456, 492, 532, 572, 616, 664, 716, 772, 832, 896, 960,
    ],
    [0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 60, 72, 88, 108],
  ],
  // 8 kHz and below
  [
    [
      0, 12, 24, 36, 48, 60, 72, 84, 96, 108, 120, 132, 144, 156, 172, 188, 204, 220, 236, 252, 268, 288, 308,
      328, 348, 372, 396, 420, 448, 476, 508, 544, 580, 620, 664, 712, 764, 820, 880, 944,
    ],
    [0, 4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 60, 72, 88, 108],
  ],
];
