"""Checkpoint in, shipped model out: `model.onnx`, `projection.safetensors`, `manifest.toml`, `golden.safetensors`.

    python export.py --cache … --out ../segue-ear-3
    python export.py --cache … --twin export.json    what learned from every split takes the choices of its twin, which did not

Owns what is decided after training: the tags' shift and thresholds, and the track vector's projection. Both are fitted
on the train split and chosen on the validation split. The card is `card.py`'s, the figures are `evaluate.py`'s.
"""

import copy
import hashlib
import itertools
import json
import subprocess
from pathlib import Path

import numpy as np
import onnx
import torch
from safetensors.numpy import save_file
from torch.nn.utils.fusion import fuse_conv_bn_eval

import config as c
import data
from model import Student, read_checkpoint
from evaluate import SpaceMetrics, cosine_matrix, nearest, track_statistics
from targets import Excerpt, Scale
from train import patches_of

OPSET = 17
IR_VERSION = 8  # read by every onnxruntime since 1.13


# -- the cache through the student -------------------------------------------------------------------------------------

def load(cache_dir):
    """The averaged weights, the teachers' scale, and the checkpoint's own record."""
    kept = read_checkpoint(cache_dir / "checkpoint.pt")
    student = Student(len(c.TAGS))
    student.load_state_dict(kept["averaged"])
    return student.eval(), Scale(*kept["scale"]), kept


def encode_split(student, scale, training, cache_dir, split):
    """One row an excerpt of a split: x [n, 384], tags [n, tags] (uncalibrated), the teachers' target and tags."""
    names, rows = data.tag_names(training), []
    lines = [line for line in data.index(training) if line["split"] == split and (cache_dir / f"{line['key']}.npz").exists()]
    for line in lines:
        e = Excerpt(cache_dir / f"{line['key']}.npz", names)
        with torch.no_grad():
            embedding, logits = student.ear(torch.from_numpy(patches_of(e, line["seconds"])))
        mel = np.concatenate(data.windowed_mels(e.mel, line["seconds"]), 1)
        x = track_statistics(mel, embedding.numpy())
        rows.append((x, logits.numpy(), scale(e.emb.mean(0)), e.tags.mean(0)))
    x, logits, target, tags = zip(*rows)
    return {"x": np.stack(x), "logits": logits, "target": np.stack(target), "tags": np.stack(tags), "lines": lines}


# -- track vector ------------------------------------------------------------------------------------------------------

def projection(x, to_teachers, teachers_weight, mel_mean_weight, mel_std_weight, strength):
    """PCA with a share of whitening: mean [384] and matrix [384, 128]; strength 0 keeps the variances, 1 evens them.

    Similarity is a sum over parts, each scaled to variance 1 and then weighted: the embedding itself, what it says of the
    teachers' space (`to_teachers` [584, 256] is linear, hence only another metric on the embedding), mel mean, mel
    deviation. A change of gain shifts the log-mel of all bands alike; that direction is taken out of the mel mean, so that
    a quiet master and a loud one of the same music meet. The embedding learned the same from its augmentation.
    """
    mean = x.mean(0)
    x = x - mean
    covariance = x.T @ x / len(x)
    parts = np.split(np.arange(x.shape[1]), np.cumsum([c.EMBEDDING, c.MELS]))
    metric = np.zeros_like(covariance)
    for part, weight, inner_product in (
        (parts[0], 1.0, np.eye(c.EMBEDDING)),
        (parts[0], teachers_weight, to_teachers.T @ to_teachers),
        (parts[1], mel_mean_weight, np.eye(c.MELS) - 1 / c.MELS),
        (parts[2], mel_std_weight, np.eye(c.MELS)),
    ):
        block = np.ix_(part, part)
        metric[block] += weight**2 * inner_product / np.sum(covariance[block] * inner_product)
    values, axes = np.linalg.eigh(metric)
    root = axes * np.sqrt(values.clip(0)) @ axes.T  # [384, 384]: x @ root has this metric as its plain one
    variances, axes = np.linalg.eigh(root @ covariance @ root)
    variances, axes = variances[::-1][: c.VECTOR], axes[:, ::-1][:, : c.VECTOR]
    matrix = root @ axes * (variances + 1e-4 * variances[0]) ** (-strength / 2)
    return mean.astype(np.float32), matrix.astype(np.float32)


