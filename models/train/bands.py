"""A band that plays what is asked of it: chords and a tune, played by MMA's grooves and FluidSynth's instruments.

Owns: the changes, the tune, who plays what, distortion, the room and the record's age. `play` gives one clip of about 30 s,
another one for each seed. Leaves to `gather.py` where it goes, and to `gather.toml` which grooves are of which kind.

It is not meant to be good music. It is meant to have the sound, rhythm and harmony of kinds of music of which too few
free recordings are at hand; what they are the teachers say.
"""

import re
import subprocess
from pathlib import Path

import mido
import numpy as np
from scipy.signal import butter, fftconvolve, sosfilt

import data

RATE_HZ = 32_000
SECONDS = 30.0  # of a clip
SCORE_S = 105.0  # of what somebody else wrote, at most
LIBRARY = Path("/usr/share/mma/lib")
NOTES = "C Db D Eb E F Gb G Ab A Bb B".split()
DEGREES = {"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9, "vii": 11}
SCALES = {
    "blues": (0, 3, 5, 6, 7, 10), "major": (0, 2, 4, 5, 7, 9, 11), "mixolydian": (0, 2, 4, 5, 7, 9, 10), "dorian": (0, 2, 3, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10), "harmonic": (0, 2, 3, 5, 7, 8, 11), "pentatonic": (0, 2, 4, 7, 9), "minor pentatonic": (0, 3, 5, 7, 10), "phrygian": (0, 1, 3, 5, 7, 8, 10),
}
# Onsets and lengths of a bar of four, in eighths
RHYTHMS = [
    [(0, 2), (2, 2), (4, 2), (6, 2)], [(0, 1), (1, 1), (2, 2), (4, 1), (5, 1), (6, 2)], [(0, 3), (3, 1), (4, 3), (7, 1)], [(1, 1), (2, 1), (3, 2), (5, 1), (6, 2)],
    [(0, 4), (4, 4)], [(0, 1), (1, 1), (2, 1), (3, 1), (4, 4)], [(2, 1), (3, 1), (4, 1), (5, 1), (6, 2)], [(0, 3), (3, 3), (6, 2)], [(0, 6)], [(3, 1), (4, 1), (5, 3)],
]
FAMILIES = {  # General MIDI programs that may stand in for each other
    "keys": (0, 1, 2, 4, 5, 7), "organ": (16, 17, 18), "acoustic": (24, 25), "electric": (26, 27, 28, 29, 30), "upright": (32, 35), "bass": (33, 34, 36, 37),
    "strings": (48, 49, 50), "brass": (56, 57, 61), "reeds": (64, 65, 66, 67),
}
DISTORTED = (29, 30)


# -- notes -------------------------------------------------------------------------------------------------------------

def changes(text, key):
    """Roman numerals to MMA's chord names, bar by bar: "ii7,V7 Imaj7" -> [[(root, name), …], …]."""
    bars = []
    for bar in text.split():
        chords = []
        for chord in bar.split(","):
            flat, numeral, kind = re.fullmatch(r"(b?)([iIvV]+)(.*)", chord).groups()
            root = (key + DEGREES[numeral.lower()] - len(flat)) % 12
            minor = "m" if numeral.islower() and not kind.startswith(("m7b5", "dim", "5")) else ""
            chords.append((root, NOTES[root] + minor + kind))
        bars.append(chords)
    return bars


def beats(groove):
    """Beats in a bar of a groove, from its library file."""
    found = re.search(r"^\s*Time\s+(\d+)", (LIBRARY / f"{groove.split(':')[0]}.mma").read_text(errors="replace"), re.M | re.I)
    return int(found[1]) if found else 4


def grooves(library, parts):
    """Names in a library file that are whole grooves (no intros, endings, fills), at most `parts`."""
    text = (LIBRARY / f"{library}.mma").read_text(errors="replace")
    names = re.findall(r"^\s*DefGroove\s+(\S+)", text, re.M | re.I)
    names = [name for name in names if not re.search(r"intro|end(ing)?|fill|\dE$|\dF", name, re.I)]
    return [f"{library}:{name}" for name in names[:: max(1, -(-len(names) // parts))]] if names else []


def accompany(groove, tempo, bars, folder):
    """What MMA makes of the chords: a MidiFile."""
    lines = [f"Tempo {tempo}", f"Groove {groove}"]
    per_bar = beats(groove)
    for i, bar in enumerate(bars):
        half = max(1, per_bar // 2)
        lines.append(f"{i + 1} " + (bar[0][1] if len(bar) == 1 else " ".join([bar[0][1], *["/"] * (half - 1), bar[1][1]])))
    (folder / "song.mma").write_text("\n".join(lines) + "\n")
    made = subprocess.run(["mma", "-f", folder / "song.mid", folder / "song.mma"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode:
        raise ValueError(f"{groove}: {made.stdout.strip().splitlines()[-1]}")
    return mido.MidiFile(folder / "song.mid")


def tune(rng, bars, per_bar, scale, key, swing, low):
    """A melody over the chords: (start, length in beats, pitch, velocity). A few rhythms return, as tunes do."""
    fits = [pitch for pitch in range(low, low + 22) if (pitch - key) % 12 in SCALES[scale]]
    kinds = [RHYTHMS[i] for i in rng.choice(len(RHYTHMS), 3, replace=False)]
    form = rng.choice(["aaba", "abac", "abcb", "aabb"])
    pitch, busy, notes = fits[len(fits) // 2], rng.uniform(0.6, 1.0), []
    for b, bar in enumerate(bars):
        if rng.random() > busy:
            continue
        for onset, length in kinds["abc".index(form[b % 4])]:
            if onset >= 2 * per_bar:
                break
            at = onset / 2 + (0.16 if swing and onset % 2 else 0.0)
            root = bar[-1 if len(bar) > 1 and at >= per_bar / 2 else 0][0]
            near = sorted(fits, key=lambda p: abs(p - pitch) + rng.uniform(0, 4))
            on_chord = [p for p in near if (p - root) % 12 in (0, 3, 4, 7, 10)]
            pitch = on_chord[0] if onset % 4 == 0 and on_chord else near[int(rng.integers(0, 3))]
            notes.append((b * per_bar + at + rng.normal(0, 0.012), length / 2 * rng.uniform(0.7, 1.0), pitch, int(rng.integers(48, 88))))
    return notes


def riff(rng, bars, per_bar):
    """Guitars that chug: palm-muted roots in sixteenths, power chords where the figure opens. As `tune` gives it."""
    figures = ["x-xxx-xxx-xxX---", "xxx-xxx-xxx-X-X-", "X---x-x-xxxxX---", "x-x-x-xxX---X---", "xxxxxxxxX-X-X-X-", "X-------X---X-X-", "X--xX--xX--xX-X-"]
    chosen, notes = [figures[i] for i in rng.choice(len(figures), 2, replace=False)], []
    for b, bar in enumerate(bars):
        root = 40 + (bar[0][0] - 40) % 12
        root -= 12 * (root > 48)
        for k, mark in enumerate(chosen[b % 4 == 3][: 4 * per_bar]):
            if mark != "-":
                figure = chosen[b % 4 == 3]
                length = 1 + len(re.match("-*", figure[k + 1 :])[0]) if mark == "X" else 0.7
                for step in (0, 7, 12) if mark == "X" else (0, 7):
                    notes.append((b * per_bar + k / 4 + rng.normal(0, 0.008), length / 4, root + step, 118 if mark == "X" else int(rng.integers(78, 100))))
    return notes


def part(notes, program, channel, ticks):
    """A track that plays notes on a program."""
    events = []
    for start, length, pitch, velocity in notes:
        on = max(0, round(start * ticks))
        events += [(on, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity))]
        events += [(on + max(1, round(length * ticks)), mido.Message("note_off", channel=channel, note=pitch))]
    events.sort(key=lambda e: (e[0], e[1].type == "note_on"))
    track, now = mido.MidiTrack([mido.Message("program_change", channel=channel, program=program)]), 0
    for at, message in events:
        track.append(message.copy(time=at - now))
        now = at
    return track


def recast(rng, song, share):
    """Some of the players come with another instrument of the family."""
    for track in song.tracks:
        for message in track:
            if message.type == "program_change" and message.channel != 9 and rng.random() < share:
                family = next((f for f in FAMILIES.values() if message.program in f), None)
                if family:
                    message.program = int(rng.choice(family))


def split(song, programs):
    """The same song twice: without and with only the notes on `programs`."""
    sides = []
    for keep in (False, True):
        side = mido.MidiFile(ticks_per_beat=song.ticks_per_beat, type=1)
        for track in song.tracks:
            playing, out, carry = {}, mido.MidiTrack(), 0
            for message in track:
                if message.type == "program_change":
                    playing[message.channel] = message.program
                wanted = message.type not in ("note_on", "note_off") or ((message.channel != 9 and playing.get(message.channel) in programs) == keep)
                if wanted:
                    out.append(message.copy(time=message.time + carry))
                carry = 0 if wanted else carry + message.time
            side.tracks.append(out)
        sides.append(side)
    return sides


# -- sound -------------------------------------------------------------------------------------------------------------

def render(song, font, folder, seconds):
    """FluidSynth's reading of a song, mono, its first seconds: [samples] at RATE_HZ."""
    song.save(folder / "part.mid")
    command = ["fluidsynth", "-q", "-ni", "-R", "0", "-C", "0", "-r", str(RATE_HZ), "-g", "0.5", "-o", "synth.dynamic-sample-loading=1"]
    subprocess.run([*command, "-F", folder / "part.wav", font, folder / "part.mid"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return data.decode(folder / "part.wav", RATE_HZ)[: int((seconds + 1) * RATE_HZ)].copy()


def level(x):
    return x / (np.sqrt(np.mean(x**2)) + 1e-6)


def band(x, low, high):
    return sosfilt(butter(2, [low, min(high, 0.49 * RATE_HZ)], "bandpass", fs=RATE_HZ, output="sos"), x)


def amplifier(rng, x, drive):
    """A guitar amplifier: high pass, tanh at four times the gain it needs, a cabinet that ends near 5 kHz."""
    x = level(band(x, 90, 8000))
    x = np.tanh(drive * x) + 0.15 * np.tanh(drive * x + 0.5)
    return level(band(x, rng.uniform(70, 120), rng.uniform(3800, 6500)))


def room(rng, x, wet):
    """Reverberation: noise that dies away, darker as it does."""
    seconds = rng.uniform(0.25, 2.2)
    n = int(seconds * RATE_HZ)
    answer = rng.standard_normal(n) * 10 ** (-3 * np.arange(n) / n)
    answer = band(answer, 150, rng.uniform(2500, 9000))
    return x + wet * level(fftconvolve(x, answer)[: len(x)]) * np.sqrt(np.mean(x**2))


def compress(rng, x):
    """Loud moments held down: a ratio above a threshold, over 10 to 60 ms."""
    n = int(rng.uniform(0.01, 0.06) * RATE_HZ)
    loud = np.sqrt(np.convolve(x**2, np.ones(n) / n, "same") + 1e-9)
    over = np.maximum(1.0, loud / (10 ** (rng.uniform(-8, 3) / 20) * np.sqrt(np.mean(x**2))))
    return x * over ** -rng.uniform(0.3, 0.8)


def record(rng, x, age):
    """The medium: 0 a clean file, 1 an old disc: narrow, hissing, crackling, a little overdriven."""
    if age < 0.15:
        return x
    x = level(band(x, 30 + 170 * age, 15_000 - 11_000 * age**0.7))
    x = np.tanh(x * (0.3 + 0.5 * age)) / (0.3 + 0.5 * age)
    x = x + rng.standard_normal(len(x)) * 10 ** ((-52 + 24 * age) / 20)
    clicks = (rng.random(len(x)) < 2e-5 + 3e-4 * age**2) * rng.standard_normal(len(x)) * 2
    return x + fftconvolve(clicks, np.exp(-np.arange(40) / 8) * rng.standard_normal(40), "same") * age


# -- a clip ------------------------------------------------------------------------------------------------------------

def play(rng, entry, groove, fonts, folder):
    """One clip of a kind of music (an entry of gather.toml) in a groove: sound at RATE_HZ, a title, the font's name."""
    key, tempo, per_bar = int(rng.integers(12)), int(rng.integers(*entry["tempo"])), beats(groove)
    bars = changes(str(rng.choice(entry["changes"])), key)
    wanted = int(np.ceil((SECONDS + 1) * tempo / 60 / per_bar)) + 1
    bars = (bars * (wanted // len(bars) + 1))[:wanted]
    song = accompany(groove, tempo, bars, folder)
    ticks = song.ticks_per_beat
    recast(rng, song, 0.15)
    scale, swing = str(rng.choice(entry["scales"])), entry.get("swing", False)
    if rng.random() < entry.get("tune", 0.6):
        program = int(rng.choice(entry["leads"]))
        notes = tune(rng, bars, per_bar, scale, key, swing, int(rng.integers(52, 66)))
        song.tracks.append(part(notes, program, 14, ticks))
        if rng.random() < 0.25:  # a second voice
            song.tracks.append(part([(a, b, p - int(rng.choice([3, 4])), v - 15) for a, b, p, v in notes], program, 15, ticks))
    if rng.random() < entry.get("riff", 0.0):
        song.tracks.append(part(riff(rng, bars, per_bar), 29, 13, ticks))
        song.tracks.append(part([(a, b, p - 12, v) for a, b, p, v in riff(rng, bars, per_bar)[::2]], 34, 12, ticks))
    name = choose(rng, fonts)
    drive = rng.uniform(*entry["drive"]) if rng.random() < entry.get("distorted", 0.0) else 0.0
    age = rng.uniform(*entry["age"]) if "age" in entry and rng.random() < 0.8 else 0.0
    x = produce(rng, song, fonts[name], folder, drive, age, SECONDS)
    return x, f"{entry['name']} in {NOTES[key]}, {tempo} bpm, {groove.split(':')[1]}", name


def perform(rng, path, fonts, folder):
    """A MIDI file that somebody wrote, played by the same instruments: sound at RATE_HZ, the font's name."""
    name = choose(rng, fonts)
    return produce(rng, mido.MidiFile(path, clip=True), fonts[name], folder, rng.uniform(3, 20), 0.0, SCORE_S), name


def choose(rng, fonts):
    """The first two fonts are recordings of instruments, and play four times as often as the small ones."""
    return list(fonts)[rng.choice(len(fonts), p=np.array([4, 4, 1, 1]) / 10)]


def produce(rng, song, font, folder, drive, age, seconds):
    """Played, amplified, put into a room and on a record."""
    if drive:
        rest, guitars = split(song, (*FAMILIES["electric"], 31))
        for track in guitars.tracks:  # an amplifier wants a clean string
            for message in track:
                if message.type == "program_change" and message.program in DISTORTED:
                    message.program = 27
        x, g = render(rest, font, folder, seconds), render(guitars, font, folder, seconds)
        n = min(len(x), len(g))
        x = level(x[:n])
        if np.abs(g).max() > 1e-3:
            x = x + amplifier(rng, g[:n], drive) * rng.uniform(0.5, 1.1)
    else:
        x = level(render(song, font, folder, seconds))
    if rng.random() < 0.8:
        x = room(rng, x, rng.uniform(0.05, 0.5))
    if rng.random() < 0.7:
        x = compress(rng, x)
    tilt = rng.uniform(-0.5, 0.5)
    x = x - tilt * np.concatenate([[0], x[:-1]])
    x = record(rng, x, age)
    x = x[: int(seconds * RATE_HZ)]
    return np.tanh(level(x) * 10 ** (rng.uniform(-22, -11) / 20)).astype(np.float32)
