"""Read one plate: the net's own string, the text after the grammar prior, and integer confidences."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.contract.quantities import Permille
from station.core.plates import classify
from station.vision.ctc import Candidate, beam, character_shares, log_shares, prefer, share_of, together
from station.vision.kinds import FAMILIES
from station.vision.looks import chinese_looks, looks, province_looks
from station.vision.manifest import ModelEntry, load_model_entry, refusal
from station.vision.runner import Runner
from station.vision.slots import are_shares, slots_beam, slots_tensor
from station.vision.tensors import INPUT_COLUMNS, INPUT_ROWS, Gray, decode_gray, to_tensor

MODEL: Final = "plate-reader"
CHINESE_MODEL: Final = "plate-reader-cn"
PROVINCE_MODEL: Final = "province-reader-cn"
"""Reads one character: the province of a Chinese plate of one line."""
PROVINCE_SIZE: Final = (64, 64)

GRAMMAR_BONUS = 4.0
"""What fitting a known plate grammar is worth, in natural-log units (a factor of about 50)."""

_LOOKS: dict[str, Callable[[Gray], tuple[Gray, ...]]] = {
    MODEL: looks,
    CHINESE_MODEL: chinese_looks,
    PROVINCE_MODEL: province_looks,
}


@dataclass(frozen=True, slots=True)
class PlateText:
    """One picture's reading. `raw` is the net's own string; confidences are the net's shares for `text`, in permille.

    `model` is the sha256 of the file that read (of two: "+" between them), "" where there was no plate to read. The
    prior chooses among texts but never raises a confidence: a text the net itself doubts stays doubtful.
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
        if FAMILIES[entry.kind].answer != "text":
            raise refusal(entry.name, f"it is of kind {entry.kind}, which reads no text")
        rows, columns = PROVINCE_SIZE if entry.name == PROVINCE_MODEL else (INPUT_ROWS, INPUT_COLUMNS)
        if entry.kind == "ctc" and entry.input_shape != (1, 1, rows, columns):
            raise refusal(entry.name, f"its input is {entry.input_shape}, this reader feeds {rows}x{columns}")
        self._runner = Runner(entry)

    def read(self, plate: Gray) -> PlateText:
        """The reading of a crop of any size. Raises DeviceFault if the model's output is broken."""
        return plate_text(self.likely(plate), self.entry.sha256)

    def likely(self, plate: Gray) -> tuple[Candidate, ...]:
        """The texts that all looks may mean, most likely first; no grammar yet.

        Each country's reader has its own looks; any other model sees the crop as it is.
        """
        seen = _LOOKS[self.entry.name](plate) if self.entry.name in _LOOKS else (plate,)
        return together([self.at_one_look(look) for look in seen])

    def at_one_look(self, look: Gray) -> tuple[Candidate, ...]:
        """The texts that the picture may mean, as it is."""
        return self._slots(look) if self.entry.kind == "slots" else self._ctc(look)

    def _ctc(self, plate: Gray) -> tuple[Candidate, ...]:
        rows, columns = self.entry.input_shape[2:]
        return beam(log_shares(self._runner.run(to_tensor(plate, rows, columns))[0]), self.entry.alphabet)

    def _slots(self, plate: Gray) -> tuple[Candidate, ...]:
        entry = self.entry
        shares = self._runner.run(slots_tensor(plate, entry.input_shape))[0]
        if not are_shares(shares):
            raise refusal(entry.name, "its slots hold no shares; export it with its last softmax")
        return slots_beam(shares, entry.alphabet, entry.pad)


def plate_text(candidates: tuple[Candidate, ...], model: str = "") -> PlateText:
    """The reading that the grammar prior makes of the candidates of the reader whose file has the sha256 `model`."""
    chosen = prefer(candidates, grammar_bonus)
    characters = character_shares(chosen.text, candidates)
    return PlateText(
        raw=candidates[0].text,
        text=chosen.text,
        confidence=_permille(share_of(chosen)) if chosen.text else Permille(0),
        characters=tuple(_permille(share) for share in characters),
        model=model,
    )


def open_plate_reader(manifest: Path, name: str = MODEL) -> PlateReader:
    """The reader that the manifest lists as `name`, after its files matched their hashes and it gave its known answer.

    Raises DeviceFault("bad-model") naming what is wrong otherwise.
    """
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


def grammar_bonus(text: str) -> float:
    """What a normalised text gains by fitting a known grammar, in natural-log units."""
    return GRAMMAR_BONUS if classify(text) != "UNKNOWN" else 0.0


def _permille(share: float) -> Permille:
    """Rounded down, so that 1000 means certain and nothing less."""
    return Permille(min(1000, int(share * 1000)))
