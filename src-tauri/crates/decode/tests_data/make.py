"""Makes the audio files in this folder: python3 make.py (needs ffmpeg, flac, oggenc, opusenc, wavpack and mpcenc).

The sound is a formula in whole numbers, so that the tests can regenerate it to the bit: see `tone` here and in
src/tests.rs. Every file holds it from sample 0 on.
"""

import struct
import subprocess
from pathlib import Path

HERE = Path(__file__).parent


def parabola(phase):
    """A near-sine of amplitude 2^30 for a phase in 0..2^32."""
    x = phase - (1 << 32) if phase >= 1 << 31 else phase
    return (x * ((1 << 31) - abs(x))) >> 30


def tone(frame, channel):
    """24-bit sample: a steady tone and a rising one, other tones in every channel."""
    steady = frame * (40_000_000 + 9_000_000 * channel)
    rising = frame * (20_000_000 + 3_000_000 * channel) + frame * frame * 600
    return (parabola(steady % (1 << 32)) + parabola(rising % (1 << 32))) >> 9


def wav(path, rate, channels, frames, bits):
    data = bytearray()
    for frame in range(frames):
        for channel in range(channels):
            sample = tone(frame, channel)
            if bits == 16:
                data += struct.pack("<h", sample >> 8)
            elif bits == 24:
                data += struct.pack("<i", sample)[:3]
            else:
                data += struct.pack("<f", sample / (1 << 23))
    block = channels * bits // 8
    kind = 3 if bits == 32 else 1
    fmt = struct.pack("<HHIIHH", kind, channels, rate, rate * block, block, bits)
    body = b"WAVEfmt " + struct.pack("<I", 16) + fmt + b"data" + struct.pack("<I", len(data)) + bytes(data)
    Path(path).write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)


def encode(name, rate, channels, frames, bits, *options):
    wav("/tmp/segue-source.wav", rate, channels, frames, bits)
    target = str(HERE / name)
    if name.endswith(".opus"):
        command = ["opusenc", "--quiet", *options, "/tmp/segue-source.wav", target]
    elif name.endswith(".mpc"):
        command = ["mpcenc", "--silent", "--overwrite", *options, "/tmp/segue-source.wav", target]
    elif name.endswith(".wv"):
        command = ["wavpack", "-q", "-y", *options, "/tmp/segue-source.wav", "-o", target]
    else:
        command = ["ffmpeg", "-v", "error", "-y", "-i", "/tmp/segue-source.wav", "-fflags", "+bitexact",
                   "-flags:a", "+bitexact", *options, target]
    subprocess.run(command, check=True)


wav(HERE / "pcm16.wav", 44100, 2, 3000, 16)
wav(HERE / "pcm24.wav", 44100, 2, 3000, 24)
wav(HERE / "float.wav", 44100, 2, 3000, 32)
encode("pcm16.aiff", 44100, 2, 3000, 16)
encode("16.flac", 44100, 2, 40000, 16, "-compression_level", "8")
encode("flac.mka", 44100, 2, 12000, 16, "-c:a", "flac", "-frame_size", "576")
encode("24.flac", 44100, 2, 5000, 24, "-sample_fmt", "s32", "-bits_per_raw_sample", "24")
encode("mono.flac", 44100, 1, 20000, 16)
encode("8k.flac", 8000, 1, 8000, 16)
encode("96k.flac", 96000, 2, 5000, 24, "-sample_fmt", "s32", "-bits_per_raw_sample", "24")
encode("surround.flac", 44100, 6, 4000, 16, "-af", "channelmap=0|1|2|3|4|5:5.1")
encode("alac.m4a", 44100, 2, 10000, 16, "-c:a", "alac")
encode("aac.m4a", 44100, 2, 60000, 16, "-c:a", "aac", "-b:a", "96k", "-aac_coder", "fast")
encode("gapless.mka", 48000, 2, 30000, 16, "-c:a", "libopus", "-b:a", "96k")
encode("fragments.m4a", 44100, 2, 10000, 16, "-c:a", "alac", "-movflags",
       "+dash+frag_every_frame+empty_moov+default_base_moof")
encode("fragments-aac.m4a", 44100, 2, 60000, 16, "-c:a", "aac", "-b:a", "96k", "-aac_coder", "fast", "-movflags",
       "+dash+delay_moov+default_base_moof", "-frag_duration", "300000")
