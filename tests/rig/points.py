"""The ten named points of a crossing at which a process is killed or stands still, and how the rig gets there.

What happens at a point follows from the seed alone: the victim, SIGKILL or a stall of 4 to 8 s (SIGSTOP, then
SIGCONT), and for how long the process that stopped itself is left standing before the kill.
"""

import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.rig.barrier_worker import IN_FRAME
from tests.rig.centre import AFTER_COMMIT
from tests.rig.lane import BEFORE_APPEND, BEFORE_PERFORM, HANDED_OVER
from tests.rig.rig import Mark, Rig

Victim = Literal["lane", "barrier", "scale", "courier", "centre", "broker"]
How = Literal["kill", "stall"]

REACH_S = 45.0
_STALL_S = (4.0, 8.0)
_LONGEST_PAUSE_S = 0.6
_RECORDS_IN_FLIGHT = 4


@dataclass(frozen=True, slots=True)
class Point:
    """`stop`: the stop of the rig that brings a process to stand there, if any; `stands`: which process that is.

    `reached`: for the others, what the yard or the journal must show. `victims`: whom the seed may choose.
    """

    name: str
    victims: tuple[Victim, ...]
    stop: str = ""
    stands: Victim | Literal[""] = ""
    reached: Callable[[Rig, Mark], bool] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done at the point."""

    victim: Victim
    how: How
    pause_s: float
    stall_s: float


def _seen(what: str, **wanted: object) -> Callable[[Rig, Mark], bool]:
    def reached(rig: Rig, mark: Mark) -> bool:
        entries = rig.entries()[mark.entries :]
        return any(e.what == what and all(e.seen.get(k) == v for k, v in wanted.items()) for e in entries)

    return reached


def _is_released(rig: Rig, mark: Mark) -> bool:
    return any(row.type == "crossing.released" for row in rig.journal(mark.seq))


POINTS: tuple[Point, ...] = (
    Point("before the append of the raising turn", ("lane", "lane", "barrier"), BEFORE_APPEND, "lane"),
    Point("between commit and perform of the raise", ("lane", "lane", "barrier"), BEFORE_PERFORM, "lane"),
    Point("raise handed to the worker", ("lane", "lane", "barrier"), HANDED_OVER, "lane"),
    Point("inside the order frame", ("barrier", "lane"), IN_FRAME, "barrier"),
    Point("boom rising", ("lane", "barrier", "scale"), reached=_seen("boom", phase="rising")),
    Point(
        "truck under the boom", ("lane", "barrier", "scale"), reached=_seen("loop", name="under-boom", occupied=True)
    ),
    Point("boom lowering", ("lane", "barrier"), reached=_seen("boom", phase="lowering")),
    Point("between PUBACK and receipt", ("centre", "courier", "broker", "lane"), reached=_is_released),
    Point("centre after commit, before receipt", ("centre",), AFTER_COMMIT, "centre"),
    Point("broker with batches in flight", ("broker",), reached=_is_released),
)
APPEND, RISING, PUBACK, IN_FLIGHT = POINTS[0], POINTS[4], POINTS[7], POINTS[9]


def plan_of(point: Point, seed: int) -> Plan:
    """What the seed chooses. Two of five runs stall; every victim gets its turn as seeds go up."""
    chance = random.Random(f"{point.name} {seed}")
    return Plan(
        victim=point.victims[seed % len(point.victims)],
        how="stall" if seed % 5 in (1, 4) else "kill",
        pause_s=chance.uniform(0.0, _LONGEST_PAUSE_S),
        stall_s=chance.uniform(*_STALL_S),
    )


def bring_to(rig: Rig, point: Point, mark: Mark) -> None:
    """Send a van and wait until the point is reached; whoever `stands` there stands still. Raises TimeoutError."""
    if point.stop and point.stands != "centre":
        rig.stops.arm(point.stop)
    rig.send_van()
    if point.stands == "centre":  # what matters is that records of this crossing are in its hands
        rig.wait(lambda: _is_released(rig, mark), REACH_S, "the release")
        rig.stops.arm(point.stop)
    if point.reached is not None:
        reached = point.reached
        rig.wait(lambda: reached(rig, mark), REACH_S, point.name)
    else:
        rig.wait(lambda: rig.stops.is_reached(point.stop), REACH_S, point.name)
    if point is PUBACK:
        _await_pubacks(rig)
    elif point is IN_FLIGHT:
        _await_unacknowledged(rig, mark)


def strike(rig: Rig, point: Point, plan: Plan) -> None:
    """Do what the plan says, and bring back what nobody else brings back."""
    stands = point.stands or ("centre" if point is PUBACK else "broker" if point is IN_FLIGHT else "")
    if plan.how == "stall":
        _stall(rig, plan, stands)
    else:
        time.sleep(plan.pause_s if stands else 0)
        _kill(rig, plan.victim)
    for name in {stands} - {"", plan.victim}:
        _signal(rig, name, signal.SIGCONT)


def _stall(rig: Rig, plan: Plan, stands: str) -> None:
    if plan.victim != stands:
        _signal(rig, plan.victim, signal.SIGSTOP)
    end = time.monotonic() + plan.stall_s
    if plan.victim == "lane" or stands == "lane":
        time.sleep(plan.stall_s)
    else:  # the lane goes on meanwhile; it may replace the one that stands
        rig.wait(lambda: time.monotonic() >= end, plan.stall_s + 5, "the stall is over")
    _signal(rig, plan.victim, signal.SIGCONT)


def _kill(rig: Rig, victim: Victim) -> None:
    match victim:
        case "lane":
            rig.kill_lane()
        case "centre":
            rig.restart_centre()
        case "broker":
            rig.restart_broker()
        case "barrier" | "scale" | "courier":
            _signal(rig, victim, signal.SIGKILL)


def _signal(rig: Rig, name: str, number: signal.Signals) -> None:
    """To a process of the rig or of the lane; one that has ended meanwhile has been replaced and is left alone."""
    if name in ("lane", "centre"):
        (rig.lane if name == "lane" else rig.centre).send(number)
    elif name == "broker":
        if rig.broker.process is not None:
            rig.broker.process.send_signal(number)
    else:
        with suppress(ProcessLookupError):
            target = rig.worker(name)
            target.send(number)
            target.close()


def _await_pubacks(rig: Rig) -> None:
    """The centre stands still; the broker has acknowledged records that the centre has not seen."""
    rig.centre.send(signal.SIGSTOP)
    log = rig.folder / "mosquitto" / "mosquitto.log"
    before = _pubacks(log)
    rig.wait(lambda: _pubacks(log) >= before + 2, REACH_S, "the broker acknowledges records")


def _pubacks(log: Path) -> int:
    return sum(b"Sending PUBACK to" in line and b"-courier" in line for line in log.read_bytes().splitlines())


def _await_unacknowledged(rig: Rig, mark: Mark) -> None:
    """The broker stands still; the lane goes on and its records wait for an acknowledgement."""
    if rig.broker.process is None:
        raise ProcessLookupError("broker")
    rig.broker.process.send_signal(signal.SIGSTOP)
    seq = len(rig.journal(mark.seq))
    rig.wait(lambda: len(rig.journal(mark.seq)) >= seq + _RECORDS_IN_FLIGHT, REACH_S, "records wait at the broker")
