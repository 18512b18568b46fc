"""Letter shapes cut from fonts: one tight ink mask per character and face."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.train.fonts import PINNED_HAN_FONTS, font_paths
from models.train.texts import ALPHABET

Mask = NDArray[np.uint8]
"""Ink coverage, shape (rows, columns), 0 = ground, 255 = ink."""

Face = dict[str, Mask]
"""One mask per character."""

_CANVAS_PX = 200
_SIZE_PX = 96
_BUILT_IN_WEIGHTS = (500, 700, 850)


def cut_glyph(face: cv2.FontFace, character: str, weight: int = 0) -> Mask:
    """The tight ink mask of one character, about 70 px high; raises ValueError if the face draws nothing."""
    canvas = np.zeros((_CANVAS_PX, _CANVAS_PX), np.uint8)
    cv2.putText(canvas, character, (40, 150), 255, face, _SIZE_PX, weight)
    rows = np.flatnonzero(canvas.max(axis=1) > 40)
    columns = np.flatnonzero(canvas.max(axis=0) > 40)
    if rows.size == 0 or columns.size == 0:
        raise ValueError(f"the face draws nothing for {character!r}")
    return np.ascontiguousarray(canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _cut_face(face: cv2.FontFace, characters: str, weight: int = 0) -> Face:
    return {character: cut_glyph(face, character, weight) for character in characters}


def load_faces(paths: tuple[Path, ...] | None = None, characters: str = ALPHABET) -> tuple[Face, ...]:
    """Every pinned face plus OpenCV's built-in "sans" in three weights."""
    faces = [_cut_face(cv2.FontFace(str(path)), characters) for path in (font_paths() if paths is None else paths)]
    built_in = cv2.FontFace("sans")
    faces.extend(_cut_face(built_in, characters, weight) for weight in _BUILT_IN_WEIGHTS)
    return tuple(faces)


def load_han_faces(characters: str) -> tuple[Face, ...]:
    """The same characters in every pinned Chinese face."""
    paths = font_paths(fonts=PINNED_HAN_FONTS)
    return tuple(_cut_face(cv2.FontFace(str(path)), characters) for path in paths)
