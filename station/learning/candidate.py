"""What a tune leaves behind: a folder of one model with its manifest, its figures and plates to test it on."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from station.learning.refusal import LearningRefused
from station.vision.tensors import Gray, decode_gray

STEM: Final = "plate_reader_site"
METRICS: Final = f"{STEM}.metrics.json"
MANIFEST: Final = "manifest.toml"
SYNTHETIC: Final = "synthetic"
INDEX: Final = "index.csv"


@dataclass(frozen=True, slots=True)
class Candidate:
    """The folder and the id of the key whose collection taught it."""

    folder: Path
    collection: str

    @property
    def manifest(self) -> Path:
        """Lists the candidate alone."""
        return self.folder / MANIFEST

    def synthetic(self) -> list[tuple[Gray, str]]:
        """The rendered plates that it never saw either, with their texts. Raises LearningRefused, PictureUnfit."""
        index = self.folder / SYNTHETIC / INDEX
        try:
            with index.open(encoding="utf-8", newline="") as file:
                rows = [(row["path"], row["text"]) for row in csv.DictReader(file)]
        except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
            raise LearningRefused("no-candidate", str(index), type(error).__name__) from error
        if not rows:
            raise LearningRefused("no-candidate", str(index), "no plate")
        return [(decode_gray((index.parent / path).read_bytes()), text) for path, text in rows]


def open_candidate(folder: Path, key_id: str) -> Candidate:
    """The candidate in `folder`, which must have been taught by the collection of this key. Raises LearningRefused."""
    try:
        metrics: dict[str, Any] = json.loads((folder / METRICS).read_text(encoding="utf-8"))
        taught_by = str(metrics["collection"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LearningRefused("no-candidate", str(folder / METRICS), type(error).__name__) from error
    if taught_by != key_id:
        raise LearningRefused("candidate-elsewhere", str(folder), f"taught by {taught_by}, not {key_id}")
    return Candidate(folder, taught_by)
