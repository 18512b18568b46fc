"""What is kept: legal holds by officers' acts, files whose time has come, and a disk that fills up.

A hold is placed by an officer or a head of unit, and ended by a head of unit alone. While it stands nothing of the
crossing is erased: no picture, no clip, no scan, and no personal data either. A clip that belongs to no crossing, as
of an opening by hand, is held by its own name.
"""

import re

from station.core.disk_level import DiskLevel
from station.core.effects import DropEvidence
from station.core.facts import OfficerAct
from station.core.keeping_facts import DiskJudged, EvidenceDue
from station.core.parameters import Mode
from station.core.records import ModeChanged
from station.core.retention_records import DiskChanged, EvidenceDropped
from station.core.state import LaneState
from station.core.turn import Turn

MOST_HELD = 128
"""Crossings and clips under hold at once: some 4 KB of the state (law L12)."""

_ALARMS: dict[DiskLevel, str] = {"LOW": "DISK_LOW", "CRITICAL": "DISK_CRITICAL", "READ_ONLY": "DISK_READ_ONLY"}
_NAME = re.compile(r"(?P<lane>.+)-E(?P<epoch>[1-9][0-9]{0,9})-T?(?P<number>[0-9]{6,12})")
_CLIP = re.compile(r"k([1-9][0-9]{0,9})\.([0-9]{1,10})\.([0-9]{1,10})")


def refusal(turn: Turn, act: OfficerAct) -> str:
    """The code of what is wrong with placing or ending a hold at this moment, or ""."""
    held = act.crossing in turn.state.held_evidence
    if act.role == "technician" or (act.action == "free-evidence" and act.role != "head-of-unit"):
        return "ROLE"
    if act.action == "free-evidence":
        return "" if held else "NOT_UNDER_HOLD"
    if not _is_ours(turn, act.crossing):
        return "UNKNOWN_CROSSING"
    if held:
        return "UNDER_HOLD"
    return "TOO_MANY_HOLDS" if len(turn.state.held_evidence) >= MOST_HELD else ""


def order(turn: Turn, act: OfficerAct) -> None:
    """An act that stands."""
    held = [crossing for crossing in turn.state.held_evidence if crossing != act.crossing]
    turn.set(held_evidence=tuple(held if act.action == "free-evidence" else [*held, act.crossing]))


def due(turn: Turn, fact: EvidenceDue) -> None:
    """Files whose time has come go, once this is kept; unless a truck came, or a hold on one of their crossings."""
    if turn.state.phase != "IDLE" or set(fact.crossings) & set(turn.state.held_evidence):
        return
    first, last = (fact.crossings[0], fact.crossings[-1]) if fact.crossings else ("", "")
    turn.record(EvidenceDropped(fact.evidence, fact.reason, len(fact.paths), fact.bytes, first, last))
    turn.wish(DropEvidence(fact.paths))


def judged(turn: Turn, fact: DiskJudged) -> None:
    """The level, when it changes and once a day. One alarm stands for it; READ_ONLY closes the lane, and its end opens
    it again as it was.
    """
    before = turn.state.disk
    turn.set(disk=fact.level)
    turn.record(DiskChanged(fact.level, fact.free_mib, fact.days_left))
    if fact.level == before:
        return
    for level, code in _ALARMS.items():
        if level == fact.level:
            turn.raise_alarm(code, "data", f"{fact.free_mib} MiB free", siren=False)
        else:
            turn.clear_alarm(code, "data")
    if "READ_ONLY" in (before, fact.level):
        _set_mode(turn, "DISK_READ_ONLY" if fact.level == "READ_ONLY" else "DISK_RECOVERED")


def mode_in_force(state: LaneState, wanted: Mode) -> Mode:
    """`wanted`, or CLOSED while the disk takes no more."""
    return "CLOSED" if state.disk == "READ_ONLY" else wanted


def _set_mode(turn: Turn, reason: str) -> None:
    state = turn.state
    configured = turn.parameters.mode if state.parameters else "CLOSED"
    mode = mode_in_force(state, state.ordered_mode or configured)
    if mode != state.mode:
        turn.set(mode=mode)
        turn.record(ModeChanged(mode, reason, ""))


def _is_ours(turn: Turn, crossing: str) -> bool:
    """Whether this lane has had a crossing or a clip of that name, as far as its number can tell."""
    clip = _CLIP.fullmatch(crossing)
    if clip is not None:
        return tuple(map(int, clip.groups())) <= (turn.state.epoch, turn.state.starts, turn.state.counter)
    found, lane = _NAME.fullmatch(crossing), turn.parameters
    if found is None or found["lane"] != f"{lane.station}-{lane.lane}":
        return False
    epoch, number = int(found["epoch"]), int(found["number"])
    return epoch < turn.state.epoch or (epoch == turn.state.epoch and 1 <= number <= turn.state.crossings)
