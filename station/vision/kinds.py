"""The families of models that may be entered in the manifest, and what each must look like.

| kind | input | output | its answer |
|---|---|---|---|
| ctc | float [1, 1, rows, columns], gray 0..255 | [1, steps, alphabet + blank] | a text |
| slots | uint8 [1, rows, columns, 1 or 3], gray or RGB | shares [1, slots, alphabet], the pad is one of it | a text |
| boxes | float [1, 3, rows, columns], RGB 0..1, letterboxed | [any, 7]: batch, x1, y1, x2, y2, class, score | boxes |
| heat-map | float [1, 1, rows, columns], gray 0..255 | [1, channels, rows / cell, columns / cell] | boxes |

"slots" are the models of fast-plate-ocr, "boxes" the end-to-end YOLOv9 of open-image-models (both from their published
sources, as of 2026); "heat-map" is our own finder. Sizes are checked here, meanings in the file of each kind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["ctc", "slots", "boxes", "heat-map"]
"""How the output is to be understood."""

KINDS: tuple[Kind, ...] = get_args(Kind)

ANY = 0
"""In a shape of the manifest: a size that changes from run to run."""

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """What the manifest states of a model."""

    input: Shape
    output: Shape
    alphabet: str
    pad: str


@dataclass(frozen=True, slots=True)
class Family:
    """What a kind demands. `misfit` says what does not fit, "" if all does."""

    input_type: Literal["tensor(float)", "tensor(uint8)"]
    answer: Literal["text", "box"]
    misfit: Callable[[Stated], str]


def _ctc(model: Stated) -> str:
    if not _is_picture(model.input, channels_at=1, channels=(1,)):
        return f"a ctc model takes [1, 1, rows, columns], not {model.input}"
    if len(model.output) != 3 or model.output[0] != 1 or model.output[2] != len(model.alphabet) + 1:
        return f"{len(model.alphabet)} characters and a blank do not fit the output {model.output}"
    return ""


def _slots(model: Stated) -> str:
    if not _is_picture(model.input, channels_at=3, channels=(1, 3)):
        return f"a slots model takes [1, rows, columns, 1 or 3], not {model.input}"
    if len(model.pad) != 1 or model.pad not in model.alphabet:
        return f"its pad {model.pad!r} is no character of its alphabet"
    if len(model.output) != 3 or model.output[0] != 1 or ANY in model.output or model.output[2] != len(model.alphabet):
        return f"an alphabet of {len(model.alphabet)} characters does not fit the output {model.output}"
    return ""


def _boxes(model: Stated) -> str:
    if not _is_picture(model.input, channels_at=1, channels=(3,)):
        return f"a boxes model takes [1, 3, rows, columns], not {model.input}"
    return "" if model.output == (ANY, 7) else f"a boxes model gives [{ANY}, 7], not {model.output}"


def _heat_map(model: Stated) -> str:
    if not _is_picture(model.input, channels_at=1, channels=(1,)):
        return f"a heat-map model takes [1, 1, rows, columns], not {model.input}"
    if len(model.output) != 4 or model.output[0] != 1:
        return f"a heat-map model gives [1, channels, rows, columns], not {model.output}"
    return ""


def _is_picture(shape: Shape, channels_at: int, channels: tuple[int, ...]) -> bool:
    """One picture of a fixed size with one of these numbers of channels."""
    return len(shape) == 4 and shape[0] == 1 and ANY not in shape and shape[channels_at] in channels


FAMILIES: dict[Kind, Family] = {
    "ctc": Family("tensor(float)", "text", _ctc),
    "slots": Family("tensor(uint8)", "text", _slots),
    "boxes": Family("tensor(float)", "box", _boxes),
    "heat-map": Family("tensor(float)", "box", _heat_map),
}
