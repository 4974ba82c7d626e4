"""Funk and its cousins: drum kit with ghost notes, electric bass, electric piano, clavinet, wah guitar, horns.

Everyone plays behind, on or before the beat by habit; the groove is in those milliseconds, in the swing of
the sixteenths and in what is left out.
"""

import numpy as np

from . import drums
from .mix import Track, chorus, compress, convolve, echo, master, room
from .synth import RATE, adsr, bandpass, drive, edges, equalise, harmonics_of, highpass, lowpass, noise, oscillator, samples, string, sweep
from .theory import Clock, Note, bass_of, hertz, lead, phrase, stack


def electric_bass(rng, midi, velocity, seconds, style="finger"):
    """Finger, slap or dead: pickup position, fret rattle for slaps, everything slightly driven."""
    f = hertz(midi)
    bright, pluck, sustain = {"finger": (900 + 900 * velocity, 0.21, 1.5), "slap": (3200, 0.06, 1.2), "dead": (500, 0.25, 0.03)}[style]
    x = string(f, seconds + 0.08, bright, pluck, sustain, 1.4, 6e-5, 40)
    x[samples(seconds):] *= np.linspace(1, 0, len(x) - samples(seconds))
    tap = bandpass(noise(rng, 0.03), 700, 3000 if style != "slap" else 6000) * np.exp(-np.arange(samples(0.03)) / RATE / 0.004)
    k = min(len(x), len(tap))
    x[:k] += (0.05 if style == "finger" else 0.22) * tap[:k]
    return edges(drive(x * velocity * 1.1, 1.4), 0.001, 0.01)


def rhodes(rng, midi, velocity, seconds):
    """Tine, tone bar and pickup: a near-sine that barks when hit hard, with a bell on top."""
    f = hertz(midi)
    t = np.arange(samples(seconds + 0.15)) / RATE
    index = (0.35 + 1.7 * velocity ** 2) * np.exp(-t / 0.5) * min(1.0, (600 / f) ** 0.5)
    tone = np.sin(2 * np.pi * f * t + index * np.sin(2 * np.pi * f * t + 0.4))
    bell = 0.16 * velocity * np.sin(2 * np.pi * f * 7.02 * t) * np.exp(-t / 0.09) if f * 7 < 16000 else 0
    x = (tone + bell) * np.exp(-t / (2.4 * (260 / f) ** 0.4))
    x[samples(seconds):] *= np.exp(-np.arange(len(x) - samples(seconds)) / RATE / 0.04)
    thud = lowpass(noise(rng, 0.02), 1200) * 0.05 * np.linspace(1, 0, samples(0.02))
    x[: len(thud)] += thud
    return edges(drive(x * velocity, 0.8), 0.002, 0.02)


def clavinet(midi, velocity, seconds):
    x = string(hertz(midi), seconds + 0.05, 7000, 0.09, 0.7, 0.8, 1e-4, 50)
    x[samples(seconds):] *= np.exp(-np.arange(len(x) - samples(seconds)) / RATE / 0.008)
    return edges(drive(highpass(x, 250, 1) * velocity * 1.5, 1.6), 0.0006, 0.01)


def guitar(midis, velocity, seconds, up=False, muted=False):
    """A strum: strings a few milliseconds apart."""
    x = np.zeros(samples(seconds + 0.15))
    for k, m in enumerate(sorted(midis, reverse=up)):
        s = string(hertz(m), seconds + 0.1, 5200, 0.13, 0.045 if muted else 0.8, 0.9, 8e-5, 40)
        i = samples(0.004 * k + 1e-4)
        x[i:i + len(s)] += s[: len(x) - i]
    cut = samples(seconds)
    x[cut:] *= np.exp(-np.arange(len(x) - cut) / RATE / 0.015)
    return edges(x * velocity / len(midis) ** 0.7, 0.0006, 0.01)


