"""Sound sources and filters: everything returns float64 mono at 48 kHz, band-limited, without clicks at its ends."""

import numpy as np
from scipy import signal

RATE = 48000


def samples(seconds):
    return max(1, int(round(seconds * RATE)))


# ---- envelopes -------------------------------------------------------------------------------------


def adsr(hold, attack, decay, sustain, release):
    """Attack and decay, sustain until `hold`, then release; exponential decays, soft-edged."""
    n, tail = samples(hold), samples(release)
    t = np.arange(n) / RATE
    rise = 0.5 - 0.5 * np.cos(np.pi * np.clip(t / attack, 0, 1))
    fall = sustain + (1 - sustain) * np.exp(-np.maximum(t - attack, 0) / max(decay, 1e-4))
    body = rise * fall
    end = body[-1] * np.cos(np.linspace(0, np.pi / 2, tail)) ** 2
    return np.concatenate([body, end])


def edges(x, attack=0.002, release=0.01):
    """Fade the ends of a sound in place, so that it can be cut anywhere."""
    a, r = min(samples(attack), len(x) // 2), min(samples(release), len(x) // 2)
    x[:a] *= 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, a))
    x[len(x) - r:] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, r))
    return x


# ---- resonators ------------------------------------------------------------------------------------


def ring(freqs, taus, amps, seconds, phases=None):
    """Sum of decaying sinusoids (a modal bank): strings, bars, bells, plates, drum heads.

    exp(a(kB + j)) = exp(akB) exp(aj): the bank is one matrix product instead of a sine per sample.
    """
    freqs, taus, amps = (np.atleast_1d(np.asarray(v, float)) for v in (freqs, taus, amps))
    keep = (freqs < 0.46 * RATE) & (np.abs(amps) > 1e-7)
    freqs, amps = freqs[keep], amps[keep]
    taus = np.broadcast_to(taus, keep.shape)[keep]
    phases = np.full(len(freqs), -np.pi / 2) if phases is None else np.asarray(phases)[keep]
    n, block = samples(seconds), 512
    rate = -1 / (taus * RATE) + 2j * np.pi * freqs / RATE
    coarse = amps * np.exp(1j * phases) * np.exp(np.outer(np.arange(-(-n // block)) * block, rate))
    fine = np.exp(np.outer(rate, np.arange(block)))
    return (coarse.real @ fine.real - coarse.imag @ fine.imag).ravel()[:n]


def string(f0, seconds, brightness=3000.0, pluck=0.2, sustain=2.0, damping=1.0, stiffness=1e-4, limit=60):
    """A plucked string: partials of a stiff string, excited at `pluck` of its length, high partials dying first."""
    n = np.arange(1, max(2, min(limit, int(14000 / f0)) + 1))
    f = n * f0 * np.sqrt(1 + stiffness * n * n)
    amps = np.sin(np.pi * n * pluck) / n ** 0.9 / (1 + (f / brightness) ** 2)
    taus = 1 / (1 / sustain + damping * (f / 1000) ** 1.5 * 0.9)
    return edges(ring(f, taus, amps, seconds), 0.0008, 0.02)


# ---- oscillators -----------------------------------------------------------------------------------


def table(harmonics):
    """One cycle (2048 points) from harmonic amplitudes, sine phase."""
    n = np.arange(1, len(harmonics) + 1)
    return np.sin(2 * np.pi * np.outer(np.arange(2048) / 2048, n)) @ np.asarray(harmonics, float)


def harmonics_of(shape, f0, top=16000.0):
    """Amplitudes of a classic wave's harmonics below `top`."""
    n = np.arange(1, max(2, min(700, int(top / f0)) + 1))
    if shape == "saw":
        return 1 / n
    if shape == "square":
        return (n % 2) / n
    if shape == "triangle":
        return (n % 2) * (-1.0) ** ((n - 1) // 2) / n ** 2
    if shape == "sine":
        return np.array([1.0])
    raise ValueError(shape)


def oscillator(freq, harmonics, seconds=None, phase=0.0):
    """Read a band-limited cycle at a frequency that may move: `freq` is a number or an array per sample."""
    freq = np.full(samples(seconds), float(freq)) if np.isscalar(freq) else freq
    cycle = table(harmonics)
    cycle = np.concatenate([cycle, cycle[:1]])
    at = ((np.cumsum(freq) / RATE + phase) % 1.0) * 2048
    index = at.astype(int)
    part = at - index
    return cycle[index] * (1 - part) + cycle[index + 1] * part


def pulse(freq, duty, seconds=None, phase=0.0):
    """Pulse wave with its edges band-limited (polyBLEP); duty may move."""
    freq = np.full(samples(seconds), float(freq)) if np.isscalar(freq) else freq
    step = freq / RATE
    at = (np.cumsum(step) + phase) % 1.0
    other = (at - duty) % 1.0
    return np.where(at < duty, 1.0, -1.0) + _blep(at, step) - _blep(other, step) - (2 * duty - 1)


def _blep(at, step):
    result = np.zeros_like(at)
    low = at < step
    t = at[low] / step[low]
    result[low] = 2 * t - t * t - 1
    high = at > 1 - step
    t = (at[high] - 1) / step[high]
    result[high] = t * t + 2 * t + 1
    return result


def noise(rng, seconds):
    return rng.standard_normal(samples(seconds))


# ---- filters ---------------------------------------------------------------------------------------


def lowpass(x, hz, order=2):
    return signal.sosfilt(signal.butter(order, min(hz, 0.49 * RATE), "low", fs=RATE, output="sos"), x, axis=-1)


def highpass(x, hz, order=2):
    return signal.sosfilt(signal.butter(order, hz, "high", fs=RATE, output="sos"), x, axis=-1)


def bandpass(x, low, high, order=2):
    return signal.sosfilt(signal.butter(order, (low, min(high, 0.49 * RATE)), "band", fs=RATE, output="sos"), x, axis=-1)


def biquad(kind, hz, q=0.7071, gain=0.0):
    """Coefficients of the usual (RBJ) second-order sections, as one row of `sos`."""
    w = 2 * np.pi * min(hz, 0.48 * RATE) / RATE
    c, alpha, a = np.cos(w), np.sin(w) / (2 * q), 10 ** (gain / 40)
    if kind == "low":
        b, d = ((1 - c) / 2, 1 - c, (1 - c) / 2), (1 + alpha, -2 * c, 1 - alpha)
    elif kind == "band":
        b, d = (alpha, 0.0, -alpha), (1 + alpha, -2 * c, 1 - alpha)
    elif kind == "peak":
        b, d = (1 + alpha * a, -2 * c, 1 - alpha * a), (1 + alpha / a, -2 * c, 1 - alpha / a)
    else:  # shelves
        s, r = (1 if kind == "lowshelf" else -1), 2 * np.sqrt(a) * alpha
        b = (a * ((a + 1) - s * (a - 1) * c + r), s * 2 * a * ((a - 1) - s * (a + 1) * c), a * ((a + 1) - s * (a - 1) * c - r))
        d = ((a + 1) + s * (a - 1) * c + r, -s * 2 * ((a - 1) + s * (a + 1) * c), (a + 1) + s * (a - 1) * c - r)
    return np.array([*b, *d]) / d[0]


def equalise(x, *bands):
    """Static equaliser: bands are (kind, hertz, q, decibels)."""
    return signal.sosfilt(np.array([biquad(*b) for b in bands]), x, axis=-1)


def sweep(x, hz, q=0.7071, kind="low", stages=1, block=64):
    """A filter whose frequency moves: `hz` per sample, coefficients renewed every `block` samples; mono or stereo."""
    state = [np.zeros((*x.shape[:-1], 2)) for _ in range(stages)]
    out = np.empty_like(x)
    for i, cut in enumerate(np.clip(hz[::block], 25, 0.42 * RATE)):
        row = biquad(kind, cut, q)
        part = x[..., i * block:(i + 1) * block]
        for k in range(stages):
            part, state[k] = signal.lfilter(row[:3], row[3:], part, zi=state[k])
        out[..., i * block:(i + 1) * block] = part
    return out


def drive(x, amount):
    """Soft saturation, unity gain for small signals at amount 1."""
    return np.tanh(x * amount) / np.tanh(amount) if amount > 0 else x
