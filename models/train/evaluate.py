"""Shipped ears in, figures out: how good their neighbours are, beside the networks they are made of.

    python evaluate.py --ear ../segue-ear-4 --previous …/segue-ear-3     `cargo xtask eval ear` calls this
    python evaluate.py --ear ../segue-ear-4 --library ../../assets/demo    files in folders: neighbours of the same genre tag

Hears as the player does: decodes each file, takes the windows, runs the networks in onnxruntime, projects, compares by cosine. With
`--segue` the player itself listens too, and the worst cosine between the two vectors is printed. Rows: MFCC (mean and deviation
of 20), the ear before, each network by itself and joins of them (each dimension at variance 1, each network at one length), ours.

Ears learn nothing from labels, so all excerpts judge. What `--split` leaves out is left out of the neighbours too.
"""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
from scipy.fft import dct
from scipy.stats import norm, rankdata

import data
from networks import STATISTICS, Ear

AUDIO = {".opus", ".ogg", ".flac", ".mp3", ".m4a", ".wav"}
EXAMPLES_MIN = 5  # a tag with fewer on either side has no ROC-AUC
PLAYER_FILES = 60  # heard by the player too
NAMELESS = {"", "unknown", "various (OpenGameArt)", "YuE", "DiffRhythm", "HeartMuLa", "military band", "uncredited (FreePD)"}

# What people wrote of a piece (its style, its title where a model of music was asked for it), and the kind that it names; the first that fits.
KINDS = [
    ("metal", "metal"), ("reggae", "reggae"), ("hip-?hop|rap|trap|phonk", "hip hop"), ("funk", "funk"), ("country|bluegrass", "country"), ("blues", "blues"),
    ("jazz", "jazz"), ("disco", "disco"), ("punk|rock|surf|grunge", "rock"), ("electr|dance|downtempo|house|techno|trance|dubstep|drum.bass|syth|cyberpunk", "electronic"),
    ("orchestral|march|waltz|sonata|violin", "classical"), ("folk", "folk"), ("pop|ballad", "pop"), ("soul|rnb|r&b", "soul"), ("african|arabic|indian|asian|world", "world"),
]
# What titles say of instruments: (words, tag)
WORDS = [("piano", "piano"), ("violin", "violin"), ("guitar", "guitar"), ("flute", "flute"), ("organ", "organ"), ("harp", "harp"), ("choir", "choir"), ("drums?", "drum kit"), ("sax(o?phone)?", "saxophone"), ("bells?", "bells")]


def kind_of(line):
    """The kind of music that people say a piece is, or an empty text."""
    text = line.get("style") or (f"{line['path'].rsplit('/', 1)[-1]} {line['title']}" if line["generated"] else "")
    if "RapMachine" in line["path"]:
        return "hip hop"
    return next((kind for words, kind in KINDS if re.search(words, text.lower())), "")


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


def vote(similarity, labels, left_out, among, k=5):
    """Share of those among whose own label is the commonest of their k nearest among (the nearest of the commonest decides), and their number."""
    similarity, left_out, labels = similarity[np.ix_(among, among)], left_out[np.ix_(among, among)], labels[among]
    hits = []
    for row, neighbours in enumerate(nearest(similarity, left_out, k)):
        if not ((labels == labels[row]) & ~left_out[row]).any():
            continue
        names, counts = np.unique(labels[neighbours], return_counts=True)
        most = set(names[counts == counts.max()])
        hits.append(next(label for label in labels[neighbours] if label in most) == labels[row])
    return float(np.mean(hits)), len(hits)


