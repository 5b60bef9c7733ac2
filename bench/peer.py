"""faster-whisper beside us: loads a CTranslate2 model, then transcribes FILE for each line on standard input.

usage: peer.py MODEL_FOLDER FILE THREADS COMPUTE_TYPE; prints a JSON object a run: {"seconds", "text"}
"""

import json
import sys
import time

from faster_whisper import WhisperModel

folder, file, threads, compute_type = sys.argv[1:]
model = WhisperModel(folder, device="cpu", cpu_threads=int(threads), compute_type=compute_type)
print("ready", flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    segments, _info = model.transcribe(file, language="en", beam_size=1, temperature=0)
    text = "".join(segment.text for segment in segments)
    print(json.dumps({"seconds": time.perf_counter() - start, "text": text}), flush=True)
