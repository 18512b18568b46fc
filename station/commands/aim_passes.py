"""Pictures of a configured camera while trucks pass: the best one of each pass."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from drivers.contract.clock import now
from drivers.contract.driver import Driver
from drivers.contract.orders import TakePicture
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PictureTaken, PlateSeen, Reading
from station.commands import exits
from station.commands.device_session import built, choose, require_free
from station.commands.output import complain
from station.commands.words import phrase

if TYPE_CHECKING:
    from station.vision.aim_measures import AimMeasures

_EVERY_S = 0.5
_POLL = Millis(100)
_PATIENCE = Millis(5000)


class Measure(Protocol):
    """What measures a stored picture; None for one that is of no use."""

    def file(self, path: Path) -> "AimMeasures | None": ...


def take_passes(settings: Path, device: str, measure: Measure, passes: int, seconds: float) -> "list[AimMeasures]":
    """One measurement per pass, until `passes` were seen or `seconds` are over; Ctrl-C ends it with what there is.

    A pass lasts from a picture with a plate to one without, or with another plate; the one that reads surest stands for
    it. A camera that pushes its pictures shows one pass each. Without any plate: the pictures as they came, so that the
    judgement can say why. Raises Refused, DeviceFault.
    """
    from station.settings.load import load

    known = load(settings)
    chosen = choose(known, device)
    if not {TakePicture, PlateSeen} & {*chosen.spec.orders, *chosen.spec.readings}:
        raise exits.Refused(exits.USAGE, "aim-no-camera", device, chosen.spec.protocol)
    require_free(known, chosen, may_act=False)
    kept, end, asks = Passes(), time.monotonic() + seconds, TakePicture in chosen.spec.orders
    try:
        with built(chosen, None) as driver:
            driver.open()
            number, due = 0, 0.0
            while time.monotonic() < end and len(kept) < passes:
                if asks and time.monotonic() >= due:
                    number, due = number + 1, time.monotonic() + _EVERY_S
                    driver.obey(TakePicture(f"aim-{number}", Tick(now() + _PATIENCE), "plate"), _PATIENCE)
                for path in _paths(driver):
                    one, before = measure.file(path), len(kept)
                    path.unlink(missing_ok=True)
                    if one is not None and kept.add(one, alone=not asks) and len(kept) > before:
                        complain(phrase("aim-pass", number=len(kept), of=passes))
    except KeyboardInterrupt:
        pass
    return kept.best()


def _paths(driver: Driver) -> list[Path]:
    return [path for reading in driver.poll(_POLL) for path in _of(reading)]


def _of(reading: Reading) -> list[Path]:
    match reading:
        case PictureTaken():
            return [Path(reading.path)]
        case PlateSeen():
            return [Path(path) for purpose, path, _ in reading.pictures if purpose == "overview"]
        case _:
            return []


class Passes:
    """Pictures in the order they came, parted into passes."""

    def __init__(self) -> None:
        self._passes: list[AimMeasures] = []
        self._empty: list[AimMeasures] = []
        self._is_inside = False

    def __len__(self) -> int:
        return len(self._passes)

    def add(self, one: "AimMeasures", *, alone: bool = False) -> bool:
        """True where the picture has a plate. `alone`: each picture is a pass of its own."""
        if not one.width:
            self._is_inside = False
            self._empty = [*self._empty[-9:], one]
            return False
        last = self._passes[-1] if self._is_inside and not alone else None
        self._is_inside = True
        if last is None or (last.confidence and one.confidence and last.text != one.text):
            self._passes.append(one)
        elif one.confidence > last.confidence:
            self._passes[-1] = one
        return True

    def best(self) -> "list[AimMeasures]":
        """One per pass; the last pictures without a plate if there was none."""
        return self._passes or self._empty
