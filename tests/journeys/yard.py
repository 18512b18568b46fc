"""The physical side of a journey: one deck, one boom, loops, a light and trucks, moved by a fake clock."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Literal

from drivers.barrier.adam60xx_model import Adam6060Model
from drivers.barrier.adam60xx_peer import Adam60xxPeer
from drivers.barrier.boom_model import BoomModel
from drivers.barrier.io_module_model import OutputName
from drivers.contract.quantities import Grams, Millis, Tick
from drivers.scanner.line_scanner_peer import LineScannerPeer
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.toledo_peer import ToledoPeer
from station.simulate.ground import (
    BEFORE_THE_LANE,
    BEYOND_THE_LANE,
    BOOM,
    ENTRY_LOOP,
    EXIT_LOOP,
    STOP_LINE,
    UNDER_BOOM_LOOP,
    Stretch,
)
from station.simulate.shapes import ORDINARY, Shape
from station.simulate.truck import Truck

Script = Generator[None, None, None]
Light = Literal["red", "green", "dark", "both"]

FINDS_CODE = Millis(1_500)
PULLS_AWAY = Millis(500)


class ModuleVoice:
    """The I/O module on a loopback wire; its time is the yard's, whether or not a driver listens."""

    def __init__(self, peer: Adam60xxPeer) -> None:
        self._peer = peer

    def feed(self, data: bytes) -> bytes:
        return self._peer.feed(data)

    def advance(self, elapsed: Millis) -> bytes:
        return self._peer.advance(Millis(0))


@dataclass
class Yard:
    """Moves in steps of the caller; keeps what really happened, as (tick, what)."""

    now: Tick
    seed: int = 0
    trucks: list[Truck] = field(default_factory=list)
    motions: list[tuple[Tick, str]] = field(default_factory=list)
    lights: list[tuple[Tick, Light]] = field(default_factory=list)
    sirens: list[Tick] = field(default_factory=list)
    edges: list[tuple[Tick, str, bool]] = field(default_factory=list)
    struck: int = 0

    def __post_init__(self) -> None:
        self.boom = BoomModel()
        self.deck = DeckModel(seed=self.seed)
        self.scale = ToledoPeer(self.deck)
        self.scanner = LineScannerPeer()
        self.module = Adam6060Model(
            self.boom,
            entry_loop=lambda: self._felt(ENTRY_LOOP),
            under_boom_loop=lambda: self._felt(UNDER_BOOM_LOOP),
            exit_loop=lambda: self._felt(EXIT_LOOP),
            boom_beam=lambda: self._broken(BOOM),
            on_output=self._output,
        )
        self.module.start(self.now)
        self.adam = Adam60xxPeer(self.module)
        self.voice = ModuleVoice(self.adam)
        self._scripts: list[Script] = []
        self._load = Grams(0)
        self._seen: dict[str, bool] = {}

    @property
    def light(self) -> Light:
        """What a driver sees."""
        _, _, red, green, *_ = self.module.outputs
        return "both" if red and green else "red" if red else "green" if green else "dark"

    @property
    def may_go(self) -> bool:
        """Green, and the arm all the way up."""
        return self.light == "green" and self.boom.up_limit

    @property
    def is_empty(self) -> bool:
        """Every driver has done what they came for."""
        return not self._scripts

    def enter(self, truck: Truck, script: Script) -> None:
        """A truck arrives; its driver acts by `script`."""
        self.trucks.append(truck)
        self._scripts.append(script)

    def advance(self, elapsed: Millis) -> None:
        """Let time pass, in one step: drivers look once."""
        self._scripts = [script for script in self._scripts if _goes_on(script)]
        for truck in self.trucks:
            truck.advance(elapsed)
        load = Grams(sum(truck.on_deck() for truck in self.trucks))
        if load != self._load:
            self._load = load
            self.deck.set_load(load)
        self.deck.advance(elapsed)
        self.boom.obstacle = self._felt(UNDER_BOOM_LOOP) or self._broken(BOOM)
        self.struck += self.boom.blocks_way and self._covered(Stretch(23.9, 24.1))
        self.now = Tick(self.now + elapsed)
        self.module.advance(elapsed)
        self._note()

    def _covered(self, stretch: Stretch) -> bool:
        return any(truck.covers(stretch) for truck in self.trucks)

    def _felt(self, loop: Stretch) -> bool:
        return any(truck.is_felt(loop) for truck in self.trucks)

    def _broken(self, beam_m: float) -> bool:
        return any(truck.breaks(beam_m) for truck in self.trucks)

    def _note(self) -> None:
        if not self.lights or self.lights[-1][1] != self.light:
            self.lights.append((self.now, self.light))
        for name, stretch in (("entry", ENTRY_LOOP), ("under-boom", UNDER_BOOM_LOOP), ("exit", EXIT_LOOP)):
            felt = self._felt(stretch)
            if felt != self._seen.get(name, False):
                self._seen[name] = felt
                self.edges.append((self.now, name, felt))

    def _output(self, tick: Tick, name: OutputName, on: bool, held: Millis) -> None:
        if on and name in ("raise", "lower"):
            self.motions.append((tick, name))
        if on and name == "siren":
            self.sirens.append(tick)

    # ------------------------------------------------------------------ what drivers do

    def truck(self, gross: Grams, shape: Shape = ORDINARY) -> Truck:
        """A vehicle before the lane."""
        return Truck(gross, BEFORE_THE_LANE, shape)

    def onto_deck(self, truck: Truck) -> Script:
        """Drive up to the stop line."""
        yield from drive(truck, STOP_LINE)

    def show(self, code: str) -> Script:
        """Find the code and hold it under the reader."""
        yield from self.pause(FINDS_CODE)
        if code:
            self.scanner.scan(code)

    def leave_on_green(self, truck: Truck) -> Script:
        """Wait for green and the raised arm, then drive away."""
        while not self.may_go:
            yield
        yield from self.pause(PULLS_AWAY)
        yield from drive(truck, BEYOND_THE_LANE)

    def passes(self, truck: Truck, code: str) -> Script:
        """An ordinary driver."""
        yield from self.onto_deck(truck)
        yield from self.show(code)
        yield from self.leave_on_green(truck)

    def pause(self, wait: Millis) -> Script:
        """Do nothing for so long."""
        until = self.now + wait
        while self.now < until:
            yield


def drive(truck: Truck, nose_m: float) -> Script:
    """Drive until the nose is there."""
    truck.head_for(nose_m)
    while not truck.is_at_goal:
        yield


def wait_for(condition: Callable[[], bool]) -> Script:
    """Do nothing until it is so."""
    while not condition():
        yield


def _goes_on(script: Script) -> bool:
    try:
        next(script)
    except StopIteration:
        return False
    return True
