"""Makes the strangers' models in this folder, and what numpy hears with them: python3 make.py (needs numpy, onnx, safetensors).

Each folder is a model as a person would bring it: `manifest.toml` without hashes and `model.onnx` of a few hundred
bytes. Beside it lies `golden.safetensors`: the log-mel of `sound` in the manifest's front end (f64 throughout, written
down here a second time, from the definitions), and the vector and tags that onnxruntime's answers come to. The networks
are made so that bands, frames and batches that are mixed up change the answer. `hostile/` holds files to be refused.
"""

import os
from pathlib import Path

os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["ORT_TELEMETRY_DISABLED"] = "1"  # releases since 1.29 carry an uploader

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

HERE = Path(__file__).parent
F = TensorProto.FLOAT


def sound(rate, frames):
    """Two sweeps and a little noise in whole numbers, as in src/tests/strangers.rs: i16 [frames]."""
    n = np.arange(frames, dtype=np.int64)
    noise = (n * 1103515245 + 12345) % 65536 - 32768
    tri = lambda phase: np.abs(phase % 65536 - 32768) - 16384  # a triangle wave of amplitude 16384
    return ((tri(n * (4_000_000 // rate) + n * n // 7) + tri(n * (29_000_000 // rate)) // 3 + noise // 16) // 2).astype(np.int16)


# -- front ends, from their definitions --------------------------------------------------------------------------------

def windows(kind, length):
    kind, _, edge = kind.partition("-")
    turn = 2 * np.pi * np.arange(length) / (length if edge == "periodic" else length - 1)
    return {
        "hann": 0.5 - 0.5 * np.cos(turn), "hamming": 0.54 - 0.46 * np.cos(turn), "povey": (0.5 - 0.5 * np.cos(turn)).clip(0) ** 0.85,
        "blackman": 0.42 - 0.5 * np.cos(turn) + 0.08 * np.cos(2 * turn), "rectangular": np.ones(length),
    }[kind]


def filters(f):
    """[bands, bins]"""
    htk = (lambda x: 1127 * np.log1p(x / 700), lambda m: 700 * np.expm1(m / 1127))
    slaney = (
        lambda x: np.where(x < 1000, x * 3 / 200, 15 + 27 * np.log(np.maximum(x, 1) / 1000) / np.log(6.4)),
        lambda m: np.where(m < 15, m * 200 / 3, 1000 * 6.4 ** ((m - 15) / 27)),
    )
    to_mel, to_hz = {"htk": htk, "kaldi": htk, "slaney": slaney}[f["mel_scale"]]
    points = np.linspace(to_mel(np.array(f["f_min_hz"])), to_mel(np.array(f["f_max_hz"])), f["mel_bands"] + 2)
    hz = np.arange(f["n_fft"] // 2 + 1) * f["sample_rate_hz"] / f["n_fft"]
    axis, p = (hz, to_hz(points)) if f.get("mel_triangles") == "hertz" else (to_mel(hz), points)
    bank = np.zeros((f["mel_bands"], len(hz)))
    for band in range(f["mel_bands"]):
        left, peak, right = p[band : band + 3]
        bank[band] = np.minimum((axis - left) / (peak - left), (right - axis) / (right - peak)).clip(0)
        if f["mel_norm"] == "slaney":
            bank[band] *= 2 / (to_hz(points[band + 2]) - to_hz(points[band]))
    if not f.get("nyquist", True):
        bank[:, -1] = 0
    return bank


def log_mel(f, x):
    """One segment to [bands, frames]."""
    a = f.get("pre_emphasis", 0)
    x = x[1:] - a * x[:-1] if a else x
    n_fft, side = f["n_fft"], (f["n_fft"] - f["window_length"]) // 2
    mode = {"zero": "constant", "reflect": "reflect"}.get(f.get("padding"))
    x = np.pad(x, n_fft // 2, mode=mode) if mode else x
    window = np.zeros(n_fft)
    window[side : side + f["window_length"]] = windows(f["window"], f["window_length"])
    frames = [np.abs(np.fft.rfft(x[i : i + n_fft] * window)) for i in range(0, len(x) - n_fft + 1, f["hop"])]
    s = np.array(frames).T
    y = f.get("log_scale", 1) * (filters(f) @ (s if f.get("spectrum") == "magnitude" else s**2))
    e = f.get("log_epsilon", 0)
    if f["log_law"] == "db":
        factor, ref = (20 if f.get("spectrum") == "magnitude" else 10), f.get("db_reference", 1.0)
        y_db = factor * np.log10(np.maximum(y, e)) - factor * np.log10(max(y.max() if ref == "max" else ref, e))
        y = np.maximum(y_db, y_db.max() - f["db_range"]) if "db_range" in f else y_db
    else:
        y = {"ln1p": lambda: np.log(1 + y), "log10-1p": lambda: np.log10(1 + y), "ln": lambda: np.log(y + e), "log10": lambda: np.log10(y + e), "linear": lambda: y}[f["log_law"]]()
    return (y + f.get("log_offset", 0)) / f.get("log_divisor", 1)


def cut(f, segments):
    """Patches [n, bands, patch]."""
    size, hop, last, all_ = f["patch_frames"], f["patch_hop_frames"], f.get("last_patch", "drop"), []
    for mel in segments:
        total = mel.shape[1]
        starts = list(range(0, total - size + 1, hop))
        all_ += [mel[:, s : s + size] for s in starts]
        rest_from = starts[-1] + hop if starts else 0
        if (starts and starts[-1] + size == total) or rest_from >= total:
            continue
        rest = mel[:, rest_from:]
        if last == "repeat":
            all_.append(np.tile(rest, -(-size // rest.shape[1]))[:, :size])
        elif last == "silence":
            zero = {"ln1p": 0, "log10-1p": 0, "linear": 0, "ln": np.log(f.get("log_epsilon", 1)), "log10": np.log10(f.get("log_epsilon", 1))}.get(f["log_law"])
            zero = mel.min() if zero is None else (zero + f.get("log_offset", 0)) / f.get("log_divisor", 1)
            all_.append(np.pad(rest, ((0, 0), (0, size - rest.shape[1])), constant_values=zero))
        elif last == "align" and total >= size:
            all_.append(mel[:, -size:])
    return np.stack(all_)


# -- networks ----------------------------------------------------------------------------------------------------------

def network(path, axes, input_shape, bands, frames, size, tags=0, logits=False, external=None, seed=0):
    """mel -> emb [b, size] and, with tags, tags [b, tags]. `axes`: where the input has (time, band), to bring it to [b, t, m]."""
    rng = np.random.default_rng(seed)
    weights = {
        "ramp": np.linspace(0.2, 1.8, frames, dtype=np.float32)[:, None],  # [t, 1]: frames are not alike
        "w": rng.standard_normal((bands, size)).astype(np.float32) / bands,
        "shape": np.array([0 if input_shape[0] == "b" else 1, frames, bands], np.int64),
        "v": rng.standard_normal((size, max(tags, 1))).astype(np.float32),
    }
    nodes = [
        helper.make_node("Transpose", ["mel"], ["ordered"], perm=axes),
        helper.make_node("Reshape", ["ordered", "shape"], ["x"]),
        helper.make_node("Mul", ["x", "ramp"], ["weighted"]),
        helper.make_node("ReduceMean", ["weighted"], ["pooled"], axes=[1], keepdims=0),
        helper.make_node("MatMul", ["pooled", "w"], ["raw"]),
        helper.make_node("Tanh", ["raw"], ["emb"]),
    ]
    batch = "b" if input_shape[0] == "b" else 1
    outputs = [helper.make_tensor_value_info("emb", F, [batch, size])]
    if tags:
        nodes.append(helper.make_node("MatMul", ["emb", "v"], ["logits"]))
        if not logits:
            nodes.append(helper.make_node("Sigmoid", ["logits"], ["tags"]))
        outputs.append(helper.make_tensor_value_info("logits" if logits else "tags", F, [batch, tags]))
    else:
        del weights["v"]
    initializers = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "stranger", [helper.make_tensor_value_info("mel", F, input_shape)], outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="make.py")
    onnx.checker.check_model(model)
    if external:
        onnx.save(model, path, save_as_external_data=True, location=external, size_threshold=64)
    else:
        onnx.save(model, path)


def toml(value):
    return {bool: lambda v: str(v).lower(), str: lambda v: f'"{v}"', list: lambda v: "[" + ", ".join(map(toml, v)) + "]"}.get(type(value), str)(value)


KINDS = ["genre", "mood", "instrument", "voice"]


def stranger(name, text, front, layout, size, tags=(), activation=None, projection=None, external=None, seconds=2.0, drop_batch=False):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    bands, patch = front["mel_bands"], front["patch_frames"]
    shape = [{"b": "b", "1": 1, "m": bands, "t": patch}[axis] for axis in layout]
    rest = [i for i, axis in enumerate(layout) if axis in "b1"]
    tags_size = max((t[1] for t in tags), default=-1) + 1
    network(folder / "model.onnx", rest + [layout.index("t"), layout.index("m")], shape, bands, patch, size, tags_size, activation is not None, external, seed=len(name))

    lines = [f'name = "{name}"', f'description = "{text}"', "", "[files]", 'onnx = "model.onnx"']
    lines += [f'weights = "{external}"'] if external else []
    lines += ['projection = "projection.safetensors"'] if projection else []
    lines += ["", "[front_end]"] + [f"{key} = {toml(value)}" for key, value in front.items()]
    lines += ["", "[windows]", "count_max = 2", "seconds = 5.0", "from = 0.1", "to = 0.9"]
    lines += ["", "[network]", 'input = "mel"', f'layout = "{layout}"', 'embedding = "emb"', f"embedding_size = {size}"]
    if tags:
        lines += [f'tags = "{"logits" if activation else "tags"}"', f"tags_size = {tags_size}"]
        lines += [f'tags_activation = "{activation}"'] if activation else []
    if projection:
        lines += ["", "[track_vector]", 'parts = ["embedding_mean", "mel_mean", "mel_std"]', f"size = {projection}"]
    for i, (tag, index) in enumerate(tags):
        lines += ["", "[[tags]]", f'name = "{tag}"', f'kind = "{KINDS[i % 4]}"', "threshold = 0.5", f"index = {index}"]
    (folder / "manifest.toml").write_text("\n".join(lines) + "\n")

    rate = front["sample_rate_hz"]
    pcm = sound(rate, int(seconds * rate))
    x = pcm / 32768
    segments = [x]
    if "segment_s" in front:
        length, hop = int(front["segment_s"] * rate), int(front.get("segment_hop_s", front["segment_s"]) * rate)
        starts = [0]
        while starts[-1] + length < len(x) and starts[-1] + hop < len(x):
            starts.append(starts[-1] + hop)
        segments = [x[max(0, min(s + length, len(x)) - length) if front.get("last_patch") == "align" else s : s + length] for s in starts]
    mels = [log_mel(front, s) for s in segments]
    patches = cut(front, mels).astype(np.float32)
    run = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    order = [{"b": 0, "m": 1, "t": 2}[a] for a in layout if a in "bmt"]
    answers = []
    for p in patches:
        value = np.transpose(p[None], order if "b" in layout else [0] + order).reshape([1 if a in "b1" else {"m": bands, "t": patch}[a] for a in layout])
        answers.append(run.run(None, {"mel": np.ascontiguousarray(value)}))
    emb = np.concatenate([a[0] for a in answers]).astype(np.float64)
    every = np.concatenate(mels, 1)
    vector = emb.mean(0)
    if projection:
        stats = np.concatenate([vector, every.mean(1), every.std(1)])
        rng = np.random.default_rng(1)
        mean, matrix = (rng.standard_normal(s).astype(np.float32) for s in ([len(stats)], [len(stats), projection]))
        save_file({"mean": mean, "matrix": matrix}, folder / "projection.safetensors")
        vector = (stats - mean) @ matrix
    out = {"mel": every.astype(np.float32), "vector": (vector / np.linalg.norm(vector)).astype(np.float32)}
    if tags:
        raw = np.concatenate([a[1] for a in answers]).astype(np.float64)
        p = {None: lambda z: z, "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "softmax": lambda z: np.exp(z) / np.exp(z).sum(1, keepdims=True)}[activation](raw)
        out["tags"] = p.mean(0)[[index for _, index in tags]].astype(np.float32)
    save_file(out, folder / "golden.safetensors")
    print(name, every.shape, len(patches), "patches", sum(f.stat().st_size for f in folder.iterdir()), "bytes")


stranger(
    "kaldi-like", "Reflected, pre-emphasised segments; Kaldi's bands without the highest bin; ln of power plus a constant",
    dict(sample_rate_hz=8000, segment_s=0.5, segment_hop_s=0.25, pre_emphasis=0.97, n_fft=256, window="hann-symmetric", window_length=200, hop=80, padding="reflect",
         mel_bands=16, mel_scale="kaldi", mel_norm="none", nyquist=False, f_min_hz=0.0, f_max_hz=4000.0,
         log_law="ln", log_epsilon=1e-5, log_offset=4.5, log_divisor=5.0, patch_frames=50, patch_hop_frames=50),
    "b1mt", 8, [("rock", 0), ("calm", 2), ("flute", 5)],
)
stranger(
    "librosa-like", "Zero padding; Slaney's bands in hertz; log10(1 + 10000 x); logits; overlapping patches, the last aligned",
    dict(sample_rate_hz=16000, n_fft=512, window="hann-periodic", window_length=512, hop=256, padding="zero",
         mel_bands=24, mel_scale="slaney", mel_triangles="hertz", mel_norm="slaney", f_min_hz=0.0, f_max_hz=8000.0,
         log_law="log10-1p", log_scale=10000.0, patch_frames=40, patch_hop_frames=20, last_patch="align"),
    "b1tm", 12, [("jazz", 0), ("happy", 1)], activation="sigmoid",
)
stranger(
    "decibel", "Magnitudes in decibels under the maximum; softmax; last patch filled with silence; a projection; one patch a run",
    dict(sample_rate_hz=11025, n_fft=400, window="hamming-periodic", window_length=400, hop=110, spectrum="magnitude",
         mel_bands=20, mel_scale="htk", mel_norm="slaney", f_min_hz=40.0, f_max_hz=5000.0,
         log_law="db", log_epsilon=1e-5, db_reference="max", db_range=60.0, patch_frames=64, patch_hop_frames=64, last_patch="silence"),
    "tm1", 10, [("folk", 3), ("sad", 0), ("piano", 1)], activation="softmax", projection=6,
)
stranger(
    "outside-weights", "Decibels over a fixed reference; no tags; the last patch repeated; weights in a file of their own",
    dict(sample_rate_hz=8000, n_fft=256, window="blackman-symmetric", window_length=256, hop=128,
         mel_bands=16, mel_scale="htk", mel_norm="none", f_min_hz=20.0, f_max_hz=3900.0,
         log_law="db", log_epsilon=1e-6, db_reference=0.5, log_offset=40.0, log_divisor=20.0, patch_frames=48, patch_hop_frames=48, last_patch="repeat"),
    "bmt", 8, external="weights.bin",
)


# -- files to be refused -----------------------------------------------------------------------------------------------

def hostile(name, nodes, initializers=(), shape=("b", 1, 16, 50)):
    """For the manifest of kaldi-like: mel -> emb [b, 8]."""
    graph = helper.make_graph(nodes, "h", [helper.make_tensor_value_info("mel", F, list(shape))],
                              [helper.make_tensor_value_info("emb", F, None), helper.make_tensor_value_info("tags", F, None)], list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (HERE / "hostile" / name).write_bytes(model.SerializeToString())


def constant(name, values):
    return numpy_helper.from_array(np.array(values), name)


(HERE / "hostile").mkdir(exist_ok=True)
mean = lambda out: [helper.make_node("ReduceMean", ["mel"], ["m"], axes=[1, 2, 3], keepdims=0), helper.make_node("Reshape", ["m", "col"], ["c"]), helper.make_node("Expand", ["c", "wide"], [out])]
col, wide, six = constant("col", np.array([-1, 1], np.int64)), constant("wide", np.array([1, 8], np.int64)), constant("six", np.array([1, 6], np.int64))
tags = [helper.make_node("Expand", ["c", "six"], ["t"]), helper.make_node("Sigmoid", ["t"], ["tags"])]
zero_over_zero = [helper.make_node("Sub", ["x", "x"], ["zero"]), helper.make_node("Div", ["zero", "zero"], ["emb"])]
hostile("nan.onnx", mean("x") + zero_over_zero + tags, [col, wide, six])
hostile("fixed-batch.onnx", mean("emb") + tags, [col, wide, six], (4, 1, 16, 50))
hostile("other-length.onnx", mean("emb") + tags, [col, constant("wide", np.array([1, 7], np.int64)), six])
hostile("logits.onnx", mean("emb") + tags[:1] + [helper.make_node("Add", ["t", "big"], ["tags"])], [col, wide, six, constant("big", np.float32(7))])
hostile("unknown-operator.onnx", [helper.make_node("Summon", ["mel"], ["emb"]), helper.make_node("Sigmoid", ["emb"], ["tags"])])
filled = [helper.make_node("ConstantOfShape", ["vast"], ["v"]), helper.make_node("ReduceMean", ["v"], ["vm"], keepdims=0), helper.make_node("Add", ["x", "vm"], ["emb"])]
# The size hangs on the input, so that no optimiser makes the 256 GB before the run.
vast = [helper.make_node("Shape", ["mel"], ["s"]), helper.make_node("ReduceMax", ["s"], ["s1"], keepdims=1), helper.make_node("Mul", ["s1", "many"], ["vast"])]
hostile("vast.onnx", mean("x") + vast + filled + tags, [col, wide, six, constant("many", np.array([1 << 30], np.int64))])
body = helper.make_graph(
    [helper.make_node("Identity", ["on"], ["still_on"]), helper.make_node("Identity", ["state"], ["next"])], "body",
    [helper.make_tensor_value_info("i", TensorProto.INT64, []), helper.make_tensor_value_info("on", TensorProto.BOOL, []), helper.make_tensor_value_info("state", F, None)],
    [helper.make_tensor_value_info("still_on", TensorProto.BOOL, []), helper.make_tensor_value_info("next", F, None)],
)
hostile("endless.onnx", mean("x") + [helper.make_node("Loop", ["", "yes", "x"], ["emb"], body=body)] + tags, [col, wide, six, constant("yes", True)])
claim = TensorProto(name="huge", data_type=F, dims=[1 << 20, 1 << 20], raw_data=b"0000")
hostile("huge-claim.onnx", mean("x") + [helper.make_node("Add", ["x", "huge"], ["emb"])] + tags, [col, wide, six, claim])
for name, location in (("outside.onnx", "../../../../etc/passwd"), ("elsewhere.onnx", "/etc/passwd")):
    away = TensorProto(name="away", data_type=F, dims=[8], data_location=TensorProto.EXTERNAL)
    away.external_data.add(key="location", value=location)
    hostile(name, mean("x") + [helper.make_node("Add", ["x", "away"], ["emb"])] + tags, [col, wide, six, away])


# -- one sound in two lossless formats (ffmpeg), for the bits of a vector -----------------------------------------------

def lossless(rate, frames):
    import subprocess
    raw = sound(rate, frames).tobytes()
    for name, codec in (("same.flac", "flac"), ("same.m4a", "alac")):
        command = ["ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "-", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-c:a", codec]
        subprocess.run([*command, str(HERE / name)], input=raw, check=True)


lossless(11025, 16_000)
