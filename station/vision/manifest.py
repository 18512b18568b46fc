"""The list of models that may run, each bound to its file by hash, shape and alphabet.

`models/manifest.toml`, one table per model::

    [model.plate-reader]
    kind = "ctc"                    # scores per step; the blank is the class after the alphabet's last
    file = "plate_reader.onnx"      # beside the manifest
    sha256 = "..."
    input = [1, 1, 64, 128]
    output = [1, 64, 37]
    alphabet = "0123..."
    known_picture = "known/plate.png"
    known_sha256 = "..."
    known_text = "12C04567"
    known_confidence = 990          # permille
    known_tolerance = 100           # permille

`station.vision.kinds` lists the kinds. In a shape, 0 stands for a size that changes from run to run. A "slots" model
also names its `pad`; a model that answers with boxes has no alphabet, and in the place of `known_text` stands
`known_box = [x, y, width, height]` in pixels of the known picture. `opset`, if given, must be the file's own.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.contract.faults import DeviceFault
from station.vision.kinds import FAMILIES, KINDS, Kind, Stated
from station.vision.onnx_opset import opset_of

_NEXT_STEP = "put back the released models folder, or enter the model anew with its own hash and known answer"


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """A picture whose answer is known: its text, or the box in it (x, y, width, height), as the kind has it.

    Confidence in permille, accepted within +- `tolerance`.
    """

    picture: Path
    text: str
    confidence: int
    tolerance: int
    box: tuple[int, int, int, int] = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One verified model: its file has the stated hash. Shapes are what its input and output must have."""

    name: str
    kind: Kind
    file: Path
    sha256: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    alphabet: str
    known: KnownAnswer
    pad: str = ""


def refusal(model: str, seen: str) -> DeviceFault:
    """The fault that refuses a model by name."""
    return DeviceFault("bad-model", f"model {model}", seen, _NEXT_STEP)


def load_model_entry(manifest: Path, name: str) -> ModelEntry:
    """The entry `name` of a manifest, its files checked against their hashes. Raises DeviceFault("bad-model")."""
    table = _table(manifest, name)
    entry = _entry(manifest.parent, name, table)
    model = _verified(name, entry.file, entry.sha256)
    _verified(name, entry.known.picture, _text(name, table, "known_sha256"))
    _check_alphabet(entry)
    stated = Stated(entry.input_shape, entry.output_shape, entry.alphabet, entry.pad)
    misfit = FAMILIES[entry.kind].misfit(stated)
    if misfit:
        raise refusal(name, misfit)
    if "opset" in table and (opset := opset_of(model)) != _integer(name, table, "opset"):
        raise refusal(name, f"{entry.file} was written for opset {opset}, the manifest names {table['opset']}")
    return entry


def _check_alphabet(entry: ModelEntry) -> None:
    if FAMILIES[entry.kind].answer == "text" and (
        not entry.alphabet or len(set(entry.alphabet)) != len(entry.alphabet)
    ):
        raise refusal(entry.name, f"the alphabet {entry.alphabet!r} is empty or names a character twice")


def model_hashes(manifest: Path) -> tuple[tuple[str, str], ...]:
    """(name, sha256) of every listed model, by name, as the manifest states them; the files are not opened.

    Raises DeviceFault("bad-model").
    """
    models = _models(manifest, "list")
    return tuple((name, _text(name, _table(manifest, name), "sha256")) for name in sorted(models))


def _models(manifest: Path, name: str) -> dict[str, Any]:
    """The table of models; `name` is the model to blame when there is none."""
    try:
        body = tomllib.loads(manifest.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise refusal(name, f"there is no manifest at {manifest}") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise refusal(name, f"the manifest {manifest} cannot be read: {error}") from error
    models = body.get("model")
    return models if isinstance(models, dict) else {}


def _table(manifest: Path, name: str) -> dict[str, Any]:
    models = _models(manifest, name)
    table = models.get(name)
    if not isinstance(table, dict):
        listed = ", ".join(sorted(models)) or "none"
        raise refusal(name, f"the manifest {manifest} has no such model; it lists: {listed}")
    return table


def _entry(folder: Path, name: str, table: dict[str, Any]) -> ModelEntry:
    kind = _kind(name, table)
    is_text = FAMILIES[kind].answer == "text"
    return ModelEntry(
        name=name,
        kind=kind,
        file=_beside(name, folder, _text(name, table, "file")),
        sha256=_text(name, table, "sha256"),
        input_shape=_shape(name, table, "input"),
        output_shape=_shape(name, table, "output"),
        alphabet=_text(name, table, "alphabet") if is_text else "",
        known=KnownAnswer(
            picture=_beside(name, folder, _text(name, table, "known_picture")),
            text=_text(name, table, "known_text") if is_text else "",
            confidence=_integer(name, table, "known_confidence"),
            tolerance=_integer(name, table, "known_tolerance"),
            box=(0, 0, 0, 0) if is_text else _box(name, table, "known_box"),
        ),
        pad=_text(name, table, "pad") if kind == "slots" else "",
    )


def _kind(name: str, table: dict[str, Any]) -> Kind:
    said = _text(name, table, "kind")
    for kind in KINDS:
        if kind == said:
            return kind
    raise refusal(name, f"unknown kind {said!r}; known: {', '.join(KINDS)}")


def _verified(name: str, path: Path, expected: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise refusal(name, f"{path} cannot be read: {error.strerror}") from error
    actual = hashlib.sha256(data).hexdigest()
    if actual != expected:
        raise refusal(name, f"{path} has sha256 {actual}, the manifest names {expected}")
    return data


def _beside(name: str, folder: Path, file: str) -> Path:
    """A path within the manifest's folder; anything that leads out of it is refused."""
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()):
        raise refusal(name, f"{file!r} leads out of the folder of the manifest")
    return path


def _text(name: str, table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str):
        raise refusal(name, f"{key} must be a text, it is {value!r}")
    return value


def _integer(name: str, table: dict[str, Any], key: str) -> int:
    value = table.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise refusal(name, f"{key} must be a whole number, it is {value!r}")
    return value


def _shape(name: str, table: dict[str, Any], key: str) -> tuple[int, ...]:
    value = table.get(key)
    if not isinstance(value, list) or not all(isinstance(size, int) and size >= 0 for size in value):
        raise refusal(name, f"{key} must be a list of whole numbers from 0 on, it is {value!r}")
    return tuple(value)


def _box(name: str, table: dict[str, Any], key: str) -> tuple[int, int, int, int]:
    box = _shape(name, table, key)
    if len(box) != 4:
        raise refusal(name, f"{key} must be [x, y, width, height] in pixels, it is {list(box)}")
    return (box[0], box[1], box[2], box[3])
