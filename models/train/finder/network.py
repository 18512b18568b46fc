"""The finder's network: a gray picture in, per cell of 8x8 pixels the score of a plate's centre and its box out."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.train.network import Residual, convolution

BOX_CHANNELS = 4
"""After the scores before the sigmoid, one per class: centre right and down of the cell's centre in box sizes;
logarithms of width and height in units of BOX_UNIT_PX."""

_RARE = -4.0
"""First bias of the score: a centre is rare."""


class FinderNet(nn.Module):
    """Convolutions down to cells of 32x32 pixels, which see the whole picture, and back up to cells of 8x8.

    Input [N, 1, rows, columns] gray 0..255 as float, both sides multiples of 32; output [N, classes + 4, rows / 8,
    columns / 8].
    """

    def __init__(self, classes: int = 1) -> None:
        super().__init__()
        self.near = nn.Sequential(
            convolution(1, 8, stride=(2, 2)),
            convolution(8, 16, stride=(2, 2)),
            convolution(16, 40, stride=(2, 2)),
            Residual(40, 24, (3, 3)),
        )
        self.middle = nn.Sequential(
            convolution(40, 80, stride=(2, 2)), Residual(80, 40, (3, 3)), Residual(80, 40, (3, 3))
        )
        self.far = nn.Sequential(convolution(80, 128, stride=(2, 2)), *(Residual(128, 64, (3, 3)) for _ in range(3)))
        self.far_down = convolution(128, 48, (1, 1))
        self.middle_in = convolution(80, 48, (1, 1))
        self.middle_mix = convolution(48, 48)
        self.middle_down = convolution(48, 40, (1, 1))
        self.near_in = convolution(40, 40, (1, 1))
        self.near_mix = nn.Sequential(convolution(40, 40), convolution(40, 64, (1, 1)))
        self.grow = nn.Upsample(scale_factor=2.0, mode="nearest")
        self.head = nn.Conv2d(64, classes + BOX_CHANNELS, 1)
        nn.init.normal_(self.head.weight, std=0.01)
        with torch.no_grad():
            self.head.bias.zero_()
            self.head.bias[:classes] = _RARE

    def forward(self, picture: Tensor) -> Tensor:
        near = self.near((picture - 128.0) * (1.0 / 64.0))
        middle = self.middle(near)
        far = self.far(middle)
        middle = self.middle_mix(self.middle_in(middle) + self.grow(self.far_down(far)))
        near = self.near_mix(self.near_in(near) + self.grow(self.middle_down(middle)))
        out: Tensor = self.head(near)
        return out
