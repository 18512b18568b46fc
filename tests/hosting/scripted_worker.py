"""A worker process whose device does what its settings say; it notes every order it gets in a file."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import DropMotion, Order, RaiseBoom, ShowLight
from drivers.contract.quantities import Grams, Millis
from drivers.contract.readings import DeckSample, LoopEdge, Reading
from station.hosting import child
from station.hosting.wire import Open

FLOOD_EDGES = 4_000
Behaviour = Literal["calm", "hangs", "floods", "fails-to-open", "faults-on-raise", "faults-on-drop", "crashes"]


@dataclass(frozen=True)
class ScriptedSettings:
    """`diary` is where orders are noted."""

    kind: Literal["scripted"]
    behaviour: Behaviour
    diary: str


class ScriptedDriver:
    """Answers at once; what else it does is its settings' behaviour."""

    def __init__(self, settings: ScriptedSettings) -> None:
        self._settings = settings
        self._flooded = 0

    def open(self) -> Identity:
        if self._settings.behaviour == "fails-to-open":
            raise DeviceFault("port-missing", "scripted", "no such port", "plug it in")
        self._note("open")
        return Identity("scripted", "for tests")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        match self._settings.behaviour:
            case "hangs":
                os.read(os.pipe()[0], 1)  # nobody ever writes: a system call without end
            case "crashes":
                raise RuntimeError("a bug in the driver")
            case "floods" if self._flooded < FLOOD_EDGES:
                self._flooded += 1
                edge = LoopEdge("entry-loop", self._flooded % 2 == 1)
                return [edge, DeckSample(Grams(self._flooded), moving=True, valid=True)]
        return []

    def obey(self, order: Order, patience: Millis) -> Answer:
        if now() > order.not_after:
            return Answer("expired")
        if self._settings.behaviour == "faults-on-raise" and isinstance(order, RaiseBoom):
            raise DeviceFault("silent", "scripted", "no answer", "look at the wire")
        if self._settings.behaviour == "faults-on-drop" and isinstance(order, DropMotion):
            raise DeviceFault("silent", "scripted", "no answer", "look at the wire")
        self._note(plain.encode(order).decode())
        return Answer("accepted" if isinstance(order, RaiseBoom | DropMotion | ShowLight) else "refused")

    def close(self) -> None:
        self._note("close")

    def _note(self, line: str) -> None:
        with Path(self._settings.diary).open("a", encoding="utf-8") as diary:
            diary.write(line + "\n")


def build(opening: Open) -> ScriptedDriver:
    settings: ScriptedSettings = plain.decode(ScriptedSettings, opening.settings.encode())
    return ScriptedDriver(settings)


if __name__ == "__main__":
    child.main(build)
