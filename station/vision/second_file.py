"""The second reader's file inside the optional package `rapidocr`: where it lies, and whether it is the pinned one.

Nothing of the package is run, and no heavy library is loaded to look: the lane and `station check` look too.
"""

import hashlib
import importlib.util
from pathlib import Path
from typing import Final

from drivers.contract.faults import DeviceFault
from station.vision.manifest import KnownAnswer, ModelEntry

NAME: Final = "PP-OCRv6"
PACKAGE: Final = "rapidocr"
INSTALL: Final = "pip install --no-deps rapidocr==3.10.0"
SHA256: Final = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CLASSES: Final = 18_710
ROWS: Final = 48

_FILE = "models/PP-OCRv6_rec_small.onnx"
_SHAPES = ((0, 3, ROWS, 0), (0, 0, CLASSES))
_ASKED = "vision.second_reader = true asks for it"
INSTALL_STEP: Final = f"{INSTALL}, or set vision.second_reader = false"
_NEXT_STEP = f"install the package anew: {INSTALL} --force-reinstall"


class NotInstalled(Exception):
    """The package that carries the recogniser is not there."""


def installed_entry() -> ModelEntry:
    """The file in the installed package, its hash checked. Raises NotInstalled, DeviceFault("bad-model")."""
    found = importlib.util.find_spec(PACKAGE)  # looks the package up and runs nothing of it
    if found is None or not found.submodule_search_locations:
        raise NotInstalled(PACKAGE)
    return entry_of(Path(found.submodule_search_locations[0]) / _FILE, SHA256)


def entry_of(file: Path, sha256: str) -> ModelEntry:
    """`file` as the recogniser. Raises DeviceFault("bad-model") if it is not the one with this hash."""
    try:
        actual = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise second_refusal(f"{file} cannot be read: {error.strerror}") from error
    if actual != sha256:
        raise second_refusal(f"{file} has sha256 {actual}, that of {PACKAGE} 3.10.0 has {sha256}")
    return ModelEntry(NAME, "ctc", file, sha256, *_SHAPES, ALPHABET, KnownAnswer(file, "", 0, 0))


def not_installed() -> DeviceFault:
    """The fault of a lane whose settings ask for the second reader and that has none."""
    return DeviceFault("unfit", f"model {NAME}", f"{_ASKED}, and the package {PACKAGE} is not installed", INSTALL_STEP)


def second_refusal(seen: str) -> DeviceFault:
    """The fault that refuses the recogniser."""
    return DeviceFault("bad-model", f"model {NAME}", seen, _NEXT_STEP)
