/** A packet that breaks the rules of the bit stream. It stays inside this folder: the decoder catches it and counts it. */
export class BrokenFrame extends Error {}
