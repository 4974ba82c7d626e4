"""What the networks say in, an ear out: `projection.safetensors`, `readout.safetensors`, `manifest.toml`, `golden.safetensors`.

    python fit.py segue-ear-4 --out ../segue-ear-4

Owns the two linear maps that make networks an ear, and the manifest that names them. The networks' ONNX files lie in the
folder already (`weights.py`), what they say of the training music in the cache (`data.py`). Nothing is learned from labels: the
vector is what the networks say, brought to one scale, turned to its principal axes and partly whitened; a tag is the mean of the
classes behind it. Needs neither torch nor a GPU, and some seconds.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator
from safetensors.numpy import save_file

import config as c
import data
from networks import FRONT_ENDS, LAYOUTS, STATISTICS, Ear, Network

SIZES = {"mn04": (736, 527), "fcn": (398, 50), "musicnn": (1706, 50)}  # embedding, tags
CLASSES = {"mn04": "a:", "fcn": "m:", "musicnn": "m:"}
DEVIATION_MIN = 0.2  # of a part's root mean square deviation: what hardly ever stirs is not blown up
SLOPE = 2.0  # of a tag's logit, in deviations of the classes behind it


def weights_of_pieces(lines):
    """Every piece counts the same, however many excerpts it has; loops count a quarter: [n], sum 1."""
    count = {}
    for line in lines:
        count[line["track"]] = count.get(line["track"], 0) + 1
    weights = np.array([(0.25 if line.get("looped_from_s") else 1.0) / count[line["track"]] for line in lines])
    return weights / weights.sum()


def statistics(cache_dir, lines, pairs):
    """Parts (network, statistic), side by side: [n, sum]."""
    answers = {network: data.answers(cache_dir, network, lines) for network in {network for network, _ in pairs}}
    return np.stack([np.concatenate([STATISTICS[s](answers[network][i]) for network, s in pairs]) for i in range(len(lines))]).astype(np.float64)


# -- the vector --------------------------------------------------------------------------------------------------------

def layout_of(parts):
    """The parts as the manifest lists them, whole, and for each slice of ours where it lies in their join: [(network, statistic)], [(from, to, weight)]."""
    sizes = {"embedding_mean": lambda n: SIZES[n][0], "mel_mean": lambda n: FRONT_ENDS[n]["mel_bands"]}
    whole = list(dict.fromkeys((network, statistic) for network, statistic, *_ in parts))
    starts = dict(zip(whole, np.cumsum([0] + [sizes[s](n) for n, s in whole])))
    return whole, [(starts[n, s] + first, starts[n, s] + last, weight) for n, s, first, last, weight in parts]


def projection(x, weights, slices, size, whitening):
    """Mean [parts] and matrix [parts, size] of the vector."""
    mean = weights @ x
    scale = np.zeros(x.shape[1])
    for first, last, weight in slices:
        deviation = np.sqrt(weights @ (x[:, first:last] - mean[first:last]) ** 2)
        deviation = np.maximum(deviation, DEVIATION_MIN * np.sqrt(np.mean(deviation**2)))
        scale[first:last] = weight / deviation / np.sqrt(last - first)
    z = (x - mean) * scale
    variances, axes = np.linalg.eigh((z * weights[:, None]).T @ z)
    variances, axes = variances[::-1][:size], axes[:, ::-1][:, :size]
    axes *= np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])  # one of two signs, the same on every machine
    matrix = scale[:, None] * axes * (variances + 1e-4 * variances[0]) ** (-whitening / 2)
    return mean.astype(np.float32), np.ascontiguousarray(matrix, np.float32)


# -- tags --------------------------------------------------------------------------------------------------------------

def logit(p):
    return np.log(p / (1 - p))


def readout(x, weights, names):
    """From the classes' logits x [n, classes]: mean [classes], matrix [classes, tags], bias [tags].

    A class reads 0 where it counts as present and grows by SLOPE with each deviation; a tag is the mean over its networks of
    the means over their classes.
    """
    order = np.argsort(x, axis=0)
    shares = np.cumsum(weights[order], axis=0)
    at = (shares >= c.PRESENT_QUANTILE).argmax(0)
    height = 1 / (1 + np.exp(-np.take_along_axis(np.take_along_axis(x, order, 0), at[None], 0)[0]))  # [classes]
    deviation = np.sqrt(weights @ (x - weights @ x) ** 2)
    matrix, bias = np.zeros((x.shape[1], len(c.TAGS))), np.zeros(len(c.TAGS))
    for tag, (_, kind, _, sources) in enumerate(c.TAGS):
        by_network = [[k for k, (network, name) in enumerate(names) if network == one and name in sources] for one in dict.fromkeys(n for n, _ in names)]
        by_network = [columns for columns in by_network if columns]
        for columns in by_network:
            for k in columns:
                share = SLOPE / deviation[k] / len(columns) / len(by_network)
                matrix[k, tag] = share
                bias[tag] -= share * logit(height[k].clip(c.PRESENT_MIN[kind], c.PRESENT_MAX))
    mean = weights @ x
    return mean.astype(np.float32), np.ascontiguousarray(matrix, np.float32), (bias + mean @ matrix).astype(np.float32)


def class_names(training, networks):
    """(network, class) of every column of the networks' tags, side by side."""
    named = {"a:": "efficientat_mn04", "m:": "msd_musicnn"}
    lists = {mark: json.loads((training / f"teachers/{file}.tags.json").read_text()) for mark, file in named.items()}
    return [(network, CLASSES[network] + name) for network in networks for name in lists[CLASSES[network]]]


# -- files -------------------------------------------------------------------------------------------------------------

def toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return repr(value)


