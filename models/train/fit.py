"""Seeded training, stopped by steps: warm-up, a steady part that does not depend on the total, a linear cool-down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from models.train.glyphs import Mask, load_faces
from models.train.network import BLANK, STEPS, PlateNet
from models.train.render import render
from models.train.texts import ALPHABET

_INDEX = {character: place for place, character in enumerate(ALPHABET)}
_WARM_UP_STEPS = 200
_COOL_DOWN_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the weights, apart from the code and the library versions."""

    seed: int = 20_251
    steps: int = 5_000
    batch: int = 128
    peak_rate: float = 2.5e-3
    weight_decay: float = 0.02
    threads: int = 1  # on shared cores a second thread mostly waits for the first


class PlateSet(Dataset[tuple[Tensor, Tensor, int]]):
    """Samples `first` to `first + count` of the endless rendered set."""

    def __init__(self, seed: int, first: int, count: int) -> None:
        self._seed, self._first, self._count = seed, first, count
        self._faces: tuple[dict[str, Mask], ...] | None = None

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> tuple[Tensor, Tensor, int]:
        if self._faces is None:
            cv2.setNumThreads(1)
            self._faces = load_faces()
        sample = render(self._seed, self._first + place, self._faces)
        label = torch.tensor([_INDEX[character] for character in sample.label], dtype=torch.long)
        return torch.from_numpy(sample.picture), label, len(sample.label)


def _collate(rows: list[tuple[Tensor, Tensor, int]]) -> tuple[Tensor, Tensor, Tensor]:
    pictures = torch.stack([row[0] for row in rows]).unsqueeze(1).float()
    return pictures, torch.cat([row[1] for row in rows]), torch.tensor([row[2] for row in rows])


def rate_at(step: int, recipe: Recipe) -> float:
    """Learning rate of a step; the steady part is the same for every total, so a run can be made longer."""
    cool_from = int(recipe.steps * (1 - _COOL_DOWN_SHARE))
    if step < _WARM_UP_STEPS:
        return recipe.peak_rate * (step + 1) / _WARM_UP_STEPS
    if step < cool_from:
        return recipe.peak_rate
    return recipe.peak_rate * max(recipe.steps - step, 1) / (recipe.steps - cool_from)


def _batches(recipe: Recipe, from_step: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    first = from_step * recipe.batch
    data = PlateSet(recipe.seed, first, (recipe.steps - from_step) * recipe.batch)
    return iter(DataLoader(data, recipe.batch, collate_fn=_collate, num_workers=1, prefetch_factor=4))


def _loss(network: nn.Module, pictures: Tensor, labels: Tensor, lengths: Tensor) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        scores = network(pictures.contiguous(memory_format=torch.channels_last))
    log_shares = scores.float().log_softmax(2).permute(1, 0, 2)
    steps = torch.full((pictures.shape[0],), STEPS, dtype=torch.long)
    return nn.functional.ctc_loss(log_shares, labels, steps, lengths, BLANK, zero_infinity=True)


def fit(recipe: Recipe, checkpoint: Path) -> PlateNet:
    """Train, saving every 250 steps to `checkpoint`; an existing checkpoint is taken up where it stopped.

    Prints one line per 50 steps. Returns the network in evaluation mode.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    network = PlateNet().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.peak_rate, weight_decay=recipe.weight_decay)
    step = 0
    if checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(kept["network"])
        optimiser.load_state_dict(kept["optimiser"])
        step = int(kept["step"])
        print(f"taken up at step {step} of {recipe.steps}", flush=True)
    network.train()
    started, sum_loss = time.monotonic(), 0.0
    for pictures, labels, lengths in _batches(recipe, step):
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step, recipe)
        loss = _loss(network, pictures, labels, lengths)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        step += 1
        sum_loss += float(loss.detach())
        if step % 50 == 0:
            print(f"step {step} loss {sum_loss / 50:.4f} {time.monotonic() - started:.0f} s", flush=True)
            sum_loss = 0.0
        if step % 250 == 0 or step == recipe.steps:
            save(checkpoint, network, optimiser, step, recipe)
    return network.eval()


def save(checkpoint: Path, network: nn.Module, optimiser: torch.optim.Optimizer, step: int, recipe: Recipe) -> None:
    """Write the checkpoint beside the old one and put it in its place, so that a kill leaves one of them whole."""
    weights, momenta = network.state_dict(), optimiser.state_dict()
    state = {"network": weights, "optimiser": momenta, "step": step, "recipe": asdict(recipe)}
    spare = checkpoint.with_suffix(".new")
    torch.save(state, spare)
    spare.replace(checkpoint)


def exact_share(network: PlateNet, seed: int, count: int) -> float:
    """Share of fresh synthetic plates whose greedy reading equals the label."""
    faces = load_faces()
    right = 0
    for first in range(0, count, 100):
        samples = [render(seed, index, faces) for index in range(first, min(first + 100, count))]
        pictures = torch.from_numpy(np.stack([sample.picture for sample in samples])).unsqueeze(1).float()
        with torch.no_grad():
            best = network(pictures).argmax(2)
        right += sum(collapse(row.tolist()) == sample.label for row, sample in zip(best, samples, strict=True))
    return right / count


def collapse(classes: list[int]) -> str:
    """CTC's rule: merge repeats, drop blanks."""
    kept = [c for place, c in enumerate(classes) if c != BLANK and (place == 0 or classes[place - 1] != c)]
    return "".join(ALPHABET[c] for c in kept)
