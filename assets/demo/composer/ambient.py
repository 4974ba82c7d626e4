"""Ambient: four slow fields of held tones. No drums; form is light, density and register.

A field is a list of tones that swell and go by themselves. The voices: filtered saws (pad), the same
through vowel formants (choir), beating sines (glass), struck modes far away (bells), and a very long room
in which the octave above shimmers.
"""

import numpy as np

from .mix import Track, chorus, convolve, echo, master, room, widen
from .synth import RATE, bandpass, edges, equalise, harmonics_of, lowpass, oscillator, ring, samples, sweep
from .theory import hertz, pitch, stack


def swell(seconds, attack, release):
    """Raised-cosine rise and fall."""
    t = np.arange(samples(seconds)) / RATE
    return (0.5 - 0.5 * np.cos(np.pi * np.clip(t / attack, 0, 1))) * (0.5 - 0.5 * np.cos(np.pi * np.clip((seconds - t) / release, 0, 1)))


def drift(rng, seconds, around, depth, period):
    """A slow wandering curve: three sines of unrelated periods."""
    t = np.arange(samples(seconds)) / RATE
    wave = sum(np.sin(2 * np.pi * t / (period * k) + rng.uniform(0, 6.28)) for k in (1, 1.618, 2.9)) / 3
    return around * (1 + depth * wave)


def pad(rng, midi, seconds, attack=3.0, release=4.0, bright=900.0, voices=5, cents=9):
    """Detuned saws under a low-pass that opens and closes once; stereo."""
    out = np.zeros((2, samples(seconds)))
    f = hertz(midi)
    for k in range(voices):
        spread = np.linspace(-1, 1, voices)[k]
        freq = f * 2 ** (spread * cents / 1200) * drift(rng, seconds, 1.0, 0.0012, 5)
        v = oscillator(freq, harmonics_of("saw", f, 7000), phase=rng.random())
        out[0] += v * (1 - 0.7 * spread)
        out[1] += v * (1 + 0.7 * spread)
    envelope = swell(seconds, attack, release)
    cut = bright * (0.35 + 0.65 * envelope) * drift(rng, seconds, 1.0, 0.25, 7)
    return sweep(out * envelope, cut, 0.8, block=480) / voices * (220 / f) ** 0.3


def choir(rng, midi, seconds, attack=2.5, release=3.5):
    """Six singers on one tone, from an `oo` to an `ah` and back."""
    f = hertz(midi)
    mono = np.zeros((2, samples(seconds)))
    for k in range(6):
        t = np.arange(samples(seconds)) / RATE
        freq = f * 2 ** (rng.normal(0, 6) / 1200) * (1 + 0.004 * np.sin(2 * np.pi * rng.uniform(4.4, 5.6) * t + rng.uniform(0, 6))) * drift(rng, seconds, 1, 0.002, 3)
        mono[k % 2] += oscillator(freq, harmonics_of("saw", f, 9000) ** 1.15, phase=rng.random()) * drift(rng, seconds, 1, 0.3, 2.3)
    mono = np.vstack([mono[0] + 0.35 * mono[1], mono[1] + 0.35 * mono[0]])
    envelope = swell(seconds, attack, release)
    closed = sum(g * bandpass(mono, c * 0.86, c * 1.16, 1) for c, g in ((350, 1.0), (750, 0.5), (2500, 0.06)))
    opened = sum(g * bandpass(mono, c * 0.88, c * 1.14, 1) for c, g in ((720, 1.0), (1120, 0.7), (2700, 0.25), (3500, 0.12)))
    return (closed * (1 - 0.7 * envelope) + opened * envelope ** 2 * 0.8) * envelope * 0.4


def glass(rng, midi, seconds, attack=2.0, release=4.0):
    """A bowed glass: few partials, each its own slow beating; stereo."""
    f = hertz(midi)
    out = np.zeros((2, samples(seconds)))
    for k, (ratio, a) in enumerate(((1, 1), (1.0035, 0.6), (2.003, 0.22), (2.76, 0.1), (4.01, 0.05))):
        if f * ratio < 9000:
            v = a * oscillator(f * ratio * drift(rng, seconds, 1, 0.0008, 4), [1.0], phase=rng.random())
            out += np.vstack([v * drift(rng, seconds, 0.7, 0.6, 2.1 + k), v * drift(rng, seconds, 0.7, 0.6, 2.7 + k)])
    return out * swell(seconds, attack, release) * 0.7


