"""Shipped model in, figures out: how near it comes to its teachers, and how good its neighbours are.

    python evaluate.py --split test --previous …/segue-ear-1     `cargo xtask eval ear` calls this
    python evaluate.py --library ../../assets/demo                files in folders: neighbours of the same genre tag

Analyses as the player does: decodes each file, takes the windows, runs `model.onnx` in onnxruntime, projects, compares by
cosine. With `--segue` the player itself analyses too, and the worst cosine between the two vectors is printed. Rows: MFCC
(mean and deviation of 20), the previous model's vector, the shipped embedding and vector, both teachers together.

What the student knows of its teachers is read out by ridge regression from the embedding, fitted on the train split: the
same ruler for every model, needing nothing that does not ship. Needs no torch.
"""

import json
import subprocess
import time
import tomllib
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from scipy.fft import dct
from scipy.stats import norm, rankdata

import config as c
import data
from targets import Excerpt, Scale

AUDIO = {".opus", ".ogg", ".flac", ".mp3", ".m4a", ".wav"}
EXAMPLES_MIN = 5  # a tag with fewer on either side has no ROC-AUC


# -- neighbours --------------------------------------------------------------------------------------------------------

def cosine_matrix(x):
    """The cosine of every row with every row: [n, d] -> [n, n]."""
    x = x / (np.linalg.norm(x, axis=1, keepdims=True) + 1e-9)
    return x @ x.T


def mutual_proximity(cosines):
    """Mutual proximity of cosines: the share of others that are farther from both (Schnitzer et al., JMLR 2012, Gaussian)."""
    others = np.where(np.eye(len(cosines), dtype=bool), np.nan, cosines)
    z = (cosines - np.nanmean(others, 1)[:, None]) / np.nanstd(others, 1)[:, None]
    return norm.cdf(z) * norm.cdf(z.T)


def nearest(similarity, left_out, k=10):
    """Indices of the k most similar, without those left out: [n, k]."""
    return np.argsort(-np.where(left_out, -9, similarity), axis=1, kind="stable")[:, :k]


class SpaceMetrics:
    """The figures of an embedding space on one split; all that depends on the split alone is computed once.

    overlap     share of the teachers' 10 neighbours that are found, other sources only
    same_piece  share of excerpts whose nearest other excerpt is of the same piece, where the piece has another
    same_album  share of the 10 nearest of the same source and named artist, as far as there are any; own piece left out
    same_source share of the 10 nearest that share the source, the piece's own excerpts left out
    hub_skew    skewness of how often an excerpt is among others' 10 nearest, own piece left out (0 is even)
    reached     share of excerpts that are among anybody's 10 nearest, own piece left out
    skew_mp, reached_mp    the same by mutual proximity
    """

    def __init__(self, target, lines):
        self.track, self.source, artist = (np.array([line[name] or "" for line in lines]) for name in ("track", "source", "artist"))
        self.same_track, self.same_source = self.track[:, None] == self.track, self.source[:, None] == self.source
        self.same_album = self.same_source & (artist[:, None] == artist) & (artist != "")[:, None] & ~self.same_track
        self.itself = np.eye(len(lines), dtype=bool)
        self.teachers_neighbours = nearest(cosine_matrix(target), self.same_source)

    def neighbours(self, similarity):
        """The first three figures: what the track vector is chosen by."""
        neighbours = nearest(similarity, self.same_source)
        first = nearest(similarity, self.itself, 1)[:, 0]
        has_other, has_album = self.same_track.sum(1) > 1, self.same_album.any(1)
        of_others = nearest(similarity, self.same_track)
        in_album = np.take_along_axis(self.same_album, of_others, 1).sum(1) / self.same_album.sum(1).clip(1, 10)
        return {
            "overlap": np.mean([len(set(a) & set(b)) / 10 for a, b in zip(neighbours, self.teachers_neighbours)]),
            "same_piece": np.mean(self.track[first][has_other] == self.track[has_other]),
            "same_album": in_album[has_album].mean() if has_album.any() else float("nan"),
        }

    def hubness(self, similarity):
        of_others = nearest(similarity, self.same_track)
        counts = np.bincount(of_others.ravel(), minlength=len(similarity))
        return of_others, np.mean((counts - counts.mean()) ** 3) / counts.std() ** 3, np.mean(counts > 0)

    def figures(self, x):
        cosines = cosine_matrix(x)
        of_others, skew, reached = self.hubness(cosines)
        _, skew_mp, reached_mp = self.hubness(mutual_proximity(cosines))
        same_source = np.mean(self.source[of_others] == self.source[:, None])
        return self.neighbours(cosines) | {
            "same_source": same_source, "hub_skew": skew, "reached": reached, "skew_mp": skew_mp, "reached_mp": reached_mp,
        }


