"""Covers: five square pictures drawn with numpy, one idea each, grain on top; 600 by 600 JPEG."""

import io

import numpy as np
from PIL import Image

SIZE = 600
SCALE = 2  # drawn twice as large, then reduced: smooth edges without an antialiaser


def _grid():
    axis = (np.arange(SIZE * SCALE) + 0.5) / (SIZE * SCALE)
    return np.meshgrid(axis, axis)


def _colour(text):
    return np.array([int(text[i:i + 2], 16) for i in (0, 2, 4)], float) / 255


def _gradient(t, *stops):
    """Colours along t in 0..1, evenly spaced stops."""
    colours = np.array([_colour(s) for s in stops])
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(t, at, colours[:, c]) for c in range(3)], axis=-1)


def _over(picture, colour, alpha):
    return picture * (1 - alpha[..., None]) + (_colour(colour) if isinstance(colour, str) else colour) * alpha[..., None]


def moon():
    """A lamp's disc above a keyboard of shadows."""
    x, y = _grid()
    picture = _gradient(y, "10131f", "1c2338", "39395a", "5b4a5c")
    distance = np.hypot(x - 0.62, y - 0.36)
    picture = _over(picture, "f3d9a0", 0.55 * np.exp(-((distance / 0.26) ** 2)))
    picture = _over(picture, "fbeecb", (distance < 0.14).astype(float))
    picture = _over(picture, "e8cf98", 0.5 * ((distance < 0.14) & (np.hypot(x - 0.68, y - 0.33) > 0.15)))
    keys = (y > 0.72) & ((x * 14) % 1 > 0.04)
    picture = _over(picture, _gradient(y, "efe6d8", "efe6d8", "cbbfae"), 0.92 * keys)
    black = np.isin((x * 14 + 0.5).astype(int) % 7, (1, 2, 4, 5, 6)) & (np.abs(((x * 14 + 0.5) % 1) - 0.5) < 0.29) & (y > 0.72) & (y < 0.89)
    return _over(picture, "191b27", black.astype(float))


def horizon():
    """Layers of mist over water."""
    x, y = _grid()
    picture = _gradient(y, "d9e2e4", "b9cdd0", "e6cfc0", "8fa9ad", "3f5d66")
    for k in range(7):
        ridge = 0.42 + 0.075 * k + 0.022 * np.sin(2 * np.pi * (x * (1.3 + 0.4 * k) + 0.37 * k * k)) + 0.01 * np.sin(2 * np.pi * (x * (4.1 + k) + k))
        soft = 1 / (1 + np.exp(-(y - ridge) / (0.012 - 0.001 * k)))
        tone = _gradient(np.full_like(x, k / 6), "c2d0cf", "7d9aa0", "27424c")
        picture = _over(picture, tone, soft * 0.62)
    sun = np.hypot(x - 0.3, y - 0.3)
    return _over(picture, "fff4e2", 0.9 / (1 + np.exp((sun - 0.07) / 0.004)))


def rings():
    """Four quarter-beats of light round a centre that is not in the middle."""
    x, y = _grid()
    radius, angle = np.hypot(x - 0.36, y - 0.58), np.arctan2(y - 0.58, x - 0.36)
    picture = _gradient(np.clip(radius, 0, 1), "0b0b12", "120f22", "1b1033")
    for k in range(1, 15):
        band = np.abs(radius - 0.055 * k) < (0.016 if k % 4 == 0 else 0.006)
        sweep = ((angle / (2 * np.pi) + 0.11 * k * k) % 1) < (0.75 if k % 4 == 0 else 0.5)
        picture = _over(picture, _gradient(np.full_like(x, k / 14), "ff3d6e", "ff8a3d", "5a5bff"), 0.9 * (band & sweep))
    return _over(picture, "f5f0ff", (radius < 0.02).astype(float))


def pixels():
    """A small cloud rains on a small hill: thirty by thirty."""
    cells = 30
    art = np.empty((cells, cells, 3))
    row = np.arange(cells)[:, None] + np.zeros((1, cells), int)
    column = np.arange(cells)[None, :] + np.zeros((cells, 1), int)
    art[:] = _gradient(row / cells, "29366f", "3b5dc9", "41a6f6", "73eff7")
    art[(row // 3 + column // 5) % 11 == 0] *= 0.96
    hill = row > 23 - np.round(3 * np.sin(column / 5.5))
    art[hill] = _colour("38b764")
    art[hill & ((row + column) % 4 == 0)] = _colour("257179")
    art[row > 27] = _colour("257179")
    for cx, cy, r in ((10, 9, 3.4), (14, 7, 4.3), (19, 9, 3.6), (15, 10, 3.2)):
        art[np.hypot(column - cx, (row - cy) * 1.25) < r] = _colour("f4f4f4")
    art[(row == 12) & (column > 7) & (column < 22)] = _colour("94b0c2")
    art[(row > 13) & (row < 21) & ((column * 5 + row * 2) % 9 == 0) & (column > 6) & (column < 23)] = _colour("f4f4f4")
    for r, c in ((22, 20), (22, 22), (21, 21)):
        art[r, c] = _colour("ffcd75")
    art[22, 21] = _colour("ef7d57")
    return np.kron(art, np.ones((SIZE * SCALE // cells, SIZE * SCALE // cells, 1)))


def arches():
    """An arcade in cold light, arch within arch."""
    x, y = _grid()
    picture = _gradient(y, "ece4d3", "ddd0b8", "b9a88c")
    for k in range(6):
        half, top = 0.4 - 0.062 * k, 0.46 + 0.035 * k
        inside = (np.abs(x - 0.5) < half) & (y > top) & (y < 0.93 - 0.012 * k) | (np.hypot(x - 0.5, (y - top)) < half) & (y <= top)
        tone = _gradient(np.full_like(x, k / 5), "7b2d26", "a8543c", "d69b62", "f0d9a8", "49616e", "22333f")
        picture = _over(picture, tone, inside.astype(float))
        light = inside & (x - 0.5 < -half * 0.82)
        picture = _over(picture, "fff6df", 0.25 * light)
    return picture


def draw(name, seed=5):
    """The JPEG bytes of a cover."""
    picture = globals()[name]()
    grain = np.random.default_rng(seed).normal(0, 0.012, (SIZE, SIZE, 1))
    small = picture.reshape(SIZE, SCALE, SIZE, SCALE, 3).mean((1, 3)) + grain
    out = io.BytesIO()
    Image.fromarray((np.clip(small, 0, 1) * 255 + 0.5).astype(np.uint8)).save(out, "JPEG", quality=76, optimize=True)
    return out.getvalue()
