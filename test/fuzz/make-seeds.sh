#!/usr/bin/env bash
# Makes the small recordings that the fuzzer mutates, with ffmpeg 5.1. Run only to add some: the files are committed.
set -eu
cd "$(dirname "$0")/seeds"
make() { # NAME OPTIONS...: a quarter of a second of speech
  local name=$1
  shift
  ffmpeg -nostdin -v error -y -ss 1 -t 0.25 -i ../../../samples/river.wav -map_metadata -1 -fflags +bitexact \
    -flags:a +bitexact "$@" "$name"
}
make s16.wav -t 0.1
make alaw-stereo.wav -c:a pcm_alaw -ac 2 -ar 8000
make float.wav -t 0.05 -c:a pcm_f32le
make adpcm.wav -c:a adpcm_ima_wav
make rf64.wav -t 0.05 -rf64 always
make s16.w64 -t 0.05
make s24.aiff -t 0.05 -c:a pcm_s24be
make alaw.aifc -c:a pcm_alaw -f aiff
make s16.caf -t 0.05 -c:a pcm_s16be
make alac.caf -c:a alac
make mono.flac -c:a flac
make stereo.flac -c:a flac -ac 2 -t 0.1
make v1.mp3 -c:a libmp3lame -b:a 32k -ar 44100
make v2.mp3 -c:a libmp3lame -b:a 16k -id3v2_version 3 -write_id3v1 1
make layer2.mp2 -c:a mp2 -b:a 32k
make opus.ogg -c:a libopus -b:a 16k
make vorbis.ogg -c:a libvorbis -ar 16000
make flac.oga -c:a flac -t 0.1
make opus.webm -c:a libopus -b:a 16k
make vorbis.mka -c:a libvorbis -t 0.1
make pcm.mka -t 0.05
make aac.mka -c:a aac -b:a 24k
make aac.m4a -c:a aac -b:a 24k
make aac-fragmented.mp4 -c:a aac -b:a 24k -movflags frag_keyframe+empty_moov+default_base_moof
make aac-faststart.mp4 -c:a aac -b:a 24k -movflags faststart
make alac.m4a -c:a alac
make pcm.mov -t 0.05 -c:a pcm_s16be
make opus.mp4 -c:a libopus -b:a 16k -strict -2
make flac.mp4 -c:a flac -strict -2 -t 0.1
make mp3.mp4 -c:a libmp3lame -b:a 16k
make stereo.aac -c:a aac -b:a 32k -ac 2 -ar 44100 -f adts
make surround.aac -c:a aac -b:a 64k -ac 6 -ar 22050 -f adts -t 0.15
make latm.latm -c:a aac -b:a 24k -f latm
make aac-late.mp4 -c:a aac -b:a 24k -output_ts_offset 0.3
make aac-fragments.mp4 -c:a aac -b:a 24k -movflags empty_moov+default_base_moof -frag_duration 60000
make aac-surround.m4a -t 0.15 -c:a aac -b:a 64k -ac 6
make aac-7.1.aac -t 0.15 -c:a aac -b:a 64k -ac 8 -f adts
make opus-surround.ogg -c:a libopus -b:a 64k -ac 6 -t 0.1
make opus-dtx.ogg -c:a libopus -b:a 8k -dtx 1 -application voip
make flac-24-bit.flac -t 0.05 -ac 2 -c:a flac -sample_fmt s32
make flac.mka -t 0.1 -c:a flac
make mp3.mka -c:a libmp3lame -b:a 16k
make alac.mka -t 0.1 -c:a alac
make s16-surround.caf -t 0.03 -ac 6 -c:a pcm_s16be
make float.caf -t 0.05 -c:a pcm_f32le
make s24-surround.wav -t 0.03 -ac 6 -c:a pcm_s24le
make vbr.mp3 -c:a libmp3lame -q:a 9 -ac 2 -ar 16000
make joint.flac -t 0.1 -ac 2 -af "adelay=0|3" -frame_size 192
make live.webm -c:a libopus -b:a 16k -f webm -live 1
# with a picture that begins before, or after, the sound
video() { # NAME OPTIONS...
  local name=$1
  shift
  ffmpeg -nostdin -v error -y -f lavfi -i color=size=16x16:rate=10:duration=0.5 -itsoffset 0.2 -ss 1 -t 0.25 \
    -i ../../../samples/river.wav -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact "$@" "$name"
}
video picture.webm -c:v libvpx -c:a libopus -b:a 16k
video picture.mp4 -c:v mpeg4 -c:a aac -b:a 24k
cat opus.ogg opus-dtx.ogg >chained.ogg
cat flac.oga opus.ogg >chained-codecs.ogg
node ../make-odd-seeds.mjs
