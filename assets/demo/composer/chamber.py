"""Chamber music for strings and harpsichord: a passacaglia, a canon over a ground, an allegro, a minuet.

Bowed strings are saws whose harmonics follow the bow's weight, with a vibrato that comes in late, bow noise
and bites at each stroke; every part goes through the modes of its own body, so vibrato becomes colour.
Two players to a part, in one wooden hall.
"""

import numpy as np
from scipy.signal import oaconvolve

from .mix import Track, convolve, master, room
from .synth import RATE, bandpass, edges, equalise, highpass, lowpass, noise, oscillator, ring, samples, string
from .theory import Clock, Note, arched, bass_of, hertz, lead, phrase, shifted

SIZES = {"violin": 1.0, "viola": 0.8, "cello": 0.44}


def body(kind, seed):
    """Impulse response of a body: main air and wood modes, then a thicket up to the bridge hill."""
    rng = np.random.default_rng(seed)
    size = SIZES[kind]
    f = np.concatenate([np.array([275, 405, 460, 530, 700, 860]) * size, np.exp(rng.uniform(np.log(900 * size), np.log(6500), 90))])
    hill = np.exp(-0.5 * (np.log2(f / (2600 * size ** 0.35)) / 0.55) ** 2)
    gain = np.where(f < 880 * size, 6.0, 1.0 + 4.0 * hill) * rng.choice([-1, 1], len(f)) * rng.uniform(0.5, 1.2, len(f))
    taus = 5 / f + 0.0012
    x = ring(f, taus, gain * 2 / (taus * RATE), 0.12, np.zeros(len(f)))
    x[0] += 1.0
    return x


class Player:
    """One desk of one part: its tuning, its vibrato, its habit of being early or late."""

    def __init__(self, kind, seed):
        self.kind, self.rng = kind, np.random.default_rng(seed)
        self.cents, self.rate, self.lag = self.rng.normal(0, 4), self.rng.uniform(5.0, 5.9), self.rng.normal(0.006, 0.006)

    def bow(self, midi, velocity, seconds, legato):
        """One stroke: slow-started when legato, bitten when not."""
        f0 = hertz(midi) * 2 ** (self.cents / 1200 + self.rng.normal(0, 2.5) / 1200)
        total = seconds + (0.1 if legato else 0.06)
        t = np.arange(samples(total)) / RATE
        depth = 0.018 * np.clip((t - 0.12) / 0.3, 0, 1) * (0.6 + 0.7 * velocity) * self.rng.uniform(0.7, 1.15)
        wander = np.interp(t, np.arange(0, total + 0.3, 0.11), self.rng.normal(0, 0.0009, len(np.arange(0, total + 0.3, 0.11))))
        scoop = -0.012 * np.exp(-t / 0.018)
        freq = f0 * (1 + depth * np.sin(2 * np.pi * self.rate * t + self.rng.uniform(0, 6.28)) + wander + scoop)
        n = np.arange(1, max(3, int(13000 / f0)) + 1)
        corner = (2600 + 6500 * velocity) * (0.7 if self.kind == "cello" else 1.0)
        amps = 1 / n / (1 + (n * f0 / corner) ** 2) * np.abs(np.sin(np.pi * n * 0.113)) ** 0.3
        tone = oscillator(freq, amps, phase=self.rng.random())
        attack = (0.19 if legato else 0.085) * (1.6 if self.kind == "cello" else 1.0) * (1.3 - 0.5 * velocity)
        release = 0.1 if legato else 0.06
        rise = 1 - np.exp(-t / attack * 2.2)
        swell = 1 + 0.16 * np.sin(np.pi * np.clip(t / total, 0, 1)) if seconds > 0.6 else np.exp(-t / 0.9)
        fall = np.clip((total - t) / release, 0, 1) ** 1.5
        grit = bandpass(noise(self.rng, total), 900, 6500, 1) * (0.06 + 0.22 * np.exp(-t / 0.03)) * velocity
        grit *= 0.55 + 0.45 * np.sign(np.sin(2 * np.pi * np.cumsum(freq) / RATE))
        return edges((tone + 0.55 * grit) * rise * fall * swell * velocity, 0.003, 0.01)

    def play(self, notes, clock, length, legato):
        line = np.zeros(samples(length))
        for n in notes:
            at = max(0.0, clock(n.start) + self.lag + self.rng.normal(0, 0.007))
            seconds = clock.span(n)
            tied = legato and n.length >= 0.5
            stroke = self.bow(n.pitch, float(np.clip(n.velocity + self.rng.normal(0, 0.03), 0.1, 1)), seconds * (1.0 if tied else 0.78), tied)
            i = samples(at)
            stroke = stroke[: max(0, len(line) - i)]
            line[i:i + len(stroke)] += stroke
        return line


