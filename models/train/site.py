"""Tune the Vietnamese reader on a site's own crops: `python -m models.train.site`, started by `station learn tune`.

Half of what it is shown are crops of the site, lightly altered; half are fresh rendered plates, so that nothing is
forgotten. The held-out vehicles are never opened for it. Seeded, stopped by steps. Crops are opened in memory alone;
what is written holds weights, figures and rendered plates. Exit codes: 0 done, 69 a font is missing, 1 refused.
"""

from __future__ import annotations

import argparse
import csv
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import torch

from models.train import export
from models.train.eyes import take_over
from models.train.fit import Recipe, fit
from models.train.fonts import MissingFontError, font_paths
from models.train.manifest_file import put_table, sha256_of
from models.train.network import WIDE, PlateNet
from models.train.render import VIETNAMESE, Sample
from models.train.site_plates import SITE_SHARE, SitePlates
from station.learning.candidate import INDEX, MANIFEST, METRICS, STEM, SYNTHETIC
from station.learning.collection import Collection
from station.learning.parts import Parts, split, vehicles
from station.learning.refusal import LearningRefused
from station.trust.data_key import DataKey
from station.vision.ctc import beam, log_shares
from station.vision.manifest import ModelEntry, load_model_entry
from station.vision.plate_reader import MODEL, PlateReader
from station.vision.tensors import Tensor, decode_gray, to_tensor

_BATCH = 32
_PEAK_RATE = 1e-4  # at 4e-4 a twentieth of the rendered plates was forgotten (docs/decisions/0028)
_CALIBRATION_SEED = 78_002
_CALIBRATION_CROPS = 256
_SYNTHETIC_SEED = 78_003
_SYNTHETIC_PLATES = 500


def main(arguments: Sequence[str]) -> int:
    """Exit codes: 0 done, 69 a font is missing (named), 1 refused (said on standard error)."""
    parser = argparse.ArgumentParser(prog="python -m models.train.site", description=(__doc__ or "").split("\n")[0])
    for name in ("--collection", "--key", "--models", "--target"):
        parser.add_argument(name, type=Path, required=True)
    for name in ("--steps", "--seed"):
        parser.add_argument(name, type=int, required=True)
    options = parser.parse_args(arguments)
    try:
        font_paths()
        collection = Collection(options.collection, DataKey.load(options.key))
        tune(collection, options.models, options.target, options.steps, options.seed)
    except MissingFontError as error:
        print(error, file=sys.stderr)
        return 69
    except LearningRefused as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def tune(collection: Collection, models: Path, target: Path, steps: int, seed: int) -> None:
    """Write the candidate into the new folder `target`; nothing is left of it if anything fails. Raises as `main`."""
    target.mkdir(parents=True)
    try:
        _tune(collection, models, target, steps, seed)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _tune(collection: Collection, models: Path, target: Path, steps: int, seed: int) -> None:
    cv2.setNumThreads(1)
    parts = split(collection.crops(), collection.key)
    shipped = load_model_entry(models / MANIFEST, MODEL)
    plates = SitePlates(parts.teaching)
    network = _started(shipped)
    recipe = Recipe(seed=seed, steps=steps, batch=_BATCH, peak_rate=_PEAK_RATE, half=_is_half_fast())
    with tempfile.TemporaryDirectory() as scratch:
        network = fit(plates, network, recipe, Path(scratch) / "site.pt", is_grown=True)
        full, small = Path(scratch) / "site.onnx", target / f"{STEM}.onnx"
        export.export_float(network, full, export.INPUT_ROWS, export.INPUT_COLUMNS)
        export.quantise(full, small, _calibration(parts))
    _enter(shipped, small, target)
    _draw_synthetic(plates, target / SYNTHETIC)
    metrics: dict[str, object] = {
        "collection": collection.key.key_id,
        "grown_from": shipped.sha256,
        "recipe": asdict(recipe),
        "site_share": SITE_SHARE,
        "teaching_crops": len(parts.teaching),
        "teaching_vehicles": vehicles(parts.teaching),
        "held_out_crops": len(parts.held_out),
        "held_out_vehicles": vehicles(parts.held_out),
        "cpu_seconds": round(_cpu_seconds()),
        "bytes": small.stat().st_size,
        "sha256": sha256_of(small),
    }
    export.write_metrics(target / METRICS, metrics)
    (target / "cards").mkdir()
    (target / "cards" / f"{STEM}.md").write_text(_card(metrics), encoding="utf-8")


