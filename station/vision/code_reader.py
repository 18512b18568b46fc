"""Read one painted code, a container's number or its size/type: the net's string, and what the standard makes of it."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from drivers.contract.quantities import Permille
from station.vision.code_crop import CODE_COLUMNS, CODE_ROWS, code_tensor, laid_flat
from station.vision.code_forms import best_number, best_size_type, number_beam, number_bonus, size_type_beam
from station.vision.ctc import Candidate, beam, character_shares, log_shares, share_of
from station.vision.manifest import ModelEntry, load_model_entry, refusal
from station.vision.runner import Runner, Scores
from station.vision.tensors import Gray, decode_gray

MODEL = "code-reader"


@dataclass(frozen=True, slots=True)
class CodeText:
    """What one look says: `raw` is the net's own string, `text` the code of the wanted form ("" if there is none).

    Confidences are the net's shares for `text`, in permille; no prior raises them. `evidence` is the logarithm of that
    share with what the standard adds: for a choice between codes of one picture, and nothing else. `heard` is all that
    may be meant, likeliest first.
    """

    raw: str
    text: str
    confidence: Permille
    characters: tuple[Permille, ...]
    evidence: float = -math.inf
    heard: tuple[Candidate, ...] = ()


NO_CODE = CodeText("", "", Permille(0), ())


class ReadsCodes(Protocol):
    """What reads a code that was found: several crops of it, in a line or (`upright`) in a column."""

    entry: ModelEntry

    def number(self, looks: list[Gray], *, upright: bool) -> CodeText:
        """The container number. Raises DeviceFault."""
        ...

    def size_type(self, looks: list[Gray], *, upright: bool) -> CodeText:
        """The size/type code. Raises DeviceFault."""
        ...


class CodeReader:
    """Reads with one loaded model of kind "ctc". At a gate `open_code_reader` proves it first."""

    def __init__(self, entry: ModelEntry) -> None:
        self.entry = entry
        if entry.kind != "ctc" or entry.input_shape != (1, 1, CODE_ROWS, CODE_COLUMNS):
            seen = f"it is of kind {entry.kind} with the input {entry.input_shape}"
            raise refusal(entry.name, f"{seen}, this reader needs ctc and {CODE_ROWS}x{CODE_COLUMNS}")
        self._runner = Runner(entry)

    def number(self, looks: list[Gray], *, upright: bool) -> CodeText:
        """The container number in several crops of one code: what the look with the most evidence for a number says.

        A look that cuts off a character must not outvote one that shows all. Raises DeviceFault if the model's output
        is broken.
        """
        flats = (laid_flat(look, upright=upright, is_number=True) for look in looks)
        return max((self.read_flat(flat) for flat in flats), key=lambda read: read.evidence)

    def size_type(self, looks: list[Gray], *, upright: bool) -> CodeText:
        """The size/type code in several crops of one, in the same way."""
        read = []
        for look in looks:
            scores = self._scores(laid_flat(look, upright=upright, is_number=False))
            heard = size_type_beam(log_shares(scores), self.entry.alphabet)
            read.append(code_text(self._raw(scores), best_size_type(heard), heard))
        return max(read, key=lambda one: one.evidence)

    def read_flat(self, flat: Gray) -> CodeText:
        """The number in one crop that is already of the input's size."""
        scores = self._scores(flat)
        heard = number_beam(log_shares(scores), self.entry.alphabet)
        return code_text(self._raw(scores), best_number(heard), heard)

    def raw(self, flat: Gray) -> str:
        """The net's own string for a crop of the input's size; no form is asked of it."""
        return self._raw(self._scores(flat))

    def _scores(self, flat: Gray) -> Scores:
        scores: Scores = self._runner.run(code_tensor(flat))[0]
        return scores

    def _raw(self, scores: Scores) -> str:
        return beam(log_shares(scores), self.entry.alphabet)[0].text


def code_text(raw: str, chosen: Candidate | None, heard: tuple[Candidate, ...]) -> CodeText:
    """The reading of which `chosen` is told; None if nothing of the wanted form was heard."""
    if chosen is None:
        return CodeText(raw, "", Permille(0), (), heard=heard)
    characters = character_shares(chosen.text, heard)
    return CodeText(
        raw=raw,
        text=chosen.text,
        confidence=_permille(share_of(chosen)),
        characters=tuple(_permille(share) for share in characters),
        evidence=chosen.log_share + number_bonus(chosen.text),
        heard=heard,
    )


def _permille(share: float) -> Permille:
    """Rounded down, so that 1000 means certain and nothing less."""
    return Permille(min(1000, int(share * 1000)))


def open_code_reader(manifest: Path) -> CodeReader:
    """The reader that the manifest lists, after its files matched their hashes and it gave its known answer.

    Raises DeviceFault("bad-model") naming what is wrong otherwise.
    """
    entry = load_model_entry(manifest, MODEL)
    reader, known = CodeReader(entry), entry.known
    seen = reader.read_flat(decode_gray(known.picture.read_bytes()))
    if seen.text != known.text or abs(seen.confidence - known.confidence) > known.tolerance:
        raise refusal(
            entry.name,
            f"its known answer is {known.text} at {known.confidence} +- {known.tolerance} permille, "
            f"it read {seen.text or 'nothing'} at {seen.confidence}",
        )
    return reader