def pizzicato(midi, velocity, rng):
    x = string(hertz(midi), 1.2, 900 + 1500 * velocity, 0.27, 0.32, 2.2)
    knock = bandpass(noise(rng, 0.05), 200, 1200) * np.exp(-np.arange(samples(0.05)) / RATE / 0.008)
    x[: len(knock)] += 0.05 * knock
    return edges(lowpass(x, 3500) * velocity, 0.001, 0.05)


def harpsichord(midi, velocity, seconds):
    """Quill and string, an eight-foot and a soft four-foot register, the jack falling back."""
    f = hertz(midi)
    x = string(f, seconds + 0.25, 9000, 0.11, 1.3, 0.35, 6e-5) + 0.35 * string(2 * f, seconds + 0.25, 9000, 0.15, 0.8, 0.4, 9e-5)
    k = samples(seconds)
    x[k:] *= np.exp(-np.arange(len(x) - k) / RATE / 0.04)
    return edges(highpass(x, 180, 1) * velocity, 0.0005, 0.02)


class Ensemble:
    """Four string parts of two players each and a harpsichord, placed on a stage."""

    PLACES = {"vn1": ("violin", -0.55, 1.0), "vn2": ("violin", -0.2, 0.85), "va": ("viola", 0.25, 0.95), "vc": ("cello", 0.5, 1.25)}

    def __init__(self, clock, length, seed):
        self.clock, self.length, self.seed = clock, length, seed
        self.stage = Track(length)
        self.rng = np.random.default_rng(seed)

    def part(self, name, notes, legato=True, gain=1.0):
        kind, pan, level = self.PLACES[name]
        for desk in (0, 1):
            number = self.seed + 17 * desk + sum(map(ord, name))
            line = Player(kind, number).play(notes, self.clock, self.length, legato)
            coloured = oaconvolve(line, body(kind, number + 3))[: len(line)]
            self.stage.add(highpass(coloured, 60 if kind == "cello" else 160), 0, 0.11 * level * gain, pan + 0.08 * (desk - 0.5))

    def plucked(self, notes, pan=0.5, gain=1.0):
        for n in notes:
            self.stage.add(pizzicato(n.pitch, n.velocity, self.rng), max(0, self.clock(n.start) + self.rng.normal(0, 0.006)), 0.3 * gain, pan)

    def continuo(self, symbols, step, start=0.0, low=52, gain=1.0, pattern=(0,)):
        """Realise a figured bass: chords in the right hand, rolled, at the beats of `pattern` within each step."""
        for i, voices in enumerate(lead(symbols, low, low + 16, 3)):
            for j, within in enumerate(pattern):
                at = start + i * step + within
                until = (pattern[j + 1] if j + 1 < len(pattern) else step) - within
                for k, m in enumerate([bass_of(symbols[i], 40)] * (j == 0) + voices):
                    onset = self.clock(at) + 0.013 * k + self.rng.normal(0, 0.003)
                    self.stage.add(harpsichord(m, 0.8 if j == 0 else 0.6, 60 / self.clock.bpm * until * 0.9), max(0, onset), 0.05 * gain, 0.08)

    def finish(self, hall=2.2, wet=0.32):
        dry = equalise(self.stage.audio, ("peak", 320, 0.9, 1.0), ("highshelf", 8000, 0.7, -5))
        return master(dry + wet * convolve(dry, room(hall, self.seed + 5, damp=3600, early=0.5)), fade_out=1.8)


