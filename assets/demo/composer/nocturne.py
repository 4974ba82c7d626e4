"""Solo felt piano: four pieces for two hands, with pedal, rubato and a singing right hand.

The instrument is a modal model: stiff strings in detuned pairs with a fast and a slow decay, a felt
hammer that brightens with velocity, key and hammer noise, a soundboard and the sympathetic strings.
"""

import numpy as np

from .mix import Track, convolve, master, room
from .synth import RATE, bandpass, edges, equalise, noise, ring, samples
from .theory import Clock, Note, arched, bass_of, hertz, lead, phrase


class Piano:
    """An upright with a strip of felt between hammers and strings; one tuning per seed."""

    def __init__(self, seed, felt=1.0):
        self.rng = np.random.default_rng(seed)
        self.felt = felt
        self.detune = 0.35 + 0.5 * self.rng.random(128)  # cents between the strings of a key

    def note(self, midi, velocity, held, seconds):
        """A key struck and held; `held` includes the pedal; dampers fall at its end."""
        f0 = hertz(midi)
        stiff = 2.6e-4 * 2 ** ((midi - 57) / 9.0)
        n = np.arange(1, int(np.clip(9500 / f0, 3, 46)) + 1)
        f = n * f0 * np.sqrt(1 + stiff * n * n)
        cutoff = (900 + 5500 * velocity ** 1.5) * self.felt * 2 ** ((midi - 60) / 30)
        amps = np.abs(np.sin(np.pi * n / 7.6)) / n ** 0.4 / (1 + (f / cutoff) ** 1.7)
        amps *= np.exp(0.55 * self.rng.standard_normal(len(n)))
        base = 4.2 * 2 ** (-(midi - 45) / 17)
        taus = 1 / (1 / base + 0.42 * (f / 1000) ** 1.2) * np.exp(0.5 * self.rng.standard_normal(len(n)))
        cents = 2 ** (self.detune[midi] * np.exp(0.6 * self.rng.standard_normal(len(n))) / 1200)
        freqs = np.concatenate([f / cents, f * cents, f])
        bank = ring(freqs, np.concatenate([taus * 0.34, taus * 0.42, taus * 1.35]),
                    np.concatenate([amps * 0.42, amps * 0.36, amps * 0.22]), seconds)
        hit = samples(0.0045 - 0.002 * velocity)
        bank[:hit] *= 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, hit))
        end = samples(held)
        if midi < 89 and end < len(bank):
            fall = 0.07 + 0.1 * max(0, 60 - midi) / 24
            bank[end:] *= np.exp(-np.arange(len(bank) - end) / RATE / fall)
        sound = bank / np.sqrt((amps ** 2).sum()) * velocity ** 1.35
        thump = ring([72, 118, 187, 291, 402], [0.045, 0.04, 0.03, 0.022, 0.015], [1, 0.9, 0.7, 0.4, 0.3], 0.3)
        felt = bandpass(noise(self.rng, 0.06), 250, 3200) * np.exp(-np.arange(samples(0.06)) / RATE / 0.009)
        sound[:len(thump)] += 0.07 * velocity * thump[:len(sound)]
        sound[:len(felt)] += 0.06 * velocity * felt[:len(sound)]
        return edges(sound, 0.0005, 0.03)

    def play(self, notes, clock, pedal, length):
        """Lay notes on a track; `pedal` lists the beats at which it is changed."""
        track = Track(length)
        pedal = np.array(sorted(pedal))
        for i, n in enumerate(notes):
            jitter = self.rng.normal(0, 0.006)
            at = clock(n.start) + jitter
            later = pedal[pedal >= n.start + n.length - 0.02]
            up = clock(later[0]) + 0.05 if len(later) else length
            held = max(clock(n.start + n.length) - at, up - at, 0.12)
            velocity = float(np.clip(n.velocity + self.rng.normal(0, 0.025), 0.06, 1))
            seconds = min(held + 0.7, 9.0, length - at)
            if seconds > 0.05:
                track.add(self.note(n.pitch, velocity, held, seconds), at, 0.3, pan=float(np.clip((n.pitch - 60) / 60, -0.5, 0.5)))
        return track.audio


def soundboard(seed):
    """Impulse response of a wooden board: many short modes, different left and right."""
    rng = np.random.default_rng(seed)
    f = np.exp(rng.uniform(np.log(70), np.log(4200), (2, 220)))
    ways = [ring(f[c], 0.05 * (f[c] / 300) ** -0.5, rng.standard_normal(220) / 15, 0.4) for c in (0, 1)]
    return np.vstack([ways[0] + 0.4 * ways[1], ways[0] - 0.4 * ways[1]])


def sympathy(seed):
    """Impulse response of the undamped strings: every semitone and its octave, soft and long."""
    rng = np.random.default_rng(seed)
    f = hertz(np.arange(33, 88) + rng.normal(0, 0.03, 55))
    ways = [ring(f, 1.6 * (f / 220) ** -0.4, rng.standard_normal(55) * (f / 110) ** -0.7, 3.0) / 300 for _ in (0, 1)]
    return np.vstack([ways[0] + 0.5 * ways[1], ways[0] - 0.5 * ways[1]])


