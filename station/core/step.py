"""`step`: the only place where a lane changes its mind. Pure, total, and the same on every replay.

A turn tells its facts one by one; after each fact the lane is brought up to date (`_advance`) until nothing
moves. State depends on the facts alone, so replaying them in other portions gives the same states and records.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from station.core import (
    acts,
    attending,
    clips,
    container_views,
    deciding,
    endings,
    erasing,
    fitness,
    gathering,
    holding,
    instructing,
    interlock,
    passage,
    presenting,
    proposing,
    releasing,
    retaining,
    ruling,
    scan_advice,
    seal_advice,
    sighting,
    triggering,
    trusting,
    viewing,
)
from station.core.effects import Effect
from station.core.facts import (
    ActReceived,
    Clock,
    DeviceLost,
    DeviceOpened,
    DeviceRead,
    Fact,
    InputRefused,
    InstructionsChanged,
    LaneStarted,
    LinkChanged,
    ListChanged,
    LookedUp,
    OrderAnswered,
    OrdersDropped,
    ProposalArrived,
    RootAccepted,
    RulesArrived,
    SettingsApplied,
    Spent,
    StationKeyTaken,
    Suspended,
    TimePassed,
    TrustApplied,
)
from station.core.instructed_records import ImportRecorded, InstructionsInForce
from station.core.keeping_facts import CopyMade, DiskJudged, EvidenceDue, FileImported, PersonalErased
from station.core.occupancy import deck_loaded, lane_empty, seen_empty, went_through
from station.core.parameters import Mode
from station.core.records import (
    ClockState,
    LinkState,
    ListInForce,
    OrderEnded,
    RefusalRecorded,
    SettingsInForce,
    Stamped,
    StationStarted,
)
from station.core.state import (
    NEVER,
    LaneState,
    Loop,
    has_alarm,
)
from station.core.turn import Turn

CLOCK_JUMP_MS = 1000
"""A wall clock that moved by more than this against the monotonic one is recorded."""

MOST_MOVES = 16
"""Phase changes that one fact may cause; more would be a loop in the rules, and the lane stops advancing."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a turn leads to."""

    state: LaneState
    records: tuple[Stamped, ...]
    effects: tuple[Effect, ...]


def step(state: LaneState, facts: Sequence[Fact]) -> Step:
    """Tell `facts` to a lane in `state`."""
    turn = Turn(state)
    for index, fact in enumerate(facts):
        turn.cause = index
        before, known = turn.state, len(turn.records)
        _tell(turn, fact)
        if turn.state.parameters is not None:
            _advance(turn)
            clips.advance(turn, before, turn.records[known:])
    return Step(turn.state, tuple(turn.records), tuple(turn.effects))


def _tell(turn: Turn, fact: Fact) -> None:  # noqa: C901, PLR0912, PLR0915 - one row per fact
    if isinstance(fact, LaneStarted | Clock):
        turn.set(tick=fact.tick)
    else:
        turn.set(tick=max(turn.state.tick, fact.tick))
    match fact:
        case LaneStarted():
            _started(turn, fact)
        case SettingsApplied(parameters=parameters):
            turn.set(parameters=ruling.with_rules(turn, parameters), mode=_beginning_mode(turn.state, parameters.mode))
            turn.record(SettingsInForce(turn.state.settings_sha256, turn.state.mode))
            viewing.applied(turn)
        case Clock():
            _clock(turn, fact)
        case TimePassed():
            pass
        case DeviceOpened():
            fitness.opened(turn, fact)
        case DeviceLost():
            fitness.lost(turn, fact)
        case DeviceRead():
            if turn.state.parameters is not None:
                fitness.read(turn, fact)
        case OrderAnswered():
            container_views.answered(turn, fact)  # before the order lands
            scan_advice.answered(turn, fact)
            seal_advice.answered(turn, fact)
            interlock.answered(turn, fact)
            instructing.answered(turn, fact)
            clips.answered(turn, fact)
        case OrdersDropped():
            interlock.dropped(turn, fact)
            instructing.dropped(turn, fact)
        case LookedUp():
            deciding.looked_up(turn, fact)
        case Spent():
            releasing.spent(turn, fact)
        case Suspended():
            releasing.suspended(turn, fact)
        case ListChanged(number=number, issued_ms=issued_ms, entries=entries):
            turn.set(list_number=number, list_issued_ms=issued_ms)
            turn.record(ListInForce(number, issued_ms, entries))
        case InstructionsChanged(number=number):
            turn.record(InstructionsInForce(number))
        case RulesArrived():
            ruling.arrived(turn, fact)
        case ProposalArrived():
            proposing.arrived(turn, fact)
        case LinkChanged(up=up):
            if up != turn.state.link_up:
                turn.set(link_up=up)
                turn.record(LinkState(up))
        case PersonalErased():
            erasing.erased(turn, fact)
        case DiskJudged():
            retaining.judged(turn, fact)
        case EvidenceDue():
            retaining.due(turn, fact)
        case ActReceived():
            acts.received(turn, fact)
        case FileImported():
            turn.record(
                ImportRecorded(
                    fact.act_id, fact.actor, fact.sha256, fact.things, fact.repeated, fact.refused, fact.reason
                )
            )
        case CopyMade(folder=folder, fault=""):
            turn.clear_alarm("NO_SECOND_COPY", folder)
        case CopyMade(folder=folder, fault=fault):
            turn.raise_alarm("NO_SECOND_COPY", folder, fault, siren=False)
        case TrustApplied():
            trusting.applied(turn, fact)
        case RootAccepted():
            trusting.root_accepted(turn, fact)
        case StationKeyTaken():
            trusting.station_key_taken(turn, fact)
        case InputRefused(source=source, thing=thing, reason=reason, next_step=next_step):
            turn.record(RefusalRecorded(source, thing, reason, next_step))
        case _:
            assert_never(fact)


