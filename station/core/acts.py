"""Officers' acts. The shell has verified signature and role; here it is judged whether the act fits the moment.

A release of a held crossing needs two persons, one of them the head of unit, unless the lane is only ASSISTED. A
decision from afar (`remote`) counts as one person's act. A suspension cannot be overridden at the lane. Anybody may
close the lane; only a head of unit opens a closed one, has personal data erased, ends a legal hold, or allows crops of
plates to be collected. Anybody may forbid that. While the disk takes no more, nothing is released by anybody. A file
of signed downlinks is brought by an officer or a head of unit; what is in it is judged by its own signatures. Settings
that the centre proposes are answered by a technician or a head of unit.
"""

from typing import Literal

from drivers.contract.quantities import Millis, Tick
from station.core import erasing, proposing, retaining
from station.core.deciding import barrier_is_bounded
from station.core.effects import TakeFile
from station.core.facts import ActReceived, OfficerAct
from station.core.occupancy import seen_standing
from station.core.parameters import Mode
from station.core.records import ActRecorded, ModeChanged
from station.core.shown import evidence_digest
from station.core.state import Crossing, Hold, LaneState, Proposal, utc_at
from station.core.turn import Turn

REMEMBERED_ACTS = 32
LONGEST_VALID = Millis(900_000)
"""An act that asks to be believed for longer is refused: the lane remembers only the newest against repetition."""

MODES: tuple[Mode, ...] = ("AUTOMATIC", "ASSISTED", "TEST", "CLOSED")
"""Least control to most."""

ONE_PERSON_SUFFICES = frozenset({"ASSISTED", "NOT_DEPARTED", "BACKED_OFF", "PORTAL_UNFIT"})
ACKNOWLEDGED = ("UNAUTHORISED_PASSAGE", "LEFT_WHILE_HELD", "PASSED_BEFORE_NOTICE", "NOT_CLEARED", "HELP_CALLED")
NO_OVERRIDE = frozenset({"SUSPENDED"})


def received(turn: Turn, fact: ActReceived) -> None:  # noqa: C901 - one row per action
    """Take an act: effective, proposed (waits for the second person) or refused, always recorded."""
    act = fact.act
    refusal = _refusal(turn, act) or (_remote_refusal(turn, act) if fact.remote else "")
    if refusal:
        _write(turn, fact, "refused", refusal)
        return
    turn.set(recent_acts=(*turn.state.recent_acts, act.act_id)[-REMEMBERED_ACTS:])
    match act.action:
        case "release":
            _release(turn, fact)
        case "return":
            crossing = turn.crossing
            held = crossing.hold
            if held is not None:
                turn.set_crossing(
                    hold=Hold(held.reason, held.owner, held.since, held.reminders, referred=False, returning=True),
                    acts=(*crossing.acts, act.act_id),
                )
            _write(turn, fact, "effective", "")
        case "acknowledge":
            for code in (*ACKNOWLEDGED, "RADIATION_ALARM") if act.role == "head-of-unit" else ACKNOWLEDGED:
                turn.clear_alarm(code)
            _write(turn, fact, "effective", "")
        case "set-mode":
            _write(turn, fact, "effective", "")
            _set_mode(turn, act)
        case "allow-learning" | "forbid-learning":
            _write(turn, fact, "effective", "")  # the record is the consent: `station learn collect` reads it
        case "erase" | "hold-evidence" | "free-evidence":
            _write(turn, fact, "effective", "")
            (erasing if act.action == "erase" else retaining).order(turn, act)
        case "import":
            _write(turn, fact, "effective", "")
            turn.wish(TakeFile(act.act_id, act.actor, act.digest))
        case "accept-settings" | "reject-settings":
            _write(turn, fact, "effective", "")
            proposing.answer(turn, act)


def _set_mode(turn: Turn, act: OfficerAct) -> None:
    if act.mode:
        turn.set(mode=act.mode, ordered_mode=act.mode)
        turn.record(ModeChanged(act.mode, act.reason, act.actor))


def stricter(ordered: Mode | Literal[""], configured: Mode) -> Mode:
    """The mode after a start: what an officer ordered before it stands unless the settings ask for more control."""
    return max(ordered or configured, configured, key=MODES.index)


def _refusal(turn: Turn, act: OfficerAct) -> str:
    """The code of what is wrong with the act at this moment, or ""."""
    state = turn.state
    if state.utc_tick < 0 or utc_at(state, turn.now) > act.not_after_ms:
        return "STALE"
    if act.not_after_ms > utc_at(state, turn.now) + LONGEST_VALID:
        return "VALID_TOO_LONG"
    lane = state.parameters
    if lane is None or act.lane != f"{lane.station}/{lane.lane}":
        return "OTHER_LANE"
    if act.act_id in state.recent_acts:
        return "REPEATED"
    return _refusal_of_its_kind(turn, act)


