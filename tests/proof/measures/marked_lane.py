"""A whole lane and one truck in this process, for strace: `python -m tests.proof.measures.marked_lane FOLDER [early]`.

Everything but the processes and the clock is the product (see tests/journeys/gate.py). What reaches a worker and what
reaches the I/O module's wire is also written to standard error, at that moment: "worker " and the order, "module " and
the frame. The mutant `early` performs what a turn permits before the turn is on the disk.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from drivers.contract.orders import Order
from drivers.contract.plain import encode
from station.core.facts import Fact
from station.core.step import step
from station.hosting.inline_host import InlineHost
from station.lane.loop import LaneLoop
from station.simulate.scene import gate_picture
from tests.journeys.gate import DECLARATION, Gate

TO_WORKER, TO_MODULE = b"worker ", b"module "


class MarkedHost(InlineHost):
    """Says each order that the lane hands over."""

    def send(self, device: str, order: Order) -> bool:
        os.write(2, TO_WORKER + encode(order))
        return super().send(device, order)


class PerformsFirst(LaneLoop):
    """Mutant."""

    def tell(self, facts: Sequence[Fact]) -> None:
        decided = step(self.state, facts)
        self.protect(decided)
        self.permit(decided, 0)
        self.keep(facts, decided)
        self.state = decided.state
        self.publish(decided)


def main(folder: Path, loop_class: type[LaneLoop]) -> None:
    """One truck passes by the rules."""
    with Gate(folder, host_class=MarkedHost, loop_class=loop_class) as gate:
        feed = gate.yard.voice.feed

        def marked(data: bytes) -> bytes:
            os.write(2, TO_MODULE + data)
            return feed(data)

        vars(gate.yard.voice)["feed"] = marked
        gate.show_plate(gate_picture(None, seed=3, condition="clear", lines=2))
        gate.ready()
        gate.show_plate(gate_picture("12C-045.67", seed=3, condition="clear", lines=2))
        gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
        gate.until(lambda: gate.yard.is_empty and gate.is_idle, 300, "the truck is through")
        assert [completed.end for completed in gate.completed()] == ["DEPARTED"]


if __name__ == "__main__":
    main(Path(sys.argv[1]), PerformsFirst if "early" in sys.argv[2:] else LaneLoop)
