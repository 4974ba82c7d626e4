"""More music for training: packages of Debian, and accompaniments that we have played by machine.

    python gather.py packages --out FOLDER      fetch each package of gather.toml, cut excerpts, forget the package
    python gather.py bands --out FOLDER         have MMA and FluidSynth play every groove of gather.toml
    python gather.py styles --out FOLDER        once the teachers have labelled it: name their style in the index
    python gather.py report --out FOLDER        what is there, beside what was given

Owns: the folder (`audio/*.opus`, `index.jsonl` with the fields of the given index), the licence of each piece, the
hunt for duplicates. A line is written after its file, so that training may begin while this runs. Leaves the
teachers' answers to `data.py prepare --gathered FOLDER`. What to fetch and why it may be used stands in `gather.toml`.

A licence comes from the package's copyright file: the stanza of DEP-5 that names the file, or `Files: *` where
`gather.toml` says that this covers the music, or for the older prose files what `gather.toml` quotes of them. Anything
that grants less than free use, change and redistribution is left out, and so is what nobody says anything about.
"""

import fnmatch
import hashlib
import json
import re
import struct
import subprocess
import tarfile
import tempfile
import tomllib
import zipfile
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import numpy as np
from debian.copyright import Copyright, NotMachineReadableError
from scipy.ndimage import uniform_filter1d
from scipy.signal import resample_poly

import bands
import data
from networks import Ear, FrontEnd

TABLE = Path(__file__).with_name("gather.toml")
SCORES = {".mid", ".midi"}
SOUND = SCORES | {".ogg", ".oga", ".opus", ".mp3", ".flac", ".wav", ".xm", ".mod", ".it", ".s3m"}
ARCHIVES = {".pk3", ".wz", ".zip", ".wad"}
RATE_HZ = 48_000  # Opus knows no 44.1 kHz
SEED = 7
COURSE = {  # the front end that music is known again by: 20 ms a frame
    "sample_rate_hz": 16_000, "n_fft": 1024, "window": "hann-periodic", "window_length": 1024, "hop": 320,
    "mel_bands": 64, "mel_scale": "htk", "mel_norm": "none", "f_min_hz": 30.0, "f_max_hz": 7800.0,
    "level": "mean", "level_floor": 1e-4, "log_law": "ln1p", "log_scale": 1e6,
}
EXCERPT_S = 30.0
SHORTEST_S = 15.0
A_PACKAGE = 60  # excerpts
A_PIECE = 3

FONTS = {  # the package of each soundfont, its file, its licence
    "fluid-soundfont-gm": ("FluidR3_GM.sf2", "MIT"),
    "musescore-general-soundfont-lossless": ("MuseScore_General_Full.sf2", "MIT"),
    "timgm6mb-soundfont": ("TimGM6mb.sf2", "GPL-2"),
    "csound-soundfont": ("sf_GMbank.sf2", "public domain"),
}

# Free as Debian's policy and our licences both understand it. NC and ND are not in Debian main; they are rejected all the same.
FREE = re.compile(r"(A?L?GPL|CC[- ]?BY|CC[- ]?0|PUBLIC[- ]DOMAIN|PD$|MIT|EXPAT|X11|BSD|ISC|ZLIB|APACHE|OFL|FREE[- ]ART|LAL|WTFPL|PERMISSIVE)", re.I)
REJECTED = re.compile(r"\b(NC|ND|NONCOMMERCIAL|NON-COMMERCIAL|NO-?DERIV\w*)\b", re.I)


# -- licences ----------------------------------------------------------------------------------------------------------

def free(synopsis):
    """Whether a DEP-5 licence line allows use: one alternative of `or` must, and within it every part of `and`."""

    def fine(name):
        return bool(FREE.match(name.strip(" ,"))) and not REJECTED.search(name.replace("-", " "))

    return any(all(fine(name) for name in re.split(r"\s+and\s+", side, flags=re.I)) for side in re.split(r"\s+or\s+", synopsis, flags=re.I))