class SpaceMetrics:
    """The figures of an embedding space; all that depends on the excerpts alone is computed once.

    overlap     share of the 10 neighbours of all networks together that are found, other sources only
    same_piece  share of excerpts whose nearest other excerpt is of the same piece, where the piece has another
    same_album  share of the 10 nearest of the same source and named artist, as far as there are any; own piece left out
    artist      5 nearest neighbours vote on the named artist, own piece left out
    style       5 nearest neighbours vote on what people say the piece is, own artist left out
    same_source share of the 10 nearest that share the source, the piece's own excerpts left out
    hub_skew    skewness of how often an excerpt is among others' 10 nearest, own piece left out (0 is even)
    reached     share of excerpts that are among anybody's 10 nearest, own piece left out
    skew_mp     the skewness by mutual proximity
    """

    def __init__(self, target, lines):
        self.track, self.source, self.artists = (np.array([line[name] or "" for line in lines]) for name in ("track", "source", "artist"))
        self.kinds = np.array([kind_of(line) for line in lines])
        self.named = np.array([name not in NAMELESS and not name.startswith("New Wave Labs") for name in self.artists])
        self.same_track, self.same_source = self.track[:, None] == self.track, self.source[:, None] == self.source
        same_artist = (self.artists[:, None] == self.artists) & (self.artists != "")[:, None]
        self.same_album = self.same_source & same_artist & ~self.same_track
        self.itself = np.eye(len(lines), dtype=bool)
        self.own_artist = same_artist | self.same_track
        self.teachers_neighbours = nearest(cosine_matrix(target), self.same_source)

    def figures(self, x):
        cosines = cosine_matrix(x)
        neighbours = nearest(cosines, self.same_source)
        first = nearest(cosines, self.itself, 1)[:, 0]
        has_other, has_album = self.same_track.sum(1) > 1, self.same_album.any(1)
        of_others = nearest(cosines, self.same_track)
        in_album = np.take_along_axis(self.same_album, of_others, 1).sum(1) / self.same_album.sum(1).clip(1, 10)
        counts = np.bincount(of_others.ravel(), minlength=len(cosines))
        counts_mp = np.bincount(nearest(mutual_proximity(cosines), self.same_track).ravel(), minlength=len(cosines))
        artist, self.artists_judged = vote(cosines, self.artists, self.same_track, np.flatnonzero(self.named))
        style, self.styles_judged = vote(cosines, self.kinds, self.own_artist, np.flatnonzero(self.kinds != ""))

        def skew(counts):
            return np.mean((counts - counts.mean()) ** 3) / counts.std() ** 3

        return {
            "overlap": np.mean([len(set(a) & set(b)) / 10 for a, b in zip(neighbours, self.teachers_neighbours)]),
            "same_piece": np.mean(self.track[first][has_other] == self.track[has_other]),
            "same_album": in_album[has_album].mean(), "artist": artist, "style": style,
            "same_source": np.mean(self.source[of_others] == self.source[:, None]),
            "hub_skew": skew(counts), "reached": np.mean(counts > 0), "skew_mp": skew(counts_mp),
        }


# -- rows --------------------------------------------------------------------------------------------------------------

def mfcc(answers):
    """Mean and deviation of 20 MFCC, of the mean and the deviation that mn04's log-mel has in each band: a baseline. [n, 40]."""
    both = [np.concatenate([dct(a["mel_mean"], norm="ortho")[:20], dct(a["mel_std"], norm="ortho")[:20]]) for a in answers]
    return standardised(np.stack(both))


def standardised(x):
    """Every dimension at variance 1, the whole at length 1."""
    return (x - x.mean(0)) / (x.std(0) + 1e-9) / np.sqrt(x.shape[1])


OWN = {"mn04": 384, "fcn": 64, "musicnn": 200}  # of an embedding, what the network's authors call one


def rows_of(answers):
    """A baseline, and the networks by themselves and joined: {name: [n, d]} each."""
    alone = {network: standardised(np.stack([STATISTICS["embedding_mean"](a)[: OWN[network]] for a in answers[network]])) for network in OWN}

    def join(*names):
        return np.concatenate([alone[name] for name in names], 1)

    return {"MFCC": mfcc(answers["mn04"])}, {
        "mn04": alone["mn04"], "MusiCNN": alone["musicnn"], "FCN": alone["fcn"], "mn04 and FCN": join("mn04", "fcn"),
        "mn04 and MusiCNN": join("mn04", "musicnn"), "all three": join("mn04", "fcn", "musicnn"),
    }


def heard_by(ear, paths):
    """Vectors [n, size] and tags [n, tags] of files."""
    heard = [ear.hear({rate: data.heard(path, rate) for rate in ear.rates_hz}) for path in paths]
    return tuple(np.stack(part) for part in zip(*heard))


def roc_auc(scores, truth):
    """Area under the ROC curve by ranks; `None` with too few examples on one side."""
    positive, negative = truth.sum(), (~truth).sum()
    if min(positive, negative) < EXAMPLES_MIN:
        return None
    return (rankdata(scores)[truth].sum() - positive * (positive + 1) / 2) / (positive * negative)


def against_people(ear, tags, lines):
    """ROC-AUC of the tags that people's words name: {tag: (area, examples)}."""
    found, column = {}, {name: k for k, name in enumerate(ear.tags)}
    kinds = np.array([kind_of(line) for line in lines])
    said = kinds != ""
    for kind in sorted(set(kinds[said])):
        if kind in column and (area := roc_auc(tags[said, column[kind]], kinds[said] == kind)) is not None:
            found[kind] = (float(area), int((kinds == kind).sum()))
    titles = [f"{line['title']} {line['path'].rsplit('/', 1)[-1]}".lower().replace("_", " ") for line in lines]
    for words, tag in WORDS:
        truth = np.array([bool(re.search(rf"\b({words})\b", title)) for title in titles])
        if tag in column and (area := roc_auc(tags[:, column[tag]], truth)) is not None:
            found[tag] = (float(area), int(truth.sum()))
    return found


# -- the verbs ---------------------------------------------------------------------------------------------------------

