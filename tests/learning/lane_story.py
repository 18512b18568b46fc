"""A lane's journal with real pictures behind it, for what is collected from them."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from drivers.camera.picture_store import PictureStore
from drivers.contract.orders import Order
from drivers.contract.readings import PictureTaken, PlateRead, Reading
from station.core.facts import DeviceRead, Fact
from station.journal.folder import DataFolder
from tests.commands.premises import KeptScript
from tests.learning.made import picture

BOX = (50, 60, 90, 40)


@dataclass
class SeenScript(KeptScript):
    """Each picture is stored as a camera would store it, and the plate is found at BOX."""

    data: Path = field(kw_only=True)
    box: tuple[int, int, int, int] = field(default=BOX, kw_only=True)
    pictures: list[str] = field(default_factory=list)

    def _reading(self, device: str, order: Order) -> list[Fact]:
        return [
            replace(fact, reading=self._seen(fact.reading)) if isinstance(fact, DeviceRead) else fact
            for fact in super()._reading(device, order)
        ]

    def _seen(self, reading: Reading) -> Reading:
        if isinstance(reading, PictureTaken):
            stored = PictureStore(DataFolder(self.data).evidence).keep(_png(len(self.pictures)))
            self.pictures.append(stored.sha256)
            return replace(reading, path=str(stored.path), sha256=stored.sha256)
        return replace(reading, box=self.box) if isinstance(reading, PlateRead) else reading


def _png(seed: int) -> bytes:
    done, data = cv2.imencode(".png", np.asarray(picture(seed, 200, 300)))
    assert done
    return data.tobytes()
