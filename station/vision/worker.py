"""The plate reader as a device: verified at open, one picture per order, run as a process of its own.

Where an order names no region and the manifest lists a finder, the plate is found in the whole picture first.

`python -m station.vision.worker FD` serves it on an inherited socket.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import Order, ReadPlate
from drivers.contract.quantities import Millis
from drivers.contract.readings import PictureRefused, PlateRead, Reading
from drivers.contract.tools import Tools
from station.hosting.child import main
from station.hosting.wire import Open

if TYPE_CHECKING:
    from station.vision.plate_finder import PlateFinder
    from station.vision.plate_reader import PlateReaders

KIND = "plate-reader"
SLOWEST_ANSWER = Millis(1_000)


@dataclass(frozen=True, slots=True)
class PlateReaderSettings:
    """`manifest` is the path of the models' manifest.toml."""

    kind: Literal["plate-reader"]
    manifest: str


class PlateReaderDriver:
    """Answers `ReadPlate` with `PlateRead` or `PictureRefused`; holds one order at a time.

    A picture that cannot be judged never faults the reader; a model that fails its checks always does.
    """

    def __init__(self, device: str, settings: PlateReaderSettings, tools: Tools) -> None:
        self._device = device
        self._manifest = Path(settings.manifest)
        self._clock = tools.clock
        self._reader: PlateReaders | None = None
        self._finder: PlateFinder | None = None
        self._order: ReadPlate | None = None

    def open(self) -> Identity:
        """Verify the models' hashes, shapes and known answers. Raises DeviceFault("bad-model")."""
        # The heavy libraries come with the device, so that other workers stay small.
        import cv2

        from station.vision.manifest import model_hashes
        from station.vision.plate_finder import MODEL as FINDER
        from station.vision.plate_finder import open_plate_finder
        from station.vision.plate_reader import open_plate_reader

        cv2.setNumThreads(1)
        self._order = None
        reader = open_plate_reader(self._manifest)
        listed = [name for name, _ in model_hashes(self._manifest)]
        self._finder = open_plate_finder(self._manifest) if FINDER in listed else None
        self._reader = reader
        return Identity(KIND, "; ".join(f"{entry.file.name} sha256 {entry.sha256}" for entry in reader.entries))

    def obey(self, order: Order, patience: Millis) -> Answer:
        """Take a `ReadPlate` on; refused while another waits."""
        if not isinstance(order, ReadPlate):
            return Answer("refused", f"a plate reader does not obey {type(order).__name__}")
        if self._clock() > order.not_after:
            return Answer("expired")
        if self._reader is None:
            return Answer("refused", "not open")
        if self._order is not None:
            return Answer("refused", f"still reading for {self._order.order_id}")
        self._order = order
        return Answer("accepted")

    def poll(self, patience: Millis) -> tuple[Reading, ...]:
        """The answer to the order taken on, else nothing. Raises DeviceFault if a model's output is broken."""
        order, reader = self._order, self._reader
        if order is None or reader is None:
            return ()
        self._order = None
        return (self._answer(order, reader),)

    def close(self) -> None:
        """Let the models go."""
        self._reader = None
        self._finder = None
        self._order = None

    def _answer(self, order: ReadPlate, reader: "PlateReaders") -> PlateRead | PictureRefused:
        from station.vision.tensors import PictureUnfit, crop, decode_gray, load_picture
        from station.vision.whole_picture import read_whole

        began = self._clock()
        box = (0, 0, 0, 0)
        try:
            data = load_picture(Path(order.path), order.sha256)
            if self._finder is not None and 0 in order.region[2:]:
                plate, box = read_whole(data, self._finder, reader)
            else:
                plate = reader.read(crop(decode_gray(data), order.region))
        except PictureUnfit as error:
            return PictureRefused(order.order_id, order.sha256, error.code)
        return PlateRead(
            order_id=order.order_id,
            sha256=order.sha256,
            raw=plate.raw,
            text=plate.text,
            confidence=plate.confidence,
            characters=plate.characters,
            model=plate.model,
            took=Millis(self._clock() - began),
            box=box,
        )


def build(opening: Open) -> PlateReaderDriver:
    """The reader that the lane asked for. Raises DeviceFault("unfit") for another kind or unknown settings."""
    try:
        settings = plain.decode(PlateReaderSettings, opening.settings.encode())
    except plain.NotPlain as error:
        raise DeviceFault("unfit", opening.device, str(error), "run `station check` on the settings") from error
    return PlateReaderDriver(opening.device, settings, Tools(clock=now, evidence=Path(opening.evidence)))


if __name__ == "__main__":
    main(build)
