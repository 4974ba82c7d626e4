#!/usr/bin/env python3
"""Compose, render, encode and tag the demo library: the same bytes every time, in the folder of this file.

    generate.py              write the albums beside this file
    generate.py --to DIR     write them elsewhere
    generate.py --only NAME  only pieces whose title contains NAME
    generate.py --check      render and compare the PCM with pcm.sha256, writing nothing
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one order of summation, so one result

from composer import covers, mix  # noqa: E402
from composer.catalogue import ALBUMS  # noqa: E402

HERE = Path(__file__).resolve().parent
BITRATE = 39
KEEPS_ACCENTS = "Frostbite Café"  # one file name stays outside ASCII on purpose


def file_name(text):
    """A name every file system takes: quotes and slashes go, accents too, except in the one title that keeps them."""
    for a, b in (("’", "'"), ("“", ""), ("”", ""), (":", " -"), ("/", "-"), ("?", "")):
        text = text.replace(a, b)
    if text == KEEPS_ACCENTS:
        return unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def encode(pcm, target, serial, tags, picture):
    """16-bit stereo at 48 kHz through opusenc, fit to be summed to mono; the serial number is given, so the bytes repeat."""
    command = ["opusenc", "--quiet", "--raw", "--raw-rate", "48000", "--raw-chan", "2", "--music", "--no-phase-inv", "--padding", "0",
               "--bitrate", str(BITRATE), "--serial", str(serial)]
    for key, value in tags:
        command += ["--comment", f"{key}={value}"]
    with tempfile.TemporaryDirectory() as scratch:
        if picture:
            image = Path(scratch) / "cover.jpg"
            image.write_bytes(picture)
            command += ["--picture", f"3||||{image}"]
        subprocess.run(command + ["-", str(target)], input=pcm, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=HERE)
    parser.add_argument("--only", default="")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()

    listed = HERE / "pcm.sha256"
    known = dict(reversed(line.split("  ", 1)) for line in listed.read_text().splitlines()) if listed.exists() else {}
    digests, wrong = {}, 0
    for number, album in enumerate(ALBUMS, 1):
        folder = options.to / file_name(album.title)
        art = covers.draw(album.art) if album.cover != "none" else b""
        if not options.check:
            folder.mkdir(parents=True, exist_ok=True)
            if album.cover == "folder":
                (folder / "cover.jpg").write_bytes(art)
        for track, piece in enumerate(album.pieces, 1):
            if options.only not in piece.title:
                continue
            name = f"{track:02} - {file_name(piece.title)}.opus"
            pcm = mix.pcm(piece.render()).tobytes()
            key = f"{folder.name}/{name}"
            digests[key] = hashlib.sha256(pcm).hexdigest()
            same = known.get(key) == digests[key]
            print(f"{len(pcm) / 192000:5.1f} s  {key}{'' if same else '  (new PCM)'}", flush=True)
            if options.check:
                wrong += not same
                continue
            tags = [("TITLE", piece.title), *(("ARTIST", a) for a in piece.artists), ("ALBUM", album.title),
                    ("ALBUMARTIST", "Various Artists"), ("COMPILATION", "1"), ("GENRE", album.genre), ("DATE", piece.date or album.date),
                    ("TRACKNUMBER", str(track)), ("TRACKTOTAL", str(len(album.pieces))), ("COMPOSER", piece.composer),
                    ("LICENSE", "CC0-1.0")]
            encode(pcm, folder / name, 1000 * number + track, tags, art if album.cover == "embedded" else None)
    if not options.check and options.to == HERE:
        known.update(digests)
        listed.write_text("".join(f"{digest}  {key}\n" for key, digest in sorted(known.items())))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
