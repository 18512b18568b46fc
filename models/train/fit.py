"""Seeded training, stopped by steps: warm-up, a steady part that does not depend on the total, a linear cool-down."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from models.train.eyes import Eyes
from models.train.glyphs import Face
from models.train.network import PlateNet
from models.train.render import Sample
from station.vision.ctc import beam, log_shares

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
    half: bool = True  # forward in bfloat16; slow on processors that only emulate it
    threads: int = 1  # on shared cores a second thread mostly waits for the first


class Writing(Protocol):
    """What a reader learns to read: plates of a country, codes on containers."""

    @property
    def alphabet(self) -> str: ...

    @property
    def load_faces(self) -> Callable[[], tuple[Face, ...]]: ...

    def sample(self, seed: int, index: int, faces: tuple[Face, ...]) -> Sample:
        """Sample number `index` of the endless set named by `seed`."""
        ...


class SampleSet(Dataset[tuple[Tensor, Tensor, int]]):
    """Samples `first` to `first + count` of the endless rendered set."""

    def __init__(self, writing: Writing, seed: int, first: int, count: int, reader: Path | None) -> None:
        self._writing, self._seed, self._first, self._count = writing, seed, first, count
        self._index = {character: place for place, character in enumerate(writing.alphabet)}
        self._reader = reader
        self._faces: tuple[Face, ...] | None = None
        self._eyes: Eyes | None = None

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> tuple[Tensor, Tensor, int]:
        if self._faces is None:
            cv2.setNumThreads(1)
            self._faces = self._writing.load_faces()
            self._eyes = Eyes(self._reader) if self._reader is not None else None
        sample = self._writing.sample(self._seed, self._first + place, self._faces)
        label = torch.tensor([self._index[character] for character in sample.label], dtype=torch.long)
        seen = sample.picture[np.newaxis] if self._eyes is None else self._eyes.look(sample.picture)
        return torch.from_numpy(seen), label, len(sample.label)


def _collate(rows: list[tuple[Tensor, Tensor, int]]) -> tuple[Tensor, Tensor, Tensor]:
    pictures = torch.stack([row[0] for row in rows]).float()
    return pictures, torch.cat([row[1] for row in rows]), torch.tensor([row[2] for row in rows])


def rate_at(step: int, recipe: Recipe) -> float:
    """Learning rate of a step; the steady part is the same for every total, so a run can be made longer."""
    cool_from = int(recipe.steps * (1 - _COOL_DOWN_SHARE))
    warm = min(_WARM_UP_STEPS, recipe.steps // 4)  # a short run warms up shortly
    if step < warm:
        return recipe.peak_rate * (step + 1) / warm
    if step < cool_from:
        return recipe.peak_rate
    return recipe.peak_rate * max(recipe.steps - step, 1) / (recipe.steps - cool_from)


def _batches(
    writing: Writing, recipe: Recipe, from_step: int, reader: Path | None
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    first = from_step * recipe.batch
    data = SampleSet(writing, recipe.seed, first, max(0, recipe.steps - from_step) * recipe.batch, reader)
    return iter(DataLoader(data, recipe.batch, collate_fn=_collate, num_workers=1, prefetch_factor=4))


def _loss(network: PlateNet, pictures: Tensor, labels: Tensor, lengths: Tensor, *, half: bool) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        seen = pictures.contiguous(memory_format=torch.channels_last)
        scores = network(seen) if pictures.shape[1] == 1 else network.read(seen)
    log_shares = scores.float().log_softmax(2).permute(1, 0, 2)
    steps = torch.full((pictures.shape[0],), network.steps, dtype=torch.long)
    return nn.functional.ctc_loss(log_shares, labels, steps, lengths, network.classes - 1, zero_infinity=True)


def fit(
    writing: Writing,
    network: PlateNet,
    recipe: Recipe,
    checkpoint: Path,
    reader: Path | None = None,
    *,
    is_grown: bool = False,
) -> PlateNet:
    """Train, saving every 250 steps to `checkpoint`; an existing checkpoint is taken up where it stopped.

    `is_grown`: the network was started from a shipped reader. With `reader` only what lies behind the eyes learns; the
    eyes are those of that shipped reader. Prints one line per 50 steps. Returns the network in evaluation mode.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    network = network.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.peak_rate, weight_decay=recipe.weight_decay)
    step = take_up(checkpoint, network, optimiser, recipe)
    # What is taken over has its normalisations folded into biases already: nothing is left to normalise.
    network.train(not (is_grown or reader is not None))
    network.eyes.requires_grad_(reader is None)
    started, sum_loss = time.monotonic(), 0.0
    for pictures, labels, lengths in _batches(writing, recipe, step, reader):
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step, recipe)
        loss = _loss(network, pictures, labels, lengths, half=recipe.half)
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


def take_up(checkpoint: Path, network: nn.Module, optimiser: torch.optim.Optimizer, recipe: Recipe) -> int:
    """Load what `save` wrote, if there is such a file; the steps that are done."""
    if not checkpoint.exists():
        return 0
    kept = torch.load(checkpoint, weights_only=True)
    network.load_state_dict(kept["network"])
    optimiser.load_state_dict(kept["optimiser"])
    print(f"taken up at step {kept['step']} of {recipe.steps}", flush=True)
    return int(kept["step"])


def save(checkpoint: Path, network: nn.Module, optimiser: torch.optim.Optimizer, step: int, recipe: Recipe) -> None:
    """Write the checkpoint beside the old one and put it in its place, so that a kill leaves one of them whole."""
    weights, momenta = network.state_dict(), optimiser.state_dict()
    state = {"network": weights, "optimiser": momenta, "step": step, "recipe": asdict(recipe)}
    spare = checkpoint.with_suffix(".new")
    torch.save(state, spare)
    spare.replace(checkpoint)


def exact_share(network: PlateNet, writing: Writing, seed: int, count: int) -> float:
    """Share of fresh synthetic samples whose likeliest text at one look equals the label."""
    faces = writing.load_faces()
    right = 0
    for first in range(0, count, 100):
        samples = [writing.sample(seed, index, faces) for index in range(first, min(first + 100, count))]
        pictures = torch.from_numpy(np.stack([sample.picture for sample in samples])).unsqueeze(1).float()
        with torch.no_grad():
            scores = network(pictures).numpy()
        texts = [beam(log_shares(row), writing.alphabet)[0].text for row in scores]
        right += sum(text == sample.label for text, sample in zip(texts, samples, strict=True))
    return right / count
