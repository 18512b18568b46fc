"""The gate set as a collection, and two readers: the shipped one, and one that reads the same on every picture."""

import csv
import json
import shutil
from pathlib import Path

from station.learning.candidate import INDEX, METRICS, SYNTHETIC
from station.learning.collection import Collection, origin_of
from station.vision.tensors import decode_gray, load_picture
from tests.learning.made import NOW_MS
from tests.vision.foreign_models import folder_with, slots_lines, slots_model, slots_shares
from tests.vision.models_folder import copy_of_reader

GATE = Path(__file__).parents[1] / "data" / "gate"
READER = "plate-reader"


def gate_rows() -> list[tuple[Path, str]]:
    """Picture and text of each plate of the frozen set; every text stands once."""
    with (GATE / "plates" / "index.csv").open(encoding="utf-8", newline="") as file:
        return [(GATE / row["path"], row["text"]) for row in csv.DictReader(file)]


def gate_collection(folder: Path) -> Collection:
    """All of them, as if a lane had seen them."""
    collection = Collection.begin(folder / "site", folder / "site.key")
    for path, text in gate_rows():
        cut = decode_gray(load_picture(path, ""))
        collection.put(cut, origin_of(cut, text, "declaration", "", NOW_MS), path.name)
    return collection


def constant_reader(folder: Path) -> Path:
    """A folder of models whose Vietnamese reader says the same whatever it is shown."""
    folder.mkdir()
    folder_with(folder, READER, slots_model(slots_shares("12C04567")), slots_lines())
    return folder


def good_reader(folder: Path) -> Path:
    """A copy of the shipped reader alone."""
    folder.mkdir()
    return copy_of_reader(folder)


def as_candidate(folder: Path, key_id: str, rendered: int = 20) -> Path:
    """Make a candidate of a models' folder: figures, and plates to test what was known before."""
    (folder / METRICS).write_text(json.dumps({"collection": key_id}), encoding="utf-8")
    drawn = folder / SYNTHETIC
    drawn.mkdir()
    lines = ["path,text"]
    for path, text in gate_rows()[:rendered]:
        shutil.copy(path, drawn / path.name)
        lines.append(f"{path.name},{text}")
    (drawn / INDEX).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
