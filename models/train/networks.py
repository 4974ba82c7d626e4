"""The open networks that the ears are made of, and their front ends in numpy.

Owns: what each network takes and gives, in the words of the manifest (`../manifests/README.md`), and a second, slow
implementation of those words, by which Rust's is checked. Leaves to `weights.py` how the networks' files are made.

    python networks.py        the front ends that have a reference in shared/training, against it

| network | trained by its authors on | parameters | licence |
|---|---|---|---|
| mn04 | EfficientAT mn04_as: AudioSet, 527 classes (Schmid, Koutini, Widmer, ICASSP 2023) | 0.98M | MIT |
| fcn | FCN: Million Song Dataset, 50 tags of Last.fm (Choi, Fazekas, Sandler, ISMIR 2016; trained by Won et al., SMC 2020) | 0.45M | MIT |
| musicnn | MSD_musicnn: Million Song Dataset, 50 tags of Last.fm (Pons, Serra, ISMIR 2019 late-breaking) | 0.8M | ISC |
"""

import os
import tomllib
from functools import cached_property

# Releases of onnxruntime since 1.29 carry an uploader. requirements.txt names one before; whatever is installed is told no.
os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["ORT_TELEMETRY_DISABLED"] = "1"

import numpy as np
import onnxruntime
from safetensors.numpy import load_file

# The front ends are their authors', but for the level: power is divided by its mean over all that is heard of a track,
# and multiplied by what that mean is in the middle of our music, so that a quiet master and a loud one give the same.
FRONT_ENDS = {
    "mn04": {
        "sample_rate_hz": 32_000, "segment_s": 10.0, "pre_emphasis": 0.97,
        "n_fft": 1024, "window": "hann-symmetric", "window_length": 800, "hop": 320, "padding": "reflect",
        "mel_bands": 128, "mel_scale": "kaldi", "mel_norm": "none", "nyquist": False, "f_min_hz": 0.0, "f_max_hz": 15_000.0,
        "level": "mean", "level_floor": 1.5e-6, "log_scale": 1.5,
        "log_law": "ln", "log_epsilon": 1e-5, "log_offset": 4.5, "log_divisor": 5.0,
        "patch_frames": 1000, "patch_hop_frames": 1000, "last_patch": "align",
    },
    "fcn": {
        "sample_rate_hz": 16_000, "segment_s": 10.0,
        "n_fft": 512, "window": "hann-periodic", "window_length": 512, "hop": 256, "padding": "reflect",
        "mel_bands": 96, "mel_scale": "htk", "mel_triangles": "hertz", "mel_norm": "none", "f_min_hz": 0.0, "f_max_hz": 8000.0,
        "level": "mean", "level_floor": 1.8e-5, "log_scale": 18.0,
        "log_law": "db", "log_epsilon": 1.8e-7,
        "patch_frames": 626, "patch_hop_frames": 626, "last_patch": "align",
    },
    "musicnn": {
        "sample_rate_hz": 16_000, "segment_s": 10.0,
        "n_fft": 512, "window": "hann-periodic", "window_length": 512, "hop": 256, "padding": "zero",
        "mel_bands": 96, "mel_scale": "slaney", "mel_triangles": "hertz", "mel_norm": "slaney", "f_min_hz": 0.0, "f_max_hz": 8000.0,
        "level": "mean", "level_floor": 3e-7, "log_scale": 3000.0,
        "log_law": "log10-1p",
        "patch_frames": 187, "patch_hop_frames": 220, "last_patch": "drop",
    },
}
LAYOUTS = {"mn04": "b1mt", "fcn": "b1mt", "musicnn": "b1tm"}


# -- front ends --------------------------------------------------------------------------------------------------------

def hann(length, periodic):
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / (length if periodic else length - 1))


# scale: (Hz to mel, mel to Hz). Slaney's is linear to 1 kHz, then 27 steps to a factor of 6.4.
SCALES = {
    "htk": (lambda f: 2595 * np.log10(1 + f / 700), lambda m: 700 * (10 ** (m / 2595) - 1)),
    "kaldi": (lambda f: 1127 * np.log(1 + f / 700), lambda m: 700 * (np.exp(m / 1127) - 1)),
    "slaney": (
        lambda f: np.where(f < 1000, f * 3 / 200, 15 + 27 * np.log(np.maximum(f, 1) / 1000) / np.log(6.4)),
        lambda m: np.where(m < 15, m * 200 / 3, 1000 * np.exp((m - 15) * np.log(6.4) / 27)),
    ),
}


