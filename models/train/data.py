"""Music in, cached mels and teachers' answers out.

Owns: decoding, the three front ends (ours and the teachers'), running the teachers, the cache. Leaves batches and
augmentation to `train.py`. The cache holds one `<file>.npz` an excerpt and one `mix-<seed>-<i>.npz` a mix:

    mel           [64, frames] f16   our mel as ln(1 + CACHE_SCALE power), with the level
    musicnn_emb   [n, 200] f32, musicnn_tags [n, 50]    patch k starts at 3 k s
    mn04_emb      [m, 384] f32, mn04_tags    [m, 527]   segment j starts at 10 j s

    python data.py check                    our teacher front ends against reference/*.npz
    python data.py prepare --shard 0/2      one of two processes
    python data.py prepare --gathered FOLDER   another folder like the given one, as gather.py fills it
    python data.py mixes --count 2000       new sounds from the train split: speed, drive, tilt, two pieces at once,
                                            each *labelled by the teachers*, not by averaging labels
    python data.py mixes --rare --gathered FOLDER   only of pieces that are the most of a kind we have little of, and worn
"""

import argparse
import json
import os
import subprocess
from functools import cache
from pathlib import Path

# Releases of onnxruntime since 1.29 carry an uploader. requirements.txt names one before; whatever is installed is told no.
os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["ORT_TELEMETRY_DISABLED"] = "1"

import numpy as np
import onnxruntime
from scipy.signal import butter, lfilter, resample_poly, sosfilt

import config as c


# -- audio -------------------------------------------------------------------------------------------------------------

def decode(path, rate_hz):
    """A file as mono f32 in [-1, 1]: [samples].

    ffmpeg's resampler as it comes has a soft edge, which takes 3 dB from our highest band; the player's is steep.
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


# -- front ends --------------------------------------------------------------------------------------------------------

def triangles(points, bins):
    """Triangular filters, peak 1, through `points` [bands + 2] on the axis of `bins` [n]: [bands, n]."""
    low, mid, high = (points[k : len(points) - 2 + k, None] for k in range(3))
    return np.maximum(0, np.minimum((bins - low) / (mid - low), (high - bins) / (high - mid)))


def power(x, window, n_fft, hop):
    """|STFT|^2 without padding; a short window sits in the middle of its n_fft: [frames, n_fft/2 + 1]."""
    side = (n_fft - len(window)) // 2
    window = np.pad(window, side)
    frames = np.lib.stride_tricks.sliding_window_view(x, n_fft)[::hop]
    return np.abs(np.fft.rfft(frames * window, axis=1)) ** 2


def hann(length, periodic):
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / (length if periodic else length - 1))


def htk(f):
    return 2595 * np.log10(1 + f / 700)


@cache
def our_filters():
    points = np.linspace(htk(c.F_MIN_HZ), htk(c.F_MAX_HZ), c.MELS + 2)
    return triangles(points, htk(np.arange(c.N_FFT // 2 + 1) * c.RATE_HZ / c.N_FFT))  # [64, 513]


def our_power(x):
    """16 kHz to power in our bands: [64, frames] f64."""
    if len(x) < c.N_FFT:
        x = np.pad(x, (0, c.N_FFT - len(x)))
    return our_filters() @ power(x, hann(c.N_FFT, periodic=True), c.N_FFT, c.HOP).T


def level(powers):
    """What the powers [64, frames] of all windows of a track are divided by: their mean, held at the floor."""
    return max(np.concatenate(powers, 1).mean(), c.LEVEL_FLOOR)


def log_mels(powers):
    """The powers [64, frames] of all windows of a track to our log-mels [64, frames] f32, the level taken out."""
    scale = c.LOG_SCALE / level(powers)
    return [np.log1p(scale * power).astype(np.float32) for power in powers]


def our_mel(x):
    """16 kHz, taken as a whole track, to our log-mel: [64, frames] f32."""
    return log_mels([our_power(x)])[0]


def cached_mel(x):
    """16 kHz to what the cache holds: [64, frames] f16."""
    return np.log1p(c.CACHE_SCALE * our_power(x)).astype(np.float16)


def power_of_cached(mel):
    """The power in our bands that a cached mel stands for: [64, frames] f64."""
    return np.expm1(mel.astype(np.float64)) / c.CACHE_SCALE


def windowed_mels(mel, seconds):
    """The log-mels that the window rule gives of a cached mel: [[64, frames]] f32."""
    spans = [(round(s * c.RATE_HZ / c.HOP), (int(n * c.RATE_HZ) - c.N_FFT) // c.HOP + 1) for s, n in windows(seconds)]
    return log_mels([power_of_cached(mel[:, first : first + n]) for first, n in spans])


def our_patches(mel):
    """[64, frames] to [n, 1, 64, 150]: consecutive, the rest dropped; less than one patch is repeated to fill it."""
    if mel.shape[1] < c.PATCH:
        mel = np.tile(mel, -(-c.PATCH // mel.shape[1]))[:, : c.PATCH]
    n = mel.shape[1] // c.PATCH
    return mel[:, : n * c.PATCH].reshape(c.MELS, n, c.PATCH).swapaxes(0, 1)[:, None]


@cache
def mn04_filters():
    def mel(f):  # Kaldi's scale
        return 1127 * np.log(1 + f / 700)

    bank = triangles(np.linspace(mel(0.0), mel(15_000.0), 130), mel(np.arange(513) * 32_000 / 1024))
    bank[:, 512] = 0  # Kaldi's bank leaves the Nyquist bin out
    return bank  # [128, 513]


def mn04_mel(x):
    """32 kHz to the first teacher's mel: [128, frames] f32."""
    x = x[1:] - 0.97 * x[:-1]
    p = power(np.pad(x, 512, mode="reflect"), hann(800, periodic=False), 1024, 320)
    return ((np.log(mn04_filters() @ p.T + 1e-5) + 4.5) / 5).astype(np.float32)