def horns(rng, midis, velocity, seconds, fall=False):
    """A section: three saws a voice, a brassy filter that opens with the breath, scooped from below."""
    out = np.zeros((2, samples(seconds + 0.12)))
    t = np.arange(out.shape[1]) / RATE
    envelope = adsr(seconds, 0.025, 0.25, 0.72, 0.12)[: len(t)]
    envelope = np.pad(envelope, (0, len(t) - len(envelope)))
    for k, m in enumerate(midis):
        for j in (-1, 1):
            bend = 1 - 0.035 * np.exp(-t / 0.022) + 0.004 * np.sin(2 * np.pi * 5.2 * t + j) * np.clip(t - 0.25, 0, 0.3) * 3
            if fall:
                bend = bend * 2 ** (-np.clip(t - seconds * 0.45, 0, 9) * 14 / 12)
            f = hertz(m) * 2 ** (rng.normal(j * 4, 2) / 1200) * bend
            tone = oscillator(f, harmonics_of("saw", hertz(m), 9000), phase=rng.random())
            out[(j + 1) // 2] += tone * (1.0 if k % 2 == 0 else 0.8)
            out[1 - (j + 1) // 2] += 0.4 * tone
    out = sweep(out * envelope, 350 + (2100 + 2400 * velocity) * envelope ** 1.5, 1.0)
    breath = bandpass(rng.standard_normal(out.shape), 900, 5000, 1) * (0.05 + 0.3 * np.exp(-t / 0.03)) * envelope
    out = 0.75 * out + equalise(0.5 * out, ("peak", 1100, 1.2, 7), ("peak", 2600, 1.5, 4)) + breath * velocity
    return np.vstack([edges(c, 0.004, 0.02) for c in out]) * velocity / (1.5 * len(midis) ** 0.7)


class Band:
    """Tempo, swing, and one strip per player; each player leans on the beat in their own way."""

    LEAN = {"drums": 0.0, "bass": 0.006, "keys": 0.004, "guitar": -0.004, "horns": 0.008, "percussion": -0.003}

    def __init__(self, bpm, swing, length, seed):
        self.clock = Clock(bpm, swing=swing)
        self.bpm, self.length = bpm, length
        self.rng = np.random.default_rng(seed)
        self.strips = {name: Track(length) for name in ("drums", "bass", "keys", "lead", "guitar", "horns", "percussion")}

    def at(self, beat, who):
        return max(0.0, self.clock(beat) + self.LEAN.get(who, 0.0) + self.rng.normal(0, 0.0035))

    def kit(self, bars, kick=None, snare=None, hat=None, opened=None, ride=None, snare_tune=196.0, tight=0.11, kick_tune=56.0):
        strip = self.strips["drums"]
        for bar in bars:
            loud = 1 + 0.04 * np.sin(bar * 1.7)
            for text, make, gain, pan in (
                (kick, lambda v: drums.kick(self.rng, v, kick_tune), 1.0, 0.0),
                (snare, lambda v: drums.snare(self.rng, v, snare_tune, tight), 0.6, -0.05),
                (hat, lambda v: drums.hat(self.rng, v), 0.32, 0.28),
                (opened, lambda v: drums.hat(self.rng, v, 0.7), 0.26, 0.28),
                (ride, lambda v: drums.ride(self.rng, v), 0.3, -0.35),
            ):
                for beat, v in drums.strokes(text, bar) if text else ():
                    v = float(np.clip(v * loud * self.rng.normal(1, 0.06), 0.08, 1.1))
                    strip.add(make(v), self.at(beat, "drums"), gain, pan)

    def crash(self, beat):
        self.strips["drums"].add(drums.crash(self.rng, 0.8), self.clock(beat), 0.4, 0.4)

    def fill(self, beat, text="xoxoxxXX"):
        for i, c in enumerate(text):
            if c != "-":
                sound = drums.snare(self.rng, drums.LEVELS[c] * 0.9) if i < len(text) // 2 else drums.tom(self.rng, drums.LEVELS[c], (165, 140, 110, 84)[min(3, i - len(text) // 2)])
                self.strips["drums"].add(sound, self.at(beat + i * 0.25, "drums"), 0.75, -0.3 + 0.08 * i)

    def bass(self, notes, style="finger", slaps=()):
        for n in notes:
            kind = "dead" if n.velocity < 0.3 else "slap" if n.pitch in slaps else style
            self.strips["bass"].add(electric_bass(self.rng, n.pitch, min(1, n.velocity * self.rng.normal(1, 0.05)), self.clock.span(n) * 0.9, kind), self.at(n.start, "bass"), 0.62)

    def comp(self, beat, length, midis, velocity, maker=rhodes, gain=0.15, strip="keys", pan=0.0):
        for k, m in enumerate(midis):
            seconds = self.clock(beat + length) - self.clock(beat)
            v = float(np.clip(velocity * self.rng.normal(1, 0.07), 0.1, 1))
            sound = maker(self.rng, m, v, seconds) if maker is rhodes else maker(m, v, seconds)
            self.strips[strip].add(sound, self.at(beat, "keys") + 0.004 * k, gain, pan)

    def strum(self, beat, length, midis, velocity, muted=False, up=False):
        self.strips["guitar"].add(guitar(midis, velocity, self.clock(beat + length) - self.clock(beat), up, muted), self.at(beat, "guitar"), 0.55)

    def blow(self, beat, length, midis, velocity=0.8, fall=False):
        self.strips["horns"].add(horns(self.rng, midis, velocity, self.clock(beat + length) - self.clock(beat), fall), self.at(beat, "horns"), 0.22)

    def shake(self, bars, text, gain=0.22):
        for bar in bars:
            for beat, v in drums.strokes(text, bar):
                self.strips["percussion"].add(drums.shaker(self.rng), self.at(beat, "percussion"), gain * v, -0.5)

    def congas(self, bars, text, gain=0.3):
        """`l` low, `h` high, `s` slap."""
        for bar in bars:
            for i, c in enumerate(text):
                if c != "-":
                    self.strips["percussion"].add(drums.conga(self.rng, self.rng.uniform(0.7, 1), 185 if c == "l" else 262, c == "s"), self.at(bar * 4 + i / 4, "percussion"), gain, 0.45)

    def finish(self, wah=None, wet=0.35, leslie=0.0):
        s = {k: t.audio for k, t in self.strips.items()}
        if wah is not None:
            s["guitar"] = sweep(s["guitar"], wah, 3.2, "band") * 1.6 + 0.25 * s["guitar"]
        pan_rate = np.sin(2 * np.pi * 4.6 * np.arange(s["keys"].shape[1]) / RATE) * leslie
        s["keys"] = chorus(s["keys"], 0.0018, 0.8, 0.35) * np.vstack([1 + pan_rate, 1 - pan_rate])
        s["guitar"] = np.vstack([s["guitar"][0] * 0.6, s["guitar"][1] * 1.3])
        for name, gain in (("drums", 0.48), ("bass", 0.42), ("keys", 1.45), ("lead", 1.2), ("guitar", 1.35), ("horns", 1.8)):
            s[name] = s[name] * gain
        kit = compress(equalise(s["drums"], ("peak", 4500, 0.7, -3), ("highshelf", 9000, 0.7, -3)), -22, 3, 0.05, 2)
        kit = kit + 0.8 * convolve(kit, room(0.5, 72, damp=4000, early=1.2))
        dry = kit + s["bass"] + s["keys"] + s["lead"] + s["guitar"] + s["horns"] + s["percussion"]
        sends = 0.5 * kit + 0.7 * s["keys"] + s["lead"] + 0.5 * s["guitar"] + s["horns"] + s["percussion"]
        total = dry + wet * convolve(highpass(sends, 220), room(0.9, 71, damp=5000, early=0.8))
        total = compress(lowpass(total, 7800), -17, 2, 0.1)  # from here on it is 1974: tape, and little above 8 kHz
        return master(np.tanh(total / np.abs(total).max() * 2.2), fade_out=0.9)


# ---- the pieces ------------------------------------------------------------------------------------


def pocket_change():
    """E minor seven, 104: one chord, a bass riff with slaps and dead notes, wah guitar, horn answers; a bridge on A and C."""
    b = Band(104, 0.55, 44, 601)
    bars = 16
    riff = ["E1:.75 E1:.25 r:.25 E2:.25 D2:.5 r:.5 G1:.25 r:.25 A1:.5 B1:.5",
            "E1:.75 E1:.25 r:.25 E2:.25 D2:.25 E2:.25 r:.5 B1:.25 D2:.25 r:.25 A1:.25 G1:.5"]
    bridge = ["A1:.75 A1:.25 r:.25 A2:.25 G2:.5 r:.5 E2:.25 r:.25 G2:.5 E2:.5", "C2:.75 C2:.25 r:.25 C3:.25 Bb2:.5 r:.5 D2:.25 r:.25 D3:.5 D#2:.5"]
    for bar in range(bars):
        middle = 8 <= bar < 12
        line = phrase((bridge if middle else riff)[bar % 2], bar * 4, 0.8)
        line += [Note(bar * 4 + q, 0.2, 40, 0.2) for q in (1.0, 2.5)]
        b.bass(line, slaps=(40, 38, 45, 48, 50))
    b.kit(range(0, 16), "x--x--x---x--x--", "----X--.-.--X--.", "x-x-x-xox-x-x-x-", None)
    b.kit([3, 11], opened="--------------x-")
    for beat in (14 + 16, 14 + 32, 62):
        b.fill(beat)
    for beat in (0, 32, 48):
        b.crash(beat)
    for bar in range(bars):
        m = stack("E7#9" if not 8 <= bar < 12 else ("A9" if bar % 2 == 0 else "C9"), 52)
        for i, c in enumerate("m-xmm-mxm-xm-mxm"):
            if c != "-" and bar >= 2:
                b.strum(bar * 4 + i / 4, 0.2, m[1:], 0.75 if c == "x" else 0.45, c == "m", i % 2 == 1)
        if bar >= 4:
            for at, length, v in ((0.5, 0.25, 0.7), (1.75, 0.25, 0.8), (3.25, 0.4, 0.7)):
                b.comp(bar * 4 + at, length, m, v, clavinet, 0.09, pan=-0.35)
    e = [64, 67, 71, 74]
    for bar in (5, 7, 13, 15):
        b.blow(bar * 4 + 1.5, 0.25, e), b.blow(bar * 4 + 2, 0.25, e), b.blow(bar * 4 + 2.75, 1.1, [m + 2 for m in e] if bar % 4 == 3 else e, 0.9, True)
    for bar, chord_ in ((8, [61, 64, 67, 71]), (9, [58, 62, 64, 70]), (10, [61, 64, 67, 73]), (11, [60, 64, 70, 74])):
        b.blow(bar * 4, 1.6, chord_, 0.7), b.blow(bar * 4 + 2.5, 0.3, chord_, 0.9), b.blow(bar * 4 + 3.25, 0.3, chord_, 0.9)
    b.congas(range(4, 16), "l-h-s-hhl-h-s-h-", 0.2)
    end = 64.0
    b.bass([Note(end, 1, 28, 0.9)]), b.blow(end, 0.5, e, 1.0), b.crash(end), b.kit([16], kick="X---------------", snare="X---------------")
    t = np.arange(samples(b.length)) / RATE
    return b.finish(wah=900 + 700 * np.sin(2 * np.pi * t * 104 / 60 / 2 + 1) ** 2 * 2)


def rain_check():
    """Boom-bap in C sharp minor, 87: a lazy kit, electric piano ninths, a flute-like lead, vinyl dust; B lifts to A and B."""
    b = Band(87, 0.6, 42, 611)
    b.LEAN = dict(Band.LEAN, drums=0.008, bass=0.012, keys=0.0)
    a, bb = ["C#m9", "F#m9", "G#m7", "C#m9"], ["Amaj9", "B9", "G#m7", "C#m9"]
    symbols = a + a + bb + a[:2]
    bars = len(symbols)
    for bar, (s, v) in enumerate(zip(symbols, lead(symbols, 52, 68, 4))):
        b.comp(bar * 4, 1.4, v, 0.55, gain=0.17), b.comp(bar * 4 + 1.75, 0.25, v[1:], 0.4, gain=0.15), b.comp(bar * 4 + 2.5, 1.3, v, 0.5, gain=0.16)
        low = bass_of(s, 28)
        b.bass([Note(bar * 4, 0.7, low, 0.85), Note(bar * 4 + 0.75, 0.25, low, 0.6), Note(bar * 4 + 1.75, 0.4, low + 12, 0.6), Note(bar * 4 + 2.5, 0.7, low + 7, 0.75), Note(bar * 4 + 3.5, 0.4, low + 10, 0.6)])
    b.kit(range(0, bars), "X--o--.---x-o---", "----X--.----X-.-", "x-o-x-o-x-o-x-oo", kick_tune=50, snare_tune=175, tight=0.14)
    b.kit(range(3, bars, 4), opened="--------------o-")
    b.shake(range(4, bars), "o-x-o-x-o-x-o-x-", 0.14)
    tune = phrase("""r:.5 G#5:.5 B5 C#6:1 B5:.5 G#5:1 | A5:.75 G#5:.25 F#5:.5 C#5:1.5 r:1 | r:.5 F#5 G#5 B5:1 D#6:.5 C#6:1 | B5:.5 G#5 E5 C#5:1.5 r:1
        | C#6:1 B5:.5 G#5 E5:1 G#5 | F#5:.5 D#5 F#5 B5:1.5 A5:1 | G#5:.5 B5 D#6 F#6:1 D#6:.5 B5:1 | C#6:2.5 r:1.5""", 16, 0.5)
    for n in tune:
        seconds = b.clock.span(n)
        t = np.arange(samples(seconds + 0.1)) / RATE
        f = hertz(n.pitch) * (1 + 0.005 * np.sin(2 * np.pi * 5 * t) * np.clip(t * 2, 0, 1))
        tone = oscillator(f, [1, 0.25, 0.1, 0.05]) + 0.12 * bandpass(noise(b.rng, seconds + 0.1), 1500, 5000)
        b.strips["lead"].add(edges(tone * adsr(seconds, 0.05, 0.5, 0.8, 0.1)[: len(t)], 0.01, 0.03), b.at(n.start, "horns"), 0.1, 0.2)
    b.strips["lead"].audio += 0.3 * echo(b.strips["lead"].audio, 0.75 * 60 / 87, 0.4, 2500)
    crackle = (b.rng.random(samples(b.length)) < 6 / RATE) * b.rng.normal(0, 1, samples(b.length))
    b.strips["percussion"].add(bandpass(crackle, 900, 6000), 0, 0.5), b.strips["percussion"].add(bandpass(noise(b.rng, b.length), 400, 5000), 0, 0.0022)
    end = bars * 4.0
    b.comp(end, 3, [49, 56, 59, 63, 64], 0.5, gain=0.17), b.bass([Note(end, 3, 25 + 12, 0.8)]), b.kit([bars], kick="X---------------")
    return b.finish(leslie=0.22)


def velvet_escalator():
    """Slick funk in D dorian, 108: a busy bass, open hats, chicken-scratch guitar, horns in thirds against the keys; A A B B A."""
    b = Band(108, 0.56, 48, 621)
    a, c = ["Dm9", "Dm9", "G9", "G9"], ["Bbmaj9", "C9", "Am7", "Dm9"]
    symbols = a + a + c + c + a
    bars = len(symbols)
    for bar, (s, v) in enumerate(zip(symbols, lead(symbols, 55, 70, 4))):
        low = bass_of(s, 28)
        low = low if low >= 31 else low + 12
        low = low - 12 if low > 40 else low
        top = 11 if s == "Bbmaj9" else 10
        walk = ((0, 0.6, 0, 0.85), (0.75, 0.2, 0, 0.2), (1.0, 0.2, 12, 0.7), (1.5, 0.3, top, 0.75), (1.75, 0.2, 12, 0.6),
                (2.25, 0.2, 0, 0.2), (2.5, 0.4, 7, 0.8), (3.0, 0.2, top, 0.65), (3.25, 0.2, 0, 0.2), (3.5, 0.4, 7 if bar % 2 else 5, 0.75))
        b.bass([Note(bar * 4 + at, length, low + up, v_) for at, length, up, v_ in walk])
        for i, ch in enumerate("x-mxm-xmx-mxmxm-"):
            if ch != "-":
                b.strum(bar * 4 + i / 4, 0.15, [p + 12 for p in v[1:]], 0.75 if ch == "x" else 0.4, ch == "m", i % 2 == 1)
        for at, length, vel in ((0, 0.4, 0.7), (1.5, 0.4, 0.6), (2.75, 0.75, 0.65)):
            b.comp(bar * 4 + at, length, v, vel, gain=0.11)
    b.kit(range(0, bars), "X-----x-X--o--x-", "----X--.-.--X--.", "x-o-x-o-x-o-x-o-", "------x-------x-")
    for start in (0, 8, 16, 24):
        b.crash(start * 2) if start else None
    for beat in (30, 62):
        b.fill(beat, "o-xxxxXX")
    b.congas(range(4, bars), "l-hhs-hll-hhs-hl", 0.18)
    line = phrase("r:.5 A4:.5 C5 D5:.25 F5:.75 E5:.5 D5 C5 | D5:1 r:3 | r:.5 B4:.5 D5 F5:.25 A5:.75 G5:.5 F5 D5 | E5:1.5 r:2.5", 16, 0.8)
    song = phrase("F5:1.5 E5:.5 D5 C5 A4:1 | G5:1.5 F5:.5 E5 D5 C5:1 | E5:.5 G5 A5 C6:1 A5:.5 G5:1 | F5:1 E5:.5 D5:1.5 r:1", 32, 0.7)
    again = [m._replace(start=m.start + 16) for m in song]
    for n in song + again:
        b.comp(n.start, n.length, [n.pitch, n.pitch - 12] if n.start >= 48 else [n.pitch], n.velocity, gain=0.2, strip="lead", pan=-0.15)
    for n in line + [m._replace(start=m.start + 48) for m in line]:
        b.blow(n.start, n.length * 0.8, [n.pitch, n.pitch - (3 if n.pitch % 12 in (0, 5, 7, 2) else 4), n.pitch - 12], n.velocity * 0.95)
    for bar in range(8, 16):
        if bar % 2:
            top = lead(symbols[:bar + 1], 58, 74, 3)[-1]
            b.blow(bar * 4 + 2.5, 0.25, top, 0.8), b.blow(bar * 4 + 3.25, 0.4, top, 0.9)
    end = bars * 4.0
    b.blow(end, 0.5, [62, 65, 69, 74], 1.0, True), b.bass([Note(end, 0.8, 38, 0.9)]), b.crash(end), b.kit([bars], kick="X---------------", snare="X---------------")
    return b.finish(leslie=0.1)


def second_helping():
    """Soul-jazz shuffle in B flat, 96: a twelve-bar blues for electric piano and horns over a ride cymbal and a walking bass."""
    b = Band(98, 0.64, 46, 631)
    head = ["Bb13", "Eb9", "Bb13", "Bb7", "Eb9", "Eb9", "Bb13", "G7#9", "Cm9", "F9sus4", "Bb13", "F7#9"]
    symbols = head + ["Bb13", "Eb9", "Bb13", "F7#9"]
    for bar, (s, v) in enumerate(zip(symbols, lead(symbols, 53, 69, 4))):
        low = bass_of(s, 28)
        following = bass_of(symbols[(bar + 1) % len(symbols)], 28)
        steps = [0, 4 if "m" not in s else 3, 7, None]
        approach = following + 1 if bar % 2 else following - 1
        approach = approach + 12 if approach < 28 else approach
        b.bass([Note(bar * 4 + k, 0.85, low + x if x is not None else approach, 0.8 if k % 2 == 0 else 0.7) for k, x in enumerate(steps)]
               + [Note(bar * 4 + 1.75, 0.2, low + 7, 0.55), Note(bar * 4 + 2.75, 0.2, low, 0.24)])
        for at, length, vel in (((0.75, 0.5, 0.6), (2.5, 0.25, 0.7)) if bar % 2 == 0 else ((0, 0.25, 0.6), (1.75, 0.5, 0.65), (3.5, 0.25, 0.55))):
            b.comp(bar * 4 + at, length, v, vel, gain=0.14)
    b.kit(range(0, 16), "x-----x---x---.-", "----X--.-.--X-.-", None, ride="x-x-x-x-x-x-x-xo")
    b.kit(range(0, 16), hat="----o-------o---")
    b.crash(0), b.fill(46, "ooxxxXXX"), b.crash(48)
    lick = "r:.5 F5:.5 Ab5:.5 Bb5:.25 Db6 D6:.5 Bb5 Ab5 F5"
    tune = phrase(f"""{lick} | G5:.5 Eb5 r:.5 Db6:.25 C6 Bb5:.5 G5 Eb5:1 | {lick} | Bb5:.75 Ab5:.25 F5:.5 Db5:.25 D5 Bb4:1 r:1
        | r:.5 G5 Bb5 Db6:.25 Eb6 F6:.5 Eb6 Db6 Bb5 | C6:.25 Db6 C6 Bb5 G5:.5 Eb5 Db5:.5 Eb5 G5:1 | F5:.5 Ab5 Bb5 D6 F6:1 D6:.5 Bb5 | B5:.75 Ab5:.25 F5:.5 Bb5 G5:1.5 r:.5
        | Eb6:.5 D6 C6 Bb5 G5 Eb5 D5:.25 Eb5 G5 Bb5 | C6:.5 A5 G5 Eb5 C5:1 Eb5:.5 F5 | {lick} | A5:.25 Ab5 G5 Gb5 F5:1 r:2
        | {lick} | G5:.5 Bb5 Db6 Eb6:.5 F6 Db6 Bb5 G5 | {lick} | r:4""", 0, 0.72)
    for n in tune:
        if n.start < 16 or n.start >= 48:
            b.blow(n.start, n.length * 0.85, [n.pitch - 12, n.pitch - 5 - 12 if n.pitch % 12 in (5, 10, 3) else n.pitch - 16], n.velocity)
        if n.start >= 16:
            b.comp(n.start, n.length, [n.pitch], n.velocity * (1.1 if n.start < 48 else 0.8), gain=0.22, strip="lead", pan=-0.15)
    end = 64.0
    for k, m in enumerate((46, 56, 62, 67, 72)):
        b.comp(end + 0.05 * k, 2, [m], 0.65, gain=0.18)
    b.blow(end, 0.9, [56, 62, 67], 0.9, True), b.bass([Note(end, 1.6, 34, 0.85)]), b.crash(end), b.kit([16], kick="X---------------")
    return b.finish(leslie=0.18)


PIECES = [pocket_change, rain_check, velvet_escalator, second_helping]
