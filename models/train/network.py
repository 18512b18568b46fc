"""The reader's network: gray 64x128 in, 64 columns of 37 scores out (upper half first), for CTC."""

from __future__ import annotations

from torch import Tensor, nn

from models.train.texts import ALPHABET

CLASSES = len(ALPHABET) + 1
"""Characters of the alphabet in order, then the CTC blank as the last class."""

BLANK = len(ALPHABET)
STEPS = 64


Size = tuple[int, int]


def convolution(inputs: int, outputs: int, size: Size = (3, 3), stride: Size = (1, 1)) -> nn.Sequential:
    """Convolution, normalisation, ReLU; the size is kept apart from the stride."""
    padding = (size[0] // 2, size[1] // 2)
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, padding, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class Residual(nn.Module):
    """x + f(x), with f a bottleneck of the given kernel."""

    def __init__(self, channels: int, inner: int, size: tuple[int, int]) -> None:
        super().__init__()
        self.body = nn.Sequential(
            convolution(channels, inner, (1, 1)),
            convolution(inner, inner, size),
            nn.Conv2d(inner, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.activate = nn.ReLU(inplace=True)

    def forward(self, features: Tensor) -> Tensor:
        mixed: Tensor = self.activate(features + self.body(features))
        return mixed


class PlateNet(nn.Module):
    """Convolutions to 2 rows x 32 columns; the upper row is read first, so both layouts need no splitting.

    Input [N, 1, 64, 128] gray 0..255 as float; output [N, 64, 37] scores before softmax.
    """

    def __init__(self) -> None:
        super().__init__()
        # Channels in steps of 16 and strides instead of pooling: the budget is one hour on two shared cores.
        self.eyes = nn.Sequential(
            convolution(1, 16, stride=(2, 2)),
            convolution(16, 32),
            convolution(32, 64, stride=(2, 2)),
            convolution(64, 80),
            convolution(80, 96, stride=(2, 1)),
            convolution(96, 128),
            convolution(128, 128),
        )
        self.fold = nn.Sequential(
            nn.Conv2d(128, 192, (4, 3), (4, 1), (0, 1), bias=False), nn.BatchNorm2d(192), nn.ReLU(inplace=True)
        )
        self.mix = nn.Sequential(*(Residual(192, 96, (3, 7)) for _ in range(3)))
        self.drop = nn.Dropout(0.1)
        self.head = nn.Conv2d(192, CLASSES, 1)

    def forward(self, picture: Tensor) -> Tensor:
        features = self.eyes((picture - 128.0) * (1.0 / 64.0))
        scores = self.head(self.drop(self.mix(self.fold(features))))
        return scores.permute(0, 2, 3, 1).reshape(-1, STEPS, CLASSES)
