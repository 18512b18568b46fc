"""Read every photo once, one after the other, and keep what was read beside what is on it."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from station.evaluation.folder import Fault, Photo
from station.vision.plate_reader import PlateText
from station.vision.tensors import Gray, decode_gray, load_picture
from station.vision.unfit import PictureUnfit

Read = Callable[[Gray], PlateText]


class Watch:
    """Started when it is made. On a busy machine the clock counts others too; this thread's processor time does not."""

    def __init__(self) -> None:
        self._began, self._worked = time.perf_counter(), time.thread_time()

    def ms(self) -> tuple[float, float]:
        """Milliseconds since, by the clock and of this thread's processor time."""
        return (time.perf_counter() - self._began) * 1000, (time.thread_time() - self._worked) * 1000


@dataclass(frozen=True, slots=True)
class Trial:
    """One photo, what was read, and how long the reading itself took: by the clock, and of a processor's time."""

    photo: Photo
    read: PlateText
    took_ms: float
    cpu_ms: float

    def is_right(self, *, corrected: bool) -> bool:
        """Whether the whole text equals the label, published or corrected."""
        return self.read.text == (self.photo.corrected if corrected else self.photo.label)


def pictures(root: Path, photos: Iterable[Photo], faults: list[Fault]) -> Iterator[tuple[Photo, Gray]]:
    """Each photo that can be unpacked; the others go to `faults`."""
    for photo in photos:
        gray = open_gray(root, photo.path, faults)
        if gray is not None:
            yield photo, gray


def open_gray(root: Path, path: str, faults: list[Fault]) -> Gray | None:
    """One picture; None, and a fault more, if it cannot be unpacked."""
    try:
        return decode_gray(load_picture(root / path, ""))
    except PictureUnfit as error:
        faults.append(Fault(path, error.code, error.seen))
        return None


def timed_trial(photo: Photo, gray: Gray, read: Read) -> Trial:
    """One reading with its time. Raises DeviceFault if the model is broken."""
    watch = Watch()
    said = read(gray)
    return Trial(photo, said, *watch.ms())