class Licences:
    """What a package's copyright file says of its files: (licence, who, where it is said), or a reason against."""

    def __init__(self, root, package, entry):
        self.entry, path = entry, root / "usr/share/doc" / package / "copyright"
        self.where = entry.get("repository", f"debian/copyright of {package}")
        try:
            with open(path, encoding="utf-8", errors="replace") as text:
                self.said = Copyright(text, strict=False)
        except (NotMachineReadableError, ValueError, OSError):
            self.said = None

    def of(self, relative):
        if "licence" in self.entry:
            return self.entry["licence"], self.entry.get("artist"), f"{self.where}: {self.entry['says']}"
        if self.said is None:
            raise LookupError("no machine-readable stanza")
        stanza = self.stanza(relative)
        if stanza is None:
            raise LookupError("no stanza that names it")
        synopsis = " ".join(stanza.license.synopsis.split()) if stanza.license else ""
        if not free(synopsis):
            raise LookupError(f"licence {synopsis}")
        # the holders of `Files: *` made the game; of its musicians only a stanza of their own knows
        names = None if self.all_files(stanza) else holders(stanza.copyright)
        return synopsis, names, f"{self.where}, Files: {' '.join(stanza.files)[:80]}"

    def stanza(self, relative):
        """Stanzas speak of the source's tree, of which the installed path keeps some tail."""
        parts = ["usr", "share", *relative.split("/")]
        for k in range(len(parts)):
            found = self.said.find_files_paragraph("/".join(parts[k:]))
            if found is not None and not self.all_files(found):
                return found
        named = [s for s in self.said.all_files_paragraphs() if any(Path(f).stem == Path(relative).stem for f in s.files)]
        if named:
            return named[-1] if len(named) == 1 else None  # the same name twice: which one is not clear
        if not self.entry.get("whole"):
            return None
        return next((s for s in self.said.all_files_paragraphs() if self.all_files(s)), None)

    @staticmethod
    def all_files(stanza):
        return tuple(stanza.files) == ("*",)


def holders(text):
    """The names in a copyright field, without years and addresses."""
    names = (re.sub(r"<[^>]*>|\S+@\S+|\(?(c|©|copyright)\)?(?=[\s\d])|\b(19|20)\d\d([-–, ]+((19|20)?\d\d|present))*\b", "", line, flags=re.I).strip(" ,;:-–") for line in text.splitlines())
    return ", ".join(name for name in names if name) or None


# -- packages ----------------------------------------------------------------------------------------------------------

