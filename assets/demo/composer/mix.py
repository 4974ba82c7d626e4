"""Rooms, echoes, buses and the master: from notes on tracks to a stereo master at -16 LUFS, peaks below -2 dBTP."""

import numpy as np
from scipy import ndimage, signal

from .synth import RATE, highpass, lowpass, samples

LOUDNESS = -16.0
CEILING = 10 ** (-2.0 / 20)


class Track:
    """A stereo strip of fixed length that sounds are laid on."""

    def __init__(self, seconds):
        self.audio = np.zeros((2, samples(seconds)))

    def add(self, sound, at, gain=1.0, pan=0.0):
        """Lay a mono (panned, -1..1, constant power) or stereo sound at a second."""
        start = samples(at) if at > 0 else 0
        if sound.ndim == 1:
            angle = (pan + 1) * np.pi / 4
            sound = np.vstack([sound * np.cos(angle), sound * np.sin(angle)]) * np.sqrt(2)
        room = self.audio.shape[1] - start
        if room > 0:
            self.audio[:, start:start + sound.shape[1]] += gain * sound[:, :room]


# ---- space -----------------------------------------------------------------------------------------


def room(seconds, seed, damp=4500.0, predelay=0.012, early=0.35, low=120.0):
    """Stereo impulse response: sparse early reflections, then decorrelated noise that loses its highs first."""
    rng = np.random.default_rng(seed)
    n = samples(seconds * 1.15)
    t = np.arange(n) / RATE
    spectrum = np.fft.rfft(rng.standard_normal((2, n)))
    f = np.fft.rfftfreq(n, 1 / RATE)
    tail = np.zeros((2, n))
    centres = np.array([125, 250, 500, 1000, 2000, 4000, 8000, 16000.0])
    for centre in centres:
        weight = np.exp(-0.5 * (np.log2(np.maximum(f, 1) / centre) / 0.5) ** 2)
        decay = seconds / (1 + (centre / damp) ** 1.3)
        tail += np.fft.irfft(spectrum * weight, n) * 10 ** (-3 * t / decay)
    tail *= 1 - np.exp(-t / 0.018)
    tail /= np.sqrt((tail ** 2).sum(1, keepdims=True))
    first = np.zeros((2, n))
    for i in range(14):
        at = samples(0.004 + 0.07 * rng.random() ** 1.3)
        if at < n:
            first[i % 2, at] += rng.choice([-1, 1]) * np.exp(-at / RATE / 0.04)
    first = lowpass(first, 6000)
    first /= np.sqrt((first ** 2).sum(1, keepdims=True)) + 1e-12
    response = highpass(early * first + tail, low)
    return np.concatenate([np.zeros((2, samples(predelay))), response], axis=1)


def convolve(x, response):
    """Stereo convolution, cut to the length of the input."""
    return signal.oaconvolve(x, response, axes=1)[:, :x.shape[1]]


def echo(x, seconds, feedback=0.45, tone=3500.0, cross=True, repeats=9):
    """Ping-pong echoes, each duller than the one before (the wet signal alone)."""
    wet, line, gain = np.zeros_like(x), x, 1.0
    shift = samples(seconds)
    for _ in range(repeats):
        line = np.pad(line, ((0, 0), (shift, 0)))[:, :x.shape[1]]
        line = highpass(lowpass(line[::-1] if cross else line, tone, 1), 120, 1)
        wet += gain * line
        gain *= feedback
    return wet


def chorus(x, depth=0.003, rate=0.6, mix=0.5, delay=0.012):
    """Two moving delays, opposed in phase between the channels."""
    n = x.shape[1]
    t = np.arange(n)
    out = x.copy() * (1 - mix * 0.5)
    for channel in (0, 1):
        lag = (delay + depth * np.sin(2 * np.pi * rate * t / RATE + channel * np.pi / 2)) * RATE
        out[channel] += mix * np.interp(t - lag, t, x[channel], left=0.0)
    return out


def widen(x, amount):
    """Mid and side: more side above 1, mono at 0; the bass below 150 Hz stays in the middle."""
    mid, side = x.mean(0), (x[0] - x[1]) / 2
    side = highpass(side, 150, 1) * amount
    return np.vstack([mid + side, mid - side])


