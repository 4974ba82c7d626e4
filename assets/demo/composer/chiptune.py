"""Chiptune: two pulse channels, a stepped triangle and a noise channel, driven once per video frame.

The limits make the style: one tone per channel, four duties, sixteen volumes; chords are arpeggios at 30
tones a second, drums are noise periods and triangle dives, space is the lead again, later and softer.
"""

import numpy as np

from . import drums
from .mix import Track, convolve, master, room
from .synth import RATE, equalise, lowpass, oscillator, pulse, samples
from .theory import Clock, bass_of, hertz, phrase, stack, transposed

FRAME = 1 / 60


class Channel:
    """Frequency, volume and duty per sample, written note by note; one oscillator reads them at the end."""

    def __init__(self, seconds):
        n = samples(seconds)
        self.freq, self.level, self.duty = np.full(n, 220.0), np.zeros(n), np.full(n, 0.5)

    def note(self, at, seconds, midi, volume, duty=0.5, arp=(0,), fall=0.9, sustain=0.45, vibrato=0.0, slide=0.0, gate=0.92):
        """`arp` steps one interval every other frame; volumes fall in sixteenths; vibrato comes in after 12 frames."""
        a, frames = samples(at), max(1, int(seconds * gate / FRAME))
        for k in range(frames):
            i, j = a + int(k * FRAME * RATE), a + int((k + 1) * FRAME * RATE)
            if i >= len(self.freq):
                return
            bend = vibrato * np.sin(2 * np.pi * k / 10) if k > 12 else 0.0
            bend += slide * max(0.0, 1 - k / 4)
            self.freq[i:j] = hertz(midi + arp[k // 2 % len(arp)] + bend)
            v = volume * (sustain + (1 - sustain) * fall ** k)
            self.level[i:j] = np.round(v * 15) / 15
            self.duty[i:j] = duty
        end = a + int(frames * FRAME * RATE)
        self.freq[end:], self.duty[end:] = self.freq[min(end, len(self.freq)) - 1], duty

    def smoothed(self):
        window = np.hanning(samples(0.0025))
        return np.convolve(self.level, window / window.sum(), "same")

    def pulse(self):
        return pulse(self.freq, self.duty) * self.smoothed()

    def triangle(self):
        at = (np.arange(2048) + 0.5) / 2048
        wave = np.round((2 / np.pi) * np.arcsin(np.sin(2 * np.pi * at)) * 7.5 - 0.5) + 0.5
        amps = -np.fft.rfft(wave / 7.5)[1:41].imag / 1024
        return oscillator(self.freq, amps) * self.smoothed()


class Cartridge:
    """The four channels and the echo of one tune."""

    def __init__(self, clock, seconds, seed):
        self.clock, self.seconds = clock, seconds
        self.lead, self.second, self.low, self.repeat = (Channel(seconds) for _ in range(4))
        self.noise = np.zeros(samples(seconds))
        self.rng = np.random.default_rng(seed)

    def sing(self, channel, notes, volume=0.8, delay=0.0, **how):
        for n in notes:
            channel.note(self.clock(n.start) + delay, self.clock.span(n), n.pitch, volume * (0.75 + 0.35 * n.velocity), **how)

    def hit(self, beat, kind, volume=1.0):
        """Noise periods: hat, snare, crash; the kick is a dive of the triangle."""
        at = self.clock(beat)
        if kind == "kick":
            for k in range(5):
                i = samples(at + k * FRAME)
                self.low.freq[i:i + int(FRAME * RATE)] = hertz(57 - 6 * k)
                self.low.level[i:i + int(FRAME * RATE)] = 1.0
            rate, tau, volume = 3000, 0.012, volume * 0.5
        else:
            rate, tau = {"hat": (22000, 0.018), "open": (19000, 0.07), "snare": (9500, 0.06), "crash": (12000, 0.35)}[kind]
        seconds = min(tau * 6, 1.5)
        bits = self.rng.choice([-1.0, 1.0], samples(seconds) + 2)
        x = bits[(np.arange(samples(seconds)) * rate / RATE).astype(int)]
        frames = np.floor(np.arange(len(x)) / RATE / FRAME)
        x = x * np.exp(-frames * FRAME / tau) * np.minimum(1, np.arange(len(x)) / 48)
        x[-96:] *= np.linspace(1, 0, 96)
        i = samples(at)
        x = x[: max(0, len(self.noise) - i)]
        self.noise[i:i + len(x)] += x * volume

    def beat(self, bar, length, **patterns):
        """Patterns per drum, spread evenly over a bar of `length` beats."""
        for kind, text in patterns.items():
            text = text.replace(" ", "")
            for i, c in enumerate(text):
                if c != "-":
                    self.hit(bar * length + i * length / len(text), kind, drums.LEVELS[c])

    def mix(self, second=0.2, lead=0.28, low=0.42, noise=0.17):
        track = Track(self.seconds)
        track.add(self.lead.pulse(), 0, lead, -0.12)
        track.add(self.repeat.pulse(), 0, lead * 0.34, 0.65)
        track.add(self.second.pulse(), 0, second, 0.3)
        track.add(self.low.triangle(), 0, low)
        track.add(lowpass(self.noise, 13500), 0, noise, -0.05)
        audio = equalise(track.audio, ("lowshelf", 110, 0.7, 1.5), ("highshelf", 8000, 0.7, -2))
        return master(audio + 0.05 * convolve(audio, room(0.7, 5)), fade_out=0.8)


# ---- the pieces ------------------------------------------------------------------------------------


def up_the_beanstalk():
    """C major, 152: a hopping tune, A A B A; the second A in sixths, B in the relative minor, a fanfare to end."""
    clock = Clock(152)
    c = Cartridge(clock, 42, 401)
    a = """G5:.5 E5 C5 E5 G5:1 C6:.5 B5 | A5:.5 F5 C5 F5 A5:1 G5 | F5:.5 A5 D5 F5 E5:.5 G5 C5 E5 | D5:.5 E5 F5 D5 G5:1.5 r:.5
        | G5:.5 E5 C5 E5 G5:1 C6:.5 D6 | E6:.75 D6:.25 C6:.5 A5 F5:1 A5 | G5:.5 C6 E5 G5 F5 D5 B4 D5 | C5:1 G4:.5 B4 C5:1 r:1"""
    b = """A5:1.5 C6:.5 B5 A5 E5:1 | F5:1.5 A5:.5 G5 F5 C5:1 | D5:.5 F5 A5 D6 C6 A5 F5 A5 | B5:1 G#5 E5:.5 F#5 G#5 B5
        | C6:1.5 A5:.5 E6:1 C6 | D6:.5 C6 B5 A5 G5:1 F5 | E5:.5 G5 C6 E6 D6 C6 A5 F5 | G5:.5 A5 B5 C6 D6:1 r:1"""
    ah = "C C F F Dm C G7 G7 C C F F C G7 C C".split()
    bh = "Am Am F F Dm Dm E7 E7 Am Am G7 G7 C F G7 G7".split()
    for k, (tune, harmony) in enumerate(((a, ah), (a, ah), (b, bh))):
        notes = phrase(tune, k * 32)
        c.sing(c.lead, notes, 0.85, duty=0.25 if k != 2 else 0.5, vibrato=0.18, fall=0.93)
        c.sing(c.repeat, notes, 0.8, delay=60 / 152 * 0.75, duty=0.25, fall=0.9)
        for i, symbol in enumerate(harmony):
            beat = k * 32 + 2 * i
            arp = [p - stack(symbol, 60)[0] for p in stack(symbol, 60)[:3]]
            for q in range(4):
                c.second.note(clock(beat + q / 2), 30 / 152, stack(symbol, 60)[0], 0.6, 0.125 if k < 2 else 0.25, arp, 0.86, 0.3)
            low = bass_of(symbol, 36)
            for q, up in enumerate((0, 12, 7, 12)):
                c.low.note(clock(beat + q / 2), 30 / 152, low + up, 1.0, fall=1, gate=0.8)
    for bar in range(24):
        c.beat(bar, 4, hat="x-o-x-o-x-o-x-oo", snare="----X-------X---" if bar % 4 != 3 else "----X-----o-XoXo", kick="x-------x-x-----")
        if bar % 8 == 0:
            c.hit(bar * 4, "crash", 0.7)
    end = phrase("C5:.25 E5 G5 C6 E6:.5 D6 C6:2", 96)
    c.sing(c.lead, end, 0.9, duty=0.25, vibrato=0.2, fall=0.98)
    c.second.note(clock(98), 1.2, 60, 0.7, 0.25, (0, 4, 7, 12), 0.97, 0.2)
    c.low.note(clock(98), 1.2, 36, 1.0, fall=1)
    c.hit(98, "crash")
    return c.mix()


def clockwork_keep():
    """D minor, 132: a two-voice invention for a castle; falling fifths, a drum that only ticks, a Picardy ending."""
    clock = Clock(132)
    c = Cartridge(clock, 42, 411)
    subject = "D5:.25 E5 F5 G5 A5:.5 F5 Bb5 G5 C#5 E5"
    answer = "A4:.25 B4 C5 D5 E5:.5 C5 F5 D5 G#4 B4"
    upper = f"""{subject} | D5:.5 A5 F5:.25 E5 D5 C#5 D5:.5 E5 F5 D5 | E5:.5 A5:1 G5:.5 F5 E5 D5 C5 | B4:.5 E5:1 D5:.5 C5 B4 A4:1
        | A5:.5 D6 C6:.25 Bb5 A5 G5 A5:.5 F5 D5:1 | G5:.5 C6 Bb5:.25 A5 G5 F5 G5:.5 E5 C5:1 | F5:.5 Bb5 A5:.25 G5 F5 E5 F5:.5 D5 Bb4:1 | E5:.5 A5 G5:.25 F5 E5 D5 C#5:.5 E5 A5:1
        | {subject} | D5:.25 F5 A5 D6 C6:.5 A5 Bb5:.25 A5 G5 F5 E5:.5 G5 | F5:.25 E5 D5 C5 Bb4:.5 D5 G5 F5 E5 D5 | C#5:.5 E5 A5 G5 F5:.25 E5 D5 E5 C#5:1"""
    lower = f"""r:4 | {answer} | A3:.5 C4 E4 A4 D4 F4 A4 F4 | G#3:.5 B3 E4 G#4 A3 E4 A4 G4
        | F4:.5 D4 F4 A4 D4 C4 Bb3 A3 | E4:.5 C4 E4 G4 C4 Bb3 A3 G3 | D4:.5 Bb3 D4 F4 Bb3 A3 G3 F3 | C#4:.5 A3 C#4 E4 A3 G3 F3 E3
        | D3:.5 D4 A3 D4 G3 D4 A3 E4 | D4:.5 A3 F3 A3 G3 Bb3 C#4 A3 | Bb3:.5 D4 G3 Bb3 E3 G3 Bb3 G3 | A3:.5 C#4 E4 C#4 A3 G3 A3:1"""
    harmony = "Dm Gm Dm Dm Am Dm E7 Am Dm Dm C C Bb Bb A7 A7 Dm Gm Dm A7 Bb Em7b5 A7 A7".split()
    for turn in range(2):
        at = turn * 40
        up, down = phrase(upper, at), phrase(lower, at)
        if turn == 1:  # the second time round it ends after the sequence and the return of the subject
            up, down = [n for n in up if n.start < at + 44], [n for n in down if n.start < at + 44]
        else:
            up, down = [n for n in up if n.start < 40], [n for n in down if n.start < 40]
        c.sing(c.lead, up, 0.8, duty=0.5 if turn == 0 else 0.25, fall=0.9, sustain=0.4, vibrato=0.12)
        c.sing(c.repeat, up, 0.7, delay=60 / 132 * 0.5, duty=0.25, fall=0.85)
        c.sing(c.low, transposed(down, -12), 1.0, fall=1, gate=0.85)
        for i, symbol in enumerate(harmony[: 20 if turn == 0 else 22]):
            beat = at + 2 * i
            base = stack(symbol, 57)
            for q in range(8):
                c.second.note(clock(beat + q / 4), 15 / 132, base[(0, 1, 2, 1)[q % 4]], 0.42 if turn == 0 else 0.55, 0.125, (0, 12) if turn else (0,), 0.8, 0.2)
    for bar in range(21):
        c.beat(bar, 4, hat="x-..x-..x-..x-.." if bar >= 2 else "x---x---x---x---")
        if bar >= 10:
            c.beat(bar, 4, kick="x-------x-------", snare="----o-------o--.")
    end = 84
    for ch, midi, arp in ((c.lead, 74, (0,)), (c.second, 62, (0, 4, 7, 12)), (c.low, 38, (0,)), (c.repeat, 78, (0,))):
        ch.note(clock(end), 2.4, midi, 0.8, 0.25, arp, 0.98, 0.1, 0.15)
    c.hit(end, "crash", 0.8)
    return c.mix()


def frostbite_cafe():
    """G major waltz, 168 to the crotchet: a snow level; thin duty, a counter-melody second time, everything swings a little."""
    clock = Clock(168, swing=0.58, grid=0.5)
    c = Cartridge(clock, 47, 421)
    a = """D5:1 G5 B5 | A5:2 F#5:1 | E5:1 G5 C6 | B5:2 G5:1 | A5:1 B5 C6 | B5:1 A5 G5 | F#5:1 E5 F#5 | D5:3
        | D5:1 G5 B5 | A5:2 D6:1 | C6:1 B5 A5 | G5:2 E5:1 | C5:1 E5 A5 | G5:1 F#5 E5 | D5:1 F#5 A5 | G5:3"""
    b = """E5:.5 F#5 G5:1 B5 | D6:2 B5:1 | C6:1 B5 G5 | A5:3 | D5:.5 E5 F#5:1 A5 | C6:2 A5:1 | B5:1 A5 F#5 | G5:3"""
    counter = "B4:3 | C5:2 A4:1 | G4:3 | D5:2 B4:1 | C5:3 | D5:3 | A4:2 C5:1 | B4:1 A4 F#4 | G4:3 | F#4:3 | E4:2 F#4:1 | G4:3 | A4:3 | B4:2 C5:1 | C5:2 A4:1 | B4:3"
    ah = "G D7 C G Am G/B D7 D7 G D7 Am Em Am C D7 G".split()
    bh = "Em G C D Bm Am D7 G".split()
    plan = [(a, ah, 0), (b, bh, 48), (a, ah, 72)]
    for k, (tune, harmony, at) in enumerate(plan):
        notes = phrase(tune, at)
        c.sing(c.lead, notes, 0.8, duty=0.125 if k != 1 else 0.25, vibrato=0.25, fall=0.96, sustain=0.5, slide=-0.5)
        if k == 2:
            c.sing(c.repeat, phrase(counter, at), 1.6, duty=0.5, vibrato=0.2, fall=0.97)
        else:
            c.sing(c.repeat, notes, 0.8, delay=60 / 168, duty=0.125)
        for i, symbol in enumerate(harmony):
            beat = at + 3 * i
            c.low.note(clock(beat), 60 / 168, bass_of(symbol, 40), 1.0, fall=1, gate=0.95)
            tones = stack(symbol, 59)
            for q in (1, 2):
                c.second.note(clock(beat + q), 60 / 168, tones[0], 0.55, 0.25, [p - tones[0] for p in tones[:3]], 0.84, 0.15, gate=0.8)
                c.low.note(clock(beat + q), 60 / 168, bass_of(symbol, 40) + 12, 1.0, fall=1, gate=0.3)
    for bar in range(40):
        c.beat(bar, 3, hat="o-xoxo" if bar % 2 else "o-x-xo")
        if 16 <= bar:
            c.beat(bar, 3, snare="--.-o-")
        if bar % 8 == 0:
            c.beat(bar, 3, kick="x-----")
    for k, m in enumerate((67, 71, 74, 79, 83, 86)):
        c.lead.note(clock(120 + k * 0.25), 0.09 if k < 5 else 1.4, m, 0.75, 0.125, fall=0.97, vibrato=0.2)
    c.low.note(clock(120), 1.6, 43, 1.0, fall=1)
    c.second.note(clock(121.5), 1.3, 67, 0.6, 0.25, (0, 4, 7), 0.96, 0.1)
    return c.mix(noise=0.14)


def kraken_at_the_gate():
    """E minor, 176: the boss; galloping triangle, a riff in fifths, a chromatic climb, twice as loud drums."""
    clock = Clock(176)
    c = Cartridge(clock, 48, 431)
    riff = "E5:.5 E5:.25 G5 F#5:.5 E5 B5:.5 Bb5 A5 G5 | F#5:.5 F#5:.25 A5 G5:.5 F#5 E5 D5 B4 D5"
    riff2 = "E5:.5 E5:.25 G5 F#5:.5 E5 C6:.5 B5 A5 G5 | F#5:.25 G5 A5 B5 C6:.5 D#6 E6:1 r:1"
    song = """B5:2 G5:1 E5 | C6:2 A5:1 F#5 | D6:2 B5:1 G5 | D#6:1.5 C6:.5 B5:1 A5 | E6:2 D6:1 B5 | C6:1.5 B5:.5 A5:1 E5 | F#5:1 A5 C6 E6 | D#6:2 B5:1 D#6"""
    climb = "E5:.25 B4 E5 F5 B4 F5 F#5 B4 F#5 G5 B4 G5 G#5 B4 A5 B4 | Bb5:.25 E5 Bb5 B5 E5 B5 C6 E5 C6 C#6 E5 C#6 D6 E5 D#6 E5"
    plan = [(riff + " | " + riff2, "Em Em D D Em C B B".split()), (riff + " | " + riff2, "Em Em D D Em C B B".split()),
            (song, "Em Em Am Am G G B7 B7 Em Em Am Am F#m7b5 F#m7b5 B7 B7".split()), (climb + " | " + climb, "Em Em Em B7 Em Em C B7".split()),
            (riff + " | " + riff2, "Em Em D D Em C B B".split())]
    at = 0
    for k, (tune, harmony) in enumerate(plan):
        notes = phrase(tune, at)
        c.sing(c.lead, notes, 0.9, duty=(0.5, 0.25, 0.5, 0.25, 0.25)[k], vibrato=0.22, fall=0.95, sustain=0.5)
        if k in (1, 4):
            c.sing(c.second, transposed(notes, -5), 0.7, duty=0.25, fall=0.93)
        c.sing(c.repeat, notes, 0.9, delay=60 / 176 * (1 if k == 2 else 0.5), duty=0.25, fall=0.92)
        for i, symbol in enumerate(harmony):
            beat, low, tones = at + 2 * i, bass_of(symbol, 36), stack(symbol, 55)
            for q in (0, 0.5, 0.75, 1, 1.5, 1.75):
                c.low.note(clock(beat + q), 60 / 176 * (0.5 if q % 1 == 0 else 0.25), low + (12 if q == 1.5 else 0), 1.0, fall=1, gate=0.8)
            if k not in (1, 4):
                for q in range(4):
                    c.second.note(clock(beat + q / 2), 30 / 176, tones[0], 0.62, 0.25, [p - tones[0] for p in tones[:4]] + [12], 0.9, 0.3)
        for bar in range(int(at // 4), int(at // 4) + len(harmony) // 2):
            fill = bar == int(at // 4) + len(harmony) // 2 - 1
            c.beat(bar, 4, hat="xoxoxoxoxoxoxoxo", snare="----X--.----X-.-" if not fill else "----X---X-XxXXXX", kick="x--x--x-x--x--x-")
        c.hit(at, "crash", 0.9)
        at += 2 * len(harmony)
    song_again = phrase(song, at)
    c.sing(c.lead, song_again, 0.9, duty=0.25, vibrato=0.25, fall=0.96, sustain=0.5)
    c.sing(c.repeat, transposed(song_again, -12), 2.0, duty=0.5, fall=0.96)
    for i, symbol in enumerate(plan[2][1]):
        beat, low, tones = at + 2 * i, bass_of(symbol, 36), stack(symbol, 55)
        for q in (0, 0.5, 0.75, 1, 1.5, 1.75):
            c.low.note(clock(beat + q), 60 / 176 * (0.5 if q % 1 == 0 else 0.25), low + (12 if q == 1.5 else 0), 1.0, fall=1, gate=0.8)
        for q in range(8):
            c.second.note(clock(beat + q / 4), 15 / 176, tones[q % 3] + 12 * (q // 4), 0.62, 0.125, (0,), 0.85, 0.2)
    for bar in range(int(at // 4), int(at // 4) + 8):
        c.beat(bar, 4, hat="xoxoxoxoxoxoxoxo", snare="----X--.----X-.-", kick="x-x---x-x-x---x-")
    at += 32
    for ch, midi, arp in ((c.lead, 76, (0,)), (c.second, 64, (0, 7, 12)), (c.low, 40, (0,)), (c.repeat, 71, (0,))):
        ch.note(clock(at), 1.6, midi, 0.9, 0.25, arp, 0.97, 0.1)
    c.hit(at, "crash")
    return c.mix(noise=0.2)


PIECES = [up_the_beanstalk, clockwork_keep, frostbite_cafe, kraken_at_the_gate]
