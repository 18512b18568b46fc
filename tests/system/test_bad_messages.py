"""What reaches a running lane over MQTT and at its door for people: refused by name while a truck passes."""

import itertools
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from paho.mqtt import publish

from drivers.contract.plain import encode
from station.core.facts import OfficerAct
from station.lane.act_socket import MOST_CALLERS, Act, Outcome, call
from station.messages.downlinks import Decision, EligibleList, Suspension
from station.messages.receipts import Receipt
from station.messages.topics import LaneTopics
from station.trust.acts import sign_act
from station.trust.keys import PrivateKey, load_key
from station.trust.signed import Purpose, sign
from tests.rig.premises import FAR_MS, LANE, OFFICE, STATION, declaration
from tests.rig.rig import Mark
from tests.system.bad_gate import SLOW_S, Gate, open_gate

pytestmark = pytest.mark.slow

TOPICS = LaneTopics(STATION, LANE)
EMPTY_LIST = EligibleList(STATION, OFFICE, 50, 1_700_000_000_000, FAR_MS, ())
KINDS: dict[Purpose, tuple[str, object]] = {
    "receipt": (TOPICS.receipt, Receipt(STATION, LANE, 1, 1, "00" * 32, 1)),
    "list": (TOPICS.list, EMPTY_LIST),
    "suspension": (TOPICS.suspension, Suspension(STATION, declaration(1), False, 50, 1, FAR_MS)),
    "decision": (
        TOPICS.decision,
        Decision(STATION, LANE, "{}", 50, 1, FAR_MS),
    ),
}
_numbers = itertools.count()


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> None:
    """Here the gate lives as long as the module; `open_gate` looks for what is left."""


@pytest.fixture(scope="module")
def shared_gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    with open_gate(tmp_path_factory.mktemp("messages") / "gate") as gate:
        yield gate


@pytest.fixture
def gate(shared_gate: Gate) -> Iterator[Gate]:
    """The shared gate, which must be unharmed after each test."""
    mark = shared_gate.mark()
    yield shared_gate
    shared_gate.assert_unharmed(mark)


def _publish(gate: Gate, *messages: tuple[str, bytes], retain: bool = False) -> None:
    told = [{"topic": topic, "payload": payload, "qos": 1, "retain": retain} for topic, payload in messages]
    publish.multiple(told, "127.0.0.1", gate.broker.port)  # type: ignore[arg-type]  # paho's own TypedDict


def _centre_key(gate: Gate) -> PrivateKey:
    return load_key(gate.premises.keys / "centre.key")


def _refused(gate: Gate, mark: Mark, reason: str, kind: str = "") -> list[dict[str, Any]]:
    rows = gate.rows(mark, "input.refused", source="downlink", reason=reason)
    return [row.body for row in rows if row.body["thing"].startswith(kind)]


def _await_each(gate: Gate, mark: Mark, wanted: set[tuple[str, str]]) -> None:
    """Every (reason, kind) is recorded, with a next step."""

    def missing() -> set[tuple[str, str]]:
        return {(reason, kind) for reason, kind in wanted if not _refused(gate, mark, reason, kind)}

    try:
        gate.wait(lambda: not missing(), SLOW_S, "every refusal")
    except TimeoutError:
        pytest.fail(f"not refused: {missing()}")
    assert all(row.body["next_step"] for row in gate.rows(mark, "input.refused"))


def test_what_no_centre_would_send_is_refused_on_every_topic_while_a_truck_passes(gate: Gate) -> None:
    mark = gate.mark()
    before = [body.body for body in gate.rows(Mark(0, 0), "list.applied")]
    stranger, centre = PrivateKey.make(), _centre_key(gate)
    gate.send_van()
    gate.await_row(mark, "crossing.opened")
    for kind, (topic, thing) in KINDS.items():
        foreign = sign(kind, thing, stranger).to_wire()
        _publish(gate, (topic, b"\x00\xffno json"), (topic, b"{}"), (topic, foreign), (topic, b"[" * 10_000))
    expired = sign("list", replace(EMPTY_LIST, valid_until_ms=1), centre).to_wire()
    outdated = sign("list", replace(EMPTY_LIST, number=1), centre).to_wire()
    _publish(gate, (TOPICS.list, expired), (TOPICS.list, outdated))
    # A broker hands a live subscriber a retained message without its mark, so the courier must come anew.
    _publish(gate, (TOPICS.list, sign("list", EMPTY_LIST, stranger).to_wire()), retain=True)
    _await_each(gate, mark, {(reason, kind) for kind in KINDS for reason in ("not-json", "unsigned", "unknown-key")})
    _await_each(gate, mark, {("expired", "list"), ("outdated", "list")})
    assert len(_refused(gate, mark, "not-json")) == 2 * len(KINDS)
    os.kill(gate.child("station.courier.courier"), signal.SIGKILL)
    _await_each(gate, mark, {("retained", "list")})
    _publish(gate, (TOPICS.list, b""), retain=True)
    gate.await_departure(mark)
    assert [body.body for body in gate.rows(Mark(0, 0), "list.applied")] == before, "the good list is still in force"


