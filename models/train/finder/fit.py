"""Seeded training of the finder, stopped by steps, in the same phases as the reader's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from models.train.drawing import Gray
from models.train.finder.network import FinderNet
from models.train.finder.scene import Box, Face
from models.train.fit import Recipe, rate_at, save, take_up
from models.train.glyphs import load_faces
from station.vision.plate_finder import BOX_UNIT_PX, CELL_PX, cell_centres

_REACH = 0.17
"""Spread of a plate's score around its centre, in plate sizes."""
_BOX_FROM = 0.45
_BOX_WEIGHT = 2.0


class Shown(Protocol):
    """A gray picture of the network's input size, the boxes of what is to be found, and the class of each."""

    @property
    def picture(self) -> Gray: ...
    @property
    def boxes(self) -> Box: ...
    @property
    def kinds(self) -> tuple[int, ...]: ...


Scenes = Callable[[int, int, tuple[Face, ...]], Shown]
"""(seed, index, faces) -> scene number `index` of the endless set named by `seed`."""


def targets(shown: Shown, classes: int, rows: int, columns: int) -> tuple[Tensor, Tensor, Tensor]:
    """Per cell: the wanted score 0..1 of each class, the box wanted there (left, top, right, bottom), does it count."""
    x, y = cell_centres(rows, columns)
    score = np.zeros((classes, rows, columns), np.float32)
    wanted = np.zeros((4, rows, columns), np.float32)
    counts = np.zeros((rows, columns), np.float32)
    for kind, box in zip(shown.kinds, shown.boxes, strict=True):
        middle_x, middle_y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        spread_x = max(_REACH * (box[2] - box[0]), 0.5 * CELL_PX)
        spread_y = max(_REACH * (box[3] - box[1]), 0.5 * CELL_PX)
        hill = np.exp(-(((x - middle_x) / spread_x) ** 2 + ((y - middle_y) / spread_y) ** 2) / 2)
        centre = np.unravel_index(int(hill.argmax()), hill.shape)
        hill[centre] = 1.0
        inside = hill > np.maximum(score.max(axis=0), _BOX_FROM)
        counts[inside] = hill[inside]
        wanted[:, inside] = box[:, np.newaxis]
        score[kind] = np.maximum(score[kind], hill.astype(np.float32))
    return torch.from_numpy(score), torch.from_numpy(wanted), torch.from_numpy(counts)