def manifest(name, ear, folder, whole, tags_parts):
    def sha(file):
        return hashlib.sha256((folder / file).read_bytes()).hexdigest()

    def table(head, rows):
        return f"\n{head}\n" + "".join(f"{key} = {toml(value)}\n" for key, value in rows.items() if value is not None)

    text = f'name = "{name}"\ndescription = {toml(ear["description"])}\n'
    text += f'role = "{ear["role"]}"\n' if "role" in ear else ""
    text += table("[files]", {f"{key}{end}": value for key in ("projection", "readout") for end, value in (("", f"{key}.safetensors"), ("_sha256", sha(f"{key}.safetensors")))})
    for network in ear["networks"]:
        embedding, tags = SIZES[network]
        text += table("[[networks]]", {
            "name": network, "onnx": f"{network}.onnx", "onnx_sha256": sha(f"{network}.onnx"),
            "input": "mel", "layout": LAYOUTS[network], "embedding": "embedding", "embedding_size": embedding, "tags": "tags", "tags_size": tags,
        })
        text += table("[networks.front_end]", FRONT_ENDS[network])
    text += table("[windows]", {"count_max": c.WINDOWS_MAX, "seconds": c.WINDOW_S, "from": c.WINDOWS_FROM, "to": c.WINDOWS_TO})
    text += table("[track_vector]", {"parts": [f"{network}.{statistic}" for network, statistic in whole], "size": c.VECTOR})
    text += table("[tags_readout]", {"parts": [f"{network}.{statistic}" for network, statistic in tags_parts]})
    for tag, kind, parent, _ in c.TAGS:
        text += table("[[tags]]", {"name": tag, "kind": kind, "parent": parent, "threshold": 0.5})
    (folder / "manifest.toml").write_text(text)


def golden_clip(rate_hz, samples, seed):
    """A chord of triangles under noise, in whole numbers as far as it goes, so that Rust makes the same: [samples] f32."""
    state, noise = np.uint32((seed * 2_654_435_761) % 2**32 | 1), np.empty(samples, np.float32)
    with np.errstate(over="ignore"):
        for i in range(samples):  # xorshift, Marsaglia 2003
            state ^= np.uint32(state << np.uint32(13))
            state ^= state >> np.uint32(17)
            state ^= np.uint32(state << np.uint32(5))
            noise[i] = np.float32(state) / np.float32(2**32)
    n, chord = np.arange(samples), np.zeros(samples, np.float32)
    for hz in (110, 165, 220, 277):
        period = rate_hz // hz
        chord += (np.abs(2 * (n % period) - period) / np.float32(period) - np.float32(0.5)).astype(np.float32)
    beat = (rate_hz // 2 - n % (rate_hz // 2)) / np.float32(rate_hz // 2)  # falls from 1 to 0 twice a second
    return (np.float32(0.1) * chord + np.float32(0.2) * beat.astype(np.float32) * (noise - np.float32(0.5))).astype(np.float32)


def golden(folder):
    """What two clips give, made apart from what ships: front ends in f64, the networks by onnx's own evaluator in numpy.

    The first is shorter than a segment, the second longer: mel (every 50th frame), embedding and tags of each network, the vector,
    the tags.
    """
    ear, tensors, worst = Ear(folder), {}, {}
    for clip, seconds in enumerate((4, 12)):
        sounds = {rate: [golden_clip(rate, seconds * rate, clip + 1)] for rate in ear.rates_hz}
        answers = {}
        for name, network in ear.networks.items():
            sound = sounds[network.front.rate_hz]
            apart = Network(name, network.front.front, network.entry, ReferenceEvaluator(onnx.load(folder / f"{name}.onnx")))
            answers[name], theirs = apart.hear(sound), network.hear(sound)
            tensors[f"{name}.mel{clip}"] = np.concatenate(network.front.mels(sound), 1)[:, ::50].T
            for what in ("embedding", "tags"):
                tensors[f"{name}.{what}{clip}"] = answers[name][what]
                worst[f"{name}.{what}"] = max(worst.get(f"{name}.{what}", 0), np.abs(theirs[what] - answers[name][what]).max())
        vector, tags = ear.join(answers)
        tensors |= {f"vector{clip}": vector, f"tags{clip}": tags}
    save_file({name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()}, folder / "golden.safetensors")
    return {name: f"{value:.1e}" for name, value in worst.items()}


def fit(name, training, cache_dir, out):
    ear, lines = c.EARS[name], [line for line in data.index(training)]
    weights = weights_of_pieces(lines)
    whole, slices = layout_of(ear["parts"])
    mean, matrix = projection(statistics(cache_dir, lines, whole), weights, slices, c.VECTOR, c.WHITENING)
    save_file({"mean": mean, "matrix": matrix}, out / "projection.safetensors")
    tags_parts = [(network, "tags_mean") for network in ear["networks"]]
    mean, matrix, bias = readout(statistics(cache_dir, lines, tags_parts), weights, class_names(training, ear["networks"]))
    save_file({"mean": mean, "matrix": matrix, "bias": bias}, out / "readout.safetensors")
    manifest(name, ear, out, whole, tags_parts)
    print("golden against onnxruntime, largest difference:", golden(out))
    for path in out.iterdir():
        path.chmod(0o644)  # safetensors writes for the owner alone
    print({path.name: path.stat().st_size for path in sorted(out.iterdir())})


if __name__ == "__main__":
    parser = data.arguments()
    parser.add_argument("name", choices=c.EARS)
    parser.add_argument("--out", type=Path, required=True, help="the folder with the networks' ONNX files")
    a = parser.parse_args()
    fit(a.name, a.training, a.cache, a.out)