def encode_demo(student):
    """The demo library: x [n, 384], styles [n]."""
    rows, styles = [], []
    for path in sorted((c.REPOSITORY / "assets/demo").rglob("*.opus")):
        mel = data.our_mel(data.decode(path, c.RATE_HZ))
        with torch.no_grad():
            embedding, _ = student.ear(torch.from_numpy(data.our_patches(mel)))
        rows.append(track_statistics(mel, embedding.numpy()))
        probe = ["ffprobe", "-v", "error", "-show_entries", "stream_tags=genre", "-of", "default=nk=1:nw=1", str(path)]
        styles.append(subprocess.run(probe, capture_output=True, text=True, check=True).stdout.strip())
    return np.stack(rows), np.array(styles)


def choose_projection(train, validation, demo, to_teachers):
    """The weights and strength that do best on validation: twice the teachers' neighbours, piece, album.

    Among those that validation cannot tell apart, the one by which the worst-served piece of the demo library has the most
    of its style among its 5 nearest, then all pieces together.
    """
    tried, metrics = [], SpaceMetrics(validation["target"], validation["lines"])
    for choice in itertools.product(c.TEACHERS_WEIGHTS, c.MEL_WEIGHTS, c.MEL_WEIGHTS, c.WHITENING):
        mean, matrix = projection(train["x"], to_teachers, *choice)
        f = metrics.neighbours(cosine_matrix((validation["x"] - mean) @ matrix))
        neighbours = nearest(cosine_matrix((demo[0] - mean) @ matrix), np.eye(len(demo[0]), dtype=bool), 5)
        mates = (demo[1][neighbours] == demo[1][:, None]).sum(1)
        tried.append((2 * f["overlap"] + f["same_piece"] + f["same_album"], (mates.min(), mates.sum()), choice, f))
    best = max(t[0] for t in tried)
    return max((t for t in tried if t[0] > best - c.TIE), key=lambda t: (t[1], t[0]))[2:]


# -- tags --------------------------------------------------------------------------------------------------------------

def calibrate(train, validation):
    """Per tag: the logit from which the teachers count as saying it; our threshold once that reads 0.5; what it rests on.

    The threshold is the one of best F1 on validation; with too few examples there, on train and validation together; with
    too few in both, a half.
    """
    def logit(p):
        return np.log(p / (1 - p))

    floors = [c.PRESENT_MIN[kind] for _, kind, _ in c.TAGS]
    present = np.quantile(train["tags"], c.PRESENT_QUANTILE, axis=0).clip(floors, c.PRESENT_MAX)

    def probabilities(split):
        return np.stack([(1 / (1 + np.exp(-(rows - logit(present))))).mean(0) for rows in split["logits"]])

    on_validation = (probabilities(validation), validation["tags"] >= present)
    on_both = tuple(np.concatenate([a, b]) for a, b in zip((probabilities(train), train["tags"] >= present), on_validation))
    thresholds = []
    for tag in range(len(c.TAGS)):
        chosen = {"threshold": 0.5, "rests_on": "nothing", "examples": 0, "f1": None}
        for name, (p, truth) in {"both": on_both, "validation": on_validation}.items():
            p, truth = p[:, tag], truth[:, tag]
            if truth.sum() < c.EXAMPLES_MIN:
                continue
            f1 = [2 * (truth & (p >= t)).sum() / (truth.sum() + (p >= t).sum()) for t in c.THRESHOLDS]
            best = max(zip(f1, [-abs(t - 0.5) for t in c.THRESHOLDS], c.THRESHOLDS))  # among equals the one nearest a half
            chosen = {"threshold": best[2], "rests_on": name, "examples": int(truth.sum()), "f1": float(best[0])}
        thresholds.append(chosen)
    return logit(present), thresholds


# -- files -------------------------------------------------------------------------------------------------------------

def fused(encoder):
    """The encoder with its norms inside its convolutions, every large tensor rounded to half precision."""
    encoder = copy.deepcopy(encoder).eval()
    pairs = [(encoder, "stem", "stem_norm")] + [(block, name, f"{name}_norm") for block in encoder.blocks for name in ("first", "second", "short")]
    for module, convolution, its_norm in pairs:
        setattr(module, convolution, fuse_conv_bn_eval(getattr(module, convolution), getattr(module, its_norm)))
        setattr(module, its_norm, torch.nn.Identity())
    for weight in encoder.parameters():
        if weight.numel() > c.HALF_FROM:
            weight.data = weight.data.half().float()
    return encoder


class Shipped(torch.nn.Module):
    """The exported graph: the encoder, its tags shifted and turned into probabilities."""

    def __init__(self, encoder, shift):
        super().__init__()
        self.ear = fused(encoder)
        self.register_buffer("shift", torch.from_numpy(shift.astype(np.float32)))

    def forward(self, mel):
        embedding, logits = self.ear(mel)
        return embedding, torch.sigmoid(logits - self.shift)