class SceneSet(Dataset[tuple[Tensor, Tensor, Tensor, Tensor]]):
    """Scenes `first` to `first + count` of the endless set: picture, then the three targets."""

    def __init__(self, scenes: Scenes, classes: int, seed: int, first: int, count: int) -> None:
        self._scenes, self._classes = scenes, classes
        self._seed, self._first, self._count = seed, first, count
        self._faces: tuple[Face, ...] | None = None

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        if self._faces is None:
            cv2.setNumThreads(1)
            self._faces = load_faces()
        scene = self._scenes(self._seed, self._first + place, self._faces)
        rows, columns = scene.picture.shape
        score, wanted, counts = targets(scene, self._classes, rows // CELL_PX, columns // CELL_PX)
        return torch.from_numpy(scene.picture).unsqueeze(0), score, wanted, counts


def loss(out: Tensor, score: Tensor, wanted: Tensor, counts: Tensor) -> Tensor:
    """Focal loss of the scores (Law and Deng, CornerNet, 2018); overlap of the boxes and distance of their numbers."""
    classes = score.shape[1]
    logit, numbers = out[:, :classes], out[:, classes:]
    share = logit.sigmoid()
    hit = score >= 1.0
    sure = nn.functional.logsigmoid(logit) * (1 - share) ** 2
    other = nn.functional.logsigmoid(-logit) * share**2 * (1 - score) ** 4
    focal = -torch.where(hit, sure, other).sum() / hit.sum().clamp(min=1)
    overlap = generalised_overlap(boxes_of(numbers), wanted)
    apart = (numbers - numbers_of(wanted)).abs().sum(1)
    boxes = ((_BOX_WEIGHT * (1 - overlap) + apart) * counts).sum() / counts.sum().clamp(min=1)
    return focal + boxes


def boxes_of(numbers: Tensor) -> Tensor:
    """left, top, right, bottom per cell, shape [N, 4, rows, columns], in pixels of the input."""
    x, y = (torch.from_numpy(side) for side in cell_centres(numbers.shape[2], numbers.shape[3]))
    wide = numbers[:, 2].clamp(-4, 4).exp() * BOX_UNIT_PX
    high = numbers[:, 3].clamp(-4, 4).exp() * BOX_UNIT_PX
    middle_x, middle_y = x + numbers[:, 0] * wide, y + numbers[:, 1] * high
    return torch.stack([middle_x - wide / 2, middle_y - high / 2, middle_x + wide / 2, middle_y + high / 2], 1)


def numbers_of(wanted: Tensor) -> Tensor:
    """The four numbers per cell that stand for the wanted boxes; the inverse of `boxes_of`."""
    x, y = (torch.from_numpy(side) for side in cell_centres(wanted.shape[2], wanted.shape[3]))
    size = (wanted[:, 2:] - wanted[:, :2]).clamp(min=1.0)
    middle = (wanted[:, :2] + wanted[:, 2:]) / 2
    shift = (middle - torch.stack([x, y])) / size
    return torch.cat([shift, (size / BOX_UNIT_PX).log()], 1)


def generalised_overlap(boxes: Tensor, wanted: Tensor) -> Tensor:
    """Intersection over union less the empty share of the hull (Rezatofighi and others, 2019), per cell."""
    low, high = torch.maximum(boxes[:, :2], wanted[:, :2]), torch.minimum(boxes[:, 2:], wanted[:, 2:])
    common = (high - low).clamp(min=0).prod(1)
    union = (boxes[:, 2:] - boxes[:, :2]).prod(1) + (wanted[:, 2:] - wanted[:, :2]).prod(1) - common
    hull = torch.maximum(boxes[:, 2:], wanted[:, 2:]) - torch.minimum(boxes[:, :2], wanted[:, :2])
    around = hull.prod(1).clamp(min=1e-6)
    return common / union.clamp(min=1e-6) - (around - union) / around


def _batches(
    scenes: Scenes, classes: int, recipe: Recipe, from_step: int
) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    data = SceneSet(scenes, classes, recipe.seed, from_step * recipe.batch, (recipe.steps - from_step) * recipe.batch)
    return iter(DataLoader(data, recipe.batch, num_workers=1, prefetch_factor=8))


def fit(scenes: Scenes, recipe: Recipe, checkpoint: Path, classes: int = 1) -> FinderNet:
    """Train on the scenes of so many classes.

    Saves every 100 steps to `checkpoint`; an existing checkpoint is taken up where it stopped. Prints one line per 25
    steps. Returns the network in evaluation mode.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    network = FinderNet(classes).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.peak_rate, weight_decay=recipe.weight_decay)
    step = take_up(checkpoint, network, optimiser, recipe)
    network.train()
    started, sum_loss = time.monotonic(), 0.0
    for pictures, score, wanted, counts in _batches(scenes, classes, recipe, step):
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step, recipe)
        out = network(pictures.float().contiguous(memory_format=torch.channels_last))
        worth = loss(out, score, wanted, counts)
        optimiser.zero_grad(set_to_none=True)
        worth.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        step += 1
        sum_loss += float(worth.detach())
        if step % 25 == 0:
            print(f"step {step} loss {sum_loss / 25:.4f} {time.monotonic() - started:.0f} s", flush=True)
            sum_loss = 0.0
        if step % 100 == 0 or step == recipe.steps:
            save(checkpoint, network, optimiser, step, recipe)
    return network.eval()
