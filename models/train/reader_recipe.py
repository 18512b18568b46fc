"""The recipes of the plate readers: train, quantise, measure, write what ships."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import onnxruntime
import torch

from models.train import export
from models.train.eyes import take_over
from models.train.fit import Recipe, exact_share, fit
from models.train.fonts import PINNED_FONTS, PINNED_HAN_FONTS, PinnedFont
from models.train.manifest_file import put_table, sha256_of
from models.train.network import GROWN, WIDE, Plan, PlateNet
from models.train.render import CHINESE, VIETNAMESE, Plates, render
from models.train.texts import PlateText
from station.vision.manifest import KnownAnswer, ModelEntry
from station.vision.plate_reader import CHINESE_MODEL, MODEL, PlateReader
from station.vision.tensors import decode_gray

_TEST_SEED = 77_001
_CALIBRATION_SEED = 77_002
_TEST_PICTURES = 500


@dataclass(frozen=True, slots=True)
class ReaderRecipe:
    """One reader: its name in the manifest, the stem of its files, what it learns and what it must know.

    `grown_from` is the file of a shipped Vietnamese reader whose eyes it keeps; "" starts from nothing. With `freed`
    those eyes learn too, from the last step of `recipe` to that of `freed`.
    """

    model: str
    stem: str
    known_picture: str
    plates: Plates
    plan: Plan
    recipe: Recipe
    known: PlateText
    known_seed: int
    fonts: tuple[PinnedFont, ...]
    grown_from: str = ""
    freed: Recipe | None = None


_VIETNAMESE = ReaderRecipe(
    model=MODEL,
    stem="plate_reader",
    known_picture="plate.png",
    plates=VIETNAMESE,
    plan=WIDE,
    recipe=Recipe(),
    known=PlateText(("12C-045.67",)),
    known_seed=3,
    fonts=PINNED_FONTS,
)
_CHINESE = ReaderRecipe(
    model=CHINESE_MODEL,
    stem="plate_reader_cn",
    known_picture="plate_cn.png",
    plates=CHINESE,
    plan=GROWN,
    recipe=Recipe(seed=20_261, steps=4_000, batch=64, peak_rate=2e-3, half=False),
    known=PlateText(("云G.12345",), "blue"),
    known_seed=9,
    fonts=PINNED_FONTS + PINNED_HAN_FONTS,
    grown_from="plate_reader.onnx",
    freed=Recipe(seed=20_261, steps=6_000, batch=64, peak_rate=2e-3, half=False),
)


def build_vietnamese(steps: int | None, folder: Path, target: Path) -> None:
    """Write everything of the Vietnamese reader that ships into `target`; the checkpoint lies in `folder`.

    `steps` None: as many as the recipe says.
    """
    _build(_VIETNAMESE, steps, folder, target)


def build_chinese(steps: int | None, folder: Path, target: Path) -> None:
    """The same for the Chinese reader; it grows on the Vietnamese one, which must lie in `target`."""
    _build(_CHINESE, steps, folder, target)


def _build(ours: ReaderRecipe, steps: int | None, folder: Path, target: Path) -> None:
    recipe, last = ours.recipe, ours.freed or ours.recipe
    if steps is not None:
        recipe, last = replace(recipe, steps=min(steps, recipe.steps)), replace(last, steps=steps)
    source = target / ours.grown_from if ours.grown_from else None
    torch.manual_seed(recipe.seed)
    network = PlateNet(len(ours.plates.alphabet), ours.plan)
    if source is not None:
        take_over(network, ours.plates.alphabet, source, VIETNAMESE.alphabet)
    network = fit(ours.plates, network, recipe, folder / f"{ours.stem}.pt", source)
    if last.steps > recipe.steps:
        network = fit(ours.plates, network, last, folder / f"{ours.stem}.pt", is_grown=True)
    full, small = folder / f"{ours.stem}.float.onnx", target / f"{ours.stem}.onnx"
    export.export_float(network, full, export.INPUT_ROWS, export.INPUT_COLUMNS)
    export.quantise(full, small, export.calibration_plates(ours.plates, _CALIBRATION_SEED))
    known = target / "known" / ours.known_picture
    export.write_known_picture(ours.plates, ours.known, ours.known_seed, known)
    reader = PlateReader(_entry(ours, small))
    answer = reader.read(decode_gray(known.read_bytes()))
    if answer.text != ours.known.label:
        raise ValueError(f"{small} reads its known picture as {answer.text!r}, it shows {ours.known.label!r}")
    table = export.table_of(ours.plates.alphabet, small, known, answer.text, answer.confidence)
    put_table(target / "manifest.toml", ours.model, table)
    export.write_metrics(
        target / f"{ours.stem}.metrics.json",
        {
            "recipe": asdict(recipe),
            "freed": None if ours.freed is None else asdict(last),
            "parameters": sum(weights.numel() for weights in network.parameters()),
            "fonts": [f"{font.package}: {font.file}" for font in ours.fonts],
            "versions": {"torch": torch.__version__, "onnxruntime": onnxruntime.__version__, "opencv": cv2.__version__},
            "synthetic_test_pictures": _TEST_PICTURES,
            "synthetic_exact_permille_float": round(
                1000 * exact_share(network, ours.plates, _TEST_SEED, _TEST_PICTURES)
            ),
            "synthetic_exact_permille_int8": round(1000 * _int8_share(reader, ours.plates)),
            "bytes": small.stat().st_size,
        },
    )


def _entry(ours: ReaderRecipe, file: Path) -> ModelEntry:
    return ModelEntry(
        name=ours.model,
        kind="ctc",
        file=file,
        sha256=sha256_of(file),
        input_shape=(1, 1, export.INPUT_ROWS, export.INPUT_COLUMNS),
        output_shape=(1, export.STEPS, len(ours.plates.alphabet) + 1),
        alphabet=ours.plates.alphabet,
        known=KnownAnswer(file, "", 0, 0),
    )


def _int8_share(reader: PlateReader, plates: Plates) -> float:
    """Share of the same fresh plates that the file that ships reads exactly (the net's own string)."""
    faces = plates.load_faces()
    samples = (render(plates, _TEST_SEED, index, faces) for index in range(_TEST_PICTURES))
    return sum(reader.read(sample.picture).raw == sample.label for sample in samples) / _TEST_PICTURES
