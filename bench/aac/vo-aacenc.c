/* Encodes raw 16-bit samples from standard input to ADTS on standard output, with Debian's libvo-aacenc.
 *   cc -o vo-aacenc vo-aacenc.c -lvo-aacenc;  vo-aacenc RATE CHANNELS BITS_PER_SECOND < samples > x.aac */
#include <stdio.h>
#include <stdlib.h>
#include <vo-aacenc/cmnMemory.h>
#include <vo-aacenc/voAAC.h>

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  AACENC_PARAM settings = {.sampleRate = atoi(argv[1]), .nChannels = atoi(argv[2]), .bitRate = atoi(argv[3]), .adtsUsed = 1};
  VO_AUDIO_CODECAPI api;
  VO_MEM_OPERATOR memory = {.Alloc = cmnMemAlloc, .Copy = cmnMemCopy, .Free = cmnMemFree, .Set = cmnMemSet, .Check = cmnMemCheck};
  VO_CODEC_INIT_USERDATA init = {.memflag = VO_IMF_USERMEMOPERATOR, .memData = &memory};
  VO_HANDLE encoder;
  if (voGetAACEncAPI(&api) != VO_ERR_NONE || api.Init(&encoder, VO_AUDIO_CodingAAC, &init) != VO_ERR_NONE) return 1;
  if (api.SetParam(encoder, VO_PID_AAC_ENCPARAM, &settings) != VO_ERR_NONE) return 1;
  size_t frameBytes = 1024 * 2 * settings.nChannels;
  unsigned char *samples = malloc(frameBytes);
  unsigned char packet[20480];
  while (fread(samples, 1, frameBytes, stdin) == frameBytes) {
    VO_CODECBUFFER input = {.Buffer = samples, .Length = frameBytes};
    VO_CODECBUFFER output = {.Buffer = packet, .Length = sizeof packet};
    VO_AUDIO_OUTPUTINFO info = {0};
    api.SetInputData(encoder, &input);
    if (api.GetOutputData(encoder, &output, &info) != VO_ERR_NONE) return 1;
    fwrite(packet, 1, output.Length, stdout);
  }
  api.Uninit(encoder);
  return 0;
}
