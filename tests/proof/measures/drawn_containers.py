"""Container numbers on pictures that are drawn: a frozen set of codes, and whole containers of another renderer."""

import csv
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import get_args

from station.core.containers import check_digit
from station.simulate.container_scene import View, container_picture
from station.vision.code_reader import open_code_reader
from station.vision.container_reader import open_container_reader
from station.vision.tensors import decode_gray
from tests.vision.test_code_gate import GATE

_SURE = 900
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Read:
    """Numbers read rightly of `n`; for whole pictures also right size/types, sure wrong ones, median processor time."""

    right: int
    n: int
    sizes: int = 0
    surely_wrong: int = 0
    cpu_ms: float = 0.0


def frozen_codes(manifest: Path) -> Read:
    """The set that gates the reader in the tests."""
    reader = open_code_reader(manifest)
    with (GATE / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    right = 0
    for row in rows:
        gray = decode_gray((GATE / row["path"]).read_bytes())
        right += reader.number([gray], upright=row["upright"] == "1").text == row["text"]
    return Read(right, len(rows))


def whole_pictures(manifest: Path, n: int) -> Read:
    """Three views in turn, numbers drawn by chance."""
    reader = open_container_reader(manifest)
    if reader is None:
        return Read(0, n)
    rng, views = Random(20_279), get_args(View)
    right = sizes = surely_wrong = 0
    taken_ms = []
    for index in range(n):
        owner = "".join(rng.choice(_LETTERS) for _ in range(3)) + "U"
        digits = "".join(rng.choice("0123456789") for _ in range(6))
        number, size = f"{owner}{digits}{check_digit(owner + digits)}", rng.choice(("22G1", "45G1", "42R1"))
        body = container_picture(number, size, views[index % len(views)], seed=index)
        began = time.thread_time()
        seen = reader.read_picture(body)
        taken_ms.append(1000 * (time.thread_time() - began))
        right += seen.text == number
        sizes += seen.size_type == size
        surely_wrong += seen.text != number and seen.confidence >= _SURE
    return Read(right, n, sizes, surely_wrong, statistics.median(taken_ms))
