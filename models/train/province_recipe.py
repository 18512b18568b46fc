"""The recipe of the province reader: the left part of a Chinese plate of one line, by a network of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from random import Random

import cv2
import numpy as np
import onnxruntime
import torch

from models.train import chinese_texts, export
from models.train.eyes import take_over
from models.train.finder.recipe import last_convolution
from models.train.fit import Recipe, exact_share, fit
from models.train.fonts import PINNED_FONTS, PINNED_HAN_FONTS
from models.train.glyphs import Face
from models.train.manifest_file import put_table, sha256_of
from models.train.network import GROWN, PlateNet
from models.train.render import CHINESE, Sample, render
from models.train.texts import PlateText
from station.vision.looks import PROVINCE_SHARE, first_part
from station.vision.manifest import KnownAnswer, ModelEntry
from station.vision.plate_reader import PROVINCE_MODEL, PROVINCE_SIZE, PlateReader
from station.vision.tensors import decode_gray, stretched

RECIPE = Recipe(seed=20_281, steps=9_900, batch=64, peak_rate=5e-4, half=False)

_STEPS = 32
_STEM = "province_reader_cn"
_GROWN_FROM = "plate_reader_cn.onnx"
_TIGHT = replace(CHINESE, loose_share=0.03, smallness=4.0, slanted_share=0.5)
"""The part that is cut must hold the province: crops much larger than the plate are left to the reader of the whole.
What it mistook in photos were small plates and plates seen from aside: they are drawn the most.
"""
_EDGES = ((-0.04, 0.03), (-0.04, 0.05))
"""How far the left and the right edge of the part may lie from where they should, in shares of the columns."""
_WITHOUT_SHARE = 0.06
_WITHOUT_FROM = (0.2, 0.55)
"""So many parts are cut from further right: where there is no province, none must be seen."""
_KNOWN = PlateText(("皖A.8K498",), "blue")
_KNOWN_SEED = 77_301
_TEST_SEED = 77_302
_TEST_PICTURES = 500
_CALIBRATION_SEED = 77_303
_CALIBRATION_PICTURES = 512


class Provinces:
    """The left part of a plate of one line, and its province. A `Writing`."""

    alphabet = chinese_texts.PROVINCES
    load_faces: Callable[[], tuple[Face, ...]] = staticmethod(CHINESE.load_faces)

    def sample(self, seed: int, index: int, faces: tuple[Face, ...]) -> Sample:
        """Sample number `index` of the endless set named by `seed`; the same numbers give the same picture."""
        rng = Random(f"province {seed}:{index}")
        written = _one_line(rng)
        whole = render(_TIGHT, seed, index, faces, written).picture
        left, right = (rng.uniform(*edge) for edge in _EDGES)
        is_without = rng.random() < _WITHOUT_SHARE
        away = rng.uniform(*_WITHOUT_FROM) if is_without else 0.0
        part = first_part(whole, away + left, away + PROVINCE_SHARE + right)
        return Sample(stretched(part, *PROVINCE_SIZE), "" if is_without else written.lines[0][0])


def _one_line(rng: Random) -> PlateText:
    while True:
        written = chinese_texts.draw_text(rng)
        if written.ground and len(written.lines) == 1:
            return written


def build(steps: int | None, folder: Path, target: Path) -> None:
    """Write everything of the province reader that ships into `target`; the checkpoint lies in `folder`.

    It grows on the Chinese plate reader, which must lie in `target`. `steps` None: as many as the recipe says.
    """
    recipe = RECIPE if steps is None else replace(RECIPE, steps=steps)
    torch.manual_seed(recipe.seed)
    provinces = Provinces()
    network = PlateNet(len(provinces.alphabet), GROWN, _STEPS)
    take_over(network, provinces.alphabet, target / _GROWN_FROM, CHINESE.alphabet)
    network = fit(provinces, network, recipe, folder / f"{_STEM}.pt", is_grown=True)
    full, small = folder / f"{_STEM}.float.onnx", target / f"{_STEM}.onnx"
    export.export_float(network, full, *PROVINCE_SIZE)
    faces = provinces.load_faces()
    parts = (provinces.sample(_CALIBRATION_SEED, index, faces).picture for index in range(_CALIBRATION_PICTURES))
    tensors = (part.astype(np.float32)[np.newaxis, np.newaxis] for part in parts)
    export.quantise(full, small, tensors, keep=[last_convolution(full)])  # in int8 it costs two points of a hundred
    known = target / "known" / "province_cn.png"
    if not cv2.imwrite(str(known), render(_TIGHT, _KNOWN_SEED, 0, faces, _KNOWN).picture):
        raise OSError(f"cannot write {known}")
    reader = PlateReader(_entry(small))
    answer = reader.read(decode_gray(known.read_bytes()))
    if answer.text != _KNOWN.label[0]:
        raise ValueError(f"{small} reads its known picture as {answer.text!r}, it shows {_KNOWN.label[0]!r}")
    table = export.table_of(
        provinces.alphabet, small, known, answer.text, answer.confidence, PROVINCE_SIZE, steps=_STEPS
    )
    put_table(target / "manifest.toml", PROVINCE_MODEL, table)
    export.write_metrics(
        target / f"{_STEM}.metrics.json",
        {
            "recipe": asdict(recipe),
            "parameters": sum(weights.numel() for weights in network.parameters()),
            "fonts": [f"{font.package}: {font.file}" for font in PINNED_FONTS + PINNED_HAN_FONTS],
            "versions": {"torch": torch.__version__, "onnxruntime": onnxruntime.__version__, "opencv": cv2.__version__},
            "synthetic_test_pictures": _TEST_PICTURES,
            "synthetic_exact_permille_float": round(1000 * exact_share(network, provinces, _TEST_SEED, _TEST_PICTURES)),
            "synthetic_exact_permille_int8": round(1000 * _int8_share(reader, provinces, faces)),
            "bytes": small.stat().st_size,
        },
    )


def _entry(file: Path) -> ModelEntry:
    return ModelEntry(
        name=PROVINCE_MODEL,
        kind="ctc",
        file=file,
        sha256=sha256_of(file),
        input_shape=(1, 1, *PROVINCE_SIZE),
        output_shape=(1, _STEPS, len(Provinces.alphabet) + 1),
        alphabet=Provinces.alphabet,
        known=KnownAnswer(file, "", 0, 0),
    )


def _int8_share(reader: PlateReader, provinces: Provinces, faces: tuple[Face, ...]) -> float:
    """Share of the same fresh parts that the file that ships reads exactly at one look."""
    samples = (provinces.sample(_TEST_SEED, index, faces) for index in range(_TEST_PICTURES))
    return sum(reader.at_one_look(sample.picture)[0].text == sample.label for sample in samples) / _TEST_PICTURES
