"""The end of a crossing: one closing record that carries every figure, then IDLE."""

from drivers.contract.quantities import Grams, Millis, Permille, Tick
from station.core import scan_advice, seal_advice
from station.core.effects import GiveBack
from station.core.records import TEST_MARK, CrossingCompleted, CrossingOpened, End
from station.core.shown import pictures_of
from station.core.state import NEVER, Crossing
from station.core.turn import Turn


def complete(turn: Turn, end: End, reason: str) -> None:
    """Close the open crossing. A vehicle that slipped through behind it gets a crossing of its own."""
    scan_advice.give_up(turn, "truck-gone")
    seal_advice.give_up(turn, "truck-gone")
    crossing = turn.crossing
    turn.record(_closing(crossing, turn.now, end, reason))
    stayed = end in ("ABORTED", "RETURNED", "REFERRED") and not crossing.exit_seen
    if crossing.booked and (stayed or crossing.test):
        turn.wish(GiveBack(crossing.declaration, crossing.crossing))
    handed_on = end == "INTERRUPTED" and crossing.progress == "waiting" and not crossing.exit_seen
    turn.set(crossing=None, lower_tries=0, interrupted=crossing.crossing if handed_on else "")
    turn.enter("IDLE")
    if crossing.follower:
        open_crossing(turn, "")
        turn.record(_closing(turn.crossing, turn.now, "UNAUTHORISED", "TAILGATING"))
        turn.set(crossing=None)


def break_through(turn: Turn, reason: str) -> None:
    """Close the open crossing of a vehicle that left under the boom without release. Its declaration stays booked."""
    crossing = turn.crossing
    if not crossing.broke_out:  # else the alarm was raised when it happened
        turn.raise_alarm("UNAUTHORISED_PASSAGE", crossing.crossing, "under the boom, not released", siren=True)
    complete(turn, "UNAUTHORISED", reason)


def open_crossing(turn: Turn, previous: str) -> None:
    """A vehicle is in the lane."""
    number = turn.state.crossings + 1
    parameters = turn.parameters
    test = turn.state.mode == "TEST"
    mark = TEST_MARK if test else ""
    name = f"{parameters.station}-{parameters.lane}-E{turn.state.epoch}-{mark}{number:06d}"
    turn.set(crossings=number, crossing=Crossing(name, turn.now, test, previous), interrupted="")
    turn.record(CrossingOpened(name, test, previous), relevant=True)


def _between(start: Tick, end: Tick) -> Millis:
    return Millis(end - start) if NEVER not in (start, end) else Millis(0)


def _closing(c: Crossing, now: Tick, end: End, reason: str) -> CrossingCompleted:
    gathered = max(c.identified_at, c.weighed_at, c.documented_at)
    return CrossingCompleted(
        crossing=c.crossing,
        revision=1,
        end=end,
        reason=reason,
        test=c.test,
        plate=c.plate.text if c.plate else "",
        plate_confidence=c.plate.confidence if c.plate else Permille(0),
        declaration=c.declaration,
        gross=c.weight.gross if c.weight else Grams(0),
        weight_id=c.weight.weight_id if c.weight else "",
        expected_gross=Grams(c.entry.goods + c.entry.tare) if c.entry else Grams(0),
        verdict=c.decision.verdict if c.decision else "",
        released_by=("ACTS" if c.by_acts else "RULES") if c.released else "",
        acts=c.acts,
        pictures=pictures_of(c),
        identify=_between(c.opened, c.identified_at),
        weigh=_between(c.opened, c.weighed_at),
        document=_between(c.opened, c.documented_at),
        decide=_between(gathered, c.decided_at),
        release=_between(c.decided_at, c.released_at),
        clear=_between(c.released_at, now),
        total=_between(c.opened, now),
        touchless=not c.acts,
        previous=c.previous,
        container=c.container.text if c.container else "",
        trailer=c.trailer.text if c.trailer else "",
    )