def write_onnx(shipped, path):
    axes = {name: {0: "patches"} for name in ("mel", "embedding", "tags")}
    torch.onnx.export(
        shipped, (torch.zeros(2, 1, c.MELS, c.PATCH),), str(path), input_names=["mel"], output_names=["embedding", "tags"],
        dynamic_axes=axes, opset_version=OPSET, dynamo=False,
    )
    model = onnx.load(path)
    # Large weights lie in the file in half precision; a runtime widens them once, when it loads the graph.
    for tensor in list(model.graph.initializer):
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size > c.HALF_FROM:
            model.graph.initializer.remove(tensor)
            model.graph.initializer.append(onnx.numpy_helper.from_array(values.astype(np.float16), tensor.name + ".half"))
            cast = onnx.helper.make_node("Cast", [tensor.name + ".half"], [tensor.name], to=onnx.TensorProto.FLOAT)
            model.graph.node.insert(0, cast)
    model.ir_version = IR_VERSION
    model.producer_name, model.producer_version = c.NAME, ""
    onnx.checker.check_model(model)
    onnx.save(model, path)


def golden_clips():
    """Two clips of 6 s at 16 kHz, made up here: nobody's recording ships. [96000] i16 each."""
    rng, t = np.random.default_rng(1), np.arange(96_000) / c.RATE_HZ
    # a slow minor chord of soft saws under noise, fading in from silence
    chord = sum(np.sin(2 * np.pi * f * n * t + n) / n for f in (110, 130.81, 164.81, 220) for n in range(1, 13))
    pad = chord * np.minimum(1, t / 2) * (1 + 0.3 * np.sin(2 * np.pi * 0.5 * t)) + 0.02 * rng.standard_normal(len(t))
    # a beat at 120: a falling sine on the beat, noise off the beat, a plucked arpeggio
    beat, off = t % 0.5, (t + 0.25) % 0.5
    kick = np.sin(2 * np.pi * (50 * beat + 8 * (1 - np.exp(-30 * beat)))) * np.exp(-8 * beat)
    hat = rng.standard_normal(len(t)) * np.exp(-60 * off) * 0.3
    note = np.array([261.63, 329.63, 392.0, 523.25])[(t / 0.125).astype(int) % 4]
    pluck = np.sign(np.sin(2 * np.pi * note * t)) * np.exp(-12 * (t % 0.125)) * 0.2
    return [(x / np.abs(x).max() * level * 32767).round().astype(np.int16) for x, level in ((pad, 0.2), (kick + hat + pluck, 0.9))]


def golden(shipped, mean, matrix, out):
    """Golden vectors, computed independently of what ships: torch in f64 throughout. What ships is compared with them here."""
    double = shipped.double()
    window = torch.hann_window(c.N_FFT, periodic=True, dtype=torch.float64)
    filters = torch.from_numpy(data.our_filters())
    run = data.session(out / "model.onnx")
    tensors, worst = {}, {}
    for i, pcm in enumerate(golden_clips()):
        x = torch.from_numpy(pcm).double() / 32768
        spectrum = torch.stft(x, c.N_FFT, c.HOP, window=window, center=False, return_complex=True).abs() ** 2  # [513, frames]
        power = filters @ spectrum
        mel = torch.log1p(c.LOG_SCALE / power.mean().clamp(c.LEVEL_FLOOR) * power)  # [64, frames]
        patches = mel[:, : mel.shape[1] // c.PATCH * c.PATCH].unfold(1, c.PATCH, c.PATCH).permute(1, 0, 2)[:, None]
        with torch.no_grad():
            embedding, tags = double(patches)
        stats = torch.cat([embedding.mean(0), mel.mean(1), mel.std(1, correction=0)])
        vector = torch.nn.functional.normalize((stats - torch.from_numpy(mean)) @ torch.from_numpy(matrix).double(), dim=0)
        made = {"mel": mel, "embedding": embedding, "tags": tags, "vector": vector}
        tensors |= {f"{name}{i}": value.float().numpy() for name, value in made.items()} | {f"pcm{i}": pcm}

        shipped_mel = data.our_mel(pcm / np.float32(32768))
        e, p = run.run(["embedding", "tags"], {"mel": data.our_patches(shipped_mel)})
        v = (track_statistics(shipped_mel, e) - mean) @ matrix
        for name, value in {"mel": shipped_mel, "embedding": e, "tags": p, "vector": v / np.linalg.norm(v)}.items():
            worst[name] = max(worst.get(name, 0), np.abs(value - tensors[f"{name}{i}"]).max())
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, out / "golden.safetensors")
    return {name: f"{value:.1e}" for name, value in worst.items()}