def dynamics(notes, plan):
    """Velocities follow (beat, level) points."""
    return [n._replace(velocity=float(np.clip(n.velocity * np.interp(n.start, [p[0] for p in plan], [p[1] for p in plan]), 0.1, 1))) for n in notes]


# ---- the pieces ------------------------------------------------------------------------------------


def passacaglia():
    """D minor, four falling bars six times: bass alone, second violin, imitation, running notes, breadth, a major close."""
    clock = Clock(88, [(0, 0.95), (12, 1.0), (58, 1.02), (66, 0.9), (71, 0.7), (72, 0.6), (120, 0.6)])
    e = Ensemble(clock, 54, 501)
    ground = "D3:3 | C3:3 | Bb2:3 | A2:3"
    walking = "D3:1 F3 D3 | C3:1 E3 A2 | Bb2:1 D3 G2 | A2:1 B2 C#3"
    cello = phrase(ground, 0, 0.55) + phrase(ground, 12, 0.5) + phrase(ground, 24, 0.6) + phrase(walking, 36, 0.65) + phrase(walking, 48, 0.75) + phrase(ground, 60, 0.7)
    viola = phrase("""r:12 | A3:2 D4:1 | C4:3 | Bb3:2 D4:1 | E4:1 C#4 A3 | F4:1 D4 F4 | E4:1 C4 E4 | D4:1 Bb3 D4 | C#4:1 E4 A3
        | A3:.5 D4 F4 D4 A3 D4 | A3 C4 E4 C4 A3 C4 | G3 Bb3 D4 Bb3 G3 Bb3 | A3 C#4 E4 C#4 A3 G3 | F4:2 D4:1 | E4:3 | D4:2 G4:1 | E4:3 | F4:3 | E4:3 | D4:3 | C#4:3""", 0, 0.5)
    second = phrase("""r:12 | F4:2 A4:1 | A4:1.5 G4:.5 E4:1 | D4:1 G4 Bb4 | A4:1.5 G4:.5 E4:1 | F4:.5 G4 A4:1 D4 | C5:1 A4 C5 | Bb4:.5 A4 G4:1 D5 | C#5:1 A4 E4
        | D5:1 A4 F4 | E5:1 C5 A4 | D5:1 Bb4 G4 | E5:1 C#5 A4 | A4:.5 F4 D5 A4 F4 D4 | C5 A4 E5 C5 A4 E4 | Bb4 G4 D5 Bb4 G4 D4 | C#5 A4 E5 C#5 A4 G4
        | A4:3 | A4:2 G4:1 | G4:3 | A4:1 G4 E4""", 0, 0.58)
    first = phrase("""r:24 | D5:2 F5:1 | E5:1.5 D5:.5 C5:1 | Bb4:1 D5 G5 | E5:1.5 F5:.5 G5:1
        | F5:.5 E5 D5 F5 A5 F5 | E5 D5 C5 E5 A5 E5 | D5 C5 Bb4 D5 G5 Bb5 | A5 G5 E5 C#5 A4 C#5
        | D5:.25 E5 F5 D5 A5 F5 D5 F5 A5 D6 A5 F5 | C5 E5 A5 E5 C6 A5 E5 A5 C6 B5 A5 E5 | D5 G5 Bb5 G5 D6 Bb5 G5 Bb5 D6 C6 Bb5 G5 | C#5 E5 A5 E5 C#6 A5 E5 G5 F5 E5 D5 C#5
        | D6:2 A5:1 | C6:2 A5:1 | Bb5:2 G5:1 | A5:1 G5 E5""", 0, 0.66)
    plan = [(0, 0.8), (24, 0.95), (48, 1.15), (60, 1.2), (71, 0.9), (90, 0.8)]
    for name, notes, last in (("vc", cello, 38), ("va", viola, 57), ("vn2", second, 66), ("vn1", first, 74)):
        e.part(name, dynamics(notes, plan) + [Note(72, 3.2, last, 0.55)])
    for start in range(12, 72, 12):
        e.continuo(["Dm", "Am/C", "Gm/Bb", "A"], 3, start, gain=0.7, pattern=(0, 2) if start < 36 else (0, 1, 2))
    e.continuo(["D"], 3, 72, gain=0.8)
    return e.finish(2.4, 0.34)