def unpack(package, folder):
    """The package's sounds and its copyright file, from Debian's archive; nothing is installed."""
    subprocess.run(["apt-get", "-q", "download", package], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deb = next(folder.glob("*.deb"))
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as tar, tarfile.open(fileobj=tar.stdout, mode="r|") as inside:
        for member in inside:
            suffix = Path(member.name).suffix.lower()
            if member.isfile() and (suffix in SOUND | ARCHIVES or member.name.endswith("/copyright")):
                inside.extract(member, folder / "root", filter="data")
    deb.unlink()
    root = folder / "root"
    for wad in root.rglob("*.wad"):
        lumps(wad)
    for archive in [path for path in root.rglob("*") if path.suffix in ARCHIVES - {".wad"} and path.is_file()]:
        try:
            with zipfile.ZipFile(archive) as inside:
                for name in inside.namelist():
                    if Path(name).suffix.lower() in SOUND:
                        inside.extract(name, archive.with_suffix(archive.suffix + ".d"))
        except zipfile.BadZipFile:
            pass  # not every .zip of a game is one
    return root


def check_out(repository, folder, mirrors):
    """The sounds of a GitHub repository's newest state, laid out as a package's are. A mirror may lack its largest files."""
    owner, name = repository.removeprefix("github:").split("/")
    git = mirrors / f"{owner}+{name}" / "repo" if mirrors else None
    if git is None or not git.exists():
        git = folder / "clone"
        subprocess.run(["git", "clone", "-q", "--bare", "--depth", "1", f"https://github.com/{owner}/{name}", git], check=True)
    listed = subprocess.run(["git", "-C", git, "ls-tree", "-r", "-z", "--name-only", "HEAD"], check=True, stdout=subprocess.PIPE).stdout
    for path in (Path(raw.decode()) for raw in listed.split(bytes(1)) if raw):
        if path.suffix.lower() in SOUND:
            blob = subprocess.run(["git", "-C", git, "cat-file", "blob", f"HEAD:{path}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            if blob.returncode == 0:
                target = folder / "root/usr/share" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(blob.stdout)
    return folder / "root"


def lumps(path):
    """The MIDI lumps of a Doom WAD (header, then a directory of position, size, name) as files beside it."""
    wad = path.read_bytes()
    count, at = struct.unpack_from("<4x2i", wad)
    for position, size, name in struct.iter_unpack("<2i8s", wad[at : at + 16 * count]):
        if wad[position : position + 4] == b"MThd":
            path.with_suffix(".d").mkdir(exist_ok=True)
            (path.with_suffix(".d") / f"{name.rstrip(bytes(1)).decode('ascii').lower()}.mid").write_bytes(wad[position : position + size])


def pieces(root, entry):
    """The package's music, as lists of files that sound together: [(name, [path])]."""
    base = root / "usr/share"
    names = [path.relative_to(base).as_posix() for path in base.rglob("*") if path.suffix.lower() in SOUND and path.is_file() and not path.is_symlink()]

    def matches(name, patterns):
        return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)

    chosen = sorted(name for name in names if matches(name, entry["music"]) and not matches(name, entry.get("without", [])))
    if not entry.get("stems"):
        return [(name, [base / name]) for name in chosen]
    together = defaultdict(list)  # the stems of one song lie in one folder
    for name in chosen:
        together[str(Path(name).parent)].append(base / name)
    return sorted(together.items())


def sound(paths, fonts):
    """Files played together, mono at RATE_HZ; empty if they cannot be decoded. Scores are played on `fonts`."""
    try:
        if paths[0].suffix.lower() in SCORES:
            rng = np.random.default_rng(list(paths[0].name.encode()))
            return resample_poly(bands.perform(rng, paths[0], fonts(), paths[0].parent)[0], 3, 2).astype(np.float32)
        parts = [data.decode(path, RATE_HZ) for path in paths]
    except (subprocess.CalledProcessError, OSError, ValueError, IndexError):
        return np.zeros(0, np.float32)
    length = max(map(len, parts))
    return np.sum([np.pad(part, (0, length - len(part))) for part in parts], 0)


def tagged(path):
    """Title and artist as the file itself has them."""
    command = ["ffprobe", "-v", "fatal", "-show_entries", "format_tags:stream_tags", "-of", "json", str(path)]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE).stdout or b"{}")
    tags = [found.get("format", {}).get("tags", {})] + [stream.get("tags", {}) for stream in found.get("streams", [])]

    def read(key):
        values = (v for t in tags for k, v in t.items() if k.lower() == key)
        return next((" ".join(v.split()) for v in values if v.strip() and v.isprintable() and not v.startswith("<")), None)

    return read("title"), read("artist")


def spread(seconds, count):
    """Where `count` excerpts start: in the middles of as many equal parts."""
    length = min(EXCERPT_S, seconds)
    return [max(0.0, (k + 0.5) * seconds / count - length / 2) for k in range(count)]


def packages(training, cache_dir, out, only, mirrors):
    known, gathered = Known(training, cache_dir), Gathered(out)
    known.add_files(gathered, cache_dir)
    for entry in tomllib.loads(TABLE.read_text(encoding="utf-8"))["package"]:
        package = entry["name"]
        if only and package not in only or package in gathered.sources:
            continue
        with tempfile.TemporaryDirectory(dir=out) as folder:
            try:
                root = check_out(entry["repository"], Path(folder), mirrors) if "repository" in entry else unpack(package, Path(folder))
            except (subprocess.CalledProcessError, StopIteration):
                gathered.leave_out(package, "*", "not to be had from the archive")
                continue
            take(root, entry, known, gathered)


