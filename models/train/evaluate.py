"""Shipped model in, figures out: what the neighbours are worth, beside a baseline without learning.

    python evaluate.py --split validation
    python evaluate.py --split test
    python evaluate.py --library ../../assets/demo      files in folders: neighbours of the same genre tag

Listens as the player does: decodes each file, takes the windows, runs `model.onnx` in onnxruntime, projects, compares by
cosine. The checkpoint in the cache is read only for the head that leads into the teachers' space. What the columns mean
is said at `export.figures`. Rows: MFCC (mean and deviation of 20), the raw mean embedding, the shipped vector, and what
the student says the teachers would say.
"""

import json
import subprocess
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file
from scipy.fft import dct

import config as c
import data
from export import figures, likeness, load, neighbours, parts_of
from train import Excerpt

AUDIO = {".opus", ".ogg", ".flac", ".mp3", ".m4a", ".wav"}


class Listener:
    """A shipped folder, heard through onnxruntime."""

    def __init__(self, folder):
        self.run = data.session(folder / "model.onnx")
        self.projection = load_file(folder / "projection.safetensors")
        self.network_s, self.patches = 0.0, 0

    def hear(self, path):
        """x [384], tags [n_tags], MFCC statistics [40] of one file."""
        pcm = data.decode(path, c.RATE_HZ)
        spans = [(int(start * c.RATE_HZ), int(n * c.RATE_HZ)) for start, n in data.windows(len(pcm) / c.RATE_HZ)]
        mels = [data.our_mel(pcm[start : start + n]) for start, n in spans]  # [64, frames] each
        patches = np.concatenate([data.our_patches(mel) for mel in mels])
        started = time.perf_counter()
        embedding, tags = self.run.run(["embedding", "tags"], {"mel": patches})
        self.network_s, self.patches = self.network_s + time.perf_counter() - started, self.patches + len(patches)
        mel = np.concatenate(mels, 1)
        mfcc = dct(mel, axis=0, norm="ortho")[:20]
        return parts_of(mel, embedding), tags.mean(0), np.concatenate([mfcc.mean(1), mfcc.std(1)])

    def vectors(self, x):
        return (x - self.projection["mean"]) @ self.projection["matrix"]


def evaluate(training, cache_dir, folder, split):
    listener, names = Listener(folder), data.tag_names(training)
    pupil, scale, _ = load(cache_dir)
    lines = [line for line in data.index(training) if line["split"] == split]
    x, tags, mfcc = (np.stack(part) for part in zip(*(listener.hear(training / line["file"]) for line in lines)))
    heard = [Excerpt(cache_dir / f"{line['key']}.npz", names) for line in lines]
    target = np.stack([scale(e.emb.mean(0)) for e in heard])
    with torch.no_grad():
        space = pupil.to_teachers(torch.from_numpy(x[:, : c.EMBEDDING])).numpy()
    cosine = lambda a, b: np.mean((a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1))
    print(f"{split}: {len(lines)} excerpts, {len({line['track'] for line in lines})} pieces, {len({line['source'] for line in lines})} sources")
    print(f"  cosine to mn04 {cosine(space[:, :384], target[:, :384]):.3f}, MusiCNN {cosine(space[:, 384:], target[:, 384:]):.3f}, both {cosine(space, target):.3f}")
    teachers_tags = np.stack([e.tags.mean(0) for e in heard])
    ranks = [np.corrcoef(a.argsort().argsort(), b.argsort().argsort())[0, 1] for a, b in zip(tags.T, teachers_tags.T)]
    print(f"  tags: rank correlation with the teachers, median {np.median(ranks):.3f}, worst {min(ranks):.3f} ({c.TAGS[int(np.argmin(ranks))][0]})")
    decided = json.loads((cache_dir / "export.json").read_text())
    shown, said = tags >= [t["threshold"] for t in decided["thresholds"]], teachers_tags >= decided["present"]
    precision, recall = (shown & said).sum() / shown.sum(), (shown & said).sum() / said.sum()
    print(f"  tags shown: {shown.sum(1).mean():.1f} an excerpt, precision {precision:.3f}, recall {recall:.3f} of what the teachers say")
    rows = {
        "MFCC mean and deviation": (mfcc - mfcc.mean(0)) / mfcc.std(0),
        "embedding 256, raw": x[:, : c.EMBEDDING],
        "track vector 128": listener.vectors(x),
        "predicted teachers 584": space,
        "the teachers themselves": target,
        "chance": np.random.default_rng(0).standard_normal((len(x), 64)),
    }
    print(f"  {'':26}" + "".join(f"{name:>13}" for name in ("overlap", "same_piece", "same_source", "hub_skew")))
    table = {name: figures(space, target, lines) for name, space in rows.items()}
    for name, row in table.items():
        print(f"  {name:26}" + "".join(f"{value:13.3f}" for value in row.values()))
    print(f"  network: {1000 * listener.network_s / listener.patches:.2f} ms a patch, one thread")
    record = {"excerpts": len(lines), "cosine_mn04": cosine(space[:, :384], target[:, :384]), "cosine_musicnn": cosine(space[:, 384:], target[:, 384:])}
    record |= {"tag_rank": np.median(ranks), "precision": precision, "recall": recall, "rows": table}
    (cache_dir / f"figures-{split}.json").write_text(json.dumps(record, default=float))


