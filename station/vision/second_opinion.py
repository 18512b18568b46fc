"""The second reader as a gate asks it: beside the first reader, and never in the way of its reading.

Where it fails on a plate, the own reading goes out as it would alone: at its own confidence, with its own hash only.
The failure is told, the first time at once, then at most once in a while with how many plates were read since and how
many of them without a second opinion.
"""

from typing import Final

from drivers.contract.driver import Clock
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Permille, Tick
from drivers.contract.readings import ShadowDisagreed
from station.vision.ctc import Candidate
from station.vision.fusion import fuse
from station.vision.plate_reader import PlateText
from station.vision.second_file import NotInstalled, not_installed, second_refusal
from station.vision.second_reader import SecondReader, open_second_reader
from station.vision.tensors import Gray

TELL_EVERY: Final = Millis(60_000)


class SecondOpinion:
    """Fuses what `second` reads with what our own first reader read of the same cut-out."""

    def __init__(self, second: SecondReader, clock: Clock) -> None:
        self.entry = second.entry
        self._second = second
        self._clock = clock
        self._fault = ""
        self._read = 0
        self._failed = 0
        self._told: Tick | None = None

    def join(self, own: PlateText, ours: tuple[Candidate, ...], plate: Gray) -> PlateText:
        """The reading of both; `own`, unchanged, where the second fails. `ours` are the texts that `own` is one of."""
        self._read += 1
        try:
            theirs = self._second.likely(plate)
        except DeviceFault as error:
            self._failed += 1
            self._fault = str(second_refusal(error.fault.seen).fault)
            return own
        return fuse(ours, theirs, f"{own.model}+{self.entry.sha256}")

    def failures(self) -> tuple[ShadowDisagreed, ...]:
        """What is to be told of plates that were read without it: its fault, of how many plates, of how many failed."""
        now = self._clock()
        if not self._fault or (self._told is not None and now - self._told < TELL_EVERY):
            return ()
        told = ShadowDisagreed(
            sha256="",
            text="",
            confidence=Permille(0),
            shadow_text="",
            shadow_confidence=Permille(0),
            model=self.entry.sha256,
            compared=self._read,
            differed=self._failed,
            fault=self._fault,
        )
        self._fault, self._read, self._failed, self._told = "", 0, 0, now
        return (told,)


def open_second_opinion(clock: Clock) -> SecondOpinion:
    """The installed second reader, proved. Raises DeviceFault: "unfit" if it is not installed, "bad-model"."""
    try:
        return SecondOpinion(open_second_reader(), clock)
    except NotInstalled as error:
        raise not_installed() from error
