"""How many frames a second each codec understands, fed in pieces as a USB adapter brings them."""

import statistics
import time
from dataclasses import dataclass

from tests.codecs.table import CODECS, Codec

FAST_LINE = 11_520
"""Octets a second of a line at 115,200 baud, the fastest that a device of ours has."""

_PIECE = 64
_ROUNDS = 5
_ROUND_S = 0.04


@dataclass(frozen=True, slots=True)
class Speed:
    """`frames` a second in the median round, and how many a fast line could bring (`line`)."""

    codec: str
    frames: float
    line: float


def speeds() -> list[Speed]:
    """Every codec of the table."""
    return [_speed(codec) for codec in CODECS]


def _speed(codec: Codec) -> Speed:
    spoken = codec.spoken(codec.frames)
    pieces = [piece[at : at + _PIECE] for piece in spoken for at in range(0, max(1, len(piece)), _PIECE)]
    ear = codec.ear()
    rounds = []
    for _ in range(_ROUNDS):
        heard: list[object] = []
        began = time.perf_counter()
        while (took := time.perf_counter() - began) < _ROUND_S:
            for piece in pieces:
                heard += ear(piece)
        rounds.append(sum(map(codec.is_good, heard)) / took)
    octets = sum(map(len, codec.frames)) / len(codec.frames)
    return Speed(codec.name, statistics.median(rounds), FAST_LINE / octets)
