"""The readers' network: gray 64x128 in, 64 columns of scores out (upper half first), for CTC; or of another size."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

STEPS = 64

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """How wide and deep a reader is: (channels, stride) of the eyes, which shrink 64x128 to 8x32, then the rest."""

    eyes: tuple[tuple[int, Size], ...]
    fold: int
    inner: int
    residuals: int


# Channels in steps of 16 and strides instead of pooling: the budget is one hour on two shared cores.
WIDE = Plan(
    eyes=((16, (2, 2)), (32, (1, 1)), (64, (2, 2)), (80, (1, 1)), (96, (2, 1)), (128, (1, 1)), (128, (1, 1))),
    fold=192,
    inner=96,
    residuals=3,
)
# The eyes of WIDE, kept as another reader trained them, under a shorter rest.
GROWN = Plan(eyes=WIDE.eyes, fold=WIDE.fold, inner=WIDE.inner, residuals=1)


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

    Input [N, 1, 64, 128] gray 0..255 as float; output [N, 64, classes] scores before softmax. The classes are the
    characters of the alphabet in order, then the CTC blank. Other inputs give a step for each 32 x 4 pixels: `steps`.
    """

    def __init__(self, characters: int, plan: Plan, steps: int = STEPS) -> None:
        super().__init__()
        self.classes = characters + 1
        self.steps = steps
        widths = [1, *(channels for channels, _ in plan.eyes)]
        layers = zip(widths, plan.eyes, strict=False)
        self.eyes = nn.Sequential(*(convolution(before, after, stride=by) for before, (after, by) in layers))
        self.fold = nn.Sequential(
            nn.Conv2d(widths[-1], plan.fold, (4, 3), (4, 1), (0, 1), bias=False),
            nn.BatchNorm2d(plan.fold),
            nn.ReLU(inplace=True),
        )
        self.mix = nn.Sequential(*(Residual(plan.fold, plan.inner, (3, 7)) for _ in range(plan.residuals)))
        self.drop = nn.Dropout(0.1)
        self.head = nn.Conv2d(plan.fold, self.classes, 1)

    def forward(self, picture: Tensor) -> Tensor:
        return self.read(self.eyes((picture - 128.0) * (1.0 / 64.0)))

    def read(self, features: Tensor) -> Tensor:
        """Scores from what the eyes saw, [N, channels, 8, 32]."""
        scores = self.head(self.drop(self.mix(self.fold(features))))
        return scores.permute(0, 2, 3, 1).reshape(-1, self.steps, self.classes)
