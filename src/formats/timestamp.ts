/** Milliseconds as "01:02:03,004" for SubRip; with "." and hours only where needed for WebVTT and the screen. */
export function timestamp(ms: number, options: { separator: "," | "."; alwaysHours: boolean }): string {
  const total = Math.round(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(total / 3_600_000);
  const rest = `${two(Math.floor(total / 60_000) % 60)}:${two(Math.floor(total / 1000) % 60)}${options.separator}${String(total % 1000).padStart(3, "0")}`;
  return options.alwaysHours || hours > 0 ? `${two(hours)}:${rest}` : rest;
}
