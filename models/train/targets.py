"""Cache in, targets out: what the teachers say of an excerpt at any moment, in one scaled space.

Owns the cache's reading side, shared by `train.py`, `export.py` and `evaluate.py`. Needs numpy alone.
"""

import numpy as np

import config as c
import data


def tag_target(names, mn04_tags, musicnn_tags):
    """Our tags from the teachers': the highest of one teacher's, then the mean of the teachers: [n, tags]."""
    a = {name: mn04_tags[:, i] for i, name in enumerate(names[0])}
    m = {name: musicnn_tags[:, i] for i, name in enumerate(names[1])}
    columns = []
    for _, _, sources in c.TAGS:
        answers = [[side[s] for s in sources if s in side] for side in (a, m)]
        columns.append(np.mean([np.max(side, 0) for side in answers if side], 0))
    return np.stack(columns, 1)


class Excerpt:
    """One file of the cache: the mel and a teacher's answer for any moment."""

    def __init__(self, path, names):
        z = np.load(path)
        self.mel = z["mel"]  # [64, frames] f16, with the level
        self.level = data.level([data.power_of_cached(self.mel)])
        # both teachers on the finer grid of 3 s patches; between two of them the answer is interpolated
        n = len(z["musicnn_emb"])
        at = (np.arange(n) + 0.5) * c.MUSICNN_PATCH_S
        self.emb = np.concatenate([interpolate(z["mn04_emb"], at / c.MN04_SEGMENT_S - 0.5), z["musicnn_emb"]], 1)  # [n, 584]
        self.tags = tag_target(names, interpolate(z["mn04_tags"], at / c.MN04_SEGMENT_S - 0.5), z["musicnn_tags"])  # [n, tags]

    def at(self, frame):
        """What the teachers say of the patch that starts at `frame`: [584], [tags]."""
        position = np.array([(frame + c.PATCH / 2) * c.HOP / c.RATE_HZ / c.MUSICNN_PATCH_S - 0.5])
        return interpolate(self.emb, position)[0], interpolate(self.tags, position)[0]


def interpolate(rows, position):
    """Linear interpolation among rows, held at both ends: [n, d] at [k] -> [k, d]."""
    position = position.clip(0, len(rows) - 1)
    low = np.floor(position).astype(int)
    high = np.minimum(low + 1, len(rows) - 1)
    w = (position - low)[:, None].astype(np.float32)
    return rows[low] * (1 - w) + rows[high] * w


class Scale:
    """z-scores of the teachers' space over the train split, each teacher divided by the root of its dimension."""

    def __init__(self, mean, factor):
        self.mean, self.factor = mean, factor

    @classmethod
    def of(cls, emb):
        root = np.concatenate([np.full(384, 384**0.5), np.full(200, 200**0.5)])
        return cls(emb.mean(0), 1 / (emb.std(0) + 1e-6) / root)

    def __call__(self, emb):
        return ((emb - self.mean) * self.factor).astype(np.float32)