def canon():
    """G major, three violins' worth of canon over a falling ground: each strain answers the one before it, eight beats late."""
    clock = Clock(76, [(0, 0.97), (8, 1.0), (46, 1.03), (52, 0.9), (55.9, 0.65), (120, 0.65)])
    e = Ensemble(clock, 54, 521)
    strains = ["B5:1 A5 G5 B5 | C6 B5 A5 F#5",
               "G5:.5 D5 F#5 A5 B5 G5 E5 G5 | E5 G5 D5 G5 C5 E5 D5 F#5",
               "D6:.75 C6:.25 A5:1 B5:.75 A5:.25 G5:1 | E5:.75 F#5:.25 G5:1 C6:.75 B5:.25 A5:1",
               "G5:.25 A5 B5 G5 A5 G5 F#5 A5 B5 A5 G5 B5 E5 F#5 G5 E5 | C6 G5 E5 G5 B5 D6 B5 G5 A5 B5 C6 A5 D6 C6 A5 F#5",
               "G5:1.5 A5:.5 B5:1.5 G5:.5 | E5:.5 C5 D5 G5 C6 A5 F#5:1"]
    whole = " | ".join(strains)
    first = shifted(phrase(whole, 0, 0.62), 8) + phrase("B5:1 A5 G5 E5 | E5:.5 G5 B5 D6 C6:1 A5", 48, 0.6)
    second = [n for n in shifted(phrase(whole, 0, 0.55), 16) if n.start < 56]
    third = [n._replace(pitch=n.pitch - 12) for n in shifted(phrase(whole, 0, 0.5), 24) if n.start < 56]
    ground = "G3:1 F#3 E3 D3 | C3 B2 A2 D3"
    cello = [n for k in range(7) for n in phrase(ground, 8 * k, 0.58)]
    plan = [(0, 0.85), (24, 1.0), (44, 1.15), (52, 1.0), (60, 0.8)]
    close = {"vn1": 79, "vn2": 74, "va": 59, "vc": 43}
    for name, notes in (("vn1", first), ("vn2", second), ("va", third), ("vc", cello)):
        e.part(name, dynamics(arched(notes, 0.1), plan) + [Note(56, 3.4, close[name], 0.5)])
    harmony = ["G", "D/F#", "Em", "Em/D", "C", "G/B", "Am7", "D"]
    for k in range(7):
        e.continuo(harmony, 1, 8 * k, gain=0.62, pattern=(0,) if k < 3 else (0, 0.5))
    e.continuo(["G"], 3, 56, gain=0.7)
    return e.finish(2.4, 0.34)