# -- analysis ----------------------------------------------------------------------------------------------------------

def track_statistics(mel, embeddings):
    """A track's statistics: mean embedding [256], mean and deviation of the log-mel [64] + [64] -> [384]."""
    return np.concatenate([embeddings.mean(0), mel.mean(1), mel.std(1)])


class ShippedModel:
    """A shipped folder, run by onnxruntime."""

    def __init__(self, folder):
        self.folder = folder
        self.run = data.session(folder / "model.onnx")
        self.projection = load_file(folder / "projection.safetensors")
        front = tomllib.loads((folder / "manifest.toml").read_text())["front_end"]
        self.level, self.log_scale = front.get("level"), front["log_scale"]
        self.network_s, self.patches = 0.0, 0

    def network(self, patches):
        """[n, 1, 64, 150] to embeddings [n, 256] and tags [n, n_tags]."""
        started = time.perf_counter()
        outputs = self.run.run(["embedding", "tags"], {"mel": patches})
        self.network_s, self.patches = self.network_s + time.perf_counter() - started, self.patches + len(patches)
        return outputs

    def log_mels(self, powers):
        """As this model's front end has them: before `segue-ear-3` the level stayed in."""
        return data.log_mels(powers) if self.level else [np.log1p(self.log_scale * power).astype(np.float32) for power in powers]

    def analyze(self, pcm):
        """x [384], tags [n_tags], MFCC statistics [40] of 16 kHz sound."""
        spans = [(int(start * c.RATE_HZ), int(n * c.RATE_HZ)) for start, n in data.windows(len(pcm) / c.RATE_HZ)]
        mels = self.log_mels([data.our_power(pcm[start : start + n]) for start, n in spans])  # [64, frames] each
        embedding, tags = self.network(np.concatenate([data.our_patches(mel) for mel in mels]))
        mel = np.concatenate(mels, 1)
        mfcc = dct(mel, axis=0, norm="ortho")[:20]
        return track_statistics(mel, embedding), tags.mean(0), np.concatenate([mfcc.mean(1), mfcc.std(1)])

    def vectors(self, x):
        return (x - self.projection["mean"]) @ self.projection["matrix"]


class Readout:
    """From the embedding to the teachers' scaled space, by ridge regression over the train split's patches."""

    def __init__(self, model, excerpts, scale):
        x, y = zip(*(self.pairs(model, e, scale) for e in excerpts))
        x, y = np.concatenate(x), np.concatenate(y)
        self.mean, self.offset = x.mean(0), y.mean(0)
        x = x - self.mean
        covariance = x.T @ x
        ridge = 1e-3 * np.trace(covariance) / len(covariance)
        self.weights = np.linalg.solve(covariance + ridge * np.eye(len(covariance)), x.T @ (y - self.offset))

    @staticmethod
    def pairs(model, excerpt, scale):
        """Every patch of an excerpt: its embedding [n, 256], the teachers' answer [n, 584]."""
        patches = data.our_patches(model.log_mels([data.power_of_cached(excerpt.mel)])[0])
        answers = [excerpt.at(k * c.PATCH)[0] for k in range(len(patches))]
        return model.network(patches)[0], scale(np.stack(answers))

    def __call__(self, x):
        return (x - self.mean) @ self.weights + self.offset


def cosine(a, b):
    return float(np.mean((a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)))


def both(a, b):
    return {"mn04": cosine(a[:, :384], b[:, :384]), "MusiCNN": cosine(a[:, 384:], b[:, 384:])}