encode("raw.aac", 44100, 2, 30000, 16, "-c:a", "aac", "-b:a", "96k", "-aac_coder", "fast")
encode("cbr.mp3", 44100, 2, 60000, 16, "-c:a", "libmp3lame", "-b:a", "128k")
encode("vbr.mp3", 44100, 2, 60000, 16, "-c:a", "libmp3lame", "-q:a", "4")
encode("plain.mp3", 44100, 2, 30000, 16, "-c:a", "libmp3lame", "-b:a", "96k", "-write_xing", "0")
encode("vorbis.ogg", 44100, 2, 60000, 16, "-c:a", "libvorbis", "-q:a", "3")
encode("vorbis.mka", 44100, 2, 60000, 16, "-c:a", "libvorbis", "-q:a", "3")
encode("opus.opus", 48000, 2, 130000, 16, "--bitrate", "64", "--serial", "1")
# One stream behind another, and streams that change: the tests join them.
encode("mono48k.mp3", 48000, 1, 20000, 16, "-c:a", "libmp3lame", "-b:a", "64k", "-write_xing", "0")
encode("mono48k.aac", 48000, 1, 20000, 16, "-c:a", "aac", "-b:a", "64k", "-aac_coder", "fast")
encode("flac.oga", 44100, 2, 8000, 16, "-c:a", "flac")
encode("opus.mka", 48000, 2, 24000, 16, "-c:a", "libopus", "-b:a", "48k")
encode("opus.mp4", 48000, 2, 24000, 16, "-c:a", "libopus", "-b:a", "48k")
# Blocks as short as the encoder makes them; extra modes that store more of the predictors than the plain ones.
encode("16.wv", 44100, 2, 4000, 16, "-hhx6", "--blocksize=500")
encode("24.wv", 96000, 1, 4000, 24, "-hx1", "--blocksize=500")
encode("float.wv", 44100, 2, 4000, 32, "-x4", "--blocksize=2000")
encode("surround.wv", 44100, 6, 4000, 16, "-hhx6", "--blocksize=500")
encode("lossy.wv", 44100, 2, 60000, 16, "-b200", "--blocksize=8000")
# At 8 kHz a frame of True Audio has 8,359 samples.
encode("16.tta", 8000, 2, 18000, 16, "-c:a", "tta")
encode("24.tta", 44100, 1, 4000, 24, "-c:a", "tta", "-sample_fmt", "s32", "-bits_per_raw_sample", "24")
encode("surround.tta", 8000, 6, 4000, 16, "-c:a", "tta")
encode("sv8.mpc", 44100, 2, 60000, 16, "--quality", "6", "--num_frames", "2")
# Six channels at low quality, where Vorbis couples channels that are coupled again.
wav("/tmp/segue-source.wav", 44100, 6, 22050, 16)
subprocess.run(["oggenc", "-Q", "-q", "1", "-s", "1", "-o", str(HERE / "surround.ogg"), "/tmp/segue-source.wav"], check=True)


def bits(count, channel):
    """The steady tone at 2/5 of full scale as one bit, 64 times as often as its samples, noise-shaped in the second order."""
    first = second = 0.0
    data = bytearray()
    for at in range(count):
        phase = at * (40_000_000 + 9_000_000 * channel) // 64
        bit = second >= 0
        first += parabola(phase % (1 << 32)) / (1 << 30) * 0.4 - (1 if bit else -1)
        second += first - (1 if bit else -1)
        if at % 8 == 0:
            data.append(0)
        data[-1] |= bit << (7 - at % 8)
    return bytes(data)


# DSF has its bits in blocks of 4,096 bytes a channel, the first one lowest, and the last block filled up; DSDIFF byte by byte.
COUNT = 2000 * 32
both = [bits(COUNT, channel) for channel in range(2)]
low = [bytes(int(f"{byte:08b}"[::-1], 2) for byte in channel).ljust(8192, b"\x69") for channel in both]
data = b"".join(channel[at:at + 4096] for at in range(0, 8192, 4096) for channel in low)
fmt = b"fmt " + struct.pack("<QIIIIIIQII", 52, 1, 0, 2, 2, 2822400, 1, COUNT, 4096, 0)
head = b"DSD " + struct.pack("<QQQ", 28, 28 + len(fmt) + 12 + len(data), 0)
(HERE / "dsd64.dsf").write_bytes(head + fmt + b"data" + struct.pack("<Q", 12 + len(data)) + data)


def chunk(name, body):
    return name + struct.pack(">Q", len(body)) + body + b"\0" * (len(body) % 2)


prop = b"SND " + chunk(b"FS  ", struct.pack(">I", 2822400)) + chunk(b"CHNL", struct.pack(">H", 2) + b"SLFTSRGT")
prop += chunk(b"CMPR", b"DSD \x0enot compressed\0")
data = b"".join(bytes(pair) for pair in zip(*both))
form = b"DSD " + chunk(b"FVER", struct.pack(">I", 0x01050000)) + chunk(b"PROP", prop) + chunk(b"DSD ", data)
(HERE / "dsd64.dff").write_bytes(chunk(b"FRM8", form))