def allegro():
    """A minor, ritornello form: theme, a chain of fifths traded between the violins, the theme in C, the chain again, home."""
    clock = Clock(112, [(0, 1.0), (64, 1.0), (70, 0.92), (71.9, 0.7), (120, 0.7)])
    e = Ensemble(clock, 52, 541)
    theme = """A5:.5 A5:.25 B5 C6:.5 A5 E5 A5 C6 E6 | D6:.5 D6:.25 C6 B5:.5 D6 G#5 B5 E5:1
        | C6:.25 B5 A5 B5 C6 D6 E6 C6 F6:.5 D6 B5 G#5 | A5:.5 C6:.25 A5 B5:.5 G#5 A5:1 E5"""
    theme_harmony = "Am Am E E Am Dm E Am".split()
    major = """G5:.5 G5:.25 A5 B5:.5 G5 E5 G5 C6 E6 | D6:.5 D6:.25 C6 B5:.5 D6 F5 B5 G5:1
        | E6:.25 D6 C6 D6 E6 C6 G5 C6 A5:.5 F6 D6 B5 | C6:.5 E6:.25 C6 D6:.5 B5 C6:1 G5"""
    major_harmony = "C C G7 G7 C F G7 C".split()
    chain = "Am Dm G C F Bm7b5 E Am".split()
    runs = [f"{a}:.25 {b} {c} {b} {d} {c} {b} {c}" for a, b, c, d in (("E5", "A5", "C6", "E6"), ("F5", "A5", "D6", "F6"), ("D5", "G5", "B5", "D6"), ("E5", "G5", "C6", "E6"),
                                                                  ("C5", "F5", "A5", "C6"), ("D5", "F5", "B5", "D6"), ("B4", "E5", "G#5", "B5"), ("C5", "E5", "A5", "C6"))]
    held = ["C6:1 A5:.5 C6", "A5:1 F5:.5 A5", "B5:1 G5:.5 B5", "G5:1 E5:.5 G5", "A5:1 F5:.5 A5", "F5:1 D5:.5 F5", "G#5:1 E5:.5 G#5", "E5:1 C5:.5 E5"]
    swap = lambda flip: " | ".join(runs[i] if (i % 2 == 0) ^ flip else held[i] for i in range(8))
    first = phrase(theme, 0, 0.72) + phrase(swap(False), 16, 0.6) + phrase(major, 32, 0.7) + phrase(" | ".join(runs), 48, 0.62) + phrase(theme.split("|")[0] + theme.split("|")[3], 64, 0.75)
    below = """E5:.5 E5:.25 E5 E5:.5 C5 C5 E5 A5 C6 | B5:.5 B5:.25 A5 G#5:.5 B5 E5 G#5 B4:1
        | A5:.25 G#5 A5 G#5 A5 B5 C6 A5 A5:.5 F5 G#5 E5 | E5:.5 A5:.25 E5 E5:.5 E5 C5:1 C5"""
    below_major = """E5:.5 E5:.25 F5 G5:.5 E5 C5 E5 G5 C6 | B5:.5 B5:.25 A5 G5:.5 B5 D5 G5 B4:1
        | G5:.25 F5 E5 F5 G5 E5 E5 G5 F5:.5 A5 B5 G5 | G5:.5 G5:.25 E5 F5:.5 D5 E5:1 E5"""
    second = phrase(below, 0, 0.62) + phrase(swap(True), 16, 0.6) + phrase(below_major, 32, 0.62) + phrase(" | ".join(held), 48, 0.6) + phrase(below.split("|")[0] + below.split("|")[3], 64, 0.65)
    symbols = theme_harmony + chain + major_harmony + chain + ["Am", "Am", "E", "Am"]
    viola, cello = [], []
    for i, (s, v) in enumerate(zip(symbols, lead(symbols, 53, 69, 3))):
        low = bass_of(s, 40)
        for k in range(4):
            viola.append(Note(2 * i + k / 2, 0.5, v[(1, 2, 1, 0)[k]], 0.5))
            cello.append(Note(2 * i + k / 2, 0.5, low + (0, 12, 7 if s not in ("Bm7b5",) else 6, 12)[k] if i % 2 else low + (0, 0, 12, 0)[k], 0.62 if k == 0 else 0.52))
    plan = [(0, 1.05), (15.9, 1.0), (16, 0.75), (31.9, 1.0), (32, 1.05), (48, 0.75), (63.9, 1.1), (64, 1.15), (90, 1.0)]
    close = {"vn1": 81, "vn2": 76, "va": 60, "vc": 45}
    for name, notes in (("vn1", first), ("vn2", second), ("va", viola), ("vc", cello)):
        e.part(name, dynamics(notes, plan) + [Note(72, 2.2, close[name], 0.7)], legato=False)
    e.continuo(symbols, 2, 0, gain=0.5, pattern=(0, 1))
    e.continuo(["Am"], 3, 72, gain=0.9)
    return e.finish(1.9, 0.28)


