"""A second opinion on plates written in A to Z and 0 to 9: the recogniser of PP-OCRv6, out of an installed `rapidocr`.

Only the ONNX file in that package is used, known by its hash and run by our own runner: none of its code, and never
its downloader. As the package (3.10, Apache-2.0) prepares a line: 48 px high, values from -1 to 1, three channels,
filled up with 0 to 320 px. The file answers with shares of 18,710 classes per step: the blank first, digits from 33,
capitals from 43, small letters from 69. All else is ours: the shares of our alphabet alone are decoded, a small letter
counts as its capital, and what is no letter counts as blank. The recogniser knows single lines only: a plate is read as
one line and as two halves, upper half first, and the likelier of the two counts.
"""

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.contract.faults import DeviceFault
from station.vision.ctc import Candidate, beam
from station.vision.manifest import ModelEntry
from station.vision.plate_reader import PlateText, grammar_bonus, plate_text
from station.vision.runner import Runner
from station.vision.second_file import ALPHABET, ROWS, installed_entry, second_refusal
from station.vision.tensors import Gray

KNOWN_TEXT: Final = "12C04567"
"""What it must read in a line that we draw, before it may read plates."""

_BLANK, _DIGITS, _CAPITALS, _SMALL = 0, 33, 43, 69
_LEAST_COLUMNS, _LEAST_LINE = 320, 16
_UPPER_UNTIL, _LOWER_FROM = 0.57, 0.43
"""The halves overlap: plates stand askew."""
_NEVER = 1e-9


class SecondReader:
    """Reads with the recogniser alone."""

    def __init__(self, entry: ModelEntry) -> None:
        """Raises DeviceFault("bad-model") if the file is no such model."""
        self.entry = entry
        self._runner = Runner(entry)

    def read(self, plate: Gray) -> PlateText:
        """The reading of a crop of any size. Raises DeviceFault if the model's output is broken."""
        return plate_text(self.likely(plate), self.entry.sha256)

    def likely(self, plate: Gray) -> tuple[Candidate, ...]:
        """The texts in our alphabet that the recogniser may mean, most likely first; no grammar yet."""
        middle = plate.shape[0]
        upper, lower = plate[: math.ceil(middle * _UPPER_UNTIL)], plate[int(middle * _LOWER_FROM) :]
        ways = (self.line(plate), between_lines(self.line(upper), self.line(lower)))
        read = [beam(shares, ALPHABET) for shares in ways]
        return max(read, key=lambda way: max(c.log_share + grammar_bonus(c.text) for c in way))

    def line(self, line: Gray) -> NDArray[np.float64]:
        """The shares of one line of writing, as `our_shares` tells them. Raises DeviceFault."""
        return our_shares(self._runner.run(line_tensor(line))[0])


def open_second_reader() -> SecondReader:
    """The reader on the file in the installed package, proved. Raises NotInstalled, DeviceFault("bad-model")."""
    entry = installed_entry()
    try:
        reader = SecondReader(entry)
        seen = reader.read(known_line()).text
    except DeviceFault as error:
        raise second_refusal(error.fault.seen) from error
    if seen != KNOWN_TEXT:
        raise second_refusal(f"its known answer is {KNOWN_TEXT}, it read {seen or 'nothing'}")
    return reader


def known_line() -> Gray:
    """KNOWN_TEXT as one drawn line, black on white, shape (60, 180)."""
    line = np.full((60, 180), 255, np.uint8)
    cv2.putText(line, KNOWN_TEXT, (10, 39), cv2.FONT_HERSHEY_DUPLEX, 0.9, (0,), 2, cv2.LINE_AA)
    return line


def line_tensor(line: Gray) -> NDArray[np.float32]:
    """One line as the recogniser's input, shape (1, 3, 48, columns), -1 = black, 1 = white, at least 320 columns."""
    rows, columns = line.shape
    wide = max(_LEAST_LINE, math.ceil(ROWS * columns / rows))
    filled = np.zeros((ROWS, max(wide, _LEAST_COLUMNS)), np.float32)
    filled[:, :wide] = cv2.resize(line, (wide, ROWS)).astype(np.float32) / 127.5 - 1
    return np.repeat(filled[np.newaxis, np.newaxis], 3, axis=1)


def our_shares(shares: NDArray[np.float32]) -> NDArray[np.float64]:
    """Natural logarithms per step of our alphabet and, last, of all that is not in it; from shape (steps, 18710)."""
    ours = np.concatenate([shares[:, _DIGITS : _DIGITS + 10], shares[:, _CAPITALS : _CAPITALS + 26]], axis=1)
    ours[:, 10:] += shares[:, _SMALL : _SMALL + 26]
    other = np.maximum(1 - ours.sum(axis=1, keepdims=True), shares[:, _BLANK : _BLANK + 1])
    return np.log(np.maximum(np.concatenate([ours, other], axis=1).astype(np.float64), _NEVER))


def between_lines(upper: NDArray[np.float64], lower: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two lines as one: a sure blank stands between them, so that a character on both sides of it counts twice."""
    blank = np.full((1, len(ALPHABET) + 1), math.log(_NEVER))
    blank[0, -1] = 0.0
    return np.concatenate([upper, blank, lower])