def bell(midi, seconds=5.0, hard=0.5):
    """A small metal bar struck softly."""
    f = hertz(midi)
    return edges(ring(np.array([1, 2.0, 2.76, 5.4, 8.93]) * f, np.array([2.2, 1.1, 0.8, 0.3, 0.12]),
                      [1, 0.3, 0.35 * hard, 0.22 * hard, 0.1 * hard], seconds), 0.006, 0.3)


def air(rng, seconds, centre, depth=0.5, period=9.0):
    """Wind: a band of noise whose centre wanders; stereo."""
    cut = drift(rng, seconds, centre, depth, period)
    return sweep(rng.standard_normal((2, samples(seconds))), cut, 1.2, "band", block=480)


def finish(dry, shimmer, seed, seconds=7.5, wet=0.9, damp=2600, out=5.0):
    """Dry, shimmer (heard only through the room), the long room, and a soft master."""
    hall = room(seconds, seed, damp=damp, predelay=0.03, early=0.1)
    total = 0.55 * dry + wet * convolve(dry + shimmer, hall)
    return master(widen(equalise(total, ("highshelf", 5000, 0.7, -2), ("peak", 300, 0.7, -1)), 1.1), fade_in=2.5, fade_out=out)


# ---- the pieces ------------------------------------------------------------------------------------


def estuary_light():
    """D lydian over a drone: the raised fourth keeps arriving, higher each time; bells at the turn."""
    rng = np.random.default_rng(301)
    dry, high = Track(48), Track(48)
    for midi, gain in ((38, 0.5), (45, 0.35), (50, 0.25)):
        dry.add(pad(rng, midi, 46, 5, 9, 420 if midi < 45 else 600, 4, 6), 0, gain)
    entries = [(2, "F#4", 11), (5, "A4", 12), (9, "E4", 10), (12, "G#4", 12), (16, "C#5", 11), (19, "F#4", 13), (22, "B4", 11),
               (25, "G#4", 12), (27, "E5", 11), (30, "C#5", 12), (32, "A4", 13), (34, "F#5", 10), (37, "G#5", 9), (38, "D4", 9)]
    for at, name, length in entries:
        dry.add(pad(rng, pitch(name), min(length, 47 - at), 3.5, 5, 1300, 5, 8), at, 0.24)
        high.add(pad(rng, pitch(name) + 12, min(length, 47 - at), 4.5, 4.5, 2400, 3, 10), at + 0.5, 0.1)
    motif = [(0, "A5"), (1.1, "G#5"), (2.6, "E5")]
    for start, lift in ((13, 0), (20.5, 0), (28, 5), (35.5, 0)):
        for k, (at, name) in enumerate(motif):
            dry.add(bell(pitch(name) + lift), start + at + rng.normal(0, 0.05), 0.075, (-0.5, 0.5, 0.1)[k])
    dry.add(air(rng, 47, 900) * swell(47, 8, 10), 0, 0.02)
    return finish(dry.audio + 0.3 * echo(dry.audio, 0.83, 0.4, 2000), high.audio, 302)


def under_the_pier():
    """A dorian, for a choir that never breathes: four chords, common tones held, a slow line on top, surf beneath."""
    rng = np.random.default_rng(311)
    dry, high = Track(46), Track(46)
    chords = [("A2", "E3", "C4", "G4", "B4"), ("A2", "F#3", "D4", "A4", "E5"), ("F2", "E3", "C4", "G4", "A4"),
              ("G2", "D3", "B3", "F#4", "D5"), ("A2", "E3", "B3", "C4", "E5")]
    for i, names in enumerate(chords):
        at = 8.2 * i
        for k, name in enumerate(names):
            length = 11.0 if i < 4 else 10.5
            if k == 0:
                dry.add(pad(rng, pitch(name), length, 3, 4, 380, 4, 6), at, 0.42)
                dry.add(pad(rng, pitch(name) - 12, length, 3, 4, 300, 3, 5), at, 0.3)
            else:
                dry.add(choir(rng, pitch(name), length, 2.8, 4), at + 0.25 * k, 0.4)
                if k > 2:
                    high.add(choir(rng, pitch(name) + 12, length - 1, 4, 4), at + 1, 0.13)
    line = [(9.5, "E5", 5), (13.5, "F#5", 4.5), (17, "G5", 6), (22, "E5", 5), (26, "D5", 5), (30, "B4", 6), (35, "E5", 7)]
    for at, name, length in line:
        high.add(glass(rng, pitch(name), length, 1.6, 2.6), at, 0.17)
    surf = air(rng, 45, 500, 0.6, 6.5) * drift(rng, 45, 0.6, 0.8, 4.1) * swell(45, 5, 8)
    dry.add(surf, 0, 0.045)
    return finish(dry.audio, high.audio, 312, 8.0, 1.0, 2200)


