"""The lane's own door for people: show the open crossing, take a signed act, say what came of it.

A SOCK_SEQPACKET socket of mode 0660; one JSON message per packet. Who connects is taken from the kernel
(SO_PEERCRED) for the refusal text only: what counts is the officer's signature.
"""

import contextlib
import os
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.contract.plain import NotPlain, decode, encode
from drivers.contract.quantities import Tick
from station.core.facts import ActReceived, Fact, InputRefused
from station.core.instructed_records import ImportRecorded
from station.core.records import ActRecorded, Stamped
from station.core.shown import evidence_digest
from station.core.state import LaneState, instruction
from station.core.viewing import cause_of
from station.lane.evidence_keeping import NOT_WATCHED, DiskFigures
from station.lane.refusal_limit import RefusalLimit
from station.trust.acts import verify_act
from station.trust.officers import Officers
from station.trust.refusal import Untrusted

MOST_PACKET = 32 * 1024
MOST_CALLERS = 16


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks what stands in the lane. Answered by `View`."""


@dataclass(frozen=True, slots=True)
class Act:
    """A signed act in wire form (text). Answered by `Outcome`."""

    signed: str


@dataclass(frozen=True, slots=True)
class View:
    """What an officer must be shown before acting; `seen_seq` and `digest` go into the act. Codes and grams."""

    seen_seq: int
    mode: str
    phase: str
    instruction: str
    crossing: str
    digest: str
    plate: str
    declaration: str
    gross: int
    verdict: str
    reason: str
    hold: str
    proposed_by: str
    light: str
    boom: str
    alarms: tuple[str, ...]
    link_up: bool
    list_number: int
    unfit: tuple[str, ...]
    container: str = ""
    scans: tuple[str, ...] = ()
    seal: str = ""
    trailer: str = ""
    disk: DiskFigures = NOT_WATCHED
    held_evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act: "proposed", "effective" or "refused" with code and next step; `said` names what was done."""

    act_id: str
    outcome: str
    refusal: str
    next_step: str
    said: str = ""


Question = Ask | Act
Reply = View | Outcome


def view(state: LaneState, disk: DiskFigures = NOT_WATCHED) -> View:
    """The lane as it stands. The core knows no more of the disk than its level; `disk` has the figures."""
    crossing = state.crossing
    decision = crossing.decision if crossing else None
    return View(
        seen_seq=state.seq,
        mode=state.mode,
        phase=state.phase,
        instruction=instruction(state),
        crossing=crossing.crossing if crossing else "",
        digest=evidence_digest(crossing) if crossing else "",
        plate=crossing.plate.text if crossing and crossing.plate else "",
        declaration=crossing.declaration if crossing else "",
        gross=crossing.weight.gross if crossing and crossing.weight else 0,
        verdict=decision.verdict if decision else "",
        reason=decision.reason if decision else "",
        hold=crossing.hold.reason if crossing and crossing.hold else "",
        proposed_by=crossing.proposal.actor if crossing and crossing.proposal else "",
        light=state.light,
        boom=state.boom,
        alarms=tuple(f"{alarm.code} {alarm.thing} {cause_of(state, alarm)}".rstrip() for alarm in state.alarms),
        link_up=state.link_up,
        list_number=state.list_number,
        unfit=tuple(device.name for device in state.devices if not device.fit),
        container=crossing.container.text if crossing and crossing.container else "",
        scans=crossing.scan_looks.verdicts if crossing else (),
        seal=crossing.seal_looks.verdict if crossing else "",
        trailer=crossing.trailer.text if crossing and crossing.trailer else "",
        disk=disk,
        held_evidence=state.held_evidence,
    )


