"""Pitches, chords, phrases and time: what the scores of the six styles are written in.

A phrase is text ("D5:1 E5:.5 F5 r:1"): pitch, colon, length in beats; a length holds until the next
one, `r` rests, `|` is only for the eye, a trailing `!` accents. It parses to a list of `Note`s.
"""

import re
from typing import NamedTuple

import numpy as np

LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

QUALITIES = {
    "": (0, 4, 7), "m": (0, 3, 7), "dim": (0, 3, 6), "aug": (0, 4, 8),
    "sus2": (0, 2, 7), "sus4": (0, 5, 7), "5": (0, 7),
    "6": (0, 4, 7, 9), "m6": (0, 3, 7, 9), "add9": (0, 4, 7, 14), "madd9": (0, 3, 7, 14),
    "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "m7": (0, 3, 7, 10), "mmaj7": (0, 3, 7, 11),
    "dim7": (0, 3, 6, 9), "m7b5": (0, 3, 6, 10), "7sus4": (0, 5, 7, 10),
    "9": (0, 4, 10, 14), "maj9": (0, 4, 11, 14), "m9": (0, 3, 10, 14), "9sus4": (0, 5, 10, 14),
    "13": (0, 4, 10, 21), "7#9": (0, 4, 10, 15), "m11": (0, 3, 10, 17), "maj7#11": (0, 4, 11, 18),
    "69": (0, 4, 9, 14),
}


class Note(NamedTuple):
    """One note: when and how long in beats, MIDI pitch, velocity 0..1."""

    start: float
    length: float
    pitch: int
    velocity: float = 0.7


class Chord(NamedTuple):
    """A chord symbol taken apart: pitch class of the root, of the bass, and the intervals above the root."""

    root: int
    bass: int
    intervals: tuple


def pitch(name):
    """MIDI number of a pitch name: C4 is 60."""
    letter, accidental, octave = re.fullmatch(r"([A-G])([#b]*)(-?\d)", name).groups()
    return LETTERS[letter] + accidental.count("#") - accidental.count("b") + 12 * (int(octave) + 1)


def hertz(midi):
    """Frequency in equal temperament at A4 = 440 Hz."""
    return 440.0 * 2.0 ** ((midi - 69) / 12)


def phrase(text, start=0.0, velocity=0.7, length=1.0):
    """Notes of a phrase written as text (see the head of this file)."""
    notes, at = [], start
    for token in text.split():
        if token == "|":
            continue
        name, _, value = token.partition(":")
        if value:
            length = float(value)
        accent = name.endswith("!")
        if name != "r":
            notes.append(Note(at, length, pitch(name.rstrip("!")), min(1.0, velocity * (1.22 if accent else 1.0))))
        at += length
    return notes


def shifted(notes, by):
    return [n._replace(start=n.start + by) for n in notes]


def transposed(notes, semitones):
    return [n._replace(pitch=n.pitch + semitones) for n in notes]


def arched(notes, depth=0.25):
    """Phrase dynamics: swell towards two thirds of the way, ease off at the end."""
    if not notes:
        return notes
    first, last = notes[0].start, max(n.start + n.length for n in notes)
    def weight(n):
        x = (n.start - first) / max(last - first, 1e-9)
        return 1 - depth + depth * np.sin(np.pi * x ** 0.75)
    return [n._replace(velocity=float(np.clip(n.velocity * weight(n), 0.02, 1.0))) for n in notes]


def chord(symbol):
    """Read a chord symbol such as `F#m7/C#`."""
    root, quality, bass = re.fullmatch(r"([A-G][#b]?)([^/]*)(?:/([A-G][#b]?))?", symbol).groups()
    number = pitch(root + "4") % 12
    return Chord(number, pitch(bass + "4") % 12 if bass else number, QUALITIES[quality])


def stack(symbol, lowest):
    """Close position: the chord's tones from the first root at or above `lowest`, intervals as written."""
    c = chord(symbol)
    base = lowest + (c.root - lowest) % 12
    return [base + i for i in c.intervals]


def bass_of(symbol, lowest):
    """The chord's bass tone, in the octave that starts at `lowest`."""
    return lowest + (chord(symbol).bass - lowest) % 12


def lead(symbols, low, high, voices=4):
    """Voice a progression: all tones present, each chord as near to the one before as it can be."""
    result, before = [], None
    for symbol in symbols:
        c = chord(symbol)
        classes = [(c.root + i) % 12 for i in c.intervals]
        if len(classes) > voices:  # the fifth is the first to go
            classes = [x for x in classes if x != (c.root + 7) % 12][:voices]
        best = min(_voicings(classes, low, high, voices), key=lambda v: _cost(v, before, low, high))
        result.append(list(best))
        before = best
    return result


def _voicings(classes, low, high, voices):
    def grow(chosen):
        if len(chosen) == voices:
            if {p % 12 for p in chosen} >= set(classes):
                yield tuple(chosen)
            return
        for p in range(chosen[-1] + 1 if chosen else low, min(high, chosen[-1] + 10 if chosen else high) + 1):
            if p % 12 in classes:
                yield from grow(chosen + [p])
    return list(grow([]))


def _cost(voicing, before, low, high):
    spread = abs(np.mean(voicing) - (low + high) / 2)
    spread += 6 * sum(1 for a, b in zip(voicing, voicing[1:]) if b - a == 1)
    if before is None:
        return spread
    moves = sum(abs(a - b) for a, b in zip(voicing, before))
    parallels = sum(
        1
        for i in range(len(voicing)) for j in range(i)
        if (voicing[i] - voicing[j]) % 12 in (0, 7)
        and (before[i] - before[j]) % 12 == (voicing[i] - voicing[j]) % 12
        and voicing[i] != before[i]
    )
    return moves + 4 * parallels + 0.35 * spread


class Clock:
    """Beats to seconds: a base tempo, tempo factors that glide between the beats given, and swing.

    `swing` is where the off-beat of each pair of `grid`-long notes falls (0.5 straight, 0.66 triplet).
    """

    def __init__(self, bpm, curve=((0, 1.0),), swing=0.5, grid=0.25, lead_in=0.15):
        self.bpm, self.swing, self.grid = bpm, swing, grid
        at = np.arange(0, 400, 0.05)
        factor = np.interp(at, [b for b, _ in curve], [f for _, f in curve])
        step = 0.05 * 60 / (bpm * factor)
        self._beats, self._seconds = at, lead_in + np.concatenate([[0], np.cumsum(step)[:-1]])

    def __call__(self, beat):
        pair, within = np.divmod(beat, 2 * self.grid)
        x = within / (2 * self.grid)
        warped = np.where(x < 0.5, x * 2 * self.swing, self.swing + (x - 0.5) * 2 * (1 - self.swing))
        return float(np.interp((pair + warped) * 2 * self.grid, self._beats, self._seconds))

    def span(self, note):
        """Length of a note in seconds."""
        return self(note.start + note.length) - self(note.start)
