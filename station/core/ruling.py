"""Limits that the centre narrows. It only ever adds control: of the station's own figure and the centre's the stricter
one counts, so a centre whose key is stolen cannot open a gate wider than the station's settings do (law L8).

New rules wait for an empty lane: no truck is judged by two sets of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from station.core.facts import RulesArrived
from station.core.instructed_records import RulesInForce
from station.core.parameters import LaneParameters, Limits
from station.core.turn import Turn


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where to where a centre may set a limit, and which of two figures is the stricter."""

    least: int
    most: int
    stricter: Literal["lower", "higher"]


LISTED: dict[str, Bounds] = {
    "weight_refer": Bounds(5, 1000, "lower"),
    "weight_review": Bounds(5, 1000, "lower"),
    "weight_refer_mass": Bounds(50_000, 40_000_000, "lower"),
    "gross_maximum": Bounds(1_000_000, 200_000_000, "lower"),
    "list_age": Bounds(900_000, 2_592_000_000, "lower"),
    "plate_frames": Bounds(1, 20, "higher"),
}
"""The limits that a centre may set, in the units of `Limits`."""


def fault_of(values: Sequence[tuple[str, int]]) -> Literal["", "limit-not-listed", "out-of-bounds"]:
    """Why a lane does not take these values."""
    for name, value in values:
        bounds = LISTED.get(name)
        if bounds is None:
            return "limit-not-listed"
        if not bounds.least <= value <= bounds.most:
            return "out-of-bounds"
    return ""


def narrowed(own: Limits, values: Sequence[tuple[str, int]]) -> Limits:
    """The station's own limits with the centre's where those are stricter; values that are not listed say nothing."""
    changes: dict[str, int] = {}
    for name, value in values:
        bounds = LISTED.get(name)
        if bounds is not None and bounds.least <= value <= bounds.most:
            pick = min if bounds.stricter == "lower" else max
            changes[name] = pick(getattr(own, name), value)
    return replace(own, **changes)  # type: ignore[arg-type]  # names and figures of Limits


def with_rules(turn: Turn, own: LaneParameters) -> LaneParameters:
    """The settings' own parameters under the rules in force."""
    turn.set(own_limits=own.limits)
    return replace(own, limits=narrowed(own.limits, turn.state.rules.values))


def arrived(turn: Turn, fact: RulesArrived) -> None:
    """Newer ones wait for an empty lane; those in force are told again at each start and change nothing."""
    waiting = turn.state.next_rules
    if fact.number > max(turn.state.rules.number, waiting.number if waiting is not None else 0):
        turn.set(next_rules=RulesInForce(fact.number, fact.values))


def take_force(turn: Turn) -> None:
    """The lane is empty: what waits is in force from here on."""
    waiting = turn.state.next_rules
    if waiting is None:
        return
    turn.set(rules=waiting, next_rules=None)
    turn.set(parameters=replace(turn.parameters, limits=narrowed(turn.state.own_limits, waiting.values)))
    turn.record(waiting)
