"""Cache in, checkpoint out: the distillation.

Each step takes two patches each of PIECES pieces (excerpts of one work, or one teacher-labelled mix), augments them in
the power domain and trains the student to predict the teachers' z-scored embeddings and tags, and to tell pieces apart.
The schedule's length is time, kept in the checkpoint, so that a run that was stopped resumes where it was.

    python train.py --cache … --minutes 50

Owns: batches, losses, schedule. Leaves the tags' thresholds and the track vector to `export.py`.
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
from model import Student, read_checkpoint
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
        """Adds what was gathered and mixed since the last look, for both may go on while training runs."""
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
        source = excerpt.mel[:, start : start + length + 2].astype(np.float32)[bands]
        mel = source[:, whole - start] * (1 - part) + source[:, whole - start + 1] * part
        emb, tags = excerpt.at(start)
        return np.expm1(mel) / np.float32(c.CACHE_SCALE * excerpt.level), self.scale(emb), tags

    def augment(self, power, emb, tags):
        rng, n, half = self.rng, len(power), len(power) // 2

        def one_per_patch(low, high):
            return torch.from_numpy(rng.uniform(low, high, n).astype(np.float32))[:, None, None]

        tilt = one_per_patch(-c.TILT_DB, c.TILT_DB) / 2 * torch.linspace(-1, 1, c.MELS)[None, :, None]
        power = power * 10 ** ((one_per_patch(-c.GAIN_DB, c.GAIN_DB) + tilt) / 10)
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

def cosine_matrix(x):
    """The cosine of every row with every row: [n, d] -> [n, n]."""
    x = F.normalize(x, dim=1)
    return x @ x.T


def losses(embedding, tag_logits, space, piece, emb, tags):
    """The terms of the loss by name; rows k and k + P are of one piece."""
    half = len(emb) // 2
    cosine_patch = 1 - F.cosine_similarity(space, emb).mean()
    cosine_track = 1 - F.cosine_similarity(space[:half] + space[half:], emb[:half] + emb[half:]).mean()
    relation = (cosine_matrix(embedding) - cosine_matrix(emb)).square().mean()
    logits = cosine_matrix(piece) / c.TEMPERATURE
    logits.fill_diagonal_(-1e4)
    partner = torch.arange(len(emb)).roll(half)
    same_piece = F.cross_entropy(logits, partner)
    bce = F.binary_cross_entropy_with_logits(tag_logits, tags)
    return {"patch": cosine_patch, "track": cosine_track, "relation": relation, "piece": same_piece, "tags": bce}


WEIGHTS = {
    "patch": c.WEIGHT_COSINE_PATCH, "track": c.WEIGHT_COSINE_TRACK, "relation": c.WEIGHT_RELATION,
    "piece": c.WEIGHT_SAME_PIECE, "tags": c.WEIGHT_TAGS,
}


# -- validation --------------------------------------------------------------------------------------------------------

def patches_of(excerpt, seconds):
    """The patches that the window rule gives of an excerpt: [n, 1, 64, 150] f32."""
    return np.concatenate([data.our_patches(mel) for mel in data.windowed_mels(excerpt.mel, seconds)])


def validation_set(lines, cache_dir, names, scale):
    """The excerpts of `lines` as patches [[n, 1, 64, 150]], the teachers' mean embeddings [excerpts, 584], and the sources."""
    excerpts = [Excerpt(cache_dir / f"{line['key']}.npz", names) for line in lines]
    patches = [torch.from_numpy(patches_of(e, line["seconds"])) for e, line in zip(excerpts, lines)]
    targets = torch.from_numpy(np.stack([scale(e.emb.mean(0)) for e in excerpts]))
    return patches, targets, [line["source"] for line in lines]


