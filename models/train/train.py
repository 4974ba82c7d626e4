"""Cache in, checkpoint out: the distillation.

Each step takes two patches each of PIECES pieces (excerpts of one work, or one teacher-labelled mix), augments them in
the power domain and asks the student for the teachers' z-scored space, for their tags, and to know a piece again.
The schedule's length is time, kept in the checkpoint: a run that was stopped goes on where it was.

    python train.py --cache … --minutes 50

Owns: batches, losses, schedule. Leaves choosing what is shown and the track vector to `export.py`.
"""

import copy
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

import config as c
import data
from model import Pupil, read_checkpoint
from targets import Excerpt, Scale


# -- batches -----------------------------------------------------------------------------------------------------------

class Batches:
    """Draws and augments. A piece is a list of excerpts; a mix is a piece of one."""

    def __init__(self, lines, cache_dir, gathered, names, scale, seed):
        self.cache_dir, self.gathered, self.names, self.scale = cache_dir, gathered, names, scale
        self.rng = np.random.default_rng(seed)
        self.pools, self.seen = {"given": [], "gathered": [], "mixes": []}, set()
        self.add("given", lines)

    def add(self, pool, lines):
        """Excerpts of one piece that come together stay together."""
        pieces = {}
        for line in lines:
            path = self.cache_dir / f"{line['key']}.npz"
            if path not in self.seen and path.exists():
                self.seen.add(path)
                pieces.setdefault(line["track"], []).append(Excerpt(path, self.names))
        self.pools[pool] += pieces.values()

    def look_for_more(self):
        """Music may be gathered, and mixes made, while training runs."""
        if self.gathered and (self.gathered / "index.jsonl").exists():
            try:
                self.add("gathered", data.index(self.gathered))
            except json.JSONDecodeError:
                pass  # its last line is being written; next time
        self.add("mixes", [{"key": path.stem, "track": path.stem} for path in sorted(self.cache_dir.glob("mix-*.npz"))])

    def draw(self):
        """[2 P, 1, 64, 150] log-mel, [2 P, 584], [2 P, tags]; rows k and k + P are of one piece."""
        rng, chosen = self.rng, []
        pools = [name for name in c.SHARES if self.pools[name]]
        shares = np.array([c.SHARES[name] * min(1, len(self.pools[name]) / c.POOL_FULL) for name in pools])
        for name in rng.choice(pools, c.PIECES, p=shares / shares.sum()):
            pool = self.pools[name]
            piece = pool[rng.integers(len(pool))]
            if len(piece) > 1 and rng.random() < 0.5:
                one, two = (piece[i] for i in rng.choice(len(piece), 2, replace=False))
            else:
                one = two = piece[rng.integers(len(piece))]
            chosen.append((one, two))
        rows = [self.patch(pair[0], 0.0, 0.5) for pair in chosen] + [self.patch(pair[1], 0.5, 1.0) for pair in chosen]
        power, emb, tags = (torch.from_numpy(np.stack(part)) for part in zip(*rows))
        return self.augment(power, emb, tags.float())

    def patch(self, excerpt, low, high):
        """A patch that starts within [low, high) of the excerpt, stretched and shifted: power over the excerpt's level [64, 150], [584], [tags]."""
        rng, frames = self.rng, excerpt.mel.shape[1]
        length = round(c.PATCH * rng.uniform(1 - c.STRETCH, 1 + c.STRETCH))
        room = frames - length - 1
        start = int(rng.uniform(low, high) * room)
        at = start + np.arange(c.PATCH) * (length / c.PATCH)
        whole = at.astype(int)
        part = (at - whole).astype(np.float32)
        bands = (np.arange(c.MELS) - rng.integers(-c.SHIFT_BANDS, c.SHIFT_BANDS + 1)).clip(0, c.MELS - 1)
        near = excerpt.mel[:, start : start + length + 2].astype(np.float32)[bands]
        mel = near[:, whole - start] * (1 - part) + near[:, whole - start + 1] * part
        emb, tags = excerpt.at(start)
        return np.expm1(mel) / np.float32(c.CACHE_SCALE * excerpt.level), self.scale(emb), tags

    def augment(self, power, emb, tags):
        rng, n, half = self.rng, len(power), len(power) // 2
        uniform = lambda low, high: torch.from_numpy(rng.uniform(low, high, n).astype(np.float32))[:, None, None]
        tilt = uniform(-c.TILT_DB, c.TILT_DB) / 2 * torch.linspace(-1, 1, c.MELS)[None, :, None]
        power = power * 10 ** ((uniform(-c.GAIN_DB, c.GAIN_DB) + tilt) / 10)
        # mixup: both patches of a piece meet the same other piece in the same measure, and stay a pair
        share = rng.beta(c.MIXUP_BETA, c.MIXUP_BETA, half) * (rng.random(half) < c.MIXUP_SHARE)
        share = torch.from_numpy(np.minimum(share, 1 - share).astype(np.float32)).repeat(2)
        other = torch.from_numpy(rng.permutation(half))
        other = torch.cat([other, other + half])
        power = power + share[:, None, None] / (1 - share[:, None, None]) * power[other]
        emb = emb + share[:, None] * (emb[other] - emb)
        tags = tags + share[:, None] * (tags[other] - tags)
        mel = torch.log1p(c.LOG_SCALE * power)
        for row in mel:
            low, wide = rng.integers(c.MELS), rng.integers(c.MASK_BANDS + 1)
            row[low : low + wide] = 0
            low, wide = rng.integers(c.PATCH), rng.integers(c.MASK_FRAMES + 1)
            row[:, low : low + wide] = 0
        return mel[:, None], emb, tags


