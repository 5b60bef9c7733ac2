/**
 * What a demuxer or a codec could not use. It is told once the sound is read; decoding goes on meanwhile. Tags,
 * padding and missing optional marks are no damage.
 */
export class DamageReport {
  /** Damaged parts skipped inside. */
  nDamaged = 0;
  /** Whether the recording stops before its end. */
  isCutOff = false;
  /** Further lines for the user, without the recording's name. */
  readonly notes: string[] = [];
}
