"""Read one plate: the net's own string, the text after the grammar prior, and integer confidences.

Several readers may look at one plate, each with the letters of its countries; one reading goes out, as it was read.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.contract.quantities import Permille
from station.core.plates import classify
from station.vision.ctc import beam, character_shares, greedy, log_shares, prefer, share_of
from station.vision.manifest import ModelEntry, load_model_entry, model_hashes, refusal
from station.vision.runner import Runner
from station.vision.tensors import INPUT_COLUMNS, INPUT_ROWS, Gray, decode_gray, to_tensor

MODEL = "plate-reader"
CHINESE_MODEL = "plate-reader-cn"
FURTHER_MODELS = (CHINESE_MODEL,)
"""Readers for the letters of other countries, asked where the manifest lists them."""

GRAMMAR_BONUS = 4.0
"""What fitting a known plate grammar is worth, in natural-log units (a factor of about 50)."""


@dataclass(frozen=True, slots=True)
class PlateText:
    """One picture's reading. `raw` is the net's own string; confidences are the net's shares for `text`, in permille.

    `model` is the sha256 of the file that read, "" where there was no plate to read. The prior chooses among texts but
    never raises a confidence: a text the net itself doubts stays doubtful.
    """

    raw: str
    text: str
    confidence: Permille
    characters: tuple[Permille, ...]
    model: str = ""


class PlateReader:
    """Reads with one loaded model. At a gate it comes from `open_plate_reader`, which proves it first."""

    def __init__(self, entry: ModelEntry) -> None:
        self.entry = entry
        if entry.input_shape != (1, 1, INPUT_ROWS, INPUT_COLUMNS):
            raise refusal(
                entry.name, f"its input is {entry.input_shape}, this reader feeds {INPUT_ROWS}x{INPUT_COLUMNS}"
            )
        self._runner = Runner(entry)

    def read(self, plate: Gray) -> PlateText:
        """The reading of a crop of any size. Raises DeviceFault if the model's output is broken."""
        shares = log_shares(self._runner.run(to_tensor(plate))[0])
        candidates = beam(shares, self.entry.alphabet)
        chosen = prefer(candidates, _grammar_bonus)
        characters = character_shares(chosen.text, candidates)
        return PlateText(
            raw=greedy(shares, self.entry.alphabet),
            text=chosen.text,
            confidence=_permille(share_of(chosen)) if chosen.text else Permille(0),
            characters=tuple(_permille(share) for share in characters),
            model=self.entry.sha256,
        )


class PlateReaders:
    """The Vietnamese reader first, then those for further letters: all look at each plate."""

    def __init__(self, readers: Sequence[PlateReader]) -> None:
        self._readers = tuple(readers)
        self.entries = tuple(reader.entry for reader in readers)
        self._letters = tuple(frozenset(reader.entry.alphabet) for reader in readers)

    def read(self, plate: Gray) -> PlateText:
        """The one reading of a crop of any size. Raises DeviceFault if a model's output is broken."""
        return choose([reader.read(plate) for reader in self._readers], self._letters)


def choose(readings: Sequence[PlateText], letters: Sequence[frozenset[str]]) -> PlateText:
    """One of the readings of a plate, unchanged; `letters` are what each reader knows, in the same order.

    A further reader is heard only where it read a letter that no reader before it knows: otherwise the plate is not
    its country's. Among those heard the greatest evidence wins, the earlier one of equals. Evidence is the reader's own
    confidence and what fitting a plate grammar is worth; no reader's confidence depends on another's.
    """
    heard = [
        reading
        for place, reading in enumerate(readings)
        if place == 0 or not frozenset(reading.text) <= frozenset().union(*letters[:place])
    ]
    return max(heard, key=_evidence)


def _evidence(reading: PlateText) -> float:
    return math.log(max(reading.confidence, 1)) + (_grammar_bonus(reading.text) if reading.text else 0.0)


def open_plate_reader(manifest: Path) -> PlateReaders:
    """Every plate reader that the manifest lists, after its files matched their hashes and it gave its known answer.

    The Vietnamese one must be listed. Raises DeviceFault("bad-model") naming what is wrong otherwise.
    """
    readers = [_open(manifest, MODEL)]
    listed = {name for name, _ in model_hashes(manifest)}
    for name in FURTHER_MODELS:
        if name in listed:
            known = frozenset("".join(reader.entry.alphabet for reader in readers))
            readers.append(_open(manifest, name))
            if frozenset(readers[-1].entry.alphabet) <= known:
                raise refusal(name, "its alphabet has no letter of its own, so it would never be heard")
    return PlateReaders(readers)


def _open(manifest: Path, name: str) -> PlateReader:
    entry = load_model_entry(manifest, name)
    reader = PlateReader(entry)
    known = entry.known
    seen = reader.read(decode_gray(known.picture.read_bytes()))
    if seen.text != known.text or abs(seen.confidence - known.confidence) > known.tolerance:
        raise refusal(
            name,
            f"its known answer is {known.text} at {known.confidence} +- {known.tolerance} permille, "
            f"it read {seen.text or 'nothing'} at {seen.confidence}",
        )
    return reader


def _grammar_bonus(text: str) -> float:
    return GRAMMAR_BONUS if classify(text) != "UNKNOWN" else 0.0


def _permille(share: float) -> Permille:
    """Rounded down, so that 1000 means certain and nothing less."""
    return Permille(min(1000, int(share * 1000)))