# ---- dynamics --------------------------------------------------------------------------------------


def compress(x, threshold=-20.0, ratio=2.0, release=0.12, makeup=0.0):
    """Bus compressor: both channels follow one smoothed level; soft by nature."""
    power = (x ** 2).mean(0)
    pole = np.exp(-1 / (release * RATE))
    level = signal.lfilter([1 - pole], [1, -pole], power)
    over = np.maximum(10 * np.log10(level + 1e-10) - threshold, 0)
    return x * 10 ** ((makeup - over * (1 - 1 / ratio)) / 20)


def duck(seconds, times, depth=0.7, recover=0.22):
    """Gain curve that dips at each time and comes back: side-chain pumping."""
    gain = np.ones(samples(seconds))
    n = samples(recover * 1.6)
    shape = 1 - depth * np.exp(-((np.arange(n) / RATE / recover) ** 2) * 4)
    lead = samples(0.004)
    shape[:lead] = np.linspace(1, shape[lead], lead)
    for at in times:
        i = samples(at)
        room_left = len(gain) - i
        if room_left > 0:
            gain[i:i + n] = np.minimum(gain[i:i + n], shape[:room_left])
    return gain


def loudness(x):
    """Integrated loudness in LUFS (ITU-R BS.1770-4, gated)."""
    shelf = np.array([1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241, 0.73248077421585])
    high = np.array([1.0, -2.0, 1.0, 1, -1.99004745483398, 0.99007225036621])
    weighted = signal.sosfilt(np.array([shelf, high]), x, axis=-1)
    size, hop = samples(0.4), samples(0.1)
    total = np.concatenate([[0], np.cumsum((weighted ** 2).sum(0))])
    starts = np.arange(0, x.shape[1] - size, hop)
    power = (total[starts + size] - total[starts]) / size
    power = power[power > 10 ** ((-70 + 0.691) / 10)]
    power = power[power > power.mean() / 10]
    return -0.691 + 10 * np.log10(power.mean())


def limit(x, ceiling=CEILING):
    """Look-ahead limiter on true peaks (four times oversampled); the gain glides, so it never clicks."""
    peaks = np.abs(signal.resample_poly(x, 4, 1, axis=1)).max(0)
    peaks = peaks[: 4 * x.shape[1]].reshape(-1, 4).max(1)
    gain = np.minimum(1, ceiling / np.maximum(peaks, 1e-9))
    look = samples(0.004)
    gain = ndimage.minimum_filter1d(gain, 2 * look + 1)
    pole = np.exp(-1 / (0.06 * RATE))  # slow return, by a floor that creeps up
    slow = signal.lfilter([1 - pole], [1, -pole], gain, zi=[pole * gain[0]])[0]
    gain = ndimage.minimum_filter1d(np.minimum(gain, slow), look)
    window = signal.windows.hann(look)
    return x * ndimage.convolve1d(gain, window / window.sum(), mode="nearest")


def master(x, fade_in=0.01, fade_out=1.5, loud=LOUDNESS):
    """Cut rumble and DC, trim the silence at the end, fade, bring to loudness, limit."""
    x = highpass(x, 24, 2)
    level = np.sqrt(np.maximum(ndimage.uniform_filter1d((x ** 2).mean(0), samples(0.05)), 0))
    audible = np.nonzero(level > level.max() * 10 ** (-46 / 20))[0]
    x = x[:, : min(x.shape[1], audible[-1] + samples(0.25))].copy()
    a, r = samples(fade_in), samples(fade_out)
    x[:, :a] *= 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, a))
    x[:, -r:] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, r))
    for _ in range(2):
        x = x * 10 ** ((loud - loudness(x)) / 20)
        x = limit(x)
    return x


def pcm(x, seed=7):
    """16-bit samples with triangular dither, interleaved."""
    rng = np.random.default_rng(seed)
    dither = rng.random(x.shape) - rng.random(x.shape)
    return np.clip(np.round(x * 32767 + dither), -32768, 32767).astype("<i2").T.copy()
