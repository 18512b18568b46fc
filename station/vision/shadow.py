"""A reader on trial that looks over the shoulder of the live one and never has a say.

The live answer is given first; the shadow reads the same cut-out only while no order waits, and only where the two
differ is anything told: the first time at once, then at most once in a while with how many were compared since.
"""

from pathlib import Path
from typing import Final

from drivers.contract.driver import Clock
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Permille, Tick
from drivers.contract.readings import ShadowDisagreed
from station.vision.manifest import ModelEntry, model_hashes
from station.vision.plate_reader import PlateReader, PlateText, open_plate_reader
from station.vision.plate_readers import PlateReaders, open_plate_readers
from station.vision.second_opinion import TELL_EVERY, SecondOpinion, open_second_opinion
from station.vision.tensors import Gray

MODEL: Final = "plate-reader-shadow"
"""The name under which the manifest lists it."""
_NOTHING: Final = PlateText("", "", Permille(0), ())


class ShadowedReader:
    """Reads as `live` does; `shadow` reads the same afterwards, in `compare`. `fault` says why there is no shadow.

    What `second`, a part of `live`, could not read is told in `compare` too.
    """

    def __init__(
        self,
        live: PlateReaders,
        shadow: PlateReader | None,
        clock: Clock,
        fault: str = "",
        second: SecondOpinion | None = None,
    ) -> None:
        self.entries: tuple[ModelEntry, ...] = live.entries
        self._live = live
        self._second = second
        self._shadow = shadow
        self._clock = clock
        self._fault = fault
        self._reads: list[tuple[Gray, PlateText]] = []
        self._waiting: tuple[str, Gray, PlateText] | None = None
        self._compared = 0
        self._differed = 0
        self._told: Tick | None = None

    def read(self, plate: Gray) -> PlateText:
        """The live reading. The shadow stands for the first reader; what another read is not compared.

        With a second opinion the shadow is held against what both said: that is what it would have to match.
        """
        read = self._live.read(plate)
        if self._shadow is not None and read.model.startswith(self.entries[0].sha256):
            self._reads.append((plate, read))
        return read

    def answered(self, sha256: str) -> None:
        """The reads since the last call were of the picture `sha256`; of several cut-outs the surest counts."""
        if self._reads:
            self._waiting = (sha256, *max(self._reads, key=lambda one: one[1].confidence))
            self._reads.clear()

    def compare(self) -> tuple[ShadowDisagreed, ...]:
        """One comparison, if one waits; what is to be told of it. A shadow that breaks is told once and let go.

        Before that, what the second opinion failed to read.
        """
        failures = () if self._second is None else self._second.failures()
        if failures:
            return failures
        if self._fault:
            told = self._say("", _NOTHING, _NOTHING, self._fault)
            self._fault = ""
            return told
        if self._shadow is None or self._waiting is None:
            return ()
        (sha256, plate, live), self._waiting = self._waiting, None
        try:
            other = self._shadow.read(plate)
        except DeviceFault as error:
            self._shadow, self._fault = None, str(error.fault)
            return ()
        self._compared += 1
        if other.text == live.text:
            return ()
        self._differed += 1
        now = self._clock()
        if self._told is not None and now - self._told < TELL_EVERY:
            return ()
        self._told = now
        return self._say(sha256, live, other)

    def _say(self, sha256: str, live: PlateText, other: PlateText, fault: str = "") -> tuple[ShadowDisagreed, ...]:
        said = ShadowDisagreed(
            sha256=sha256,
            text=live.text,
            confidence=live.confidence,
            shadow_text=other.text,
            shadow_confidence=other.confidence,
            model=self._shadow.entry.sha256 if self._shadow is not None else "",
            compared=self._compared,
            differed=self._differed,
            fault=fault,
        )
        self._compared = self._differed = 0
        return (said,)


def open_shadowed_reader(manifest: Path, clock: Clock, *, with_second: bool = False) -> ShadowedReader:
    """The live reader, proved, with the shadow beside it if the manifest lists one; a second opinion if wanted.

    Raises DeviceFault: "bad-model" for the live readers alone, "unfit" if the second is wanted and not installed; a
    shadow that is refused costs nothing but itself.
    """
    second = open_second_opinion(clock) if with_second else None
    live = open_plate_readers(manifest, second)
    shadow, fault = _shadow(manifest)
    return ShadowedReader(live, shadow, clock, fault, second)


def _shadow(manifest: Path) -> tuple[PlateReader | None, str]:
    """The shadow, or why there is none though the manifest lists one."""
    if MODEL not in (name for name, _ in model_hashes(manifest)):
        return None, ""
    try:
        return open_plate_reader(manifest, MODEL), ""
    except DeviceFault as error:
        return None, str(error.fault)
