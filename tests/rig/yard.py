"""The rig's yard: one process with the far ends of all wires and one van at a time. `python -m tests.rig.yard FOLDER`.

Writes FOLDER/ports.json when the devices are there and FOLDER/physical.jsonl as the independent witness. Takes one
JSON command per line on its standard input: {"do": "arrive", "code": ...} and {"do": "back-out"}; ends at its end.
"""

import json
import os
import select
import sys
from collections.abc import Generator
from pathlib import Path

from drivers.barrier.adam60xx_model import Adam6060Model
from drivers.barrier.adam60xx_peer import Adam60xxPeer
from drivers.barrier.boom_model import BoomModel, BoomPhase
from drivers.barrier.io_module_model import OutputName
from drivers.contract.clock import now
from drivers.contract.quantities import Grams, Millis, Tick
from drivers.links.modbus_port_peer import ModbusPortPeer
from drivers.links.pacing import PtyPort
from drivers.scanner.line_scanner_peer import LineScannerPeer
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.toledo_peer import ToledoPeer
from station.simulate.ground import BEFORE_THE_LANE, ENTRY_LOOP, EXIT_LOOP, UNDER_BOOM_LOOP, Stretch
from station.simulate.physical_log import PhysicalLog
from tests.rig.van import BEYOND_THE_LANE, Van

BOOM_TRAVEL = Millis(1_200)
LOOK_EVERY_MS = 10
SHOWS_AGAIN = Millis(2_500)
"""A driver whom nothing tells to go shows the code once more."""
PATIENCE = Millis(60_000)
"""A driver whom nothing tells to go for so long drives away backwards."""

Driving = Generator[None, None, None]
_LOOPS: dict[str, Stretch] = {"entry": ENTRY_LOOP, "under-boom": UNDER_BOOM_LOOP, "exit": EXIT_LOOP}


class Yard:
    """Everything on the far side of the wires."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._log = PhysicalLog(folder / "physical.jsonl")
        self._van: Van | None = None
        self._driving: Driving | None = None
        self._wants_out = False
        self._covered = dict.fromkeys(_LOOPS, False)
        self._load = Grams(0)
        self._now = now()
        self._boom = BoomModel(BOOM_TRAVEL, on_phase=self._on_phase)
        self._module = Adam6060Model(
            self._boom,
            entry_loop=lambda: self._covered["entry"],
            under_boom_loop=lambda: self._covered["under-boom"],
            exit_loop=lambda: self._covered["exit"],
            on_output=self._on_output,
        )
        self._deck = DeckModel(seed)
        self._scanner = LineScannerPeer()
        self._modbus = ModbusPortPeer(Adam60xxPeer(self._module, on_frame=self._on_frame))
        self._ports = [
            PtyPort(folder / "scale", ToledoPeer(self._deck)),
            PtyPort(folder / "scanner", self._scanner),
        ]
        ports = {"barrier": self._modbus.port, "scale": str(folder / "scale"), "scanner": str(folder / "scanner")}
        fresh = folder / "ports.json.new"
        fresh.write_text(json.dumps(ports))
        fresh.rename(folder / "ports.json")

    def sockets(self) -> list[int]:
        return [wire.fileno() for wire in self._modbus.sockets()]

    def service(self, tick: Tick) -> None:
        """Let the world move on to `tick`."""
        elapsed = Millis(tick - self._now)
        self._now = tick
        if self._van is not None and self._driving is not None:
            self._van.advance(elapsed)
            if next(self._driving, self) is self:
                self._note("truck", event="gone")
                self._van = self._driving = None
        self._feel()
        self._deck.advance(elapsed)
        self._modbus.service(tick)
        for port in self._ports:
            port.service(tick)

    def obey(self, command: dict[str, str]) -> None:
        if command["do"] == "arrive":
            self._van = Van()
            self._wants_out = False
            self._driving = self._drive(command["code"])
        else:
            self._wants_out = True

    def close(self) -> None:
        for port in self._ports:
            port.close()
        self._modbus.close()
        self._log.close()

    @property
    def _may_go(self) -> bool:
        red, green = self._module.outputs[2:4]
        return green and not red and self._boom.phase == "up"

    def _drive(self, code: str) -> Driving:
        van = self._van
        if van is None:
            return
        self._note("truck", event="arrives")
        while not van.is_at_goal:
            yield
        self._note("truck", event="stands")
        since, shown = self._now, Tick(0)
        while not self._may_go:
            if self._wants_out or self._now >= since + PATIENCE:
                self._note("truck", event="reverses")
                van.goal_m = BEFORE_THE_LANE
                break
            if self._now >= shown + SHOWS_AGAIN and self._boom.phase == "down":
                shown = self._now
                self._scanner.scan(code)
            yield
        else:
            self._note("truck", event="drives-off")
            van.goal_m = BEYOND_THE_LANE
        while not van.is_at_goal:
            yield

    def _feel(self) -> None:
        """What loops, deck and the boom's own safety feel of the van."""
        van = self._van
        for name, stretch in _LOOPS.items():
            covered = van is not None and van.covers(stretch)
            if covered != self._covered[name]:
                self._covered[name] = covered
                self._note("loop", name=name, occupied=covered)
        self._boom.obstacle = self._covered["under-boom"]
        load = van.on_deck() if van is not None else Grams(0)
        if load != self._load:
            self._load = load
            self._deck.set_load(load)

    def _note(self, what: str, **seen: object) -> None:
        self._log.write(self._now, what, **seen)

    def _on_phase(self, tick: Tick, phase: BoomPhase) -> None:
        self._log.write(tick, "boom", phase=phase, van_under=self._covered["under-boom"])

    def _on_frame(self, tick: Tick, text: str) -> None:
        self._log.write(tick, "frame", text=text)

    def _on_output(self, tick: Tick, name: OutputName, on: bool, held: Millis) -> None:
        self._log.write(tick, "output", name=name, on=on, held_ms=held)


def main(folder: Path, seed: int) -> None:
    yard = Yard(folder, seed)
    commands = sys.stdin.fileno()
    os.set_blocking(commands, False)
    heard = b""
    try:
        while True:
            readable, _, _ = select.select([commands, *yard.sockets()], [], [], LOOK_EVERY_MS / 1000)
            if commands in readable:
                data = os.read(commands, 4096)
                if not data:
                    return
                *lines, heard = (heard + data).split(b"\n")
                for line in lines:
                    yard.obey(json.loads(line))
            yard.service(now())
    finally:
        yard.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
