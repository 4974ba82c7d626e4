"""Machine music for the small hours: acid, deep house, dub techno and an arpeggiated one, four to the floor.

All four share the drum machine, the pumping side-chain and a filter that never rests; each has its own
bass, its own harmony and its own plan of who enters when.
"""

import numpy as np

from . import drums
from .mix import Track, compress, convolve, duck, echo, master, room, widen
from .synth import adsr, drive, edges, equalise, harmonics_of, highpass, lowpass, oscillator, samples, sweep, RATE
from .theory import hertz, pitch, stack


class Floor:
    """Tempo, length in bars and the strips of one track; turns (bar, step) into seconds."""

    def __init__(self, bpm, bars, seed, shuffle=0.0, tail=4.0):
        self.beat = 60 / bpm
        self.bars = bars
        self.shuffle = shuffle
        self.length = 0.1 + bars * 4 * self.beat + tail
        self.rng = np.random.default_rng(seed)
        self.kicks = []

    def at(self, bar, step):
        late = self.shuffle * self.beat / 4 if step % 2 else 0
        return 0.1 + (bar * 4 + step / 4) * self.beat + late

    def track(self):
        return Track(self.length)

    def lay(self, track, sound, bars, pattern, gain=1.0, pan=0.0):
        """A drum on a sixteen-step pattern over the bars; `sound` is called per stroke."""
        for bar in bars:
            for beat, velocity in drums.strokes(pattern):
                step = int(beat * 4)
                pushed = self.at(bar, step) + self.rng.normal(0, 0.0012)
                track.add(sound(), pushed, gain * velocity * self.rng.uniform(0.92, 1.05), pan)

    def kick(self, track, sound, bars, pattern="X---X---X---X---", gain=1.0):
        for bar in bars:
            for beat, velocity in drums.strokes(pattern):
                at = self.at(bar, int(beat * 4))
                self.kicks.append(at)
                track.add(sound, at, gain * velocity)

    def pump(self, track, depth=0.7, recover=0.2):
        track.audio *= duck(track.audio.shape[1] / RATE, self.kicks, depth, recover)[: track.audio.shape[1]]


def stab(midis, seconds, colour=2200.0, close=0.16, detune=7, shape="saw", floor=250.0):
    """A chord of detuned saws through a filter that snaps shut; stereo."""
    out = np.zeros((2, samples(seconds) + samples(0.08)))
    for i, m in enumerate(midis):
        for k, cents in enumerate((-detune, 0, detune)):
            f = hertz(m + cents / 100)
            v = oscillator(f, harmonics_of(shape, f, 9000), seconds + 0.08, phase=(0.37 * i + 0.61 * k) % 1)
            out[0] += v[: out.shape[1]] * (1.0, 0.7, 0.35)[k]
            out[1] += v[: out.shape[1]] * (0.35, 0.7, 1.0)[k]
    t = np.arange(out.shape[1]) / RATE
    cut = floor + colour * np.exp(-t / close)
    envelope = adsr(seconds, 0.003, close * 2.2, 0.25, 0.08)[: out.shape[1]]
    return np.vstack([edges(c, 0.002, 0.02) for c in sweep(out * envelope, cut, 1.4)]) / (2.5 * len(midis) ** 0.7)


def hats(floor, track, bars, closed=".-x-.-x-.-x-.-x.", opened="--x---x---x---x-", gain=0.2):
    for text, length, g in ((closed, 0.024, 0.8), (opened, 0.1, 1.0)):
        if text:
            floor.lay(track, lambda: drums.machine_hat(floor.rng, length), bars, text, gain * g, pan=0.12)


def finish(parts, drive_amount=0.5, low=1.0):
    total = sum(parts)
    total = compress(total, -16, 2.2, 0.08)
    total = equalise(total, ("lowshelf", 70, 0.7, low), ("peak", 350, 0.9, -1.5), ("highshelf", 9000, 0.7, 1.0))
    peak = np.abs(total).max()
    return master(np.tanh(total / peak * (1.6 + drive_amount)), fade_out=1.2)


