"""Music in, what the networks say of it out.

Owns: decoding, the windows of a track, the index, and the cache, which holds one `<network>/<file>.npz` an excerpt:

    embedding [patches, e] f32, tags [patches, t] f32 (logits), mel_mean [bands], mel_std [bands]

    python data.py --networks ../segue-ear-4 --shard 0/2     one of two processes
    python data.py --networks ../segue-ear-4 --gathered FOLDER   another folder like the given one, as gather.py fills it
"""

import argparse
import json
import os
import subprocess
from pathlib import Path

import numpy as np

import config as c
import networks

# -- audio -------------------------------------------------------------------------------------------------------------

def decode(path, rate_hz):
    """A file as mono f32 in [-1, 1]: [samples].

    ffmpeg's resampler as it comes has a soft edge, which takes 3 dB from the highest band; the player's is steep.
    """
    # fatal, not error: ffmpeg calls Opus timestamps off by a sample an error
    steep = f"aresample={rate_hz}:filter_size=128:cutoff=0.985"
    command = ["ffmpeg", "-v", "fatal", "-nostdin", "-threads", "1", "-i", str(path), "-ac", "1", "-af", steep, "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout, np.float32)


def index(training):
    """The lines of index.jsonl, each with `key`, its name in the cache."""
    whole = [line for line in open(training / "index.jsonl", encoding="utf-8") if line.endswith("\n")]  # the last may be being written
    lines = [json.loads(line) for line in whole]
    return [line | {"key": Path(line["file"]).stem} for line in lines]


def windows(seconds):
    """Which parts of a track are analysed: [(start_s, length_s)]. The Rust side follows the same rule (analysis/src/windows.rs).

    A track no longer than all windows together is analysed whole, as one window: 30 s give [(0, 30)]. A longer one in
    WINDOWS_MAX windows, evenly spread over [from, to]; where that is too little room, it is widened on both sides, as
    far as the track reaches: of 80 s the room is [2, 74], of 200 s [20, 170]. So there is no leap at any length.
    """
    total = c.WINDOWS_MAX * c.WINDOW_S
    if seconds <= total:
        return [(0.0, seconds)]
    room = max((c.WINDOWS_TO - c.WINDOWS_FROM) * seconds, total)
    middle = (c.WINDOWS_FROM + c.WINDOWS_TO) / 2 * seconds
    first = min(max(middle - room / 2, 0.0), seconds - room)
    return [(start, c.WINDOW_S) for start in np.linspace(first, first + room - c.WINDOW_S, c.WINDOWS_MAX)]


def heard(path, rate_hz):
    """The windows of a file, as the player hears them: [[samples]]."""
    pcm = decode(path, rate_hz)
    return [pcm[round(start * rate_hz) :][: round(length * rate_hz)] for start, length in windows(len(pcm) / rate_hz)]


# -- the cache ---------------------------------------------------------------------------------------------------------

def prepare(folders, cache_dir, names, networks_dir, shard, shards):
    """Caches what each network says of every excerpt that the cache does not hold yet."""
    those = [networks.Network.of_ours(name, networks_dir) for name in names]
    for folder in folders:
        for line in index(folder)[shard::shards]:
            missing = [network for network in those if not (cache_dir / network.name / f"{line['key']}.npz").exists()]
            sounds = {rate: heard(folder / line["file"], rate) for rate in {network.front.rate_hz for network in missing}}
            for network in missing:
                save(cache_dir / network.name / f"{line['key']}.npz", **network.hear(sounds[network.front.rate_hz]))


def save(target, **arrays):
    """Whole or not at all, since another process may read while this one writes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}.part")
    with open(part, "wb") as file:
        np.savez(file, **arrays)
    part.rename(target)


def answers(cache_dir, network, lines):
    """What the cache holds of a network and some excerpts: one dictionary a line."""
    return [dict(np.load(cache_dir / network / f"{line['key']}.npz")) for line in lines]


def join(ear, answers):
    """What an ear makes of cached answers, {network: [one an excerpt]}: vectors [n, size] and tags [n, tags]."""
    rows = zip(*(answers[network] for network in ear.networks))
    joined = [ear.join(dict(zip(ear.networks, row))) for row in rows]
    return tuple(np.stack(part) for part in zip(*joined))


def arguments(**more):
    """The arguments every verb shares: --training, --cache."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--training", type=Path, default=c.TRAINING, help="the folder with audio/, reference/, index.jsonl")
    parser.add_argument("--cache", type=Path, default=c.CACHE, help="what the networks said")
    for name, default in more.items():
        parser.add_argument("--" + name, type=type(default), default=default)
    return parser


if __name__ == "__main__":
    parser = arguments(shard="0/1", names=",".join(networks.FRONT_ENDS))
    parser.add_argument("--networks", type=Path, required=True, help="the folder with their ONNX files")
    parser.add_argument("--gathered", type=Path, help="the folder that gather.py filled")
    a = parser.parse_args()
    folders = [a.training] + ([a.gathered] if a.gathered else [])
    prepare(folders, a.cache, a.names.split(","), a.networks, *map(int, a.shard.split("/")))
