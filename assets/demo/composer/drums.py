"""Drums: machine and acoustic kits, synthesised stroke by stroke, and patterns written as text.

A pattern is one character per sixteenth: `X` accent, `x` stroke, `o` soft, `.` ghost, `-` rest.
"""

import numpy as np

from .synth import RATE, bandpass, drive, edges, highpass, lowpass, noise, ring, samples

LEVELS = {"X": 1.0, "x": 0.78, "o": 0.5, ".": 0.24}


def strokes(text, bar=0, step=0.25):
    """(beat, velocity) of each stroke of a pattern that starts at a bar of four beats."""
    text = text.replace(" ", "").replace("|", "")
    return [(bar * 4 + i * step, LEVELS[c]) for i, c in enumerate(text) if c != "-"]


def decay(seconds, tau):
    return np.exp(-np.arange(samples(seconds)) / RATE / tau)


# ---- machine ---------------------------------------------------------------------------------------


def machine_kick(punch=1.0, low=47.0, length=0.34, hardness=1.6):
    """A sine that falls from a click to its pitch, saturated."""
    t = np.arange(samples(length)) / RATE
    f = low + 190 * punch * np.exp(-t / 0.018) + 900 * punch * np.exp(-t / 0.003)
    body = np.sin(2 * np.pi * np.cumsum(f) / RATE) * np.exp(-t / (length * 0.42))
    return edges(drive(body * 1.2, hardness), 0.0006, 0.05)


def machine_hat(rng, length=0.05, bright=7000.0):
    """Six square waves that do not agree, ring-modulated by noise, high-passed."""
    t = np.arange(samples(length * 4)) / RATE
    metal = sum(np.sign(np.sin(2 * np.pi * f * t + rng.random())) for f in (2050, 3042, 3693, 4090, 5400, 7917)) / 6
    x = highpass(0.5 * metal + 0.6 * rng.standard_normal(len(t)), bright, 3)
    return edges(lowpass(x, 15000) * np.exp(-t / length), 0.0005, 0.01)


def machine_clap(rng, room=0.11):
    x = np.zeros(samples(0.4))
    for at in (0, 0.011, 0.021, 0.031):
        i = samples(at) if at else 0
        burst = noise(rng, 0.35)[: len(x) - i] * decay(0.35, 0.006 if at < 0.03 else room)[: len(x) - i]
        x[i:i + len(burst)] += burst * (0.8 if at < 0.03 else 0.7)
    return edges(bandpass(x, 900, 5200), 0.0005, 0.05)


def rim(rng):
    return edges(ring([820, 1720, 2950], [0.012, 0.009, 0.006], [1, 0.8, 0.5], 0.08) + 0.1 * noise(rng, 0.08) * decay(0.08, 0.003), 0.0003)


def shaker(rng, length=0.06):
    x = bandpass(noise(rng, length * 2), 5200, 12000)
    t = np.linspace(0, 1, len(x))
    return x * np.sin(np.pi * np.minimum(1, t * 1.4)) ** 2 * np.exp(-2.5 * t)


# ---- acoustic kit ----------------------------------------------------------------------------------


def kick(rng, velocity, tune=56.0):
    """Batter head, shell and beater."""
    t = np.arange(samples(0.38)) / RATE
    f = tune + 42 * np.exp(-t / 0.02)
    head = np.sin(2 * np.pi * np.cumsum(f) / RATE) * np.exp(-t / 0.085)
    shell = ring([112, 178, 266], [0.05, 0.035, 0.02], [0.35, 0.2, 0.12], 0.38)
    beater = bandpass(noise(rng, 0.38), 1500, 5200) * np.exp(-t / 0.005)
    return edges(head + shell * velocity + 0.28 * velocity * beater, 0.001, 0.06) * velocity


def snare(rng, velocity, tune=196.0, tight=0.11):
    """Two heads, then the wires answering; ghosts are mostly wires."""
    seconds = 0.4
    modes = np.array([1, 1.59, 2.14, 2.3, 2.65, 2.92]) * tune * (1 + 0.01 * rng.standard_normal())
    head = ring(modes, 0.07 / np.arange(1, 7) ** 0.5, [1, 0.7, 0.4, 0.35, 0.25, 0.2], seconds)
    wires = bandpass(noise(rng, seconds), 1800, 9500, 1) * decay(seconds, tight * (0.45 + 0.55 * velocity))
    wires *= np.minimum(1, np.arange(len(wires)) / samples(0.002))
    crack = highpass(noise(rng, seconds), 3000) * decay(seconds, 0.004)
    x = 0.55 * head * velocity ** 1.3 + 0.5 * wires * velocity + 0.5 * crack * velocity ** 2
    return edges(x, 0.0005, 0.06)