def finish(dry, seed, hall=2.1, wet=0.34, tone=0.0):
    body = dry + 0.05 * convolve(dry, soundboard(seed)) + 0.03 * convolve(dry, sympathy(seed + 1))
    body = equalise(body, ("peak", 220, 0.8, 1.0), ("peak", 2600, 0.8, tone), ("highshelf", 6000, 0.7, -1))
    return master(body + wet * convolve(body, room(hall, seed + 2, damp=3200)), fade_out=2.2)


def sung(notes):
    """A melody line: phrase arch, a little behind the beat."""
    return [n._replace(start=n.start + 0.018) for n in arched(notes, 0.3)]


def breathing(bars, length, dip=0.12, end=0.45):
    """Rubato: each phrase of `length` beats starts held back, moves on, and relaxes; the last one broadens."""
    points = []
    for k in range(int(bars)):
        b = k * length
        points += [(b, 1 - dip), (b + 0.35 * length, 1.06), (b + 0.8 * length, 1.0), (b + 0.98 * length, 1 - 1.4 * dip)]
    last = bars * length
    return points[:-1] + [(last - 0.6 * length / 2, 0.92), (last - 0.05, end), (last + 40, end)]


# ---- the pieces ------------------------------------------------------------------------------------


def lamplight():
    """Nocturne in E flat: broken chords in triplets under a bel canto line; A A' B A'' and a last arpeggio."""
    piano = Piano(11)
    chords = "Eb Eb/G Ab Bb7 Eb Cm Fm7 Bb7 Cm G7/B Abm6 Eb/Bb Eb Eb7/Db Ab/C Abm6/Cb Eb/Bb Bb7".split()
    left, pedal = [], []
    for i, symbol in enumerate(chords):
        beat = 2.0 * i
        low = bass_of(symbol, 38)
        tones = [p for p in lead([symbol], 53, 68, 3)[0]]
        order = [low, tones[0], tones[2], tones[1], tones[2], tones[0]]
        left += [Note(beat + k / 3, 1 / 3, p, (0.4 if k == 0 else 0.24 + 0.03 * (k == 2))) for k, p in enumerate(order)]
        pedal.append(beat)
    a = "G5:1.5 F5:.25 G5 Bb5:1 G5"
    right = phrase(f"""{a} | C6:1 Bb5:.5 Ab5 F5:1.5 D5:.5
        | G5:1.5 F5:.25 G5 Eb6:1 D6:.5 C6 | Ab5:.667 G5 F5 D5:1 Eb5:.5 F5
        | Eb5:1.5 D5:.25 Eb5 F5:1 G5:.5 B5 | B5:1 Ab5:.5 F5 Bb5:1 G5
        | G5:1.5 F5:.125 G5 F5 G5 Db6:1 Bb5 | C6:1 Ab5:.5 Eb5 B5:1 Ab5:.5 F5
        | G5:1 Bb5:.5 Eb6 D6:.667 C6 Ab5""", velocity=0.66)
    ending = [Note(36 + k * 0.36, 4 - k * 0.3, p, 0.34 - 0.02 * k) for k, p in enumerate([39, 51, 55, 58, 63, 67, 70, 75])]
    clock = Clock(57, breathing(9, 4, end=0.62))
    notes = left + sung(right) + ending
    return finish(piano.play(notes, clock, pedal + [36.0, 60.0], 52), 21)


def snow_on_slates():
    """Prelude in A minor: an ostinato in quavers, octaves below, and a tune of long notes that climbs."""
    piano = Piano(12, felt=0.85)
    a, b = "Am F C G", "Dm Am F E"
    symbols = f"{a} Am F C/E G {b} Dm7 Am/C F E7 Am F Dm6 Am".split()
    inner = lead(symbols, 57, 71, 3)
    notes, pedal = [], []
    for i, (symbol, v) in enumerate(zip(symbols, inner)):
        beat = 4.0 * i
        swell = 0.85 + 0.3 * np.sin(np.pi * i / len(symbols))
        figure = [v[0], v[2], v[1], v[2], v[0], v[2], v[1], v[2]]
        if 8 <= i < 16:
            figure = [v[0], v[1], v[2], v[1], v[2], v[1], v[2], v[1]]
        if i < 19:
            notes += [Note(beat + k / 2, 0.5, p, swell * (0.34 if k in (0, 4) else 0.25)) for k, p in enumerate(figure)]
        low = bass_of(symbol, 33)
        notes.append(Note(beat, 4, low, 0.42 * swell))
        if i >= 4:
            notes.append(Note(beat + (0 if i < 8 else 2), 2, low + 12, 0.32 * swell))
        pedal.append(beat)
    tune = phrase("""E5:3 D5:1 | C5:4 | E5:3 G5:1 | D5:4 | A5:2 G5:1 E5 | F5:3 E5:1 | D5:2 C5:1 D5 | E5:4
        | A5:3 B5:1 | C6:2 B5:1 A5 | C6:3 A5:1 | B5:2 G#5 | E5:3 D5:1 | C5:4 | F5:2 D5:1 B4 | E5:4""", start=16, velocity=0.6)
    close = [Note(76 + 0.09 * k, 4, p, 0.36) for k, p in enumerate([45, 57, 64, 69, 72, 76])]
    clock = Clock(112, breathing(5, 16, dip=0.05, end=0.6))
    return finish(piano.play(notes + sung(tune) + close, clock, pedal + [110.0], 50), 31, hall=2.6)


