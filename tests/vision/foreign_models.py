"""Folders with a manifest and tiny models of other families, answers fixed."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.vision.onnx_file import constant_model
from tests.vision.picture_bytes import drawn, png

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
SLOTS = 9


def slots_shares(text: str, share: float = 0.9) -> NDArray[np.float32]:
    """Shares per slot that spell `text`, pads behind it; the rest is spread evenly."""
    rest = (1 - share) / (len(ALPHABET) - 1)
    shares = np.full((SLOTS, len(ALPHABET)), rest, np.float32)
    for slot, character in enumerate(text.ljust(SLOTS, "_")):
        shares[slot, ALPHABET.index(character)] = share
    return shares


def slots_model(shares: NDArray[np.float32], channels: int = 1) -> bytes:
    return constant_model(
        shares.ravel().tolist(),
        (1, *shares.shape),
        ("batch", 64, 128, channels),
        output_shape=("batch", *shares.shape),
        is_uint8=True,
    )


def boxes_model(rows: Sequence[Sequence[float]], side: int = 64) -> bytes:
    return constant_model(
        [value for row in rows for value in row], (len(rows), 7), (1, 3, side, side), output_shape=("found", 7)
    )


def folder_with(folder: Path, name: str, model: bytes, lines: str) -> Path:
    """A manifest with this one model, hashes right; `lines` are the rest of its table."""
    known = png([row.tobytes() for row in drawn()], 80)
    (folder / f"{name}.onnx").write_bytes(model)
    (folder / "known.png").write_bytes(known)
    text = f"""[model.{name}]
file = "{name}.onnx"
sha256 = "{hashlib.sha256(model).hexdigest()}"
known_picture = "known.png"
known_sha256 = "{hashlib.sha256(known).hexdigest()}"
known_tolerance = 50
{lines}
"""
    path = folder / "manifest.toml"
    path.write_text(text, encoding="utf-8")
    return path


def slots_lines(channels: int = 1, text: str = "12C04567", confidence: int = 387) -> str:
    return f"""kind = "slots"
input = [1, 64, 128, {channels}]
output = [1, {SLOTS}, {len(ALPHABET)}]
alphabet = "{ALPHABET}"
pad = "_"
known_text = "{text}"
known_confidence = {confidence}"""


def boxes_lines(box: Sequence[int] = (10, 10, 40, 20), confidence: int = 900, side: int = 64) -> str:
    return f"""kind = "boxes"
input = [1, 3, {side}, {side}]
output = [0, 7]
known_box = {list(box)}
known_confidence = {confidence}"""