def roc_auc(scores, truth):
    """Area under the ROC curve by ranks; `None` with too few examples on one side."""
    positive, negative = truth.sum(), (~truth).sum()
    if min(positive, negative) < EXAMPLES_MIN:
        return None
    return (rankdata(scores)[truth].sum() - positive * (positive + 1) / 2) / (positive * negative)


# -- the verbs ---------------------------------------------------------------------------------------------------------

def evaluate(training, cache_dir, folder, previous, segue, split):
    names, index = data.tag_names(training), data.index(training)

    def excerpts_of(lines):
        return [Excerpt(cache_dir / f"{line['key']}.npz", names) for line in lines]

    lines = [line for line in index if line["split"] == split]
    trained_on, excerpts = excerpts_of([line for line in index if line["split"] == "train"]), excerpts_of(lines)
    scale = Scale.of(np.concatenate([e.emb for e in trained_on]))
    target = np.stack([scale(e.emb.mean(0)) for e in excerpts])
    sound = [data.decode(training / line["file"], c.RATE_HZ) for line in lines]
    print(f"{split}: {len(lines)} excerpts, {len({line['track'] for line in lines})} pieces, {len({line['source'] for line in lines})} sources")
    if c.EVERY_SPLIT and folder.resolve() == (c.REPOSITORY / "models" / c.NAME).resolve():
        print("  The shipped weights learned from these excerpts too, once all was chosen; card.md has the figures of their twin, which did not.")

    record, rows = {"split": split, "excerpts": len(lines)}, {}
    models = {"previous": previous, "shipped": folder}
    for name, path in models.items():
        if path is None:
            continue
        model = ShippedModel(path)
        x, tags, mfcc = (np.stack(part) for part in zip(*map(model.analyze, sound)))
        readout = Readout(model, trained_on, scale)
        patches = [Readout.pairs(model, e, scale) for e in excerpts]
        by_patch = both(np.concatenate([readout(a) for a, _ in patches]), np.concatenate([b for _, b in patches]))
        by_track = both(readout(x[:, : c.EMBEDDING]), target)
        teachers_tags, present = np.stack([e.tags.mean(0) for e in excerpts]), presence(trained_on)
        areas = [a for a in map(roc_auc, tags.T, (teachers_tags >= present).T) if a is not None]
        print(f"{name} ({path.name}): cosine to mn04 {by_patch['mn04']:.3f} a patch, {by_track['mn04']:.3f} a track; to MusiCNN {by_patch['MusiCNN']:.3f}, {by_track['MusiCNN']:.3f}")
        print(f"  tags against the teachers': ROC-AUC mean {np.mean(areas):.3f}, worst {min(areas):.3f}, over {len(areas)} of {len(c.TAGS)} tags; {1000 * model.network_s / model.patches:.2f} ms a patch")
        record[name] = {"patch": by_patch, "track": by_track, "roc_auc": np.mean(areas), "roc_auc_worst": min(areas), "tags_judged": len(areas)}
        rows[f"{name}, embedding 256"] = x[:, : c.EMBEDDING]
        rows[f"{name}, vector 128"] = model.vectors(x)
        if name == "shipped":
            rows[f"{name}, read out 584"] = readout(x[:, : c.EMBEDDING])
            record["shown"] = shown(tags, teachers_tags >= present, folder)
            if segue:
                paths = [training / line["file"] for line in lines]
                record["player"] = compare_with_player(segue, paths, rows[f"{name}, vector 128"])
    rows = {"MFCC mean and deviation": (mfcc - mfcc.mean(0)) / mfcc.std(0)} | rows
    rows |= {"the teachers themselves": target, "chance": np.random.default_rng(0).standard_normal((len(x), 64))}
    metrics = SpaceMetrics(target, lines)
    table = {name: metrics.figures(space) for name, space in rows.items()}
    print(f"{'':26}" + "".join(f"{name:>12}" for name in next(iter(table.values()))))
    for name, row in table.items():
        print(f"{name:26}" + "".join(f"{value:12.3f}" for value in row.values()))
    record["rows"] = table
    (cache_dir / f"figures-{split}.json").write_text(json.dumps(record, default=float))