def test_unknown_huge_and_too_many_messages_are_refused_and_the_link_goes_on(gate: Gate) -> None:
    mark = gate.mark()
    os.kill(gate.child("station.courier.courier"), signal.SIGKILL)  # a new one counts its refusals afresh
    gate.await_row(mark, "link.state", up=False)
    gate.await_row(mark, "link.state", up=True)
    centre = _centre_key(gate)
    huge = b'"' + b"a" * 1_000_000 + b'"'
    _publish(gate, *((topic, huge) for topic, _ in KINDS.values()))
    _publish(
        gate,
        (TOPICS.list, sign("list", {"is": "Menu", "number": 1}, centre).to_wire()),
        (TOPICS.list.replace("list", "menu"), b"{}"),
        (TOPICS.decision, sign("decision", Decision(STATION, "I9", "{}", 50, 1, FAR_MS), centre).to_wire()),
        (TOPICS.receipt, sign("receipt", Receipt(STATION, "I9", 1, 1, "00" * 32, 1), centre).to_wire()),
        (TOPICS.list, b"x" * (5 * 1024 * 1024)),
    )
    _await_each(gate, mark, {("unsigned", kind) for kind in KINDS})
    _await_each(gate, mark, {("unknown-type", "list"), ("unknown-type", TOPICS.list.replace("list", "menu"))})
    _await_each(gate, mark, {("wrong-station", "decision"), ("wrong-station", "receipt"), ("oversize", "list")})
    _publish(gate, *[(TOPICS.suspension, b"flood")] * 200)
    _await_each(gate, mark, {("too-many", "suspension")})
    gate.wait(gate.is_settled, SLOW_S, "the link works")
    assert len(gate.rows(mark, "input.refused")) <= 20


def _act(gate: Gate, **changes: Any) -> OfficerAct:  # noqa: ANN401 - fields of an act
    view = gate.view()
    number = next(_numbers)
    act = OfficerAct(
        act_id=f"act-{number}",
        lane=f"{STATION}/{LANE}",
        action="set-mode",
        crossing="",
        seen_seq=view.seen_seq,
        digest="",
        actor="demo-officer",
        role="officer",
        reason="TRIAL",
        text="",
        not_after_ms=time.time_ns() // 1_000_000 + 30_000,
        mode="CLOSED",
    )
    return replace(act, **changes)


def _tell(gate: Gate, signed: str) -> Outcome:
    outcome = call(gate.act_socket, Act(signed))
    assert isinstance(outcome, Outcome)
    return outcome


def _come(gate: Gate) -> socket.socket:
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    caller.settimeout(5)
    caller.connect(str(gate.act_socket))
    return caller


def test_acts_that_do_not_hold_and_a_crowd_at_the_door_leave_truck_and_lane_alone(gate: Gate) -> None:
    mark = gate.mark()
    officer, stranger = gate.premises.officers["demo-officer"], PrivateKey.make()
    gate.send_van()
    gate.await_row(mark, "crossing.opened")
    unsigned = sign_act(_act(gate), officer)
    bad = {
        "not-json": "open the barrier",
        "unsigned": json.dumps({"payload": unsigned.payload, "key": unsigned.key, "purpose": "act", "signature": ""}),
        "unknown-key": sign_act(_act(gate), stranger).to_wire().decode(),
        "wrong-actor": sign_act(_act(gate, actor="demo-head"), officer).to_wire().decode(),
        "wrong-role": sign_act(_act(gate, role="head-of-unit"), officer).to_wire().decode(),
        "stale": sign_act(_act(gate, not_after_ms=1), officer).to_wire().decode(),
        "bad-signature": sign_act(_act(gate), officer).to_wire().decode().replace("TRIAL", "TRIED"),
    }
    for reason, wire in bad.items():
        outcome = _tell(gate, wire)
        assert outcome.outcome == "refused" and outcome.refusal.startswith(reason) and outcome.next_step, outcome
        gate.await_refusal(mark, "act", reason)
    silent = [_come(gate) for _ in range(2 * MOST_CALLERS)]
    for number in range(100):
        with _come(gate) as caller:
            caller.send(os.urandom(number + 1))
            caller.recv(4096)
    loud = _come(gate)
    loud.send(encode(Act("x" * 40_000))[:32_000])
    assert gate.view().phase, "an officer is heard in spite of all of them"
    gate.await_departure(mark)
    assert gate.idle_load(1.0) < 0.5, "nobody at the door keeps the lane from resting"
    for caller in (*silent, loud):
        caller.close()
    assert len(gate.rows(mark, "input.refused", source="act")) <= 20
    assert not gate.rows(mark, "lane.mode") and not gate.rows(mark, "act.recorded", outcome="effective")


def test_an_act_that_is_right_still_counts_and_is_taken_once(gate: Gate) -> None:
    mark = gate.mark()
    officer = gate.premises.officers["demo-officer"]
    wire = sign_act(_act(gate), officer).to_wire().decode()
    outcome = _tell(gate, wire)
    assert outcome.outcome == "effective", outcome
    assert gate.await_row(mark, "lane.mode").body["mode"] == "CLOSED"
    again = _tell(gate, wire)
    assert (again.outcome, again.refusal) == ("refused", "REPEATED") and again.next_step
    head = gate.premises.officers["demo-head"]
    reopened = _act(gate, mode="AUTOMATIC", actor="demo-head", role="head-of-unit")
    assert _tell(gate, sign_act(reopened, head).to_wire().decode()).outcome == "effective"
    began = time.monotonic()
    assert gate.view().mode == "AUTOMATIC" and time.monotonic() - began < 5.0