def validate(student, validation):
    """Cosine to the teachers and overlap of 10 neighbours by raw cosine, over excerpts with other sources only."""
    excerpts, targets, sources = validation
    student.eval()
    space, vectors = [], []
    with torch.no_grad():
        for patches in excerpts:
            embedding, _, to_teachers, _ = student(patches)
            space.append(F.normalize(to_teachers, dim=1).mean(0))
            vectors.append(embedding.mean(0))
    cosine = F.cosine_similarity(torch.stack(space), targets).mean().item()
    same_source = torch.tensor([[a == b for b in sources] for a in sources])

    def neighbours(x):
        return cosine_matrix(x).masked_fill(same_source, -9).topk(10).indices.tolist()

    overlap = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(neighbours(torch.stack(vectors)), neighbours(targets))])
    return cosine, overlap


# -- the run -----------------------------------------------------------------------------------------------------------

def initialise(student, excerpts):
    """Sets the input normalisation and the tags' bias from the training excerpts, so that the first steps do not learn them."""
    bands = np.concatenate([data.log_mels([data.power_of_cached(e.mel)])[0] for e in excerpts], 1)  # [64, frames]
    student.ear.mel_mean[:] = torch.from_numpy(bands.mean(1, keepdims=True))
    student.ear.mel_std[:] = torch.from_numpy(bands.std(1, keepdims=True))
    tag_rates = torch.from_numpy(np.concatenate([e.tags for e in excerpts]).mean(0)).float().clamp(1e-4)
    student.ear.tags.bias.data = torch.logit(tag_rates)


class Run:
    """A training run: the student, its averaged copy and the optimiser, the data, and how far the schedule is."""

    def __init__(self, student, batches, scale, validation, minutes, rate_max, checkpoint):
        self.student = student.to(memory_format=torch.channels_last)
        self.averaged = copy.deepcopy(self.student)
        self.optimiser = torch.optim.AdamW(self.student.parameters(), c.LEARNING_RATE, weight_decay=c.WEIGHT_DECAY)
        self.batches, self.scale, self.validation = batches, scale, validation
        self.minutes, self.rate_max, self.checkpoint = minutes, rate_max, checkpoint
        self.steps, self.spent_s = 0, 0.0
        self.loss_sums, self.steps_summed = {}, 0

    def start_from(self, earlier):
        """Takes the weights of an earlier model of this size."""
        weights = earlier["averaged"]
        # The input normalisation stays this run's, since the earlier model's front end may have been another.
        weights |= {name: value for name, value in self.student.state_dict().items() if "mel_" in name}
        self.student.load_state_dict(weights)
        self.averaged.load_state_dict(weights)

    def resume(self):
        """Goes on from this run's own checkpoint."""
        kept = read_checkpoint(self.checkpoint)
        self.student.load_state_dict(kept["pupil"])
        self.averaged.load_state_dict(kept["averaged"])
        self.optimiser.load_state_dict(kept["optimiser"])
        self.steps, self.spent_s = kept["step"], kept["spent"]
        self.batches.rng = np.random.default_rng([c.SEED, self.steps])  # else the batches of the first steps would come again

    def set_learning_rate(self):
        """Warm-up, then a cosine to zero over the time that the run has."""
        progress = self.spent_s / (60 * self.minutes)
        rate = self.rate_max * min(progress / c.WARMUP, 0.5 + 0.5 * np.cos(np.pi * progress)) + 1e-6
        for group in self.optimiser.param_groups:
            group["lr"] = rate

    def step(self):
        """One batch: forward, backward, and the moving average of the weights."""
        self.set_learning_rate()
        mel, emb, tags = self.batches.draw()
        self.student.train()
        with torch.autocast("cpu", torch.bfloat16):  # weights and norms stay f32
            outputs = self.student(mel.contiguous(memory_format=torch.channels_last))
        terms = losses(*(part.float() for part in outputs), emb, tags)
        loss = sum(WEIGHTS[name] * term for name, term in terms.items())
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.student.parameters(), 5.0)
        self.optimiser.step()
        self.steps, self.steps_summed = self.steps + 1, self.steps_summed + 1
        decay = min(c.EMA, self.steps / (self.steps + 10))  # the first weights are random and must leave the average soon
        with torch.no_grad():
            for mean, current in zip(self.averaged.state_dict().values(), self.student.state_dict().values()):
                mean.lerp_(current, 1 - decay) if mean.is_floating_point() else mean.copy_(current)
        for name, term in terms.items():
            self.loss_sums[name] = self.loss_sums.get(name, 0) + term.item()

    def report(self):
        """Prints the mean losses since the last report, and how the averaged weights do on validation."""
        means = " ".join(f"{name} {total / self.steps_summed:.3f}" for name, total in self.loss_sums.items())
        self.loss_sums, self.steps_summed = {}, 0
        validation = "validation not measured: it is trained on"
        if self.validation:
            cosine, overlap = validate(self.averaged, self.validation)
            validation = f"validation cosine {cosine:.3f} overlap {overlap:.3f}"
        pools = " ".join(f"{len(pool)} {name}" for name, pool in self.batches.pools.items())
        print(f"{self.spent_s:6.0f} s step {self.steps} {means} | {validation} | {pools}", flush=True)

    def save(self):
        """Writes the checkpoint, whole or not at all. `pupil` is the student: earlier checkpoints have it under that name."""
        state = {"pupil": self.student.state_dict(), "averaged": self.averaged.state_dict(), "optimiser": self.optimiser.state_dict()}
        state |= {"step": self.steps, "spent": self.spent_s, "minutes": self.minutes, "scale": (self.scale.mean, self.scale.factor), "mixes": len(self.batches.pools["mixes"])}
        part = self.checkpoint.with_suffix(".part")
        torch.save(state, part)
        part.rename(self.checkpoint)