def manifest(out, thresholds):
    def sha(name):
        return hashlib.sha256((out / name).read_bytes()).hexdigest()

    text = f'''name = "{c.NAME}"
description = "{c.DESCRIPTION}"

[files]
onnx = "model.onnx"
onnx_sha256 = "{sha("model.onnx")}"
projection = "projection.safetensors"
projection_sha256 = "{sha("projection.safetensors")}"

[front_end]
sample_rate_hz = {c.RATE_HZ}
n_fft = {c.N_FFT}
window = "hann-periodic"
window_length = {c.N_FFT}
hop = {c.HOP}
mel_bands = {c.MELS}
mel_scale = "htk"
mel_norm = "none"
f_min_hz = {c.F_MIN_HZ}
f_max_hz = {c.F_MAX_HZ}
level = "mean"
level_floor = {c.LEVEL_FLOOR}
log_law = "ln1p"
log_scale = {c.LOG_SCALE}
patch_frames = {c.PATCH}
patch_hop_frames = {c.PATCH}

[windows]
count_max = {c.WINDOWS_MAX}
seconds = {c.WINDOW_S}
from = {c.WINDOWS_FROM:.2f}
to = {c.WINDOWS_TO:.2f}

[network]
input = "mel"
layout = "b1mt"
embedding = "embedding"
embedding_size = {c.EMBEDDING}
tags = "tags"

[track_vector]
parts = ["embedding_mean", "mel_mean", "mel_std"]
size = {c.VECTOR}
'''
    for (name, kind, _), threshold in zip(c.TAGS, thresholds):
        text += f'\n[[tags]]\nname = "{name}"\nkind = "{kind}"\nthreshold = {threshold["threshold"]:.2f}\n'
    (out / "manifest.toml").write_text(text)


def export(training, cache_dir, out, twin, instead):
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    student, scale, kept = load(cache_dir)
    train, validation = (encode_split(student, scale, training, cache_dir, split) for split in ("train", "validation"))

    to_teachers = student.to_teachers.weight.detach().numpy()
    if twin:
        chosen = json.loads(twin.read_text())
        choice, thresholds, shift = chosen["choice"], chosen["thresholds"], np.array(chosen["shift"])
        test = encode_split(student, scale, training, cache_dir, "test")
        train["x"] = np.concatenate([train["x"], validation["x"], test["x"]])
        choice = tuple([float(weight) for weight in instead.split(",")] if instead else choice)
    else:
        choice, reached = choose_projection(train, validation, encode_demo(student), to_teachers)
        print({k: round(float(v), 3) for k, v in reached.items()})
        shift, thresholds = calibrate(train, validation)
    print("projection: teachers weight %.2f, mel mean weight %.2f, mel std weight %.2f, strength %.2f" % choice)
    mean, matrix = projection(train["x"], to_teachers, *choice)
    save_file({"mean": mean, "matrix": np.ascontiguousarray(matrix)}, out / "projection.safetensors")

    for (name, kind, _), t, at in zip(c.TAGS, thresholds, shift):
        print(f"  {kind:10} {name:18} present at {1 / (1 + np.exp(-at)):.2f}", *t.values())
    shipped = Shipped(student.ear, shift).eval()
    write_onnx(shipped, out / "model.onnx")
    manifest(out, thresholds)
    print("golden against numpy and onnxruntime, largest difference:", golden(shipped, mean, matrix, out))
    record = {"choice": choice, "step": kept["step"], "spent": kept["spent"], "minutes": kept["minutes"], "mixes": kept["mixes"], "parameters": sum(p.numel() for p in student.ear.parameters())}
    (cache_dir / "export.json").write_text(json.dumps(record | {"thresholds": thresholds, "shift": shift.tolist()}))
    for path in out.iterdir():
        path.chmod(0o644)  # safetensors writes for the owner alone
    print({path.name: path.stat().st_size for path in sorted(out.iterdir())})


if __name__ == "__main__":
    parser = data.arguments()
    parser.add_argument("--out", type=Path, default=c.REPOSITORY / "models" / c.NAME)
    parser.add_argument("--twin", type=Path, help="the export.json of the model that learned from the train split alone")
    parser.add_argument("--instead", help="with --twin: the four numbers of another projection, where the twin's splits the demo library's styles")
    a = parser.parse_args()
    export(a.training, a.cache, a.out, a.twin, a.instead)