def minuet():
    """F major minuet: a period of eight bars, a middle that leans on the dominant, the period again; cello plucked."""
    clock = Clock(132, [(0, 1.0), (22, 1.0), (23.5, 0.92), (24, 1.0), (46, 1.0), (47.5, 0.9), (48, 1.0), (70, 1.0), (71.5, 0.9), (72, 1), (93, 0.95), (95.5, 0.7), (150, 0.7)])
    e = Ensemble(clock, 54, 561)
    a = "C5:1 F5:.5 G5 A5:1 | Bb5:1 A5 G5 | A5:.5 G5 F5:1 C6 | Bb5:1 A5:.5 G5 G5:1 | F5:1 A5:.5 C6 D6:1 | C6:1 Bb5 A5 | G5:.5 A5 Bb5:1 E5 | F5:2 r:1"
    ah = ["F", "C7/G", "F/A", "C", "Dm", "F/C", "C7", "F"]
    b = "E5:1 G5:.5 C6 C6:1 | D6:1 B5 G5 | C6:.5 B5 C6 D6 E6:1 | D6:2 G5:1 | D5:1 F#5:.5 A5 C6:1 | Bb5:1 A5 G5 | E5:1 G5:.5 Bb5 D6:1 | C6:1 Bb5 G5"
    bh = ["C", "G", "C", "G7", "D7", "Gm", "C7", "C7"]
    varied = """C5:.5 E5 F5 G5 A5 C6 | Bb5:.5 C6 A5 Bb5 G5:1 | A5:.25 Bb5 A5 G5 F5:.5 A5 C6:1 | Bb5:1 A5:.5 G5 G5:1
        | F5:.5 G5 A5 C6 F6 D6 | C6:.5 D6 Bb5 C6 A5:1 | G5:.25 A5 Bb5 G5 Bb5:.5 G5 E5 C5 | F5:2 r:1"""
    first = arched(phrase(a, 0, 0.68)) + arched(phrase(b, 24, 0.66)) + arched(phrase(a, 48, 0.55)) + arched(phrase(varied, 72, 0.72))
    symbols = ah + bh + ah + ah
    second, viola, cello = [], [], []
    for i, (s, v) in enumerate(zip(symbols, lead(symbols, 55, 72, 3))):
        beat = 3 * i
        if 8 <= i < 16:
            second += [Note(beat + k / 2, 0.5, v[(2, 1, 0, 1, 2, 1)[k]], 0.42) for k in range(6)]
        else:
            second += [Note(beat, 2, v[2], 0.5), Note(beat + 2, 1, v[1], 0.44)]
        viola += [Note(beat + 1, 1, v[0], 0.45), Note(beat + 2, 1, v[0], 0.42)] if i < 16 else [Note(beat, 3, v[0], 0.48)]
        low = bass_of(s, 41)
        cello += [Note(beat, 1, low, 0.85), Note(beat + 1, 1, v[0] - 12 if v[0] - 12 > 40 else v[0], 0.55), Note(beat + 2, 1, v[1] - 12, 0.5)]
    close = {"vn1": 77, "vn2": 69, "va": 60, "vc": 41}
    for name, notes in (("vn1", first), ("vn2", second), ("va", viola)):
        e.part(name, notes + [Note(96, 2.6, close[name], 0.55)])
    e.plucked([n for n in cello if n.start < 48], 0.45)
    e.part("vc", [n for n in cello if n.start >= 48] + [Note(96, 2.6, 41, 0.55)], legato=False, gain=0.8)
    e.continuo(symbols[16:], 3, 48, gain=0.55, pattern=(0, 1, 2))
    e.continuo(["F"], 3, 96, gain=0.7)
    return e.finish(1.8, 0.3)


PIECES = [passacaglia, canon, allegro, minuet]