def acid_line(floor, steps, bars, opening, resonance=9.0, shape="saw"):
    """One voice for the whole track: slides, accents, and a resonant low-pass on an envelope.

    `steps` is a list of sixteen-step bars of (midi, accent, slide) or None; `opening` is the filter's base
    frequency at each bar.
    """
    n = samples(floor.length)
    freq, level, cut = np.full(n, 55.0), np.zeros(n), np.full(n, 200.0)
    last = None
    for bar in bars:
        line = steps[bar % len(steps)]
        for i, step in enumerate(line):
            if step is None:
                last = None
                continue
            midi, accent, slide = step
            a, b = samples(floor.at(bar, i)), samples(floor.at(bar, i + 1))
            gate = b - a if slide else int((b - a) * 0.62)
            f = hertz(midi)
            if last and last[1]:  # glide from the note before
                k = min(samples(0.055), b - a)
                freq[a:a + k] = np.geomspace(hertz(last[0]), f, k)
                freq[a + k:] = f
            else:
                freq[a:] = f
            t = np.arange(gate) / RATE
            level[a:a + gate] = (1.0 if accent else 0.68) * np.exp(-t / 0.35)
            base = np.interp(bar + i / 16, np.arange(len(opening)), opening)
            t = np.arange(b - a) / RATE
            cut[a:b] = base + (2600 if accent else 1100) * (base / 500) ** 0.6 * np.exp(-t / (0.06 if accent else 0.11))
            last = (midi, slide)
    smooth = np.hanning(samples(0.004))
    level = np.convolve(level, smooth / smooth.sum(), "same")
    raw = oscillator(freq, harmonics_of(shape, 75, 15000))
    wet = sweep(raw, cut, resonance * 0.45, stages=2, block=32)
    return drive(np.clip(wet * level * 0.7, -4, 4), 1.5)


