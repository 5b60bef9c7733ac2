/** "3.6 GiB is needed in total, 3.4 GiB is available". */
export function neededAgainstAvailable(neededBytes: number, availableBytes: number): string {
  return `${size(neededBytes)} is needed in total, ${size(availableBytes)} is available`;
}

/** "141 MiB". */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 2 ** 20) return `${(bytes / 1024).toFixed(0)} KiB`;
  if (bytes < 2 ** 30) return `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`;
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