@cache
def musicnn_filters():
    # Slaney's scale: linear to 1 kHz, then 27 steps to a factor of 6.4
    def to_mel(f):
        return np.where(f < 1000, f * 3 / 200, 15 + 27 * np.log(np.maximum(f, 1) / 1000) / np.log(6.4))

    def to_hz(m):
        return np.where(m < 15, m * 200 / 3, 1000 * np.exp((m - 15) * np.log(6.4) / 27))

    points = to_hz(np.linspace(to_mel(0.0), to_mel(8000.0), 98))
    bank = triangles(points, np.arange(257) * 16_000 / 512)  # triangles in Hz
    return bank * (2 / (points[2:] - points[:-2]))[:, None]  # [96, 257]


def musicnn_mel(x):
    """16 kHz to the second teacher's mel: [frames, 96] f32."""
    p = power(np.pad(x, 256), hann(512, periodic=True), 512, 256)
    return np.log10(10_000 * (p @ musicnn_filters().T) + 1).astype(np.float32)


# -- teachers ----------------------------------------------------------------------------------------------------------

def session(path, threads=1):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Teachers:
    """Both teachers; `answer` gives what the cache holds of them."""

    def __init__(self, training):
        self.mn04 = session(training / "teachers/efficientat_mn04.onnx")
        self.musicnn = session(training / "teachers/msd_musicnn.onnx")

    def answer(self, x16, x32):
        seconds = len(x16) / 16_000
        n = max(1, int((seconds + 0.02) // c.MUSICNN_PATCH_S))
        mel = musicnn_mel(x16)  # [frames, 96]
        mel = np.pad(mel, ((0, max(0, 187 - len(mel))), (0, 0)), mode="wrap")
        starts = [min(round(k * c.MUSICNN_PATCH_S * 16_000 / 256), len(mel) - 187) for k in range(n)]
        patches = np.stack([mel[s : s + 187] for s in starts])[:, None]  # [n, 1, 187, 96]
        musicnn_emb, musicnn_tags = self.musicnn.run(["emb", "tags"], {"mel": patches})
        m = max(1, round(seconds / c.MN04_SEGMENT_S))
        segments = [x32[int(j * 320_000) : int((j + 1) * 320_000)] for j in range(m)]
        answers = [self.mn04.run(["emb", "tags"], {"mel": mn04_mel(s)[None, None]}) for s in segments if len(s) >= 32_000]
        mn04_emb, mn04_tags = (np.concatenate(part) for part in zip(*answers))
        return {"musicnn_emb": musicnn_emb, "musicnn_tags": musicnn_tags, "mn04_emb": mn04_emb, "mn04_tags": mn04_tags}


def tag_names(training):
    """The teachers' tags under the names that config.TAGS uses."""
    a = json.load(open(training / "teachers/efficientat_mn04.tags.json"))
    m = json.load(open(training / "teachers/msd_musicnn.tags.json"))
    return ["a:" + name for name in a], ["m:" + name for name in m]


# -- the verbs ---------------------------------------------------------------------------------------------------------

def check(training):
    """Prints how far our teacher front ends and the teachers' answers to them are from the reference."""
    teachers = Teachers(training)
    for path in sorted((training / "reference").glob("*.npz")):
        z = np.load(path)
        x16, x32 = z["x16"] / np.float32(32768), z["x32"] / np.float32(32768)
        mel = musicnn_mel(x16)
        patches = np.stack([mel[s : s + 187] for s in (0, 218, 436)])[:, None]
        emb, tags = teachers.musicnn.run(["emb", "tags"], {"mel": patches})
        emb32, tags32 = teachers.mn04.run(["emb", "tags"], {"mel": mn04_mel(x32)[None, None]})
        pairs = {
            "mel_mn04": mn04_mel(x32), "mn04_emb": emb32[0], "mn04_tags": tags32[0],
            "mel_musicnn": mel, "musicnn_emb": emb.mean(0), "musicnn_tags": tags.mean(0),
        }
        print(path.name, *(f"{name} {np.abs(ours - z[name]).max():.1e}" for name, ours in pairs.items()))


def prepare(training, cache_dir, shard, shards, gathered=None):
    """Caches every excerpt that the cache does not hold yet; those of the folder `gathered` by the same teachers."""
    teachers = Teachers(training)
    for folder in [training] + ([gathered] if gathered else []):
        for line in index(folder)[shard::shards]:
            target = cache_dir / f"{line['key']}.npz"
            if target.exists():
                continue
            x16, x32 = (decode(folder / line["file"], rate) for rate in (16_000, c.MN04_RATE_HZ))
            save(target, mel=cached_mel(x16), **teachers.answer(x16, x32))


def pieces_of_rare_kinds(folders, cache_dir, names):
    """The pieces within the highest RARE_SHARE of any of config.RARE, by the teachers' tags: [(folder, [line])]."""
    pieces = {}
    for folder in folders:
        for line in index(folder):
            if line["split"] == "train" and (cache_dir / f"{line['key']}.npz").exists() and not line["source"].startswith("mma:"):
                pieces.setdefault((folder, line["track"]), []).append(line)
    behind = {name: sources for name, _, sources in c.TAGS}
    columns = {name: k for side in names for k, name in enumerate(side)}

    def tag_heights(lines):
        z = [np.load(cache_dir / f"{line['key']}.npz") for line in lines]
        mean = {"a": np.mean([e["mn04_tags"].mean(0) for e in z], 0), "m": np.mean([e["musicnn_tags"].mean(0) for e in z], 0)}
        return [np.mean([mean[source[0]][columns[source]] for source in behind[tag]]) for tag in c.RARE]

    height = np.array([tag_heights(lines) for lines in pieces.values()])  # [pieces, tags]
    most = (height >= np.quantile(height, 1 - c.RARE_SHARE, axis=0)).any(1)
    return [(folder, lines) for ((folder, _), lines), is_most in zip(pieces.items(), most) if is_most]


def mixes(training, cache_dir, count, seed, gathered=None, rare=False, splits=("train",)):
    """Makes `count` new sounds of the given splits and lets the teachers label them."""
    rng, teachers = np.random.default_rng(seed), Teachers(training)
    if rare:
        pieces = pieces_of_rare_kinds([training] + ([gathered] if gathered else []), cache_dir, tag_names(training))
        print(f"{len(pieces)} pieces", flush=True)
    else:
        by_piece = {}
        for line in index(training):
            if line["split"] in splits:
                by_piece.setdefault(line["track"], []).append(line)
        pieces = [(training, lines) for _, lines in sorted(by_piece.items())]

    def draw_sound():
        folder, lines = pieces[rng.integers(len(pieces))]
        x = decode(folder / rng.choice(lines)["file"], c.MN04_RATE_HZ)
        speed = int(rng.integers(92, 109) if rare else rng.integers(84, 120))  # percent; pitch goes with it
        x = resample_poly(x, 100, speed)
        tilt = rng.uniform(-0.5, 0.5)
        x = lfilter([1, -tilt], [1], x)
        x = x / (np.sqrt(np.mean(x**2)) + 1e-6)
        if rng.random() < (0.15 if rare else 0.3):  # drive
            x = np.tanh(rng.uniform(1, 6) * x)
        if rare and rng.random() < 0.4:  # an old record, a cassette, a wireless
            x = sosfilt(butter(2, [rng.uniform(30, 250), rng.uniform(2800, 12_000)], "bandpass", fs=c.MN04_RATE_HZ, output="sos"), x)
            x = x / (np.sqrt(np.mean(x**2)) + 1e-6)
            x = x + rng.standard_normal(len(x)) * 10 ** (rng.uniform(-60, -34) / 20)
        return x

    for i in range(count):
        target = cache_dir / f"mix-{seed}-{i:05d}.npz"
        if target.exists():
            continue
        x = draw_sound()
        if rng.random() < (0.15 if rare else 0.5):
            other = draw_sound()
            n = min(len(x), len(other))
            x = x[:n] + other[:n] * 10 ** (rng.uniform(-12, 3) / 20)
        x = x[: 30 * c.MN04_RATE_HZ]
        x32 = (x * 10 ** (rng.uniform(-26, -12) / 20) / (np.sqrt(np.mean(x**2)) + 1e-6)).clip(-1, 1).astype(np.float32)
        x16 = resample_poly(x32, 1, 2).astype(np.float32)
        save(target, mel=cached_mel(x16), **teachers.answer(x16, x32))


def save(target, **arrays):
    """Whole or not at all, since another process may read while this one writes."""
    part = target.with_suffix(f".{os.getpid()}.part")
    with open(part, "wb") as file:
        np.savez(file, **arrays)
    part.rename(target)


def arguments(**more):
    """The arguments every verb shares: --training, --cache."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--training", type=Path, default=c.TRAINING, help="the folder with audio/, teachers/, index.jsonl")
    parser.add_argument("--cache", type=Path, default=c.CACHE, help="mels, teachers' answers, checkpoints")
    for name, default in more.items():
        parser.add_argument("--" + name, type=type(default), default=default)
    return parser


if __name__ == "__main__":
    parser = arguments(shard="0/1", count=2000, seed=1)
    parser.add_argument("verb", choices=["check", "prepare", "mixes"])
    parser.add_argument("--rare", action="store_true", help="mixes: of the kinds of music that there is little of")
    parser.add_argument("--gathered", type=Path, help="the folder that gather.py filled")
    parser.add_argument("--splits", default="train", help="mixes: of which splits, for the last run")
    a = parser.parse_args()
    a.cache.mkdir(parents=True, exist_ok=True)
    if a.verb == "check":
        check(a.training)
    elif a.verb == "prepare":
        prepare(a.training, a.cache, *map(int, a.shard.split("/")), gathered=a.gathered)
    else:
        mixes(a.training, a.cache, a.count, a.seed, a.gathered, a.rare, a.splits.split(","))
