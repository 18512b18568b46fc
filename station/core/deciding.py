"""DECIDING: look the declaration up, let the rules judge, write the decision."""

from station.core import holding, rules, sighting, viewing
from station.core.effects import LookUp
from station.core.facts import LookedUp
from station.core.parameters import Mode
from station.core.records import CrossingDecided, Verdict
from station.core.state import Crossing, Decision, LaneState, has_alarm, is_fit, list_age, parts, utc_at
from station.core.turn import Turn


def enter(turn: Turn) -> None:
    """Everything is gathered: ask the list."""
    turn.enter("DECIDING")
    request = turn.new_id("q")
    turn.set_crossing(request=request)
    turn.wish(LookUp(request, turn.crossing.declaration, _seen(turn.crossing)))


def _seen(crossing: Crossing) -> tuple[str, ...]:
    """Whatever was read of the vehicle, each text once."""
    read = [crossing.plate.text if crossing.plate else "", sighting.contradicting(crossing)]
    read += [part.text for part in (crossing.container, crossing.trailer) if part is not None]
    return tuple(dict.fromkeys(text for text in read if text))


def advance(turn: Turn) -> None:
    """An answer that does not come is a reason to hold."""
    if turn.now >= turn.state.phase_since + turn.parameters.patience.decide:
        holding.hold(turn, "LOOKUP_OVERDUE", "officer")


def looked_up(turn: Turn, fact: LookedUp) -> None:
    """The list has answered: decide."""
    crossing = turn.state.crossing
    if crossing is None or turn.state.phase != "DECIDING" or fact.request_id != crossing.request:
        return
    if fact.fault:  # nobody knows whether it may pass, so nothing is said of that
        holding.hold(turn, fact.fault, "officer")
        return
    evidence = rules.Evidence(
        declaration=crossing.declaration,
        entry=fact.entry,
        suspended=fact.suspended,
        spent_by=fact.spent_by,
        crossing=crossing.crossing,
        previous=crossing.previous,
        office=turn.parameters.office,
        list_age=list_age(turn.state, fact.list_issued_ms),
        utc_ms=utc_at(turn.state, turn.now),
        quality=turn.state.quality,
        plate=crossing.plate,
        weight=crossing.weight,
        limits=turn.parameters.limits,
        sighted=sighting.contradicting(crossing),
        camera_doubt=viewing.doubt(turn.state),
        looks_for_container=parts(turn.state).container_cameras != (),
        container=crossing.container,
        scans=crossing.scan_looks.verdicts,
        looks_for_trailer=parts(turn.state).trailer_camera != "",
        trailer=crossing.trailer,
        instructed=fact.instructed,
    )
    fired = rules.judge(evidence)
    if any(rule.reason == "WEIGHT_DEVIATION" for rule in fired) and not crossing.reweigh:
        turn.set_crossing(reweigh=True, weight=None, request="")  # one more weighing before anybody is accused
        turn.enter("GATHERING")
        return
    verdict, reason = rules.strongest(fired)
    turn.set_crossing(
        entry=fact.entry, decision=Decision(verdict, reason, fired, fact.list_number), decided_at=turn.now
    )
    turn.record(
        CrossingDecided(
            crossing.crossing, verdict, reason, fired, fact.list_number, evidence.list_age, crossing.declaration
        ),
        relevant=True,
    )
    _follow(turn, verdict, reason)


def _follow(turn: Turn, verdict: Verdict, reason: str) -> None:
    match verdict:
        case "PASS" | "PASS_FLAG":
            person = needs_person(turn.state)
            if person:
                holding.hold(turn, person, "officer")
            else:
                turn.enter("RELEASING")
        case "REFER_REMOTE" | "REFER_XRAY" | "REFER_PHYSICAL":
            holding.hold(turn, reason, "officer", referred=verdict != "REFER_REMOTE")
        case "HOLD":
            holding.hold(turn, reason, "head-of-unit")


def effective_mode(state: LaneState) -> Mode:
    """AUTOMATIC needs a barrier that bounds its own motion outputs; without it every release needs a person."""
    return state.mode if barrier_is_bounded(state) or state.mode == "CLOSED" else "ASSISTED"


def needs_person(state: LaneState) -> str:
    """Why the lane may not release by itself now, or "". Whose truck radiated is not certain: it concerns everybody."""
    mode = effective_mode(state)
    if mode == "CLOSED":
        return "LANE_CLOSED"
    if has_alarm(state, "RADIATION_ALARM"):
        return "RADIATION_ALARM"
    if not portal_is_trusted(state):
        return "PORTAL_UNFIT"
    return mode if mode == "ASSISTED" else ""


def portal_is_trusted(state: LaneState) -> bool:
    """A radiation portal, where one is fitted, is open and says that it can be relied on."""
    portal = parts(state).portal
    return portal == "" or (is_fit(state, portal) and not has_alarm(state, "PORTAL_TROUBLE"))


def barrier_is_bounded(state: LaneState) -> bool:
    """The barrier device itself ends its motion outputs, as verified when it was opened."""
    return any(d.name == parts(state).barrier and d.fit and d.motion_bounded for d in state.devices)