def take(root, entry, known, gathered):
    """Cuts what one package offers."""
    package, rng = entry["name"], np.random.default_rng(SEED)
    source = entry.get("repository", f"debian:{package}")
    licences, offered = Licences(root, package, entry), []
    for name, paths in pieces(root, entry):
        try:
            offered.append((name, paths, licences.of(name)))
        except LookupError as reason:
            gathered.leave_out(package, name, str(reason))
    limit = entry.get("excerpts", A_PACKAGE)
    if len(offered) > limit:
        offered = [offered[i] for i in sorted(rng.choice(len(offered), limit, replace=False))]
    each = min(A_PIECE, max(1, limit // max(1, len(offered))))
    for name, paths, (licence, who, where) in offered:
        if gathered.has(source, name):  # a run that was stopped
            continue
        x = sound(paths, gathered.fonts)
        seconds = len(x) / RATE_HZ
        if seconds < SHORTEST_S:
            gathered.leave_out(package, name, f"shorter than {SHORTEST_S:.0f} s, or not decoded")
            continue
        twin = known.same_as(x)
        if twin:
            gathered.leave_out(package, name, f"the same music as {twin}")
            continue
        title, artist = (None, None) if paths[0].suffix.lower() in SCORES else tagged(paths[0])
        title = None if entry.get("stems") else title  # tags of a stem speak of the stem
        line = {
            "source": source, "path": name, "title": title or Path(name).stem.replace("_", " ").replace("-", " "),
            "artist": entry.get("artist") or artist or who, "licence": licence, "licence_source": where, "generated": False,
        }
        for start in spread(seconds, min(each, 1 if seconds < 45 else 2 if seconds < 100 else 3)):
            gathered.cut(x, start, line)
        known.add(x, f"{package} {name}")
    gathered.done(package)
    print(f"{package}: {sum(line['source'] == source for line in gathered.lines)} excerpts", flush=True)


# -- duplicates --------------------------------------------------------------------------------------------------------

class Known:
    """Knows music again, wherever in a piece an excerpt was taken: the log-mel's course in time, correlated.

    Five frames a second; less the course of overall level, and less what changes slower than three seconds, so that
    neither equalising nor mastering nor a fade decides. Twelve excerpts through Opus at 30 kbit/s correlated at
    0.88 to 0.98 with their own pieces, and at no more than 0.26 with 230 others. Played anew it is another piece.
    """

    FRAMES = 4096  # of one transform, 13 minutes
    HOP = 10  # frames of the log-mel in one of these
    ALIKE = 0.5

    def __init__(self, training, cache_dir):
        self.names, self.spectra, self.lengths = [], [], []
        for line in data.index(training):
            self.keep(self.course_of(training / line["file"], cache_dir), f"{line['source']} {line['path']}")

    @classmethod
    def course_of(cls, path, cache_dir):
        """The course of an excerpt, cached."""
        cached = cache_dir / "course" / f"{path.stem}.npz"
        if not cached.exists():
            data.save(cached, course=cls.course(data.decode(path, COURSE["sample_rate_hz"])))
        return np.load(cached)["course"]

    @classmethod
    def course(cls, x):
        """How the log-mel of 16 kHz sound goes, five times a second: [32, n]."""
        (mel,) = FrontEnd(COURSE).mels([x])
        n = mel.shape[1] // cls.HOP
        x = mel[::2, : n * cls.HOP].reshape(-1, n, cls.HOP).mean(2)  # [32, n]
        x = x - x.mean(0)
        return uniform_filter1d(x - uniform_filter1d(x, 15, axis=1), 2, axis=1)

    def keep(self, course, name):
        x = course[:, : int(EXCERPT_S * 5)]
        x = x - x.mean(1, keepdims=True)
        moments = (x**2).sum(0)
        if moments.sum() ** 2 < 0.2 * x.shape[1] * (moments**2).sum():
            return  # one sound in a silence is like any other
        self.names.append(name)
        self.spectra.append(np.conj(np.fft.rfft(x / (np.linalg.norm(x) + 1e-6), self.FRAMES)).astype(np.complex64))
        self.lengths.append(x.shape[1])

    def add(self, x, name):
        """A whole piece of ours: its thirds, as later packages may hold it too."""
        course = self.course(x[::3])
        for start in range(0, max(1, course.shape[1] - 75), 300):
            self.keep(course[:, start:], name)

    def add_files(self, gathered, cache_dir):
        """What an earlier run brought."""
        for line in gathered.lines:
            if not line["source"].startswith("mma:"):
                self.keep(self.course_of(gathered.out / line["file"], cache_dir), f"{line['source']} {line['path']}")

    def same_as(self, x):
        """The name of a known excerpt within this piece, or None."""
        course = self.course(x[::3])[:, : self.FRAMES]
        course = course - course.mean(1, keepdims=True)
        energy = np.concatenate([[0], np.cumsum((course**2).sum(0))])
        f = np.fft.rfft(course, self.FRAMES).astype(np.complex64)
        n, best, which = course.shape[1], 0.0, None
        for spectrum, length, name in zip(self.spectra, self.lengths, self.names):
            # the excerpt may hang over either end of a short piece by a third of itself
            dot = np.fft.irfft((f * spectrum).sum(0), self.FRAMES)
            at = np.arange(-(length // 3), max(1, n - length + length // 3))
            if n + length > self.FRAMES:
                at = at[at >= 0]
            under = energy[np.clip(at + length, 0, n)] - energy[np.clip(at, 0, n)]
            r = (dot[at] / np.sqrt(under + 1e-6)).max() if len(at) else 0.0
            if r > best:
                best, which = r, name
        return which if best > self.ALIKE else None


# -- the folder --------------------------------------------------------------------------------------------------------

class Gathered:
    """The folder that grows. A line follows its file; a source counts as there once all of it is."""

    def __init__(self, out):
        self.out = out
        (out / "audio").mkdir(parents=True, exist_ok=True)
        path = out / "index.jsonl"
        self.lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
        self.files = {line["file"] for line in self.lines}
        done = out / "done.txt"
        self.sources = set(done.read_text().split()) if done.exists() else set()

    @staticmethod
    def piece(source, path):
        return "g-" + hashlib.sha1(f"{source} {path}".encode()).hexdigest()[:10]

    def has(self, source, path):
        return any(line["track"] == self.piece(source, path) for line in self.lines)

    def cut(self, x, start, line):
        """Writes one excerpt and its line: mono Opus at 30 kbit/s, as the given ones are."""
        piece = self.piece(line["source"], line["path"])
        part = x[int(start * RATE_HZ) : int((start + EXCERPT_S) * RATE_HZ)]
        if np.sqrt(np.mean(part**2)) < 1e-3:
            return self.leave_out(line["source"], f"{line['path']} at {start:.0f} s", "silence")
        k = sum(file.startswith(f"audio/{piece}") for file in self.files)
        line = {
            "file": f"audio/{piece}{'abcdefgh'[k]}.opus", "track": piece, "split": "train", **line,
            "offset_s": round(start, 1), "seconds": round(len(part) / RATE_HZ, 1), "teacher_style": None,
        }
        tags = [word for key in ("title", "artist") if line[key] for word in ("-metadata", f"{key}={line[key]}")]
        command = ["ffmpeg", "-v", "error", "-y", "-f", "f32le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "-"]
        command += ["-threads", "1", "-c:a", "libopus", "-b:a", "30k", *tags, str(self.out / line["file"])]
        subprocess.run(command, input=np.clip(part, -1, 1).astype("<f4").tobytes(), check=True)
        self.files.add(line["file"])
        self.lines.append(line)
        self.append("index.jsonl", json.dumps(line, ensure_ascii=False))

    @cache
    def fonts(self):
        """The soundfonts, by package, fetched once: {package: file}."""
        found = {}
        for package, (file, _) in FONTS.items():
            folder = self.out / "fonts" / package
            if not folder.exists():
                with tempfile.TemporaryDirectory(dir=self.out) as part:
                    subprocess.run(["apt-get", "-q", "download", package], cwd=part, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    subprocess.run(["dpkg-deb", "-x", next(Path(part).glob("*.deb")), Path(part) / "root"], check=True)
                    folder.parent.mkdir(exist_ok=True)
                    (Path(part) / "root").rename(folder)
            found[package] = next(path for path in folder.rglob(file) if not path.is_symlink())
        return found

    def leave_out(self, source, name, reason):
        self.append("left-out.tsv", f"{source}\t{name}\t{reason}")

    def done(self, package):
        self.sources.add(package)
        self.append("done.txt", package)

    def append(self, name, text):
        with open(self.out / name, "a", encoding="utf-8") as file:
            file.write(text + "\n")


# -- bands -------------------------------------------------------------------------------------------------------------

def play_all(out, seed):
    """Every kind of gather.toml, turn by turn, so that a part of it is already of all kinds."""
    gathered, entries = Gathered(out), tomllib.loads(TABLE.read_text(encoding="utf-8"))["band"]
    with tempfile.TemporaryDirectory(dir=out) as folder:
        folder, fonts = Path(folder), gathered.fonts()
        queues = {entry["name"]: [groove for library in entry["grooves"] for groove in bands.grooves(library, entry.get("parts", 3))] for entry in entries}
        for turn in range(max(entry["clips"] for entry in entries)):
            for entry in entries:
                groove = queues[entry["name"]][turn % len(queues[entry["name"]])]
                source, path = f"mma:{groove}", f"{entry['name']} {seed}-{turn}"
                if turn >= entry["clips"] or gathered.has(source, path):
                    continue
                rng = np.random.default_rng([seed, turn, *entry["name"].encode()])
                try:
                    x, title, font = bands.play(rng, entry, groove, fonts, folder)
                except (ValueError, subprocess.CalledProcessError) as reason:
                    gathered.leave_out(source, path, str(reason))
                    continue
                gathered.cut(resample_poly(x, 3, 2).astype(np.float32), 0.0, {
                    "source": source, "path": path, "title": title, "artist": None, "licence": "CC0-1.0",
                    "licence_source": f"made for this project: groove of mma (GPL-2+), instruments of {font} ({FONTS[font][1]})", "generated": False,
                })


# -- what is there -----------------------------------------------------------------------------------------------------

def tags_of(ear, lines, cache_dir):
    """What an ear of ours hears in excerpts that `data.py` has cached: [n, tags]."""
    return data.join(ear, {network: data.answers(cache_dir, network, lines) for network in ear.networks})[1]


def styles(cache_dir, out, folder):
    """Writes into the index which kind of music an ear hears most of, and each file once, since two runs at once may have added it twice."""
    ear, lines = Ear(folder), list({line["file"]: line for line in data.index(out)}.values())
    genres = [k for k, tag in enumerate(ear.manifest["tags"]) if tag["kind"] == "genre"]
    for line, tags in zip(lines, tags_of(ear, lines, cache_dir)):
        line["teacher_style"] = ear.tags[max(genres, key=lambda k: tags[k])]
        del line["key"]
    part = out / "index.part"
    part.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    part.rename(out / "index.jsonl")


def report(training, cache_dir, out, folder):
    """Prints sources, licences, and in how many excerpts of old and new an ear hears each kind of music."""
    ear, lines = Ear(folder), data.index(out)
    table = defaultdict(list)
    for line in lines:
        table[line["source"].split(":")[0] if line["source"].startswith("mma:") else line["source"], line["licence"]].append(line)
    print("| source | licence | pieces | excerpts | hours |\n|---|---|---|---|---|")
    for (source, licence), group in sorted(table.items()):
        print(f"| {source} | {licence} | {len({line['track'] for line in group})} | {len(group)} | {sum(line['seconds'] for line in group) / 3600:.2f} |")
    hours = sum(line["seconds"] for line in lines) / 3600
    print(f"| all | | {len({line['track'] for line in lines})} | {len(lines)} | {hours:.2f} |\n")
    groups = {
        "given": data.index(training),
        "recorded": [line for line in lines if not line["source"].startswith("mma:")],
        "bands": [line for line in lines if line["source"].startswith("mma:")],
    }
    scores = {name: tags_of(ear, group, cache_dir) for name, group in groups.items() if group}
    print("| tag | " + " | ".join(f"{name} ({len(s)})" for name, s in scores.items()) + " |\n|---|" + "---|" * len(scores))
    for k, tag in enumerate(ear.manifest["tags"]):
        if tag["kind"] in ("genre", "voice"):
            print(f"| {tag['name']} | " + " | ".join(str(int((s[:, k] >= tag["threshold"]).sum())) for s in scores.values()) + " |")
    left = [row.split("\t") for row in sorted(set((out / "left-out.tsv").read_text(encoding="utf-8").splitlines()))]
    print("\nleft out: " + ", ".join(f"{n} {reason}" for reason, n in Counter(re.sub(r" as .*", " as another", row[2]) for row in left).most_common()))


# -- the verbs ---------------------------------------------------------------------------------------------------------

if __name__ == "__main__":
    parser = data.arguments()
    parser.add_argument("verb", choices=["packages", "bands", "styles", "report"])
    parser.add_argument("only", nargs="*", help="packages, if not all")
    parser.add_argument("--mirrors", type=Path, help="a folder of repositories, <owner>+<name>/repo, to use before cloning")
    parser.add_argument("--out", type=Path, required=True, help="the folder to fill")
    parser.add_argument("--ear", type=Path, help="styles, report: the model's folder")
    a = parser.parse_args()
    if a.verb == "packages":
        packages(a.training, a.cache, a.out, a.only, a.mirrors)
    elif a.verb == "bands":
        play_all(a.out, SEED)
    elif a.verb == "styles":
        styles(a.cache, a.out, a.ear)
    else:
        report(a.training, a.cache, a.out, a.ear)
