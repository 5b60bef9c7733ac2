// The files of bench:audio: ffmpeg's options for them, and the changes made afterwards.

/**
 * @typedef {object} Variant
 * @property {string} name of the file
 * @property {string[]} options for ffmpeg, between input and output
 * @property {1 | 2 | 6} nChannels of the input
 * @property {number} frameSeconds the longest packet of its codec: two decoders may differ by twice this
 * @property {string[]} [before] options in front of the input
 * @property {(bytes: Buffer) => Buffer} [change]
 * @property {boolean} [damaged] whether a warning is right
 * @property {number} [tolerance] relative RMS difference, default 0.01; a reason stands beside each other one
 */

/** @param {string} codec @param {number} rate */
const frame = (codec, rate) =>
  ({ aac: 1024, mp3: 1152, mp2: 1152, vorbis: 2048, flac: 4608, alac: 4096 })[codec] / rate;

/** @returns {Variant[]} */
export function variants() {
  /** @type {Variant[]} */
  const all = [];
  const add = (/** @type {Variant} */ variant) => all.push(variant);
  const channels = /** @type {const} */ ([1, 2, 6]);

  for (const [format, ending] of [
    ["pcm_u8", "wav"],
    ["pcm_s16le", "wav"],
    ["pcm_s24le", "wav"],
    ["pcm_s32le", "wav"],
    ["pcm_f32le", "wav"],
    ["pcm_f64le", "wav"],
    ["pcm_alaw", "wav"],
    ["pcm_mulaw", "wav"],
    ["pcm_s16le", "w64"],
    ["pcm_s16be", "aiff"],
    ["pcm_s24be", "aiff"],
    ["pcm_f32be", "caf"],
    ["pcm_s24le", "caf"],
    ["pcm_s16le", "mka"],
    ["pcm_f32le", "mka"],
    ["pcm_s16be", "mov"],
    ["pcm_s24le", "mov"],
    ["pcm_f32le", "mov"],
    ["pcm_alaw", "mov"],
  ])
    for (const nChannels of channels)
      add({
        name: `${format}-${nChannels}.${ending}`,
        options: ["-c:a", format],
        nChannels,
        frameSeconds: 0.001,
      });
  for (const rate of [8000, 11025, 22050, 32000, 44100, 48000, 96000])
    add({ name: `rate-${rate}.wav`, options: ["-ar", `${rate}`], nChannels: 1, frameSeconds: 0.001 });

  for (const ending of ["flac", "oga", "mka", "mp4"])
    for (const nChannels of channels)
      for (const rate of [16000, 44100])
        add({
          name: `flac-${rate}-${nChannels}.${ending}`,
          options: ["-c:a", "flac", "-ar", `${rate}`, "-strict", "-2"],
          nChannels,
          frameSeconds: frame("flac", rate),
        });
  for (const ending of ["m4a", "mov", "caf", "mka"])
    for (const nChannels of channels)
      add({
        name: `alac-${nChannels}.${ending}`,
        options: ["-c:a", "alac"],
        nChannels,
        frameSeconds: frame("alac", 16000),
      });
  for (const ending of ["mp3", "mka", "mp4"])
    for (const rate of [8000, 16000, 22050, 44100, 48000].filter((hz) => ending !== "mp4" || hz > 8000))
      for (const nChannels of /** @type {const} */ ([1, 2]))
        add({
          name: `mp3-${rate}-${nChannels}.${ending}`,
          options: [
            "-c:a",
            "libmp3lame",
            "-ar",
            `${rate}`,
            ...(nChannels === 2 ? ["-q:a", "4"] : ["-b:a", "64k"]),
          ],
          nChannels,
          frameSeconds: frame("mp3", rate),
        });
  for (const rate of [16000, 44100])
    add({
      name: `layer2-${rate}.mp2`,
      options: ["-c:a", "mp2", "-ar", `${rate}`],
      nChannels: 1,
      frameSeconds: frame("mp2", rate),
    });
  for (const ending of ["ogg", "mka", "webm"])
    for (const nChannels of channels)
      for (const rate of [16000, 48000])
        add({
          name: `vorbis-${rate}-${nChannels}.${ending}`,
          options: ["-c:a", "libvorbis", "-ar", `${rate}`],
          nChannels,
          frameSeconds: frame("vorbis", rate),
        });
  for (const ending of ["opus", "webm", "mka", "mp4"])
    for (const nChannels of channels)
      for (const bitrate of ["16k", "64k"])
        add({
          name: `opus-${bitrate}-${nChannels}.${ending}`,
          options: ["-c:a", "libopus", "-b:a", bitrate, "-strict", "-2"],
          nChannels,
          frameSeconds: 0.02,
          // Opus is decoded straight to 16 kHz here (codec/opus.ts says why), by ffmpeg to 48 kHz and then resampled
          tolerance: 0.1,
        });
  for (const ending of ["m4a", "mov", "aac", "mka", "latm"])
    for (const nChannels of channels)
      for (const rate of [16000, 44100])
        add({
          name: `aac-${rate}-${nChannels}.${ending}`,
          options: [
            "-c:a",
            "aac",
            "-aac_pns",
            "0",
            "-ar",
            `${rate}`,
            ...(ending === "latm" ? ["-f", "latm"] : []),
          ],
          nChannels,
          frameSeconds: frame("aac", rate),
        });
  const aac = ["-c:a", "aac", "-aac_pns", "0"];
  const aacFrame = frame("aac", 16000);
  for (const flags of ["faststart", "frag_keyframe+empty_moov", "frag_keyframe+empty_moov+default_base_moof"])
    add({
      name: `aac-${flags.replaceAll("+", "-")}.mp4`,
      options: [...aac, "-movflags", flags],
      nChannels: 1,
      frameSeconds: aacFrame,
    });

  // late starts
  for (const [ending, codec] of [
    ["webm", "libopus"],
    ["mka", "flac"],
    ["mka", "libvorbis"],
    ["mp4", "aac"],
    ["mov", "pcm_s16le"],
    ["m4a", "alac"],
  ])
    add({
      name: `late-${codec}.${ending}`,
      before: ["-itsoffset", "2.5"],
      options: ["-c:a", codec, "-aac_pns", "0"],
      nChannels: 1,
      frameSeconds: codec === "flac" || codec === "alac" ? 0.288 : 0.064,
      ...(codec === "libopus" ? { tolerance: 0.1 } : {}),
    });

  // tags and padding around
  const id3v1 = Buffer.concat([Buffer.from("TAG"), Buffer.alloc(125, 0x20)]);
  const ape = Buffer.concat([
    Buffer.from("APETAGEX"),
    Buffer.from([0xd0, 7, 0, 0, 32, 0, 0, 0]),
    Buffer.alloc(16),
  ]);
  const id3v2 = Buffer.concat([Buffer.from("ID3\x04\x00\x00\x00\x00\x10\x00", "latin1"), Buffer.alloc(2048)]);
  const extras = { id3v1, ape, zeros: Buffer.alloc(5000), "ape-id3v1": Buffer.concat([ape, id3v1]) };
  for (const [codec, ending, options] of /** @type {const} */ ([
    ["mp3", "mp3", ["-c:a", "libmp3lame"]],
    ["flac", "flac", ["-c:a", "flac"]],
    ["aac", "aac", aac],
    ["pcm", "wav", []],
    ["vorbis", "ogg", ["-c:a", "libvorbis"]],
  ])) {
    const frameSeconds = codec === "pcm" ? 0.001 : frame(codec, 16000);
    for (const [name, extra] of Object.entries(extras))
      add({
        ...{ name: `${name}-behind.${ending}`, options: [...options], nChannels: 1, frameSeconds },
        change: (bytes) => Buffer.concat([bytes, extra]),
      });
    add({
      ...{ name: `id3v2-before.${ending}`, options: [...options], nChannels: 1, frameSeconds },
      change: (bytes) => Buffer.concat([id3v2, bytes]),
    });
  }

  // cut off: the rest is read, with a warning
  for (const [ending, codec] of [
    ["wav", "pcm_s16le"],
    ["flac", "flac"],
    ["mp3", "libmp3lame"],
    ["ogg", "libvorbis"],
    ["opus", "libopus"],
    ["webm", "libopus"],
    ["mka", "flac"],
    ["aac", "aac"],
    ["aiff", "pcm_s16be"],
    ["caf", "pcm_s16be"],
  ])
    add({
      name: `cut-off-${codec}.${ending}`,
      options: ["-c:a", codec, "-aac_pns", "0"],
      nChannels: 1,
      frameSeconds: 0.3,
      change: (bytes) => bytes.subarray(0, Math.floor(bytes.length * 0.7)),
      damaged: true,
      ...(codec === "libopus" ? { tolerance: 0.1 } : {}),
    });
  return all;
}