class ActSocket:
    """Serves callers without ever blocking; an act's caller waits until the turn with its record is committed."""

    def __init__(self, path: Path, officers: Callable[[], Officers], utc_ms: Callable[[], int]) -> None:
        self._officers = officers
        self._utc_ms = utc_ms
        self._callers: list[socket.socket] = []
        self._waiting: dict[str, socket.socket] = {}
        self._limit = RefusalLimit()
        self._disk = NOT_WATCHED
        path.unlink(missing_ok=True)
        self._path = path
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.setblocking(False)
        self._listener.bind(str(path))
        path.chmod(0o660)
        self._listener.listen()

    def filenos(self) -> list[int]:
        """For select."""
        return [self._listener.fileno(), *(caller.fileno() for caller in self._callers)]

    def hear(self, state: LaneState, now: Tick, disk: DiskFigures = NOT_WATCHED) -> list[Fact]:
        """Answer questions and take acts; an act becomes a fact if its signature holds, a refusal if not."""
        self._disk = disk
        facts = [fact for caller in list(self._callers) for fact in self._serve(caller, state, now)]
        with contextlib.suppress(BlockingIOError):
            for _ in range(MOST_CALLERS):
                facts += self._serve(self._newcomer(), state, now)
        return facts

    def from_afar(self, signed: str, now: Tick) -> Fact | None:
        """An act that the centre passed on: verified as one from here, and judged by the core as remote."""
        try:
            act, key_id, signature = verify_act(signed.encode(), self._officers(), self._utc_ms())
        except Untrusted as refusal:
            seen = f"{refusal.reason}: {refusal.seen}"[:300]
            told = self._limit.pass_on(InputRefused(now, "act", "decision of the centre", seen, refusal.next_step))
            return told[0] if told else None
        return ActReceived(now, act, key_id, signature, remote=True)

    def tell(self, records: Sequence[Stamped]) -> None:
        """Say what came of acts whose records are now committed."""
        for stamped in records:
            record = stamped.record
            if isinstance(record, ActRecorded) and record.action == "import" and record.outcome == "effective":
                continue  # its caller hears what became of the file
            if isinstance(record, ImportRecorded) and record.act_id in self._waiting:
                self._reply(self._waiting.pop(record.act_id), _of_the_file(record))
            elif isinstance(record, ActRecorded) and record.act_id in self._waiting:
                caller = self._waiting.pop(record.act_id)
                is_crossings = record.outcome == "refused" and not record.action.endswith("-settings")
                step = "look at the crossing again and act again" if is_crossings else ""
                self._reply(caller, Outcome(record.act_id, record.outcome, record.refusal, step))

    def close(self) -> None:
        """Close all and take the name away."""
        for caller in self._callers:
            caller.close()
        self._callers.clear()
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _newcomer(self) -> socket.socket:
        """Who knocks next; a full house sends away whoever said nothing for longest. Raises BlockingIOError."""
        caller, _ = self._listener.accept()
        caller.setblocking(False)
        if len(self._callers) >= MOST_CALLERS:
            awaited = list(self._waiting.values())
            self._forget(next((other for other in self._callers if other not in awaited), self._callers[0]))
        self._callers.append(caller)
        return caller

    def _serve(self, caller: socket.socket, state: LaneState, now: Tick) -> list[Fact]:
        try:
            packet = caller.recv(MOST_PACKET)
        except BlockingIOError:
            return []
        except OSError:
            packet = b""
        if not packet:
            self._forget(caller)
            return []
        self._callers.remove(caller)
        self._callers.append(caller)  # the silent ones come first
        try:
            question = decode(Question, packet)
        except NotPlain as error:
            return self._refuse(caller, "", "not-understood", str(error)[:200], "use the station's own command", now)
        if isinstance(question, Ask):
            self._reply(caller, view(state, self._disk))
            return []
        try:
            act, key_id, signature = verify_act(question.signed.encode(), self._officers(), self._utc_ms())
        except Untrusted as refusal:
            return self._refuse(caller, "", refusal.reason, refusal.seen, refusal.next_step, now)
        self._waiting[act.act_id] = caller
        return [ActReceived(now, act, key_id, signature)]

    def _refuse(
        self, caller: socket.socket, act_id: str, reason: str, seen: str, next_step: str, now: Tick
    ) -> list[Fact]:
        thing = f"act by {_who(caller)}"
        self._reply(caller, Outcome(act_id, "refused", f"{reason}: {seen}", next_step))
        return self._limit.pass_on(InputRefused(now, "act", thing, f"{reason}: {seen}"[:300], next_step))

    def _reply(self, caller: socket.socket, reply: Reply) -> None:
        try:
            caller.send(encode(reply))
        except OSError:
            self._forget(caller)

    def _forget(self, caller: socket.socket) -> None:
        if caller in self._callers:
            self._callers.remove(caller)
        for act_id in [act_id for act_id, waiting in self._waiting.items() if waiting is caller]:
            del self._waiting[act_id]
        caller.close()


def _of_the_file(record: ImportRecorded) -> Outcome:
    """Effective if every line is in force, or was before."""
    said = ", ".join(record.things)
    if record.refused == 0:
        return Outcome(record.act_id, "effective", "", "", said)
    return Outcome(record.act_id, "refused", record.reason, "", said)


def _who(caller: socket.socket) -> str:
    """Process and user of the caller, from the kernel."""
    size = struct.calcsize("3i")
    pid, uid, _ = struct.unpack("3i", caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return f"pid {pid} uid {uid}"


def call(path: Path, question: Question, patience_s: float = 10.0) -> Reply:
    """Ask a running lane, as the CLI does. Raises OSError if no lane answers there, NotPlain if it is not ours."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as wire:
        wire.settimeout(patience_s)
        wire.connect(os.fspath(path))
        wire.send(encode(question))
        reply: Reply = decode(Reply, wire.recv(MOST_PACKET))
        return reply
