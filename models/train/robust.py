"""Files in, cosines out: does the same music keep its vector in other encodings?

    python robust.py --split test --segue ../../target/release/segue     `cargo xtask eval ear` calls this

Takes 50 excerpts, writes each as FLAC (the original) and as people have it: MP3, AAC, Opus, another rate, mono, quieter,
louder, cut. The player analyses all (`segue embed`); printed are the median and the worst cosine to the FLAC's vector.
Nothing is left behind.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

import data

TRACKS = 50
# name: (ending, ffmpeg's options before the output). The originals peak at -7 dBFS, so that +6 dB does not clip.
COPIES = {
    "MP3 128": ("mp3", ["-c:a", "libmp3lame", "-b:a", "128k"]),
    "MP3 320": ("mp3", ["-c:a", "libmp3lame", "-b:a", "320k"]),
    "AAC 128": ("m4a", ["-c:a", "aac", "-b:a", "128k"]),
    "Opus 96": ("opus", ["-c:a", "libopus", "-b:a", "96k"]),
    "48 kHz": ("flac", ["-ar", "48000"]),
    "mono": ("flac", ["-ac", "1"]),
    "-12 dB": ("flac", ["-af", "volume=-12dB"]),
    "+6 dB": ("flac", ["-af", "volume=6dB"]),
    "first 2 s cut": ("flac", ["-ss", "2"]),
    "WAV": ("wav", []),
    "ALAC": ("m4a", ["-c:a", "alac"]),
}


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-v", "fatal", "-nostdin", "-y", *map(str, arguments)], check=True)


def original(source, target):
    """16-bit stereo FLAC at 44.1 kHz with a peak of -7 dBFS; the channels differ a little, as in a real mix."""
    pcm = data.decode(source, 44_100)
    pcm = pcm / (np.abs(pcm).max() + 1e-9) * 10 ** (-7 / 20)
    side = np.concatenate([np.zeros(441, np.float32), pcm[:-441]]) * 0.1
    stereo = np.stack([0.9 * pcm + side, 0.9 * pcm - side], 1)
    raw = target.with_suffix(".raw")
    raw.write_bytes((stereo * 32767).round().astype("<i2").tobytes())
    ffmpeg("-f", "s16le", "-ar", 44100, "-ac", 2, "-i", raw, target)
    raw.unlink()


def embed(segue, paths):
    output = subprocess.run([str(segue), "--json", "embed", *map(str, paths)], capture_output=True, text=True, check=True).stdout
    rows = [json.loads(line) for line in output.splitlines()]
    failed = [row for row in rows if "error" in row]
    if failed:
        raise SystemExit(f"failed: {failed[0]}")
    vectors = np.array([row["vector"] for row in rows])
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def robust(training, segue, split):
    lines = [line for line in data.index(training) if line["split"] == split]
    pieces = {line["track"]: line for line in lines}
    every = max(1, len(pieces) // TRACKS)
    chosen = list(pieces.values())[::every][:TRACKS]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        originals = [folder / f"{line['key']}.flac" for line in chosen]
        for line, path in zip(chosen, originals):
            original(training / line["file"], path)
        reference = embed(segue, originals)
        print(f"cosine to the FLAC's vector, {len(chosen)} pieces: {'':12}  median   worst")
        for name, (ending, options) in COPIES.items():
            copies = [folder / f"{path.stem}-copy.{ending}" for path in originals]
            for path, copy in zip(originals, copies):
                ffmpeg("-i", path, *options, copy)
            cosines = (embed(segue, copies) * reference).sum(1)
            print(f"  {name:44} {np.median(cosines):9.4f} {cosines.min():7.4f}")
            for copy in copies:
                copy.unlink()


if __name__ == "__main__":
    parser = data.arguments(split="test")
    parser.add_argument("--segue", type=Path, required=True)
    a = parser.parse_args()
    robust(a.training, a.segue, a.split)