def slow_waltz():
    """Waltz in F sharp minor: bass and chord, sevenths that do not resolve, a tune in plain crotchets; A B A."""
    piano = Piano(13, felt=1.15)
    a = "F#m7 Bm7 F#m7 Bm7 Dmaj7 C#m7 Bm7 E9sus4".split()
    b = "Amaj7 Dmaj7 Gmaj7 C#7 F#m7 Bm7 Gmaj7 C#7".split()
    symbols = a + b + "F#m7 Bm7 Gmaj7 F#madd9".split()
    notes, pedal = [], []
    for i, (symbol, v) in enumerate(zip(symbols, lead(symbols, 54, 69, 4))):
        beat = 3.0 * i
        notes.append(Note(beat, 1, bass_of(symbol, 35), 0.42))
        notes += [Note(beat + 1 + 0.012 * k, 2, p, 0.25) for k, p in enumerate(v)]
        pedal.append(beat)
    tune = phrase("""r:1 C#6:1 B5 | A5:2 F#5:1 | r:1 C#6:1 B5 | D6:3 | C#6:1 A5 F#5 | E5:2 G#5:1 | F#5:1 D5 F#5 | B5:3
        | r:1 E6:1 C#6 | A5:2 C#6:1 | B5:1 D6 B5 | F5:1.5 G#5:.5 B5:1 | A5:1 C#6 E6 | D6:2 B5:1 | A5:1 B5 D6 | C#6:2 B5:1
        | A5:1 C#6 B5 | F#5:2 D5:1 | F#5:3""", velocity=0.58)
    notes += [Note(57 + 0.16 * k, 5, p, 0.3) for k, p in enumerate([30, 42, 57, 61, 68, 73, 78])]
    clock = Clock(90, breathing(5, 12, dip=0.09, end=0.6))
    return finish(piano.play(notes + sung(tune), clock, pedal + [100.0], 52), 41, hall=2.4, tone=1.0)


def cradle():
    """Berceuse in D flat: a rocking figure over a pedal point, a tune of four bars and three variations on it."""
    piano = Piano(14, felt=0.95)
    notes, pedal = [], []
    for bar in range(16):
        beat = 6.0 * bar
        figure = [37, 44, 53, 56, 53, 44] if bar % 2 == 0 else [37, 44, 54, 60, 54, 44]
        if bar % 8 in (5,):
            figure = [42, 49, 58, 61, 58, 49]
        notes += [Note(beat + k, 1, p, 0.33 if k == 0 else 0.21 + 0.02 * (k == 3)) for k, p in enumerate(figure)]
        pedal.append(beat)
    theme = "F5:3 Ab5:2 Bb5:1 | Gb5:3 Eb5:2 C5:1 | F5:2 Eb5:1 Db5:2 F5:1 | Ab5:4 Eb5:1 Gb5"
    one = phrase(theme, 0, 0.56)
    two = phrase("F5:1 Eb5:.5 F5 Gb5 Ab5:2.5 Bb5:1 | Bb5:1 Gb5 Eb5 C5:2 Eb5:1 | Db5:1 F5 Ab5 Db6:2 C6:1 | C6:1 Ab5 Gb5 Eb5:2 C5:1", 24, 0.6)
    thirds = [n._replace(pitch=n.pitch - (3 if n.pitch % 12 in (8, 3, 6, 11) else 4), velocity=n.velocity * 0.6) for n in two if n.length >= 1]
    three = phrase("""F6:.5 Eb6 Db6 Ab5 Bb5 Ab5 F5 Ab5 Db6 F6 Eb6 Db6 | Gb6:.5 Eb6 C6 Bb5 Ab5 Gb5 C6 Bb5 Ab5 Gb5 Eb5 C5
        | Db5:.5 F5 Ab5 Db6 F6 Ab6 Gb6 F6 Eb6 Db6 C6 Bb5 | Ab5:1 C6:.5 Eb6 Gb6 F6 Eb6:1.5 C6:.5 Ab5:1""", 48, 0.46)
    four = phrase("F5:3 Ab5:2 Bb5:1 | Gb5:3 Eb5:2 C5:1 | F5:2 Eb5:1 Db5:3", 72, 0.44)
    close = [Note(90 + 0.5 * k, 8, p, 0.32 - 0.02 * k) for k, p in enumerate([37, 49, 56, 61, 65, 68, 73])]
    notes = [n for n in notes if n.start < 90] + thirds + close
    clock = Clock(138, breathing(4, 24, dip=0.1, end=0.62))
    return finish(piano.play(notes + sung(one) + sung(two) + sung(three) + sung(four), clock, pedal + [140.0], 54), 51, hall=2.0)


PIECES = [lamplight, snow_on_slates, slow_waltz, cradle]
