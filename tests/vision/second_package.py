"""A package `rapidocr` made up: a tiny recogniser with one answer, in a package that must not be run."""

import hashlib
import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from station.vision import second_file
from station.vision.second_file import CLASSES
from tests.vision.onnx_file import constant_model

KNOWN = "12C04567"
_FIND_SPEC = importlib.util.find_spec


def class_of(character: str) -> int:
    """As the file has them: blank 0, digits from 33, capitals from 43, small letters from 69."""
    if character == "_":
        return 0
    if character.isdigit():
        return 33 + int(character)
    return (69 if character.islower() else 43) + ord(character.upper()) - ord("A")


def shares_of(steps: str, share: float = 0.9) -> NDArray[np.float32]:
    rows = np.full((len(steps), CLASSES), 0.0, np.float32)
    for step, character in enumerate(steps):
        rows[step, class_of(character)] = share
        rows[step, 5] = 1 - share  # something that is no letter
    return rows


def recogniser_saying(steps: str, share: float = 0.9) -> bytes:
    """Takes lines up to 320 columns and breaks on others: on the halves of plates 3.8 times as wide as high."""
    return constant_model(shares_of(steps, share).ravel().tolist(), (1, len(steps), CLASSES), (1, 3, 48, 320))


def install_second(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str = KNOWN) -> Path:
    """Such a package, first of all to be found, its hash the pinned one; the path of its file."""
    package = folder / "rapidocr"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").write_text('raise AssertionError("the package was run")\n')
    file = package / "models" / "PP-OCRv6_rec_small.onnx"
    model = recogniser_saying("_".join(text))
    file.write_bytes(model)
    monkeypatch.setattr(importlib.util, "find_spec", _FIND_SPEC)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(second_file, "SHA256", hashlib.sha256(model).hexdigest())
    return file


def uninstall_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this machine has: there is no such package."""

    def found(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == second_file.PACKAGE else _FIND_SPEC(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", found)
