"""What `cargo xtask eval taste` simulates listeners on: one JSON line a piece.

Owns: the judge's answers (a network that nothing of Segue's was trained or chosen by), MFCC statistics as a baseline, the
player's own vectors, tags, tempo, key and edges by `segue --json embed`, all cached. Leaves the listeners to
`crates/recommend/examples/eval_taste`.

A line: {"key", "title", "artist" or null, "source", "genre", "judge": [250], "mfcc": [40], "vector": [n],
"tags": [{"name", "p", "present"}], "ends": [[n], [n]], "bpm", "musical_key", "edges_lufs": [2]}; `judge` is the embedding [200] and the tags [50], each a mean over patches of 3 s.
The genre is what a teacher calls the piece: no human label, so listeners do not go by it; files have one, so the player does.
Only the first excerpt of a piece is taken, so that no piece answers for another excerpt of itself.

    python judge.py --segue ../../target/release/segue --out features.jsonl
"""

import json
import subprocess

import numpy as np
from pathlib import Path
from scipy.fft import dct

import data
from networks import FRONT_ENDS, FrontEnd, session

RATE_HZ = 16_000
FRAMES = 187  # of MusiCNN's front end: 3 s
EVERY_S = 6.0  # a patch of 3 s is analysed every 6 s
# As the judge learned it: with the level, and a whole excerpt framed at once.
JUDGE = {key: value for key, value in FRONT_ENDS["musicnn"].items() if key not in ("level", "segment_s")} | {"log_scale": 10_000.0}


def analyze(judge, x):
    """16 kHz sound to the judge's mean answer [250] and MFCC statistics [40]."""
    (mel,) = FrontEnd(JUDGE).mels([x])  # [96, frames]
    mel = np.pad(mel.T, ((0, max(0, FRAMES - mel.shape[1])), (0, 0)), mode="wrap")
    starts = np.arange(0, len(mel) - FRAMES + 1, int(EVERY_S * RATE_HZ / 256))
    embedding, tags = judge.run(["emb", "tags"], {"mel": np.stack([mel[s : s + FRAMES] for s in starts])[:, None]})
    mfcc = dct(np.concatenate(FrontEnd(FRONT_ENDS["fcn"]).mels([x]), 1), axis=0, norm="ortho")[:20]
    return np.concatenate([embedding.mean(0), tags.mean(0)]), np.concatenate([mfcc.mean(1), mfcc.std(1)])


def pieces(training):
    """The first excerpt of every piece."""
    first = {}
    for line in data.index(training):
        first.setdefault(line["track"], line)
    return list(first.values())


def judged(training, cache_dir, lines):
    """The judge's answers and MFCCs of `lines`, from the cache or by running it."""
    judge = session(training / "judge/mtt_musicnn.onnx")
    for line in lines:
        target = cache_dir / f"judge-{line['key']}.npz"
        if not target.exists():
            answer, mfcc = analyze(judge, data.decode(training / line["file"], RATE_HZ))
            data.save(target, judge=answer, mfcc=mfcc)
        yield np.load(target)


def embedded(training, cache_dir, lines, segue):
    """What the player finds in `lines`, cached by the name of its model."""
    def embed(some):
        paths = [str(training / line["file"]) for line in some]
        output = subprocess.run([str(segue), "--json", "embed", *paths], capture_output=True, text=True, check=True).stdout
        return [json.loads(row) for row in output.splitlines()]

    model = embed(lines[:1])[0]["model"]
    target = cache_dir / f"player-2-{model}.json"
    cached = json.loads(target.read_text()) if target.exists() else {}
    missing = [line for line in lines if line["key"] not in cached]
    for start in range(0, len(missing), 50):
        some = missing[start : start + 50]
        cached |= {line["key"]: row for line, row in zip(some, embed(some))}
        target.write_text(json.dumps(cached))
    return [cached[line["key"]] for line in lines]


if __name__ == "__main__":
    parser = data.arguments()
    parser.add_argument("--segue", type=Path, required=True, help="the command, to analyse with")
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args()
    lines = pieces(a.training)
    player = embedded(a.training, a.cache, lines, a.segue)
    with open(a.out, "w", encoding="utf-8") as out:
        for line, answer, row in zip(lines, judged(a.training, a.cache, lines), player):
            if "vector" not in row:
                print(f"left out: {line['file']}: {row.get('error')}")
                continue
            known = {name: line[name] for name in ("key", "title", "artist", "source")} | {"genre": line["teacher_style"]}
            lists = {name: [round(float(x), 5) for x in answer[name]] for name in ("judge", "mfcc")}
            tags = [{"name": t["name"], "p": t["p"], "present": t.get("present", False)} for t in row["tags"]]
            found = {name: row[name] for name in ("vector", "ends", "bpm", "edges_lufs")} | {"musical_key": row["key"]}
            print(json.dumps(known | lists | found | {"tags": tags}), file=out)