def begin(training, cache_dir, gathered, minutes, start, every_split):
    """The run as its checkpoint left it; without one, from the weights of `start`, or else from random ones."""
    names = data.tag_names(training)
    lines = [line for line in data.index(training) if (cache_dir / f"{line['key']}.npz").exists()]
    splits = {split: [line for line in lines if line["split"] == split] for split in ("train", "validation")}
    batches = Batches(lines if every_split else splits["train"], cache_dir, gathered, names, None, c.SEED)
    excerpts = [excerpt for piece in batches.pools["given"] for excerpt in piece]
    earlier = read_checkpoint(start) if start else None
    scale = batches.scale = Scale(*earlier["scale"]) if earlier else Scale.of(np.concatenate([excerpt.emb for excerpt in excerpts]))
    # A figure over excerpts that are trained on would say how well they are remembered, and be read as how well others are understood.
    validation = None if every_split else validation_set(splits["validation"], cache_dir, names, scale)

    student = Student(len(c.TAGS))
    initialise(student, excerpts)
    run = Run(student, batches, scale, validation, minutes, c.LEARNING_RATE_LAST if every_split else c.LEARNING_RATE, cache_dir / "checkpoint.pt")
    if run.checkpoint.exists():
        run.resume()
    elif earlier:
        run.start_from(earlier)
    print(f"{len(excerpts)} excerpts, from step {run.steps}, {run.spent_s:.0f} s", flush=True)
    return run


def train(training, cache_dir, gathered, minutes, start, every_split):
    torch.manual_seed(c.SEED)
    torch.set_num_threads(1)
    run = begin(training, cache_dir, gathered, minutes, start, every_split)
    run.batches.look_for_more()
    saved_s, last, budget_s = run.spent_s, time.monotonic(), 60 * minutes
    while run.spent_s < budget_s:
        run.step()
        now = time.monotonic()
        run.spent_s, last = run.spent_s + now - last, now
        if run.spent_s - saved_s > c.SAVE_EVERY_S or run.spent_s >= budget_s:
            saved_s = run.spent_s
            run.report()
            run.save()
            run.batches.look_for_more()
            last = time.monotonic()  # else validating and saving would shorten the schedule, which counts training time


if __name__ == "__main__":
    parser = data.arguments(minutes=c.MINUTES)
    parser.add_argument("--gathered", type=Path, help="the folder that gather.py filled")
    parser.add_argument("--start", type=Path, help="the checkpoint of an earlier model of this size, to begin with its weights and scale")
    parser.add_argument("--every-split", action="store_true", help="the last run, when all is chosen: trains on validation and test too, and measures nothing")
    a = parser.parse_args()
    train(a.training, a.cache, a.gathered, a.minutes, a.start, a.every_split)
