"""One frame alone, however sure, never makes a plate ACCEPTED."""

from drivers.contract.orders import ReadPlate
from drivers.contract.quantities import Millis, Permille, Tick
from drivers.contract.readings import PlateRead
from station.core.facts import DeviceRead, Fact
from station.core.records import PlateIdentified
from tests.core.script import Script


class OneFrameOnly(Script):
    """A reader that can read the first picture and none of the others."""

    reads = 0

    def _reading(self, device: str, order: object) -> list[Fact]:
        if isinstance(order, ReadPlate):
            self.reads += 1
            text, sure = (self.plate, Permille(995)) if self.reads == 1 else ("", Permille(0))
            read = PlateRead(order.order_id, order.sha256, text, text, sure, (sure,) * len(text), "m", Millis(4))
            return [DeviceRead(Tick(self.now), device, read)]
        return super()._reading(device, order)  # type: ignore[arg-type]


def test_a_lone_confident_frame_is_reviewed() -> None:
    script = OneFrameOnly()
    script.drive_on()
    script.scan()
    for _ in range(script.parameters.limits.plate_rounds):
        script.wait(script.parameters.patience.picture_pause)
    (plate,) = [record for record in script.records if isinstance(record, PlateIdentified)]
    assert (plate.verdict, plate.frames) == ("REVIEW", 1)
    assert len(plate.raw) == 9