# -- losses ------------------------------------------------------------------------------------------------------------

def likeness(x):
    x = F.normalize(x, dim=1)
    return x @ x.T


def losses(embedding, tag_logits, space, piece, emb, tags):
    """The terms of the loss by name; rows k and k + P are of one piece."""
    half = len(emb) // 2
    cosine_patch = 1 - F.cosine_similarity(space, emb).mean()
    cosine_track = 1 - F.cosine_similarity(space[:half] + space[half:], emb[:half] + emb[half:]).mean()
    relation = (likeness(embedding) - likeness(emb)).square().mean()
    alike = likeness(piece) / c.TEMPERATURE
    alike.fill_diagonal_(-1e4)
    partner = torch.arange(len(emb)).roll(half)
    same_piece = F.cross_entropy(alike, partner)
    bce = F.binary_cross_entropy_with_logits(tag_logits, tags)
    return {"patch": cosine_patch, "track": cosine_track, "relation": relation, "piece": same_piece, "tags": bce}


WEIGHTS = {
    "patch": c.WEIGHT_COSINE_PATCH, "track": c.WEIGHT_COSINE_TRACK, "relation": c.WEIGHT_RELATION,
    "piece": c.WEIGHT_SAME_PIECE, "tags": c.WEIGHT_TAGS,
}


# -- validation --------------------------------------------------------------------------------------------------------

def patches_of(excerpt, seconds):
    """The patches that the window rule gives of an excerpt: [n, 1, 64, 150] f32."""
    return np.concatenate([data.our_patches(mel) for mel in data.heard_of_cached(excerpt.mel, seconds)])


def validate(pupil, held):
    """Cosine to the teachers and overlap of 10 neighbours by raw cosine, over excerpts with other sources only."""
    excerpts, targets, sources = held
    pupil.eval()
    space, vectors = [], []
    with torch.no_grad():
        for patches in excerpts:
            embedding, _, to_teachers, _ = pupil(patches)
            space.append(F.normalize(to_teachers, dim=1).mean(0))
            vectors.append(embedding.mean(0))
    cosine = F.cosine_similarity(torch.stack(space), targets).mean().item()
    same = torch.tensor([[a == b for b in sources] for a in sources])
    near = lambda x: likeness(x).masked_fill(same, -9).topk(10).indices.tolist()
    overlap = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(near(torch.stack(vectors)), near(targets))])
    return cosine, overlap


# -- the run -----------------------------------------------------------------------------------------------------------

