"""The student: a dense small residual net from one patch to an embedding and tags.

Dense, because a MobileNet of fewer multiplications is slower on a CPU. 2.6M parameters, 75 MMAC a patch. Owns shapes
and layers; losses live in `train.py`, the exported graph's calibration in `export.py`.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import config as c


class Block(nn.Module):
    """Two 3x3 convolutions around a shortcut; halves both axes."""

    def __init__(self, before, after):
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(after)
        self.second = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(after)
        self.short = nn.Conv2d(before, after, 1, stride=2, bias=False)
        self.short_norm = nn.BatchNorm2d(after)
        nn.init.zeros_(self.second_norm.weight)  # a block starts as its shortcut

    def forward(self, x):
        y = F.relu(self.first_norm(self.first(x)))
        return F.relu(self.second_norm(self.second(y)) + self.short_norm(self.short(x)))


class Encoder(nn.Module):
    """What ships: log-mel in, embedding and tag logits out."""

    def __init__(self, n_tags):
        super().__init__()
        self.register_buffer("mel_mean", torch.zeros(c.MELS, 1))
        self.register_buffer("mel_std", torch.ones(c.MELS, 1))
        stem = c.CHANNELS[0]
        self.stem = nn.Conv2d(1, stem, 5, stride=2, padding=2, bias=False)
        self.stem_norm = nn.BatchNorm2d(stem)
        self.blocks = nn.Sequential(*(Block(a, b) for a, b in zip(c.CHANNELS, c.CHANNELS[1:])))
        self.embedding = nn.Linear(4 * c.CHANNELS[-1], c.EMBEDDING)
        self.tags = nn.Linear(c.EMBEDDING, n_tags)

    def forward(self, mel):  # [B, 1, 64, 150]
        x = (mel - self.mel_mean) / self.mel_std
        x = F.relu(self.stem_norm(self.stem(x)))  # [B, 24, 32, 75]
        x = self.blocks(x).flatten(1, 2)  # [B, 320 x 2, 5]: the lower and the upper half of the spectrum stay apart
        x = torch.cat([x.mean(2), x.amax(2)], 1)  # [B, 1280]
        embedding = self.embedding(x)  # [B, 256]
        return embedding, self.tags(embedding)  # [B, 256], [B, n_tags] logits


class Student(nn.Module):
    """The encoder with what only training needs: the projection into the teachers' space and the InfoNCE head."""

    def __init__(self, n_tags):
        super().__init__()
        self.ear = Encoder(n_tags)  # stored checkpoints and the shipped graph name its weights `ear.…`
        self.to_teachers = nn.Linear(c.EMBEDDING, c.TEACHERS)
        self.to_piece = nn.Linear(c.EMBEDDING, 128)

    def forward(self, mel):
        embedding, tags = self.ear(mel)
        return embedding, tags, self.to_teachers(embedding), self.to_piece(embedding)  # [B, 256], [B, n], [B, 584], [B, 128]


def read_checkpoint(path):
    """What train.py kept: tensors, numbers and numpy's arrays. Nothing in the file can name code to run."""
    multiarray = np._core.multiarray
    kinds = [type(np.dtype(kind)) for kind in (np.float32, np.float64, np.int64)]
    with torch.serialization.safe_globals([multiarray._reconstruct, multiarray.scalar, np.ndarray, np.dtype, *kinds]):
        return torch.load(path, weights_only=True)
