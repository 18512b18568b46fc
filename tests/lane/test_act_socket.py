"""The lane's door for people refuses by name what is no valid act, records that, and goes on."""

import json
import socket
from collections.abc import Callable

import pytest

from drivers.contract.plain import encode
from station.core.facts import Action
from station.core.records import ActRecorded, RefusalRecorded
from station.lane.act_socket import MOST_CALLERS, MOST_PACKET, Act, Ask, Outcome, View
from station.lane.refusal_limit import MOST_A_MINUTE
from tests.journeys.gate import DECLARATION, Gate


@pytest.fixture
def held(gate: Gate) -> Gate:
    """A truck 6 % too heavy waits for officers."""
    gate.arrive(43_320, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: gate.loop.state.phase == "HELD", 120, "held")
    return gate


def refusals(gate: Gate) -> list[RefusalRecorded]:
    return [record for record in gate.records() if isinstance(record, RefusalRecorded)]


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (b"open the barrier", "not-understood"),
        (b"[]", "not-understood"),
        (b"\xff\xfe\x00", "not-understood"),
        (b'{"is":"Act"}', "not-understood"),
        (b'{"is":"RaiseBoom","not_after":99999999,"order_id":"x"}', "not-understood"),
        (b"[" * 20_000, "not-understood"),
        (encode(Act("")), "not-json"),
        (encode(Act("{}")), "unsigned"),
    ],
)
def test_what_is_no_act_is_refused_by_name_and_recorded(held: Gate, packet: bytes, words: str) -> None:
    outcome = held.send(packet)
    assert isinstance(outcome, Outcome)
    assert outcome.outcome == "refused"
    assert words in outcome.refusal
    assert outcome.next_step
    held.run(100)
    assert [(record.source, words in record.reason) for record in refusals(held)] == [("act", True)]
    assert refusals(held)[0].next_step
    assert held.loop.state.phase == "HELD"


def test_an_act_without_a_signature_is_refused(held: Gate) -> None:
    act = {"payload": '{"is":"OfficerAct"}', "key": "0" * 16, "purpose": "act", "signature": ""}
    outcome = held.ask(Act(json.dumps(act)))
    assert isinstance(outcome, Outcome)
    assert outcome.outcome == "refused"


Spoil = Callable[[Gate], Outcome]

SPOILT: dict[str, tuple[Spoil, str]] = {
    "foreign": (lambda gate: gate.act("release", "1187", signer="stranger"), "unknown-key"),
    "borrowed": (lambda gate: gate.act("release", "1187", signer="2001"), "wrong-actor"),
    "promoted": (lambda gate: gate.act("release", "1187", role="head-of-unit"), "wrong-role"),
    "stale": (lambda gate: gate.act("release", "1187", not_after_ms=gate.utc_ms() - 1), "stale"),
    "changed": (lambda gate: gate.act("release", "1187", seen_seq=1), "CHANGED_SINCE_SEEN"),
    "other-evidence": (lambda gate: gate.act("release", "1187", digest="0" * 64), "OTHER_EVIDENCE"),
    "other-crossing": (lambda gate: gate.act("release", "1187", crossing="VN-HN-I1-E1-000099"), "NO_SUCH_CROSSING"),
}


@pytest.mark.parametrize("case", SPOILT)
def test_an_act_that_does_not_hold_is_refused(held: Gate, case: str) -> None:
    spoil, words = SPOILT[case]
    outcome = spoil(held)
    assert outcome.outcome == "refused"
    assert words in outcome.refusal
    assert held.loop.state.phase == "HELD"
    held.run(100)
    recorded = [record.refusal for record in held.records() if isinstance(record, ActRecorded)]
    assert len(recorded) + len(refusals(held)) == 1
    assert held.yard.motions == []


@pytest.mark.parametrize(
    ("action", "crossing", "step"),
    [
        ("release", None, "look at the crossing again and act again"),
        ("hold-evidence", "", "look at the crossing again and act again"),
        ("accept-settings", "", ""),
        ("reject-settings", "", ""),
    ],
)
def test_a_refused_act_is_told_what_to_do_next(held: Gate, action: Action, crossing: str | None, step: str) -> None:
    """Nobody who was refused on settings looks at a crossing: `station settings` has steps of its own."""
    where = {} if crossing is None else {"crossing": crossing}
    outcome = held.act(action, "1187", digest="0" * 64, **where)
    assert (outcome.outcome, outcome.next_step) == ("refused", step)


def _come(gate: Gate) -> socket.socket:
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    caller.connect(str(gate.folder / "act.sock"))
    return caller


def test_callers_who_hang_up_or_crowd_the_door_stop_neither_lane_nor_officers(gate: Gate) -> None:
    crowd = [_come(gate) for _ in range(MOST_CALLERS)]
    gate.run(200)
    crowd[0].send(encode(Ask()))
    gate.run(200)
    assert isinstance(gate.ask(Ask()), View), "somebody outside a full house is heard"
    acts = gate.loop._acts
    assert acts is not None
    assert len(acts.filenos()) <= 1 + MOST_CALLERS
    assert crowd[1].recv(1) == b"", "whoever was silent for longest had to go"
    crowd[0].setblocking(False)
    assert crowd[0].recv(MOST_PACKET)
    with pytest.raises(BlockingIOError):  # who has spoken stays
        crowd[0].recv(1)
    for caller in crowd:
        caller.close()
    gate.run(200)
    assert isinstance(gate.ask(Ask()), View)


def test_a_flood_of_rubbish_is_answered_each_time_and_becomes_a_few_rows(gate: Gate) -> None:
    for _ in range(3 * MOST_A_MINUTE):
        outcome = gate.send(b"rubbish")
        assert isinstance(outcome, Outcome)
        assert outcome.outcome == "refused"
    gate.run(100)
    assert len(refusals(gate)) == MOST_A_MINUTE
    assert refusals(gate)[-1].reason == "too-many"
    assert refusals(gate)[-1].next_step
    gate.run(60_000)
    gate.send(b"rubbish")
    gate.run(100)
    assert len(refusals(gate)) == MOST_A_MINUTE + 1, "the next minute begins afresh"


def test_the_door_is_closed_to_others(gate: Gate) -> None:
    assert (gate.folder / "act.sock").stat().st_mode & 0o777 == 0o660
