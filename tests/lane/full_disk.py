"""`python -m tests.lane.full_disk DISK`: a lane whose disk fills up under a truck, told in one word per stage."""

import sys
from pathlib import Path

from station.journal.reader import JournalReader
from station.simulate.scene import gate_picture
from tests.journeys.gate import DECLARATION, Gate


def fill(path: Path) -> None:
    """Leave no page free."""
    with path.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(4096))
            except OSError:
                return


def main(disk: Path) -> None:
    filler = disk / "filler"
    with Gate(disk / "gate") as gate:
        gate.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
        gate.ready()
        gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
        gate.until(lambda: (c := gate.loop.state.crossing) is not None and c.plate is not None, 60, "plate read")
        fill(filler)
        gate.until(lambda: not gate.loop.is_keeping, 60, "the lane is closed")
        print("closed")
        gate.run(3_000)  # beyond the core's patience the truck would be held instead, which is as safe
        print(gate.yard.light)
        print("still" if gate.yard.motions == [] else gate.yard.motions)
        filler.unlink()
        gate.run(3_000)
        print("kept" if gate.loop.is_keeping else "not kept")
        gate.until(lambda: gate.yard.is_empty and gate.is_idle, 120, "the truck is through")
        print(gate.completed()[-1].end)
        with JournalReader(gate.data.root) as reader:
            print("whole" if reader.first_broken() is None else "broken")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