def steps_of(text, tonic, scale=(0, 1, 3, 5, 7, 8, 10)):
    """A bass line as text, one token per sixteenth: scale step, `'` octave up, `,` down, `!` accent, `~` slide, `-` rest."""
    line = []
    for token in text.split():
        if token == "-":
            line.append(None)
            continue
        number = int(token.strip("',!~"))
        octave = token.count("'") - token.count(",")
        line.append((tonic + 12 * octave + scale[number % len(scale)] + 12 * (number // len(scale)), "!" in token, "~" in token))
    return line


# ---- the pieces ------------------------------------------------------------------------------------


def last_tram():
    """Acid techno, A phrygian, 133: the line alone opens up, drops, comes back an octave wilder."""
    floor = Floor(133, 22, 101)
    kit, tops, acid, pad = floor.track(), floor.track(), floor.track(), floor.track()
    full = list(range(0, 12)) + list(range(14, 22))
    floor.kick(kit, drums.machine_kick(1.1, 46, 0.32, 2.2), full, gain=1.0)
    hats(floor, tops, range(4, 12), gain=0.2)
    hats(floor, tops, range(14, 22), closed="x.x.x.x.x.x.x.xo", gain=0.22)
    floor.lay(tops, lambda: drums.machine_clap(floor.rng), list(range(6, 12)) + list(range(15, 22)), "----x-------x---", 0.5)
    floor.lay(tops, lambda: drums.rim(floor.rng), range(8, 22), "---x--x---x--o--", 0.22, -0.4)
    one = "0! 0 0' - 0~ 1 0! - 3 0 0'! 0 - 0~ 5 4"
    two = "0! 0 0' - 0~ 1 0! - 6,~ 0 3'! 0 - 1'~ 0' 4"
    lines = [steps_of(one, 33), steps_of(two, 33)]
    opening = [180, 200, 230, 270, 330, 400, 480, 560, 640, 720, 800, 900, 350, 700, 500, 560, 640, 760, 900, 1000, 800, 500, 300, 300]
    voice = acid_line(floor, lines, range(0, 22), opening, 10)
    acid.add(highpass(voice, 70), 0, 0.5)
    acid.audio += 0.22 * echo(acid.audio, floor.beat * 0.75, 0.42, 2600)
    for bar in range(12, 22, 2):
        for k, m in enumerate((57, 58, 64) if bar % 4 else (57, 60, 64)):
            f = hertz(m)
            tone = oscillator(f, harmonics_of("saw", f, 2500), 8 * floor.beat)
            pad.add(lowpass(edges(tone, 0.8, 0.8), 900), floor.at(bar, 0), 0.1, (k - 1) * 0.7)
    pad.add(drums.riser(floor.rng, 4 * floor.beat), floor.at(13, 0), 0.35)
    floor.pump(acid, 0.4, 0.14)
    floor.pump(pad, 0.8, 0.24)
    wet = convolve(tops.audio * 0.25 + pad.audio * 0.5 + acid.audio * 0.1, room(1.6, 102))
    return finish([kit.audio * 0.95, tops.audio, acid.audio, pad.audio, 0.6 * wet])


def glass_arcade():
    """Deep house in G minor, 122: ninth chords on the off-beats, a round bass, claps, a whistling lead in the second half."""
    floor = Floor(122, 20, 111, shuffle=0.16)
    kit, tops, bass, keys, lead_ = (floor.track() for _ in range(5))
    floor.kick(kit, drums.machine_kick(0.8, 50, 0.3, 1.4), list(range(0, 10)) + list(range(12, 20)))
    hats(floor, tops, list(range(2, 10)) + list(range(12, 20)), closed="o.o.o.o.o.o.o.o.", gain=0.19)
    floor.lay(tops, lambda: drums.machine_clap(floor.rng, 0.09), list(range(4, 10)) + list(range(12, 20)), "----x-------x---", 0.5)
    floor.lay(tops, lambda: drums.shaker(floor.rng), range(0, 20), "o.x.o.x.o.x.o.xo", 0.2, 0.45)
    floor.lay(tops, lambda: drums.conga(floor.rng, 1, 250), range(6, 20), "---x------x--x--", 0.18, -0.45)
    # Gm9, Ebmaj9, Cm9, Dm7, voiced by hand above their roots
    voicings = [[58, 62, 65, 69], [55, 58, 62, 65], [55, 58, 62, 63], [57, 60, 62, 65]]
    roots = [31, 27, 36, 38]
    rhythm = [(2, 0.9), (5, 0.6), (10, 0.9), (13, 0.5), (15, 0.4)]
    for bar in range(0, 20):
        i = (bar // 1) % 4
        open_ = 900 + 1800 * np.sin(np.pi * min(bar, 19) / 19) ** 2
        for step, v in rhythm if bar != 19 else rhythm[:1]:
            keys.add(stab(voicings[i], 0.2 if step != 13 else 0.12, open_ * (0.6 + 0.5 * v), 0.13), floor.at(bar, step), 0.55 * v)
        if bar >= 4:
            for step, up, v in ((0, 0, 1), (3, 0, 0.7), (6, 12, 0.8), (8, 0, 0.6), (11, 7, 0.8), (14, 10 if i != 1 else 11, 0.7)):
                f = hertz(roots[i] + up)
                tone = oscillator(f, [1, 0.35, 0.18, 0.08, 0.04], 0.2) * adsr(0.14, 0.004, 0.2, 0.6, 0.06)[: samples(0.2)]
                bass.add(edges(drive(tone, 1.3), 0.003, 0.02), floor.at(bar, step), 0.5 * v)
    tune = [(0, 74, 3), (3, 77, 3), (6, 79, 6), (12, 77, 2), (14, 74, 2), (16, 75, 4), (20, 74, 4), (24, 70, 8)]
    answer = [(32, 72, 3), (35, 75, 3), (38, 79, 6), (44, 82, 4), (48, 81, 6), (54, 77, 4), (58, 74, 6)]
    for start in (8, 12, 16):
        for step, m, length in (tune + answer if start != 8 else tune):
            seconds = length * floor.beat / 4
            t = np.arange(samples(seconds + 0.1)) / RATE
            f = hertz(m) * (1 + 0.006 * np.sin(2 * np.pi * 5.5 * t) * np.minimum(1, t * 3))
            tone = oscillator(f, [1, 0.12, 0.2, 0.03, 0.05]) * adsr(seconds, 0.02, 0.5, 0.6, 0.1)[: len(f)]
            lead_.add(edges(tone, 0.005, 0.03), floor.at(start, step), 0.11, -0.2)
    lead_.audio += 0.4 * echo(lead_.audio, floor.beat * 0.75, 0.5, 3000)
    floor.pump(keys, 0.55, 0.2)
    floor.pump(bass, 0.5, 0.12)
    wet = convolve(tops.audio * 0.2 + keys.audio * 0.4 + lead_.audio * 0.7, room(1.9, 112))
    return finish([kit.audio * 0.95, tops.audio, bass.audio, widen(keys.audio, 1.3), lead_.audio, 0.5 * wet])


def fog_horn_dub():
    """Dub techno in C minor, 120: one chord, its echoes, and weather; the filter makes the form."""
    floor = Floor(120, 18, 121, shuffle=0.08, tail=6)
    kit, tops, bass, chords, air = (floor.track() for _ in range(5))
    floor.kick(kit, drums.machine_kick(0.55, 44, 0.36, 1.2), list(range(0, 18)))
    hats(floor, tops, range(4, 18), closed="--o.--o.--o.--o.", opened="--x---x---x---x-", gain=0.15)
    floor.lay(tops, lambda: drums.rim(floor.rng), range(6, 18), "------x-------x-", 0.25, 0.4)
    floor.lay(tops, lambda: drums.machine_clap(floor.rng, 0.14), range(8, 18), "----o-------o---", 0.4)
    for bar in range(0, 18):
        low = [48, 51, 55, 58, 62] if bar % 4 != 3 else [46, 50, 53, 57, 60]
        bright = 500 + 1900 * (np.sin(np.pi * bar / 18) ** 2) * (0.7 + 0.3 * (bar % 2))
        for step, v in ((3, 1.0), (6, 0.55)) if bar % 2 == 0 else ((3, 0.9), (11, 0.5)):
            chords.add(stab(low, 0.16, bright, 0.1, 9, floor=300), floor.at(bar, step), 0.5 * v)
        if bar >= 2:
            for step, m, length, v in ((0, 36, 3, 1), (5, 36, 2, 0.7), (8, 34 if bar % 4 == 3 else 36, 2, 0.9), (10, 39, 3, 0.7), (14, 31, 2, 0.8)):
                seconds = length * floor.beat / 4
                f = hertz(m)
                bass.add(edges(oscillator(f, [1, 0.2, 0.05], seconds) * adsr(seconds * 0.9, 0.008, 0.6, 0.7, 0.05)[: samples(seconds)], 0.005, 0.02), floor.at(bar, step), 0.42 * v)
    dry = chords.audio
    chords.audio = dry + 0.75 * echo(highpass(dry, 200), floor.beat * 0.75, 0.66, 2400, repeats=14)
    t = np.arange(samples(floor.length)) / RATE
    wind = sweep(floor.rng.standard_normal(len(t)), 700 + 400 * np.sin(2 * np.pi * t / 17), 1.5, "band", block=256)
    air.add(edges(wind, 2, 3), 0, 0.05, 0.4)
    air.add(edges(np.roll(wind, 30000), 2, 3), 0, 0.05, -0.4)
    floor.pump(chords, 0.5, 0.2)
    floor.pump(air, 0.6, 0.2)
    floor.pump(bass, 0.55, 0.12)
    wet = convolve(chords.audio * 0.6 + tops.audio * 0.3, room(3.6, 122, damp=2600))
    return finish([kit.audio * 0.95, tops.audio, bass.audio, widen(chords.audio, 1.2), air.audio, 0.7 * wet], 0.2)


def antennae():
    """Melodic techno in F sharp minor, 126: an arpeggio climbs through four chords, breaks down, returns whole."""
    floor = Floor(126, 21, 131)
    kit, tops, bass, arp, pad = (floor.track() for _ in range(5))
    beats = list(range(0, 8)) + list(range(11, 20))
    floor.kick(kit, drums.machine_kick(1.0, 46, 0.3, 1.8), beats)
    hats(floor, tops, list(range(4, 8)) + list(range(11, 20)), gain=0.2)
    floor.lay(tops, lambda: drums.machine_clap(floor.rng), list(range(4, 8)) + list(range(12, 20)), "----x-------x---", 0.45)
    floor.lay(tops, lambda: drums.rim(floor.rng), range(11, 20), "x--x--x---x--x--", 0.16, -0.5)
    symbols = ["F#m", "D", "A", "E", "F#m", "D", "Bm", "C#m"]
    roots = [30, 26, 33, 28, 30, 26, 35, 37]
    order = [0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 3, 1, 2, 4, 2]
    for bar in range(0, 21):
        chord_ = stack(symbols[bar % 8], 54)
        tones = chord_ + [p + 12 for p in chord_]
        bright = 500 + 3200 * min(1, (bar % 11) / 9) ** 1.5
        for i, k in enumerate(order if bar < 20 else order[:1]):
            if bar < 2 and i % 2:
                continue
            arp.add(stab([tones[k]], 0.11, bright * (1.2 if i % 4 == 0 else 0.8), 0.09, 5), floor.at(bar, i), 0.36, 0.5 * np.sin(i * 0.9 + bar))
        if bar in beats and bar >= 2:
            for step in (2, 3, 6, 7, 10, 11, 14, 15):
                f = hertz(roots[bar % 8])
                tone = oscillator(f, harmonics_of("saw", f, 3000), 0.12)
                cut = 180 + 900 * np.exp(-np.arange(len(tone)) / RATE / 0.05)
                bass.add(edges(sweep(tone, cut, 2.0) * adsr(0.09, 0.003, 0.1, 0.7, 0.03)[: len(tone)], 0.003, 0.01), floor.at(bar, step), 0.55 if step % 2 == 0 else 0.42)
        if bar >= 6:
            for k, m in enumerate([p - 12 for p in chord_] + [chord_[0]]):
                seconds = 4 * floor.beat
                f = hertz(m)
                tone = oscillator(f * (1 + 0.002 * (k - 1.5)), harmonics_of("saw", f, 5000), seconds, 0.3 * k)
                cut = np.full(len(tone), 700 + 250 * (bar % 8))
                pad.add(edges(sweep(tone, cut, 0.8, block=512), 0.15, 0.25), floor.at(bar, 0), 0.085, (k - 1.5) * 0.5)
    for start in (8, 11, 15):
        for step, name, length in ((0, "C#6", 6), (6, "B5", 4), (10, "A5", 6), (16, "F#5", 10), (28, "G#5", 4), (32, "A5", 6), (38, "C#6", 4), (42, "E6", 6), (48, "B5", 14)):
            seconds = length * floor.beat / 4
            f = hertz(pitch(name))
            tone = sum(oscillator(f * 2 ** (c / 1200), harmonics_of("square", f, 7000), seconds + 0.1, 0.2 * c % 1) for c in (-6, 6))
            arp.add(edges(lowpass(tone, 3200) * adsr(seconds, 0.03, 0.4, 0.7, 0.1)[: len(tone)], 0.01, 0.03), floor.at(start, step), 0.055, 0.15)
    pad.add(drums.riser(floor.rng, 4 * floor.beat), floor.at(10, 0), 0.4)
    arp.audio += 0.35 * echo(arp.audio, floor.beat * 0.75, 0.45, 4200)
    for t_, d in ((arp, 0.45), (pad, 0.8), (bass, 0.4)):
        floor.pump(t_, d, 0.2)
    wet = convolve(tops.audio * 0.2 + arp.audio * 0.5 + pad.audio * 0.5, room(2.2, 132))
    return finish([kit.audio * 0.95, tops.audio, bass.audio, arp.audio, widen(pad.audio, 1.3), 0.5 * wet])


PIECES = [last_tram, glass_arcade, fog_horn_dub, antennae]