def salt_glass():
    """E flat aeolian on bowed glasses: pairs of tones a second apart beat, part and settle on a fifth."""
    rng = np.random.default_rng(321)
    dry, high = Track(45), Track(45)
    dry.add(pad(rng, 27, 44, 6, 9, 260, 3, 5), 0, 0.4)
    dry.add(pad(rng, 39, 44, 7, 8, 420, 4, 7), 0, 0.3)
    pairs = [(1, "Bb4", "Cb5", 9), (6, "Gb4", "F4", 10), (11.5, "Eb5", "F5", 9), (16, "Db5", "Cb5", 10), (21, "Gb5", "F5", 9),
             (25.5, "Bb5", "Ab5", 10), (30, "Eb5", "Gb5", 10), (34.5, "Bb4", "Eb5", 10)]
    for i, (at, one, two, length) in enumerate(pairs):
        dry.add(glass(rng, pitch(one), length), at, 0.26)
        dry.add(glass(rng, pitch(two), length - 1.5, 3, 4), at + 1.5, 0.22)
        high.add(glass(rng, pitch(one) + 12, length, 3, 4), at + 0.7, 0.1)
    for at, low in ((8, 42), (16, 35), (24, 37), (32, 39)):
        dry.add(pad(rng, low, 11, 4, 5, 520, 5, 9), at, 0.36)
        dry.add(pad(rng, low + 19, 11, 4, 5, 800, 5, 9), at, 0.2)
    dry.add(air(rng, 44, 2600, 0.4, 5) * swell(44, 9, 9), 0, 0.022)
    return finish(dry.audio, high.audio, 322, 9.0, 1.0, 3400)


def seven_tapes():
    """Loops of unequal length in F: each has two or three tones of one pentatonic chord, and never meets the others the same way."""
    rng = np.random.default_rng(331)
    dry, high = Track(48), Track(48)
    for at, symbol, low in ((0, "Fadd9", 41), (11, "Dm9", 38), (22, "Bbmaj9", 34), (33, "Fadd9", 41)):
        for k, m in enumerate([low] + stack(symbol, 50)):
            dry.add(pad(rng, m, 14 if at < 33 else 13, 4, 5, 420 if k == 0 else 850, 5, 8), at, 0.34 if k == 0 else 0.17)
    loops = [(7.3, 2.0, ("C5", "A4")), (9.1, 3.4, ("G4", "F4", "C4")), (11.7, 5.0, ("D5", "C5")), (13.3, 1.2, ("A5",)), (15.9, 7.0, ("F4", "G4", "A4"))]
    for i, (period, first, names) in enumerate(loops):
        at = first
        while at < 40:
            for k, name in enumerate(names):
                tone = bell(pitch(name), 6, 0.15) + 0.5 * bell(pitch(name) - 12, 6, 0.1)
                wow = lowpass(tone, 1800)
                dry.add(wow, at + 0.9 * k + rng.normal(0, 0.03), 0.13, np.sin(2.1 * i + k) * 0.6)
            at += period
    for at, name in ((14, "C6"), (23, "D6"), (30, "A5"), (37, "F5")):
        high.add(glass(rng, pitch(name), 8, 3, 4), at, 0.14)
    hiss = air(rng, 47, 5000, 0.2) * swell(47, 5, 8)
    dry.add(hiss, 0, 0.006)
    return finish(chorus(dry.audio + 0.35 * echo(dry.audio, 1.21, 0.45, 1600), 0.002, 0.35, 0.4), high.audio, 332, 6.0, 0.75, 2400)


PIECES = [estuary_light, under_the_pier, salt_glass, seven_tapes]