_CYMBAL = np.random.default_rng(99)
_HAT_MODES = np.sort(_CYMBAL.uniform(2600, 15500, 130))
_RIDE_MODES = np.sort(np.concatenate([_CYMBAL.uniform(380, 3000, 30), _CYMBAL.uniform(2500, 14000, 160)]))


def hat(rng, velocity, opening=0.0):
    """Two small cymbals: closed ticks, half-open sizzles."""
    tau = 0.022 + 0.26 * opening
    seconds = min(1.2, tau * 6 + 0.03)
    amps = rng.uniform(0.3, 1, len(_HAT_MODES)) * (_HAT_MODES / 6000) ** -0.3
    metal = ring(_HAT_MODES, tau * (7000 / _HAT_MODES) ** 0.4, amps / 14, seconds, rng.uniform(0, 6.28, len(_HAT_MODES)))
    sizzle = highpass(noise(rng, seconds), 5500) * decay(seconds, tau * 0.7) * 0.22
    x = highpass(metal + sizzle, 3500) * velocity ** 1.2
    return edges(lowpass(x, 7000 + 8000 * velocity), 0.0006, 0.02)


def ride(rng, velocity):
    amps = rng.uniform(0.2, 1, len(_RIDE_MODES)) * np.where(_RIDE_MODES < 3000, 0.5, 1.0)
    taus = np.where(_RIDE_MODES < 3000, 0.5, 0.32) * rng.uniform(0.5, 1, len(_RIDE_MODES))
    wash = ring(_RIDE_MODES, taus, amps / 22, 1.6, rng.uniform(0, 6.28, len(_RIDE_MODES)))
    tip = highpass(noise(rng, 0.05), 4000) * decay(0.05, 0.006)
    wash[:len(tip)] += 0.4 * tip
    return edges(highpass(wash, 500), 0.0006, 0.3) * velocity


def crash(rng, velocity, seconds=2.4):
    x = highpass(noise(rng, seconds), 2200, 1) * decay(seconds, 0.5) * np.minimum(1, np.arange(samples(seconds)) / samples(0.006))
    amps = rng.uniform(0.2, 1, len(_RIDE_MODES))
    return edges(0.5 * x + ring(_RIDE_MODES, 0.6, amps / 18, seconds, rng.uniform(0, 6.28, len(_RIDE_MODES))), 0.001, 0.4) * velocity


def tom(rng, velocity, tune):
    t = np.arange(samples(0.6)) / RATE
    f = tune * (1 + 0.25 * np.exp(-t / 0.03))
    head = np.sin(2 * np.pi * np.cumsum(f) / RATE) * np.exp(-t / 0.14) + 0.3 * np.sin(2 * np.pi * np.cumsum(f * 1.6) / RATE) * np.exp(-t / 0.07)
    return edges(head + 0.15 * bandpass(noise(rng, 0.6), 800, 4000) * np.exp(-t / 0.008), 0.001, 0.1) * velocity


def conga(rng, velocity, tune, slap=False):
    x = ring([tune, tune * 1.52, tune * 2.31], [0.12 if not slap else 0.035, 0.05, 0.03], [1, 0.4, 0.3], 0.4)
    hand = bandpass(noise(rng, 0.4), 700 if not slap else 1500, 4500) * decay(0.4, 0.006 if not slap else 0.012)
    return edges(x + (0.5 if slap else 0.2) * hand, 0.0006, 0.05) * velocity


def riser(rng, seconds):
    """Noise that opens and swells, for the bar before a section."""
    t = np.linspace(0, 1, samples(seconds))
    x = noise(rng, seconds)
    low, high = bandpass(x, 500, 2000), highpass(x, 3000)
    return edges((low * (1 - t) * t + high * t ** 2) * t, 0.02, 0.02)