def _started(turn: Turn, fact: LaneStarted) -> None:
    """A restart: whatever was under way is over, nothing is known, no motion is issued again (law L9)."""
    state = turn.state
    motion, crossing = state.motion, state.crossing
    turn.set(utc_ms=fact.utc_ms, utc_tick=fact.tick, quality=fact.quality)
    turn.set(epoch=fact.epoch, starts=state.starts + 1, counter=0, settings_sha256=fact.settings_sha256)
    turn.record(
        StationStarted(
            fact.core_version,
            fact.epoch,
            fact.rules_sha256,
            fact.settings_sha256,
            fact.models,
            crossing.crossing if crossing else "",
        )
    )
    if motion is not None:
        turn.record(OrderEnded(motion.order_id, "unknown", "the lane was restarted", motion.crossing))
    attending.interrupted(turn)
    clips.restarted(turn, fact)
    turn.set(
        devices=(),
        orders=(),
        motion=None,
        entry=Loop(),
        under_boom=Loop(),
        exit=Loop(),
        boom_beam=Loop(),
        deck_entry_beam=Loop(),
        deck_exit_beam=Loop(),
        boom="unknown",
        boom_since=NEVER,
        deck_known=False,
        light="unknown",
        light_order="",
        siren="unknown",
        siren_order="",
        assert_after=NEVER,
        lower_tries=0,
        lower_after=NEVER,
        link_up=False,
        sign="unknown",
        sign_order="",
        sign_after=NEVER,
        said="",
        early_tags=(),
        early_sightings=(),
    )
    if crossing is not None:
        endings.complete(turn, "INTERRUPTED", "RESTART")
    turn.set(parameters=None, phase_since=fact.tick)


def _beginning_mode(state: LaneState, configured: Mode) -> Mode:
    return retaining.mode_in_force(state, acts.stricter(state.ordered_mode, configured))


def _clock(turn: Turn, fact: Clock) -> None:
    state = turn.state
    known = state.utc_tick != NEVER
    jump = fact.utc_ms - (state.utc_ms + (fact.tick - state.utc_tick)) if known else 0
    changed = fact.quality != state.quality
    turn.set(utc_ms=fact.utc_ms, utc_tick=fact.tick, quality=fact.quality)
    if changed or abs(jump) > CLOCK_JUMP_MS:
        turn.record(ClockState(fact.quality, jump))


def _advance(turn: Turn) -> None:
    """Bring the lane up to date with what it now knows, phase by phase, until it rests."""
    interlock.watch(turn)
    passage.settle(turn)
    for _ in range(MOST_MOVES):
        before = (turn.state.phase, turn.state.crossing, turn.state.motion)
        attending.advance(turn)
        scan_advice.advance(turn)
        seal_advice.advance(turn)
        _phase(turn)
        if before == (turn.state.phase, turn.state.crossing, turn.state.motion):
            break
    interlock.watch(turn)
    interlock.show(turn)
    instructing.show(turn)
    triggering.advance(turn)


def _phase(turn: Turn) -> None:
    match turn.state.phase:
        case "IDLE":
            _idle(turn)
        case "GATHERING":
            _gathering(turn)
        case "DECIDING":
            deciding.advance(turn)
        case "RELEASING":
            releasing.advance_releasing(turn)
        case "CLEARING":
            releasing.advance_clearing(turn)
        case "HELD":
            holding.advance(turn)


def _idle(turn: Turn) -> None:
    """A vehicle on the entry loop or the deck opens a crossing, unless the lane is closed or its gate stands open.

    A deck that swings behind a truck shows half a tonne for a moment: only a load at rest is a vehicle.
    """
    ruling.take_force(turn)
    state = turn.state
    if state.deck_known and not deck_loaded(state) and state.interrupted and state.entry.presence == "free":
        turn.set(interrupted="")
    rests = deck_loaded(state) and not state.deck_moving
    arrived = state.entry.presence == "occupied" or (rests and state.entry.presence != "unknown")
    if arrived and state.mode != "CLOSED" and not has_alarm(state, "GATE_OPEN"):
        endings.open_crossing(turn, state.interrupted)
        turn.enter("GATHERING")
        presenting.arrived(turn)
        triggering.arrived(turn)
        sighting.arrived(turn)


def _gathering(turn: Turn) -> None:
    gathering.advance(turn)
    state, crossing = turn.state, turn.crossing
    if lane_empty(state):
        if seen_empty(state) and went_through(state, crossing):
            endings.break_through(turn, "NOT_RELEASED")
        elif seen_empty(state):
            reason = "NO_VEHICLE" if not crossing.was_whole else "REVERSED_OUT" if crossing.reversed else "LEFT_DECK"
            endings.complete(turn, "ABORTED", reason)
    elif not gathering.missing(turn):
        deciding.enter(turn)
    elif turn.now >= state.phase_since + turn.parameters.patience.gather:
        holding.hold(turn, "MISSING_" + "_".join(gathering.missing(turn)), "officer")
