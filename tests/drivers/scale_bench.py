"""A deck, an indicator and a driver on one loopback wire; time moves in steps of 20 ms."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from drivers.contract.driver import Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import TakeWeight
from drivers.contract.quantities import Millis, Tick, kilograms
from drivers.contract.readings import Reading
from drivers.contract.tools import Tools
from drivers.links.loopback_link import Damage, LoopbackLink
from drivers.links.peer import Peer
from drivers.weighbridge.deck_model import DeckModel

R = TypeVar("R")


def readings_of(readings: list[Reading], kind: type[R]) -> list[R]:
    return [reading for reading in readings if isinstance(reading, kind)]


class ScaleBench:
    """`peer` speaks for `deck` to the driver that `build` makes; `damage` is what the wire does."""

    def __init__(
        self, deck: DeckModel, peer: Peer, build: Callable[[Tools], Driver], damage: Damage | None = None
    ) -> None:
        self.tick = Tick(5000)
        self.deck = deck
        self.link = LoopbackLink(peer, lambda: self.tick, damage)
        self.driver = build(Tools(lambda: self.tick, Path(), self.link))
        self.driver.open()

    def run(self, ms: int) -> list[Reading]:
        readings: list[Reading] = []
        for _ in range(0, ms, 20):
            self.deck.advance(Millis(20))
            self.tick = Tick(self.tick + 20)
            readings += self.driver.poll(Millis(20))
        return readings

    def run_to_fault(self, ms: int) -> tuple[list[Reading], str]:
        readings: list[Reading] = []
        for _ in range(0, ms, 20):
            try:
                readings += self.run(20)
            except DeviceFault as caught:
                return readings, caught.fault.code
        return readings, "no fault"

    def weigh(self, order_id: str = "w1", patience: int = 15_000) -> TakeWeight:
        order = TakeWeight(order_id, Tick(self.tick + 1000), Millis(1000), kilograms(20), Millis(patience))
        assert self.driver.obey(order, Millis(300)).code == "accepted"
        return order