def _refusal_of_its_kind(turn: Turn, act: OfficerAct) -> str:
    match act.action:
        case "release" | "return":
            return _crossing_refusal(turn, act)
        case "erase":
            return erasing.refusal(turn, act)
        case "allow-learning":
            return "" if act.role == "head-of-unit" else "ROLE"
        case "hold-evidence" | "free-evidence":
            return retaining.refusal(turn, act)
        case "accept-settings" | "reject-settings":
            return proposing.refusal(turn, act)
        case "import":
            return "ROLE" if act.role == "technician" else ""
        case "set-mode":
            return _mode_refusal(turn.state, act)
        case "acknowledge" | "forbid-learning":
            return ""


def _mode_refusal(state: LaneState, act: OfficerAct) -> str:
    if act.mode == "":
        return "NO_MODE"
    if act.mode != "CLOSED" and (act.role == "officer" or (act.role == "technician" and state.mode == "CLOSED")):
        return "ROLE"
    if act.mode != "CLOSED" and state.disk == "READ_ONLY":
        return "DISK_READ_ONLY"
    if act.mode == "AUTOMATIC" and not barrier_is_bounded(state):
        return "BARRIER_NOT_BOUNDED"
    return ""


def _crossing_refusal(turn: Turn, act: OfficerAct) -> str:
    crossing = turn.state.crossing
    if crossing is None or crossing.crossing != act.crossing:
        return "NO_SUCH_CROSSING"
    if turn.state.phase != "HELD" or crossing.hold is None:
        return "NOT_HELD"
    if act.seen_seq < crossing.changed_seq:
        return "CHANGED_SINCE_SEEN"
    if act.digest != evidence_digest(crossing):
        return "OTHER_EVIDENCE"
    if act.role == "technician":
        return "ROLE"
    if act.action == "release" and (crossing.hold.reason in NO_OVERRIDE or crossing.declaration == ""):
        return "NOT_OVERRIDABLE"
    if act.action == "release" and turn.state.disk == "READ_ONLY":
        return "DISK_READ_ONLY"
    if act.action == "release" and crossing.hold.returning:
        return "RETURNING"
    if act.action == "release" and crossing.released and turn.state.boom != "down":
        return "BOOM_NOT_DOWN"
    return ""


def _remote_refusal(turn: Turn, act: OfficerAct) -> str:
    """Who decides from afar sees no lane: only what the lane itself has identified and sees standing may go on."""
    if act.action not in ("release", "return"):
        return "NOT_FROM_AFAR"
    crossing = turn.crossing
    if act.action == "release" and (crossing.plate is None or crossing.plate.verdict != "ACCEPTED"):
        return "NOT_IDENTIFIED"
    return "" if act.action == "return" or seen_standing(turn.state) else "NOT_STANDING"


def _release(turn: Turn, fact: ActReceived) -> None:
    crossing, act = turn.crossing, fact.act
    proposal = crossing.proposal if crossing.proposal and turn.now < crossing.proposal.until else None
    alone = crossing.hold is not None and crossing.hold.reason in ONE_PERSON_SUFFICES
    if not alone and proposal is None:
        until = Tick(turn.now + turn.parameters.patience.second_person)
        proposal = Proposal(act.act_id, act.actor, act.role, until, fact.key_id)
        turn.set_crossing(proposal=proposal, acts=(*crossing.acts, act.act_id))
        _write(turn, fact, "proposed", "")
    elif not alone and proposal is not None and (proposal.actor == act.actor or proposal.key_id == fact.key_id):
        _write(turn, fact, "refused", "SAME_PERSON")
    elif not alone and proposal is not None and "head-of-unit" not in (proposal.role, act.role):
        _write(turn, fact, "refused", "NO_HEAD_OF_UNIT")
    else:
        _write(turn, fact, "effective", "")
        _let_go(turn, turn.crossing, act.act_id)


def _let_go(turn: Turn, crossing: Crossing, act_id: str) -> None:
    turn.set_crossing(
        acts=(*crossing.acts, act_id),
        by_acts=True,
        hold=None,
        proposal=None,
        request="",
        released=False,
        release_tries=0,
        then_hold="",
        progress="waiting",
        exit_seen=False,
    )
    turn.enter("RELEASING")


def _write(turn: Turn, fact: ActReceived, outcome: str, refusal: str) -> None:
    act = fact.act
    relevant = outcome == "proposed"
    turn.record(
        ActRecorded(
            act.act_id,
            act.action,
            act.crossing,
            act.actor,
            act.role,
            act.reason,
            act.text,
            "refused" if outcome == "refused" else "proposed" if outcome == "proposed" else "effective",
            refusal,
            fact.key_id,
            fact.signature,
            fact.remote,
        ),
        relevant=relevant,
    )