def _started(shipped: ModelEntry) -> PlateNet:
    """The network with the weights of the shipped file. Raises LearningRefused if that is none of our own readers."""
    if shipped.kind != "ctc" or shipped.alphabet != VIETNAMESE.alphabet:
        raise LearningRefused("reader-not-ours", str(shipped.file), f"{shipped.kind}, {len(shipped.alphabet)} letters")
    torch.manual_seed(0)
    network = PlateNet(len(shipped.alphabet), WIDE)
    take_over(network, shipped.alphabet, shipped.file, shipped.alphabet)
    picture = torch.from_numpy(to_tensor(decode_gray(shipped.known.picture.read_bytes())))
    with torch.no_grad():
        scores = network.eval()(picture).numpy()[0]
    said = beam(log_shares(scores), shipped.alphabet)[0].text
    if said != shipped.known.text:
        raise LearningRefused("reader-not-ours", str(shipped.file), "its weights do not fit our network")
    return network


def _is_half_fast() -> bool:
    """Whether this processor computes in bfloat16 itself; where it is only emulated, single precision is quicker."""
    return "avx512_bf16" in Path("/proc/cpuinfo").read_text(encoding="utf-8").split()


def _calibration(parts: Parts) -> Iterable[Tensor]:
    yield from export.calibration_plates(VIETNAMESE, _CALIBRATION_SEED)
    for one in parts.teaching[:_CALIBRATION_CROPS]:
        yield to_tensor(one.picture)


def _enter(shipped: ModelEntry, small: Path, target: Path) -> None:
    """The candidate's manifest: the shipped reader's known picture, with the candidate's own answer."""
    known = target / "known" / f"{STEM}.png"
    known.parent.mkdir()
    shutil.copyfile(shipped.known.picture, known)
    entry = replace(shipped, file=small, sha256=sha256_of(small))
    answer = PlateReader(entry).read(decode_gray(known.read_bytes()))
    if answer.text != shipped.known.text:
        raise LearningRefused("training-failed", str(small), "it no longer reads its known picture")
    table = export.table_of(shipped.alphabet, small, known, answer.text, answer.confidence)
    put_table(target / MANIFEST, MODEL, table)


def _draw_synthetic(plates: SitePlates, folder: Path) -> None:
    """Rendered plates of a seed of their own, for the comparison."""
    folder.mkdir()
    with (folder / INDEX).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("path", "text"))
        for name, sample in _synthetic(plates):
            if not cv2.imwrite(str(folder / name), sample.picture):
                raise OSError(f"cannot write {folder / name}")
            writer.writerow((name, sample.label))


def _synthetic(plates: SitePlates) -> Iterator[tuple[str, Sample]]:
    faces, index, drawn = plates.load_faces(), 0, 0
    while drawn < _SYNTHETIC_PLATES:
        sample = plates.rendered.sample(_SYNTHETIC_SEED, index, faces)
        index += 1
        if sample.label:  # pictures without a plate say nothing of reading
            yield f"{drawn:04}.png", sample
            drawn += 1


def _cpu_seconds() -> float:
    """Processor time of this process and of its worker that draws the samples."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def _card(metrics: dict[str, object]) -> str:
    return f"""# Plate reader tuned on this site's own crops

Grown from the reader {str(metrics["grown_from"])[:12]} with {metrics["teaching_crops"]} crops of
{metrics["teaching_vehicles"]} vehicles of this site, and as many rendered plates. {metrics["held_out_crops"]} crops of
{metrics["held_out_vehicles"]} other vehicles were kept apart; `station learn compare` says what it is worth on them.
It is for the cameras of this site alone and never leaves the station: it was taught with personal data.
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