def presence(trained_on):
    """Per tag, the height from which the teachers count as saying it: [tags]."""
    floors = [c.PRESENT_MIN[kind] for _, kind, _ in c.TAGS]
    return np.quantile(np.stack([e.tags.mean(0) for e in trained_on]), c.PRESENT_QUANTILE, axis=0).clip(floors, c.PRESENT_MAX)


def thresholds(folder):
    return [float(line.split("=")[1]) for line in (folder / "manifest.toml").read_text().splitlines() if line.startswith("threshold")]


def shown(tags, said, folder):
    over = tags >= thresholds(folder)
    precision, recall = (over & said).sum() / over.sum(), (over & said).sum() / said.sum()
    print(f"  tags shown: {over.sum(1).mean():.1f} an excerpt, precision {precision:.3f}, recall {recall:.3f} of what the teachers say")
    return {"an_excerpt": over.sum(1).mean(), "precision": precision, "recall": recall}


def compare_with_player(segue, paths, vectors):
    """The player's own vectors of the same files: the worst cosine to these."""
    output = subprocess.run([str(segue), "--json", "embed", *map(str, paths)], capture_output=True, text=True, check=True).stdout
    pairs = [(row.get("vector"), v) for row, v in zip(map(json.loads, output.splitlines()), vectors)]
    found = np.array([np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b) for a, b in pairs if a])
    print(f"  the player's own vectors: {len(found)} of {len(pairs)} files, cosine to these median {np.median(found):.6f}, worst {found.min():.6f}")
    return {"files": len(found), "median": np.median(found), "worst": found.min()}


def library(root, folder):
    """Any folder of tagged files: how many of the 5 nearest share the genre tag, file by file."""
    model = ShippedModel(folder)
    paths = sorted(path for path in root.rglob("*") if path.suffix.lower() in AUDIO)
    probe = ["ffprobe", "-v", "error", "-show_entries", "format_tags=genre:stream_tags=genre", "-of", "default=nk=1:nw=1"]
    genres = np.array([subprocess.run([*probe, str(p)], capture_output=True, text=True).stdout.strip().split("\n")[0] for p in paths])
    x, tags, mfcc = (np.stack(part) for part in zip(*(model.analyze(data.decode(path, c.RATE_HZ)) for path in paths)))
    heights = thresholds(folder)
    itself = np.eye(len(paths), dtype=bool)
    rows = {"MFCC": (mfcc - mfcc.mean(0)) / mfcc.std(0), "embedding": x[:, : c.EMBEDDING], "vector": model.vectors(x)}
    neighbours = {name: nearest(cosine_matrix(space), itself, 5) for name, space in rows.items()}
    for i, path in enumerate(paths):
        found = {name: int((genres[n[i]] == genres[i]).sum()) for name, n in neighbours.items()}
        plain = [f"{c.TAGS[k][0]} {tags[i, k]:.2f}" for k in np.argsort(-tags[i]) if tags[i, k] >= heights[k]][:6]
        print(f"{genres[i]:16} {path.stem[:40]:40} {found} of {(genres == genres[i]).sum() - 1} | {', '.join(plain)}")
    for name, n in neighbours.items():
        same = (genres[n] == genres[:, None]).sum(1)
        print(f"{name}: {same.mean():.2f} of the 5 nearest share the genre, chance {5 * np.mean([(genres == g).sum() - 1 for g in genres]) / (len(paths) - 1):.2f}")
        print("   ", {str(g): round(float(same[genres == g].mean()), 2) for g in np.unique(genres)})
    cosines = cosine_matrix(model.vectors(x))[~itself]
    print(f"cosine between vectors: mean {cosines.mean():.2f}, 5 % {np.quantile(cosines, 0.05):.2f}, 95 % {np.quantile(cosines, 0.95):.2f}")


if __name__ == "__main__":
    parser = data.arguments(split="validation")
    parser.add_argument("--model", type=Path, default=c.REPOSITORY / "models" / c.NAME)
    parser.add_argument("--previous", type=Path, help="the folder of the model before")
    parser.add_argument("--segue", type=Path, help="the command, to analyse as well")
    parser.add_argument("--library", type=Path)
    a = parser.parse_args()
    if a.library:
        library(a.library, a.model)
    else:
        evaluate(a.training, a.cache, a.model, a.previous, a.segue, a.split)
