"""A lane that is killed at one point of an erasure. `python -m tests.commands.cut_lane SETTINGS POINT`.

`ordered`: the act is recorded, nothing is erased yet. `erased`: it is erased, and no record says so. `no-mend` kills
nothing: as lanes were before, it does not look back. Everything else is the product.
"""

import os
import signal
import sys
from functools import partial
from pathlib import Path

from station.core.effects import ErasePersonal
from station.core.step import Step
from station.lane import assembly
from station.lane.loop import LaneLoop
from station.settings.load import load


class CutLoop(LaneLoop):
    point = ""

    def permit(self, decided: Step, took_us: int) -> None:
        erases = any(isinstance(effect, ErasePersonal) for effect in decided.effects)
        if erases and self.point == "ordered":
            os.kill(os.getpid(), signal.SIGKILL)
        super().permit(decided, took_us)
        if erases and self.point == "erased":
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    CutLoop.point = sys.argv[2]
    if CutLoop.point == "no-mend":
        vars(assembly)["ordered_before"] = lambda _: {}
    assembly.build = partial(assembly.build, loop_class=CutLoop)
    sys.exit(assembly.run(load(Path(sys.argv[1]))))
