/** Lengths may be estimates; a difference up to this long means nothing. */
const GUESSED_SECONDS = 0.3;

/**
 * Parts that a demuxer or a codec could not use. Decoding continues, and they are reported once the sound is read. Tags,
 * padding and missing optional marks are not damage.
 */
export class DamageReport {
  /** Damaged parts skipped inside. */
  nDamaged = 0;
  /** Whether the recording stops before its end. */
  isCutOff = false;
  /** Further lines for the user, without the recording's name. */
  readonly notes: string[] = [];

  /**
   * The lines for the user.
   *
   * @param name the recording's
   * @param readSeconds length of the sound that was there
   * @param wholeSeconds what the container says
   */
  lines(name: string, readSeconds: number, wholeSeconds: number | null): string[] {
    const lines = [...this.notes];
    if (this.nDamaged > 0)
      lines.push(`skipped ${this.nDamaged} damaged part${this.nDamaged === 1 ? "" : "s"}`);
    if (this.isCutOff) {
      const isMore = wholeSeconds !== null && wholeSeconds - readSeconds > GUESSED_SECONDS;
      const whole = isMore ? ` of ${wholeSeconds.toFixed(1)} s` : "";
      lines.push(`is cut off; read as far as it goes (${readSeconds.toFixed(1)} s${whole})`);
    }
    return lines.map((line) => `${name}: ${line}`);
  }
}
