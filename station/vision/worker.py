"""The reader of plates and containers, and the adviser, as a device: one picture per order, a process of its own.

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
from drivers.contract.orders import AssessScan, Order, PictureOrder, ReadContainer, ReadPlate
from drivers.contract.quantities import Millis
from drivers.contract.readings import ContainerRead, PictureRefused, PlateRead, Reading, ViewMeasured
from drivers.contract.tools import Tools
from station.hosting.child import main
from station.hosting.wire import Open
from station.vision.reading_queue import ReadingQueue
from station.vision.upkeep import Upkeep

if TYPE_CHECKING:
    from station.vision.adviser import Adviser
    from station.vision.container_seen import ContainerReader
    from station.vision.finders import Finder
    from station.vision.shadow import ShadowedReader

KIND = "plate-reader"
SLOWEST_ANSWER = Millis(1_000)
NO_CONTAINER_MODELS = "no-container-models"
"""Why a `ReadContainer` is refused: the manifest lists no models for it."""


@dataclass(frozen=True, slots=True)
class PlateReaderSettings:
    """`manifest` is the path of the models' manifest.toml; beyond `ceiling_mib` (PSS) the process begins anew.

    `second_reader`: each plate is read by the optional PP-OCRv6 as well, and both are fused. `xray_template` is
    the path of the site's template of empty containers, "" if it has none.
    """

    kind: Literal["plate-reader"]
    manifest: str
    ceiling_mib: int = 450
    second_reader: bool = False
    xray_template: str = ""


class PlateReaderDriver:
    """Answers `ReadPlate` with `PlateRead` or `PictureRefused`; the newest first, none late. `ViewMeasured` if asked.
    `ReadContainer` is answered with `ContainerRead` or `PictureRefused`, after all plates, and what is only advice
    after that: see `Adviser`.

    A picture that cannot be judged never faults the reader; a model that fails its checks always does. A template that
    is unfit refuses the orders that need it, and plates are read on.
    """

    def __init__(self, device: str, settings: PlateReaderSettings, tools: Tools) -> None:
        self._device = device
        self._manifest = Path(settings.manifest)
        self._clock = tools.clock
        self._reader: ShadowedReader | None = None
        self._finder: Finder | None = None
        self._with_second = settings.second_reader
        self._containers: ContainerReader | None = None
        self._template = settings.xray_template
        self._adviser: Adviser | None = None
        self._queue = ReadingQueue()
        self._ceiling_mib = settings.ceiling_mib
        self._upkeep = Upkeep(device, settings.ceiling_mib)

    def open(self) -> Identity:
        """Verify the models' hashes, shapes and known answers. Raises DeviceFault: "bad-model", "unfit"."""
        # The heavy libraries come with the device, so that other workers stay small.
        from station.vision.adviser import Adviser
        from station.vision.container_reader import open_container_reader
        from station.vision.finders import open_listed_finder
        from station.vision.heap import keep_pictures_apart
        from station.vision.one_thread import use_one_thread
        from station.vision.shadow import open_shadowed_reader

        use_one_thread()
        keep_pictures_apart()
        self._queue.clear()
        self._upkeep = Upkeep(self._device, self._ceiling_mib)
        reader = open_shadowed_reader(self._manifest, self._clock, with_second=self._with_second)
        self._finder = open_listed_finder(self._manifest)
        self._containers = open_container_reader(self._manifest)
        self._adviser = Adviser(self._template, self._clock)
        self._reader = reader
        self._upkeep.settle()
        return Identity(KIND, "; ".join(f"{entry.file.name} sha256 {entry.sha256}" for entry in reader.entries))

    def obey(self, order: Order, patience: Millis) -> Answer:
        """Take an order about a picture on; a newer one of its kind goes first."""
        if not isinstance(order, PictureOrder):
            return Answer("refused", f"a plate reader does not obey {type(order).__name__}")
        if self._clock() > order.not_after:
            return Answer("expired")
        if self._reader is None or self._adviser is None:
            return Answer("refused", "not open")
        if isinstance(order, ReadContainer) and self._containers is None:
            return Answer("refused", NO_CONTAINER_MODELS)
        if isinstance(order, AssessScan) and self._adviser.template_fault:
            return Answer("refused", self._adviser.template_fault)
        self._queue.put(order)
        return Answer("accepted")

    def poll(self, patience: Millis) -> tuple[Reading, ...]:
        """The answer to the newest order taken on, and to those whose patience is over. If there is none: upkeep.

        Raises DeviceFault if a model's output is broken, or to begin anew.
        """
        reader, adviser = self._reader, self._adviser
        if reader is None or adviser is None:
            return ()
        order, given_up = self._queue.take(self._clock())
        refused = tuple(PictureRefused(one.order.order_id, one.order.sha256, one.why) for one in given_up)
        if order is None:
            return refused or self._between_orders(reader, patience)
        if isinstance(order, ReadPlate):
            answer = self._answer(order, reader)
            reader.answered(order.sha256)
        else:
            answer = (self._container(order) if isinstance(order, ReadContainer) else adviser.answer(order),)
        self._upkeep.read_one(self._clock())
        return (*refused, *answer)

    def close(self) -> None:
        """Let the models go."""
        self._reader = self._finder = self._containers = self._adviser = None
        self._upkeep.let_go()
        self._queue.clear()

    def _between_orders(self, reader: "ShadowedReader", patience: Millis) -> tuple[Reading, ...]:
        """The shadow's opinion, else a look at the memory; nothing of it while an order may be waiting outside."""
        if patience <= 0:
            return ()
        told = reader.compare()
        if not told:
            self._upkeep.look(self._clock())
        return told

    def _answer(self, order: ReadPlate, reader: "ShadowedReader") -> tuple[Reading, ...]:
        from station.vision.plate_colour import UNSURE, colour_in
        from station.vision.tensors import crop, decode_gray, decode_half, load_picture
        from station.vision.unfit import PictureUnfit
        from station.vision.view_measures import measure_view
        from station.vision.whole_picture import Whole, read_whole

        began = self._clock()
        try:
            data = load_picture(Path(order.path), order.sha256)
            if self._finder is not None and 0 in order.region[2:]:
                whole = read_whole(data, self._finder, reader)
            else:
                whole = Whole(reader.read(crop(decode_gray(data), order.region)), (0, 0, 0, 0))
            plate, trailer = whole.plate, whole.trailer
            colour = colour_in(data, whole.box if any(whole.box) else order.region) if plate.text else UNSURE
            measured = (ViewMeasured(order.order_id, *measure_view(decode_half(data))),) if order.measure_view else ()
        except PictureUnfit as error:
            return (PictureRefused(order.order_id, order.sha256, error.code),)
        read = PlateRead(
            order_id=order.order_id,
            sha256=order.sha256,
            raw=plate.raw,
            text=plate.text,
            confidence=plate.confidence,
            characters=plate.characters,
            model=plate.model,
            took=Millis(self._clock() - began),
            box=whole.box,
            colour=colour.colour,
            colour_confidence=colour.confidence,
            trailer=trailer.text,
            trailer_confidence=trailer.confidence,
        )
        return (*measured, read)

    def _container(self, order: ReadContainer) -> Reading:
        from station.vision.tensors import load_picture
        from station.vision.unfit import PictureUnfit

        began, containers = self._clock(), self._containers
        try:
            data = load_picture(Path(order.path), order.sha256)
            if containers is None:  # closed since, or never listed: `obey` takes no such order on
                return PictureRefused(order.order_id, order.sha256, NO_CONTAINER_MODELS)
            seen = containers.read_picture(data)
        except PictureUnfit as error:
            return PictureRefused(order.order_id, order.sha256, error.code)
        return ContainerRead(
            order_id=order.order_id,
            sha256=order.sha256,
            raw=seen.raw,
            text=seen.text,
            confidence=seen.confidence,
            characters=seen.characters,
            size_type=seen.size_type,
            size_type_confidence=seen.size_type_confidence,
            model=seen.model,
            took=Millis(self._clock() - began),
            box=seen.box,
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