class FrontEnd:
    """Samples to log-mel patches, as a manifest's `front_end` says. Knows the words that our networks need."""

    def __init__(self, front):
        self.front = front
        self.rate_hz = front["sample_rate_hz"]

    @cached_property
    def filters(self):
        """Triangles over the bins: [bands, n_fft / 2 + 1]."""
        f = self.front
        to_mel, to_hz = SCALES[f["mel_scale"]]
        points = np.linspace(to_mel(f["f_min_hz"]), to_mel(f["f_max_hz"]), f["mel_bands"] + 2)
        bins = np.arange(f["n_fft"] // 2 + 1) * self.rate_hz / f["n_fft"]
        if f.get("mel_triangles", "mel") == "hertz":
            points = to_hz(points)
        else:
            bins = to_mel(bins)
        low, mid, high = (points[k : len(points) - 2 + k, None] for k in range(3))
        bank = np.maximum(0, np.minimum((bins - low) / (mid - low), (high - bins) / (high - mid)))
        if not f.get("nyquist", True):
            bank[:, -1] = 0
        if f["mel_norm"] == "slaney":
            hz = to_hz(points) if f.get("mel_triangles", "mel") == "mel" else points
            bank *= (2 / (hz[2:] - hz[:-2]))[:, None]
        return bank

    @cached_property
    def window(self):
        """A shorter window sits in the middle of its n_fft: [n_fft]."""
        f = self.front
        window = hann(f["window_length"], f["window"] == "hann-periodic")
        return np.pad(window, (f["n_fft"] - len(window)) // 2)

    def powers(self, samples):
        """Power in the bands of one segment: [bands, frames]."""
        f = self.front
        if a := f.get("pre_emphasis"):
            samples = samples[1:] - a * samples[:-1]
        beside = f["n_fft"] // 2
        mode = {"reflect": "reflect", "zero": "constant", "none": None}[f.get("padding", "none")]
        padded = np.pad(samples, beside, mode=mode) if mode else samples
        padded = np.pad(padded, (0, max(0, f["n_fft"] - len(padded))))
        frames = np.lib.stride_tricks.sliding_window_view(padded, f["n_fft"])[:: f["hop"]]
        return self.filters @ (np.abs(np.fft.rfft(frames * self.window, axis=1)) ** 2).T

    def segments(self, window):
        """A window of sound in segments of `segment_s`; the last is short, or ends with the window: [[samples]]."""
        if "segment_s" not in self.front:
            return [window]
        length = round(self.front["segment_s"] * self.rate_hz)
        aligned = self.front.get("last_patch") == "align"
        starts = range(0, max(1, len(window)), length)
        return [window[max(0, min(s, len(window) - length)) if aligned else s :][:length] for s in starts]

    def mels(self, windows):
        """Log-mels of all that is heard of a track, segment by segment: [[bands, frames]]."""
        f = self.front
        powers = [self.powers(segment) for window in windows for segment in self.segments(window)]
        if f.get("level") == "mean":
            mean = max(np.concatenate(powers, 1).mean(), f["level_floor"])
            powers = [power / mean for power in powers]
        x = [power * f.get("log_scale", 1.0) for power in powers]
        law = {
            "ln": lambda x: np.log(x + f["log_epsilon"]),
            "db": lambda x: 10 * np.log10(np.maximum(x, f["log_epsilon"])),
            "log10-1p": lambda x: np.log10(1 + x),
            "ln1p": np.log1p,
        }[f["log_law"]]
        return [((law(part) + f.get("log_offset", 0.0)) / f.get("log_divisor", 1.0)).astype(np.float32) for part in x]

    def patches(self, mels):
        """What the network takes: [patches, bands, frames]."""
        size, hop, aligned = self.front["patch_frames"], self.front["patch_hop_frames"], self.front.get("last_patch") == "align"
        patches = []
        for mel in mels:
            starts = list(range(0, mel.shape[1] - size + 1, hop))
            patches += [mel[:, s : s + size] for s in starts]
            heard, after = (starts[-1] + size, starts[-1] + hop) if starts else (0, 0)
            if aligned and heard < mel.shape[1] and after < mel.shape[1] >= size:
                patches.append(mel[:, -size:])
        if not patches:
            longest = max(mels, key=lambda mel: mel.shape[1])
            patches = [np.tile(longest, -(-size // longest.shape[1]))[:, :size]]
        return np.stack(patches)


# -- networks ----------------------------------------------------------------------------------------------------------

def session(path, threads=1):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Network:
    """One network, as a manifest says; `run` is a session of onnxruntime, or what answers like one."""

    def __init__(self, name, front, entry, run):
        self.name, self.front, self.entry, self.run = name, FrontEnd(front), entry, run

    @classmethod
    def of_ours(cls, name, folder):
        """One that `weights.py` wrote."""
        return cls(name, FRONT_ENDS[name], {"layout": LAYOUTS[name], "input": "mel", "embedding": "embedding", "tags": "tags"}, session(folder / f"{name}.onnx"))

    def hear(self, windows):
        """Of mono windows at this network's rate: {embedding [patches, e], tags [patches, t], mel_mean [bands], mel_std [bands]}."""
        mels = self.front.mels(windows)
        patches = self.front.patches(mels)
        if self.entry["layout"] == "b1tm":
            patches = patches.swapaxes(1, 2)
        outputs = [self.run.run([self.entry["embedding"], self.entry["tags"]], {self.entry["input"]: p[None, None]}) for p in patches]
        embedding, tags = (np.concatenate(part) for part in zip(*outputs))
        mel = np.concatenate(mels, 1)
        return {"embedding": embedding, "tags": tags, "mel_mean": mel.mean(1), "mel_std": mel.std(1)}


STATISTICS = {
    "embedding_mean": lambda answer: answer["embedding"].mean(0),
    "tags_mean": lambda answer: answer["tags"].mean(0),
    "mel_mean": lambda answer: answer["mel_mean"],
    "mel_std": lambda answer: answer["mel_std"],
}


class Ear:
    """A model's folder, heard with as its manifest says."""

    def __init__(self, folder):
        self.folder = folder
        m = self.manifest = tomllib.loads((folder / "manifest.toml").read_text())
        entries = m.get("networks") or [m["network"] | {"name": "", "onnx": m["files"]["onnx"], "front_end": m["front_end"]}]
        self.networks = {e["name"]: Network(e["name"], e["front_end"], e, session(folder / e["onnx"])) for e in entries}
        self.projection = load_file(folder / m["files"]["projection"])
        self.readout = load_file(folder / m["files"]["readout"]) if "readout" in m["files"] else None
        self.tags = [tag["name"] for tag in m["tags"]]
        self.thresholds = np.array([tag["threshold"] for tag in m["tags"]])

    @property
    def rates_hz(self):
        return {network.front.rate_hz for network in self.networks.values()}

    def hear(self, sounds):
        """Of {rate_hz: [[samples]]}, the windows of a track: its vector, of unit length, and the tags' probabilities."""
        return self.join({name: network.hear(sounds[network.front.rate_hz]) for name, network in self.networks.items()})

    def join(self, answers):
        """The same, of what each network says."""
        def parts(names):
            pairs = [name.rpartition(".") for name in names]
            return np.concatenate([STATISTICS[statistic](answers[network]) for network, _, statistic in pairs])

        vector = (parts(self.manifest["track_vector"]["parts"]) - self.projection["mean"]) @ self.projection["matrix"]
        if self.readout:
            x = parts(self.manifest["tags_readout"]["parts"])
            tags = 1 / (1 + np.exp(-((x - self.readout["mean"]) @ self.readout["matrix"] + self.readout["bias"])))
        else:
            (answer,) = answers.values()
            tags = answer["tags"].mean(0)
        return vector / np.linalg.norm(vector), tags


def check(training):
    """Prints how far the front ends of mn04 and MusiCNN, and their answers, are from an independent reference, which keeps the level."""
    for path in sorted((training / "reference").glob("*.npz")):
        z, row = np.load(path), [path.name]
        for name, key, teacher in (("mn04", "x32", "efficientat_mn04"), ("musicnn", "x16", "msd_musicnn")):
            front = FRONT_ENDS[name] | {"level": "keep", "log_scale": {"mn04": 1.0, "musicnn": 10_000.0}[name]}
            end = FrontEnd(front)
            mel = end.mels([z[key] / np.float32(32768)])[0]
            reference = z[f"mel_{name}"] if name == "mn04" else z[f"mel_{name}"].T
            patches = mel[None] if name == "mn04" else np.stack([mel[:, s : s + 187].T for s in (0, 218, 436)])
            tags, embedding = session(training / f"teachers/{teacher}.onnx").run(["tags", "emb"], {"mel": patches[:, None]})
            pairs = {"mel": (mel, reference), "embedding": (embedding.mean(0), z[f"{name}_emb"]), "tags": (tags.mean(0), z[f"{name}_tags"])}
            row += [f"{name}: " + ", ".join(f"{what} {np.abs(a - b).max():.1e}" for what, (a, b) in pairs.items())]
        print("  ".join(row))


if __name__ == "__main__":
    import config

    check(config.TRAINING)
