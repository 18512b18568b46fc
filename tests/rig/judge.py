"""What must never happen, counted from the witnesses of one run. No mercy and no knowledge of the injected fault."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tests.rig.tally import Tally
from tests.rig.witness import CentreRow, Entry, Row

PULSE_MS = 500
MOST_HELD_MS = PULSE_MS + 1_000

Motion = Literal["raise", "lower"]
_ORDERS: dict[str, Motion] = {"RaiseBoom": "raise", "LowerBoom": "lower"}
_BEGINS = re.compile(r"(raise|lower)(?: pulses=[1-9]|=1)")


@dataclass(frozen=True, slots=True)
class Counts(Tally):
    """One column per promise; all must be 0."""

    released_without_a_record: int = 0
    lost: int = 0
    doubled: int = 0
    motion_reissued: int = 0
    motion_after_its_deadline: int = 0
    output_held_too_long: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """One run: what the yard saw, what the journal holds, what the centre holds.

    `delivered` is the newest record that the station counts as delivered; it is judged by that claim, and `is_over`
    says that the run is settled, so that every record must have been delivered.
    """

    yard: Sequence[Entry]
    journal: Sequence[Row]
    centre: Sequence[CentreRow]
    centre_aside: int
    delivered: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class _Order:
    motion: Motion
    seq: int
    tick: int
    not_after: int
    crossing: str


@dataclass(frozen=True, slots=True)
class _Pulse:
    motion: Motion
    tick: int


def judge(evidence: Evidence) -> Counts:
    """Count every broken promise of one run."""
    orders = [_order(row) for row in evidence.journal if row.type == "order.issued" and row.body["order"] in _ORDERS]
    pulses = [_Pulse(motion, e.tick) for e in evidence.yard if e.what == "frame" for motion in _motions(e)]
    unreleased = reissued = late = 0
    for motion in _ORDERS.values():
        mine = [order for order in orders if order.motion == motion]
        matched, without = _match(mine, [pulse for pulse in pulses if pulse.motion == motion])
        late += sum(pulse.tick > order.not_after for order, pulse in matched)
        if motion == "raise":
            unreleased += sum(not _is_released(order, mine, evidence.journal) for order, _ in matched)
        for pulse in without:
            is_known = any(order.tick <= pulse.tick for order in mine)
            reissued += is_known
            unreleased += motion == "raise" and not is_known
    return Counts(
        released_without_a_record=unreleased,
        lost=_lost(evidence),
        doubled=_doubled(evidence),
        motion_reissued=reissued,
        motion_after_its_deadline=late,
        output_held_too_long=_held_too_long(evidence.yard),
    )


def _motions(entry: Entry) -> list[Motion]:
    """The motions that a frame at the module begins."""
    return [motion for motion in _ORDERS.values() if motion in _BEGINS.findall(entry.seen["text"])]


def _order(row: Row) -> _Order:
    body = row.body
    return _Order(_ORDERS[body["order"]], row.seq, row.tick, body["not_after"], body["crossing"])


def _match(orders: Sequence[_Order], pulses: Sequence[_Pulse]) -> tuple[list[tuple[_Order, _Pulse]], list[_Pulse]]:
    """Each pulse belongs to the newest order given before it; an order explains one pulse. The rest are left over."""
    matched: list[tuple[_Order, _Pulse]] = []
    without: list[_Pulse] = []
    used: set[int] = set()
    for pulse in pulses:
        newest = max((order for order in orders if order.tick <= pulse.tick), key=lambda o: o.seq, default=None)
        if newest is None or newest.seq in used:
            without.append(pulse)
        else:
            used.add(newest.seq)
            matched.append((newest, pulse))
    return matched, without


def _is_released(order: _Order, raises: Sequence[_Order], journal: Sequence[Row]) -> bool:
    """A release record of the same crossing stands before the order, and behind the order before it."""
    before = max((other.seq for other in raises if other.seq < order.seq), default=0)
    return any(
        row.type == "crossing.released" and before < row.seq < order.seq and row.body["crossing"] == order.crossing
        for row in journal
    )


def _lost(evidence: Evidence) -> int:
    """Records that the station counts as delivered (at the end: all) and that the centre does not hold unchanged."""
    held = {(row.epoch, row.seq, row.hash) for row in evidence.centre}
    due = [row for row in evidence.journal if evidence.is_over or row.seq <= evidence.delivered]
    return sum((row.epoch, row.seq, row.hash) not in held for row in due)


def _doubled(evidence: Evidence) -> int:
    """The same record twice at the centre, one put aside there, a crossing or an order that ended twice."""
    numbers = Counter((row.epoch, row.seq) for row in evidence.centre)
    bodies = Counter(row.hash for row in evidence.centre)
    ends = Counter(
        (row.type, row.body.get("crossing", ""), row.body.get("order_id", ""))
        for row in evidence.journal
        if row.type in ("crossing.completed", "order.ended")
    )
    twice = sum(count - 1 for counter in (numbers, bodies, ends) for count in counter.values())
    return twice + evidence.centre_aside


def _held_too_long(yard: Sequence[Entry]) -> int:
    """Motion outputs that stayed on too long, or never went off."""
    changes = [e.seen for e in yard if e.what == "output" and e.seen["name"] in ("raise", "lower")]
    held = [int(seen["held_ms"]) for seen in changes if not seen["on"]]
    return sum(ms > MOST_HELD_MS for ms in held) + max(0, len(changes) - 2 * len(held))