def evaluate(training, cache_dir, folders, previous, segue, split):
    lines = [line for line in data.index(training) if split in ("all", line["split"])]
    answers = {network: data.answers(cache_dir, network, lines) for network in OWN}
    baseline, networks = rows_of(answers)
    metrics = SpaceMetrics(networks["all three"], lines)
    print(f"{split}: {len(lines)} excerpts, {len({line['track'] for line in lines})} pieces, {len({line['source'] for line in lines})} sources")
    rows, record = baseline, {"split": split, "excerpts": len(lines)}
    if previous:
        rows[previous.name] = heard_by(Ear(previous), [training / line["file"] for line in lines])[0]
    rows |= networks
    for folder in folders:
        ear = Ear(folder)
        rows[folder.name], tags = data.join(ear, answers)
        people = against_people(ear, tags, lines)
        print(f"{folder.name}: tags against people's words, ROC-AUC mean {np.mean([area for area, _ in people.values()]):.3f}: " + ", ".join(f"{tag} {area:.2f} ({n})" for tag, (area, n) in people.items()))
        print(f"  tags shown: {(tags >= ear.thresholds).sum(1).mean():.1f} an excerpt")
        record[folder.name] = {"people": people, "shown": float((tags >= ear.thresholds).sum(1).mean())}
        if segue and folder == folders[0]:
            every = max(1, len(lines) // PLAYER_FILES)
            record["player"] = compare_with_player(segue, [training / line["file"] for line in lines[::every]], rows[folder.name][::every])
    rows["chance"] = np.random.default_rng(0).standard_normal((len(lines), 64))
    table = {name: metrics.figures(space) for name, space in rows.items()}
    print(f"{'':20}" + "".join(f"{name:>12}" for name in next(iter(table.values()))))
    for name, row in table.items():
        print(f"{name:20}" + "".join(f"{value:12.3f}" for value in row.values()))
    for name, judged in (("artist", metrics.artists_judged), ("style", metrics.styles_judged)):
        print(f"{name}: {judged} excerpts judged, standard error at most {0.5 / judged**0.5:.3f}")
    record["rows"] = table
    (cache_dir / f"figures-{split}.json").write_text(json.dumps(record, default=float))


def compare_with_player(segue, paths, vectors):
    """The player's own vectors of the same files: the worst cosine to these."""
    output = subprocess.run([str(segue), "--json", "embed", *map(str, paths)], capture_output=True, text=True, check=True).stdout
    pairs = [(row.get("vector"), v) for row, v in zip(map(json.loads, output.splitlines()), vectors)]
    found = np.array([np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b) for a, b in pairs if a])
    print(f"  the player's own vectors: {len(found)} of {len(pairs)} files, cosine to these median {np.median(found):.6f}, worst {found.min():.6f}")
    return {"files": len(found), "median": np.median(found), "worst": found.min()}


def library(root, folder):
    """Any folder of tagged files: how many of the 5 nearest share the genre tag, file by file."""
    ear = Ear(folder)
    paths = sorted(path for path in root.rglob("*") if path.suffix.lower() in AUDIO)
    probe = ["ffprobe", "-v", "error", "-show_entries", "format_tags=genre:stream_tags=genre", "-of", "default=nk=1:nw=1"]
    genres = np.array([subprocess.run([*probe, str(p)], capture_output=True, text=True).stdout.strip().split("\n")[0] for p in paths])
    vectors, tags = heard_by(ear, paths)
    neighbours = nearest(cosine_matrix(vectors), np.eye(len(paths), dtype=bool), 5)
    for i, path in enumerate(paths):
        plain = [f"{ear.tags[k]} {tags[i, k]:.2f}" for k in np.argsort(-tags[i]) if tags[i, k] >= ear.thresholds[k]][:8]
        print(f"{genres[i]:16} {path.stem[:40]:40} {(genres[neighbours[i]] == genres[i]).sum()} of {(genres == genres[i]).sum() - 1} | {', '.join(plain)}")
    same = (genres[neighbours] == genres[:, None]).sum(1)
    print(f"{same.mean():.2f} of the 5 nearest share the genre, chance {5 * np.mean([(genres == g).sum() - 1 for g in genres]) / (len(paths) - 1):.2f}")


if __name__ == "__main__":
    parser = data.arguments(split="all")
    parser.add_argument("--ear", type=Path, action="append", required=True, help="a model's folder; the first is what the player listens with")
    parser.add_argument("--previous", type=Path, help="the folder of the model before")
    parser.add_argument("--segue", type=Path, help="the command, to listen as well")
    parser.add_argument("--library", type=Path)
    a = parser.parse_args()
    if a.library:
        library(a.library, a.ear[0])
    else:
        evaluate(a.training, a.cache, a.ear, a.previous, a.segue, a.split)
