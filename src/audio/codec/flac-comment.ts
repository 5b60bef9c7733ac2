/** What FLAC's comments call the channel mask (RFC 9639, 8.6.2). */
const MASK_TAG = /WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x([0-9a-f]{1,8})/i;
const COMMENT_BLOCK = 4;

/** The channel mask that the content of a comment block gives; 0 where it gives none. */
export function maskOfComment(comment: Uint8Array): number {
  const mask = MASK_TAG.exec(Buffer.from(comment).toString("latin1"));
  return mask === null ? 0 : Number.parseInt(mask[1]!, 16);
}

/** The channel mask in metadata blocks as MP4 and Matroska store them, with or without "fLaC" in front. */
export function maskOfHeader(header: Uint8Array): number {
  let at = Buffer.from(header.subarray(0, 4)).toString("latin1") === "fLaC" ? 4 : 0;
  while (at + 4 <= header.length) {
    const [first, a, b, c] = header.subarray(at, at + 4);
    const end = at + 4 + ((a! << 16) | (b! << 8) | c!);
    if ((first! & 0x7f) === COMMENT_BLOCK) return maskOfComment(header.subarray(at + 4, end));
    if ((first! & 0x80) !== 0) break;
    at = end;
  }
  return 0;
}
