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

A model of kind "heat-map" answers per cell of its input with a score and a box; it has no alphabet, and in the place of
`known_text` stands `known_box = [x, y, width, height]` in pixels of the known picture.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from drivers.contract.faults import DeviceFault

_NEXT_STEP = "put back the released models folder, or enter the model anew with its own hash and known answer"

Kind = Literal["ctc", "heat-map"]
"""How the output is to be understood."""

_KINDS: tuple[Kind, ...] = ("ctc", "heat-map")


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """A picture whose answer is known: its text ("ctc") or the box in it ("heat-map": x, y, width, height).

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


def refusal(model: str, seen: str) -> DeviceFault:
    """The fault that refuses a model by name."""
    return DeviceFault("bad-model", f"model {model}", seen, _NEXT_STEP)


def load_model_entry(manifest: Path, name: str) -> ModelEntry:
    """The entry `name` of a manifest, its files checked against their hashes. Raises DeviceFault("bad-model")."""
    table = _table(manifest, name)
    entry = _entry(manifest.parent, name, table)
    _verify(name, entry.file, entry.sha256)
    _verify(name, entry.known.picture, _text(name, table, "known_sha256"))
    if entry.kind == "ctc":
        _check_alphabet(entry)
    return entry


def _check_alphabet(entry: ModelEntry) -> None:
    name = entry.name
    if len(set(entry.alphabet)) != len(entry.alphabet) or not entry.alphabet:
        raise refusal(name, f"the alphabet {entry.alphabet!r} is empty or names a character twice")
    if entry.output_shape[-1:] != (len(entry.alphabet) + 1,):
        raise refusal(name, f"{len(entry.alphabet)} characters and a blank do not fit the output {entry.output_shape}")


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
    return ModelEntry(
        name=name,
        kind=kind,
        file=_beside(name, folder, _text(name, table, "file")),
        sha256=_text(name, table, "sha256"),
        input_shape=_shape(name, table, "input"),
        output_shape=_shape(name, table, "output"),
        alphabet=_text(name, table, "alphabet") if kind == "ctc" else "",
        known=KnownAnswer(
            picture=_beside(name, folder, _text(name, table, "known_picture")),
            text=_text(name, table, "known_text") if kind == "ctc" else "",
            confidence=_integer(name, table, "known_confidence"),
            tolerance=_integer(name, table, "known_tolerance"),
            box=(0, 0, 0, 0) if kind == "ctc" else _box(name, table, "known_box"),
        ),
    )


def _kind(name: str, table: dict[str, Any]) -> Kind:
    stated = _text(name, table, "kind")
    for kind in _KINDS:
        if kind == stated:
            return kind
    raise refusal(name, f"unknown kind {stated!r}; known: {', '.join(_KINDS)}")


def _verify(name: str, path: Path, expected: str) -> None:
    try:
        actual = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise refusal(name, f"{path} cannot be read: {error.strerror}") from error
    if actual != expected:
        raise refusal(name, f"{path} has sha256 {actual}, the manifest names {expected}")


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
    if not isinstance(value, list) or not all(isinstance(size, int) for size in value):
        raise refusal(name, f"{key} must be a list of whole numbers, it is {value!r}")
    return tuple(value)


def _box(name: str, table: dict[str, Any], key: str) -> tuple[int, int, int, int]:
    box = _shape(name, table, key)
    if len(box) != 4 or min(box) < 0:
        raise refusal(name, f"{key} must be [x, y, width, height] in pixels, it is {list(box)}")
    return (box[0], box[1], box[2], box[3])
