"""Coverage-guided fuzzing of the codecs, each in a process of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.codecs.table import CODECS

_RUNS = re.compile(rb"number_of_executed_units: (\d+)")
_START_S = 60


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """`runs` inputs were tried; `found` is the end of the output if one did harm, else ""."""

    codec: str
    runs: int
    found: str


def fuzz(folder: Path, seconds: int, side_by_side: int, *, each: int = 1) -> Iterator[Fuzzed]:
    """Every `each`th codec of the table for `seconds`; what did harm is left under `folder`."""
    names = [codec.name for codec in CODECS[::each]]
    with ThreadPoolExecutor(side_by_side) as pool:
        yield from pool.map(lambda name: fuzz_one(name, folder / name.replace(" ", "-"), seconds), names)


def fuzz_one(name: str, folder: Path, seconds: int, module: str = "tests.fuzz") -> Fuzzed:
    """One codec by its name in the table."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", module, name, str(seconds), str(folder)]
    run = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds + _START_S, check=False
    )
    runs = _RUNS.search(run.stdout)
    found = "" if run.returncode == 0 else run.stdout.decode("utf-8", "replace")[-1500:]
    return Fuzzed(name, int(runs[1]) if runs else 0, found)