def train(training, cache_dir, gathered, minutes, start, every_split):
    torch.manual_seed(c.SEED)
    torch.set_num_threads(1)
    names = data.tag_names(training)
    lines = [line for line in data.index(training) if (cache_dir / f"{line['key']}.npz").exists()]
    of = lambda split: [line for line in lines if line["split"] == split]
    batches = Batches(lines if every_split else of("train"), cache_dir, gathered, names, None, c.SEED)
    every = [excerpt for piece in batches.pools["given"] for excerpt in piece]
    begun = read_checkpoint(start) if start else None
    scale = batches.scale = Scale(*begun["scale"]) if begun else Scale.of(np.concatenate([excerpt.emb for excerpt in every]))
    held = [Excerpt(cache_dir / f"{line['key']}.npz", names) for line in of("validation")]
    held = (
        [torch.from_numpy(patches_of(e, line["seconds"])) for e, line in zip(held, of("validation"))],
        torch.from_numpy(np.stack([scale(e.emb.mean(0)) for e in held])),
        [line["source"] for line in of("validation")],
    )

    pupil = Pupil(len(c.TAGS))
    bands = np.concatenate([data.log_mels([data.power_of_cached(e.mel)])[0] for e in every], 1)  # [64, frames of the train split]
    pupil.ear.mel_mean[:] = torch.from_numpy(bands.mean(1, keepdims=True))
    pupil.ear.mel_std[:] = torch.from_numpy(bands.std(1, keepdims=True))
    usual = torch.from_numpy(np.concatenate([e.tags for e in every]).mean(0)).float().clamp(1e-4)
    pupil.ear.tags.bias.data = torch.logit(usual)
    del bands
    pupil = pupil.to(memory_format=torch.channels_last)
    averaged = copy.deepcopy(pupil)
    optimiser = torch.optim.AdamW(pupil.parameters(), c.LEARNING_RATE, weight_decay=c.WEIGHT_DECAY)
    step, spent = 0, 0.0
    checkpoint = cache_dir / "checkpoint.pt"
    if begun and not checkpoint.exists():
        before = begun["averaged"]
        before |= {name: value for name, value in pupil.state_dict().items() if "mel_" in name}  # the front end may be another
        pupil.load_state_dict(before)
        averaged.load_state_dict(before)
    if checkpoint.exists():
        kept = read_checkpoint(checkpoint)
        pupil.load_state_dict(kept["pupil"])
        averaged.load_state_dict(kept["averaged"])
        optimiser.load_state_dict(kept["optimiser"])
        step, spent = kept["step"], kept["spent"]
        batches.rng = np.random.default_rng([c.SEED, step])
    print(f"{len(every)} excerpts, from step {step}, {spent:.0f} s", flush=True)

    batches.look_for_more()
    sums, since, saved, last = {}, 0, spent, time.monotonic()
    budget, highest = minutes * 60, c.LEARNING_RATE_LAST if every_split else c.LEARNING_RATE
    while spent < budget:
        progress = spent / budget
        rate = highest * min(progress / c.WARMUP, 0.5 + 0.5 * np.cos(np.pi * progress)) + 1e-6
        for group in optimiser.param_groups:
            group["lr"] = rate
        mel, emb, tags = batches.draw()
        pupil.train()
        with torch.autocast("cpu", torch.bfloat16):  # weights and norms stay f32
            heard = pupil(mel.contiguous(memory_format=torch.channels_last))
        terms = losses(*(part.float() for part in heard), emb, tags)
        loss = sum(WEIGHTS[name] * term for name, term in terms.items())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(pupil.parameters(), 5.0)
        optimiser.step()
        step, since = step + 1, since + 1
        keep = min(c.EMA, step / (step + 10))
        with torch.no_grad():
            for mine, theirs in zip(averaged.state_dict().values(), pupil.state_dict().values()):
                mine.lerp_(theirs, 1 - keep) if mine.is_floating_point() else mine.copy_(theirs)
        for name, term in terms.items():
            sums[name] = sums.get(name, 0) + term.item()
        now = time.monotonic()
        spent, last = spent + now - last, now
        if spent - saved > c.SAVE_EVERY_S or spent >= budget:
            saved = spent
            cosine, overlap = validate(averaged, held)
            means = " ".join(f"{name} {total / since:.3f}" for name, total in sums.items())
            print(f"{spent:6.0f} s step {step} {means} | validation cosine {cosine:.3f} overlap {overlap:.3f} | " + " ".join(f"{len(pool)} {name}" for name, pool in batches.pools.items()), flush=True)
            state = {"pupil": pupil.state_dict(), "averaged": averaged.state_dict(), "optimiser": optimiser.state_dict()}
            state |= {"step": step, "spent": spent, "minutes": minutes, "scale": (scale.mean, scale.factor), "mixes": len(batches.pools["mixes"])}
            torch.save(state, checkpoint.with_suffix(".part"))
            checkpoint.with_suffix(".part").rename(checkpoint)
            sums, since = {}, 0
            batches.look_for_more()
            last = time.monotonic()  # looking at ourselves is not training


if __name__ == "__main__":
    parser = data.arguments(minutes=c.MINUTES)
    parser.add_argument("--gathered", type=Path, help="the folder that gather.py filled")
    parser.add_argument("--start", type=Path, help="the checkpoint of an earlier model of this size, to begin with its weights and scale")
    parser.add_argument("--every-split", action="store_true", help="the last run, when all is chosen: what it says of validation means nothing")
    a = parser.parse_args()
    train(a.training, a.cache, a.gathered, a.minutes, a.start, a.every_split)