def library(root, folder):
    """Any folder of tagged files: how many of the 5 nearest share the genre tag, file by file."""
    listener = Listener(folder)
    paths = sorted(path for path in root.rglob("*") if path.suffix.lower() in AUDIO)
    probe = ["ffprobe", "-v", "error", "-show_entries", "format_tags=genre:stream_tags=genre", "-of", "default=nk=1:nw=1"]
    genres = np.array([subprocess.run([*probe, str(p)], capture_output=True, text=True).stdout.strip().split("\n")[0] for p in paths])
    x, tags, mfcc = (np.stack(part) for part in zip(*map(listener.hear, paths)))
    thresholds = [float(line.split("=")[1]) for line in (folder / "manifest.toml").read_text().splitlines() if line.startswith("threshold")]
    itself = np.eye(len(paths), dtype=bool)
    rows = {"MFCC": (mfcc - mfcc.mean(0)) / mfcc.std(0), "embedding": x[:, : c.EMBEDDING], "vector": listener.vectors(x)}
    near = {name: neighbours(space, itself, 5) for name, space in rows.items()}
    for i, path in enumerate(paths):
        found = {name: int((genres[n[i]] == genres[i]).sum()) for name, n in near.items()}
        shown = [f"{c.TAGS[k][0]} {tags[i, k]:.2f}" for k in np.argsort(-tags[i]) if tags[i, k] >= thresholds[k]][:6]
        print(f"{genres[i]:16} {path.stem[:40]:40} {found} of {(genres == genres[i]).sum() - 1} | {', '.join(shown)}")
    for name, n in near.items():
        same = (genres[n] == genres[:, None]).sum(1)
        print(f"{name}: {same.mean():.2f} of the 5 nearest share the genre, chance {5 * np.mean([(genres == g).sum() - 1 for g in genres]) / (len(paths) - 1):.2f}")
        print("   ", {str(g): round(float(same[genres == g].mean()), 2) for g in np.unique(genres)})
    cosine = likeness(listener.vectors(x))[~itself]
    print(f"cosine between vectors: mean {cosine.mean():.2f}, 5 % {np.quantile(cosine, 0.05):.2f}, 95 % {np.quantile(cosine, 0.95):.2f}")


if __name__ == "__main__":
    parser = data.arguments(split="validation")
    parser.add_argument("--model", type=Path, default=c.REPOSITORY / "models" / c.NAME)
    parser.add_argument("--library", type=Path)
    a = parser.parse_args()
    torch.set_num_threads(1)
    if a.library:
        library(a.library, a.model)
    else:
        evaluate(a.training, a.cache, a.model, a.split)
