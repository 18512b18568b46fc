"""Readers that do not read by themselves: switched on while a code is awaited, and anew for each vehicle."""

from drivers.contract.orders import TriggerScan
from drivers.contract.quantities import Millis, Tick
from station.core.state import instruction
from station.core.turn import Turn

LIGHT_AGAIN_AFTER = Millis(15_000)
"""A reader's light goes out by itself, best after as long; while the driver is asked for a code it is lit again."""


def advance(turn: Turn) -> None:
    """Light the code readers while the driver is asked to show a code."""
    crossing, readers = turn.state.crossing, turn.parameters.triggered
    if crossing is None or not readers or instruction(turn.state) != "STOP_SHOW_CODE" or turn.now < crossing.light_at:
        return
    turn.set_crossing(light_at=Tick(turn.now + LIGHT_AGAIN_AFTER))
    for reader in readers:
        _switch_on(turn, reader)


def arrived(turn: Turn) -> None:
    """Have every tag reader tell again whom it sees: a tag told to the truck before may be this one's."""
    for reader in turn.parameters.tag_readers:
        _switch_on(turn, reader)


def _switch_on(turn: Turn, reader: str) -> None:
    patience = turn.parameters.patience
    if turn.can_order(reader):
        order = TriggerScan(turn.new_id("s"), Tick(turn.now + patience.order), on=True)
        turn.send(reader, order, patience.answer)
