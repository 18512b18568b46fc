"""The lane's one loop: gather facts, decide, protect, keep, permit, publish. Single-threaded; a turn never blocks.

gather   what workers, officers, the courier and the clock say, each as a fact with this turn's tick
decide   `step(state, facts)`, pure
protect  effects that only make the lane safer go out first, even with a broken journal
keep     one transaction holds the facts and their records
permit   everything else goes out, and only now; a raise that waited too long for the disk is dropped
publish  the courier hears of new records, officers hear what came of their acts
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from drivers.contract.orders import ShowLight, is_motion
from drivers.contract.plain import encode
from drivers.contract.quantities import Millis, Tick
from station.core.deadlines import due
from station.core.effects import Effect, Send, is_protective_effect
from station.core.facts import (
    DeviceLost,
    DeviceOpened,
    DeviceRead,
    Fact,
    InputRefused,
    InstructionsChanged,
    LinkChanged,
    ListChanged,
    OrderAnswered,
    OrdersDropped,
    ProposalArrived,
    RulesArrived,
    Suspended,
    TimePassed,
)
from station.core.instructing import says_go
from station.core.interlock import stands
from station.core.keeping_facts import FileImported
from station.core.records import NOTICES, TYPES, CrossingCompleted
from station.core.state import LaneState, parts
from station.core.step import Step, step
from station.courier import talk
from station.health import report
from station.health.log_lines import OPEN_CROSSING
from station.hosting.host import Host, HostEvent, WorkerAnswered, WorkerLost, WorkerOpened, WorkerRead
from station.journal.outcome import outcome_digest
from station.journal.refusals import Cause, JournalUnwritable
from station.journal.seal import Witnessed
from station.journal.store import Journal
from station.lane.act_socket import ActSocket
from station.lane.copying import SecondCopies
from station.lane.courier_process import CourierProcess, wait_readable
from station.lane.evidence_keeping import NOT_WATCHED, DiskFigures, EvidenceKeeping
from station.lane.perform import Performer
from station.lane.personal_keeping import PersonalKeeping
from station.lane.trust_files import TrustFiles
from station.lane.wall_clock import WallClock

SLOWEST_COMMIT_US = 250_000
"""A permission that waited longer than this for the disk belongs to another moment: it is dropped and re-decided."""

RETRY_KEEPING = Millis(1_000)
MOST_UNKEPT = 2_000
"""Facts held in memory while the journal cannot be written. Beyond it the lane ends: to go on without some of what
happened would be to believe a loop free, or the last run's boom, because nobody remembers otherwise.
"""

_CLOSED = "closed"
"""The order id of the red light that the loop itself shows while nothing can be kept; the core knows nothing of it."""

_PASSING: frozenset[Cause] = frozenset({"disk-full", "locked", "not-writable"})

log = logging.getLogger("station.lane")


@dataclass(slots=True)
class Figures:
    """What the last turn cost, in microseconds, for the bench and the status line."""

    decide_us: int = 0
    keep_us: int = 0
    facts: int = 0
    records: int = 0


class LaneLoop:
    """One lane. `turn` is called for ever; each stage is a method, so that a proof can break one on purpose."""

    def __init__(
        self,
        *,
        state: LaneState,
        journal: Journal,
        host: Host,
        performer: Performer,
        courier: CourierProcess | None,
        acts: ActSocket | None,
        clock: WallClock,
        personal: PersonalKeeping,
        now: Callable[[], Tick],
        trust: TrustFiles | None = None,
        evidence: EvidenceKeeping | None = None,
        copies: SecondCopies | None = None,
    ) -> None:
        self.state = state
        self.figures = Figures()
        self._journal = journal
        self._host = host
        self._performer = performer
        self._courier = courier
        self._acts = acts
        self._clock = clock
        self._personal = personal
        self._now = now
        self._trust = trust
        self._evidence = evidence
        self._copies = copies
        self._later: list[Fact] = []
        self._unkept: list[Fact] = []
        self._foreseen = state
        self._fault: JournalUnwritable | None = None
        self._retry_at = Tick(0)
        self._receipted = self._noticed = 0

    @property
    def is_keeping(self) -> bool:
        """False while the journal cannot be written: the lane is closed and nothing is permitted."""
        return not self._unkept

    @property
    def shown(self) -> LaneState:
        """The state as officers and drivers must see it: CLOSED while nothing can be kept."""
        return self.state if self.is_keeping else replace(self.state, mode="CLOSED")

    @property
    def receipted_seq(self) -> int:
        """The newest record that the centre has stored."""
        return self._receipted

    @property
    def disk(self) -> DiskFigures:
        """How full the disk is."""
        return self._evidence.figures if self._evidence is not None else NOT_WATCHED

    @property
    def noticed_seq(self) -> int:
        """The newest record of which the centre has stored a live copy, whether or not the stream has come so far."""
        return self._noticed

    def begin(self, facts: Sequence[Fact]) -> None:
        """Tell the lane that it has started: Clock, LaneStarted, SettingsApplied, what was found, what is made good."""
        self.tell([*facts, *self._personal.finish(self._now())])

    def turn(self, patience: Millis) -> report.Turn:
        """One full turn, waiting at most `patience` for something to happen."""
        self._wait(patience)
        now = self._now()
        self._host.turn(now)
        if self._courier is not None:
            self._courier.turn(now)
            self._courier.say_disk(talk.DiskIs(self.disk.level, self.disk.free_mib, self.disk.days_left))
        facts = self.gather(now)
        if self._unkept and now >= self._retry_at:
            facts, self._unkept = [*self._unkept, *facts], []
        if facts:
            self.tell(facts)
        else:
            self._seal_if_due(now)
        return report.Turn(self._now(), report.WHOLE_TURN)

    def tell(self, facts: Sequence[Fact]) -> None:
        """Decide, protect, keep, permit, publish. Raises JournalUnwritable when too much waits to be kept."""
        if self._unkept:
            self._foresee(facts)
            return
        began = time.perf_counter_ns()
        decided = step(self.state, facts)
        self.figures.decide_us = (time.perf_counter_ns() - began) // 1000
        self.figures.facts, self.figures.records = len(facts), len(decided.records)
        self.protect(decided)
        try:
            took_us = self.keep(facts, decided)
        except JournalUnwritable as unwritable:
            self._foreseen = decided.state
            self._close_lane(facts, unwritable)
            return
        self.state, self._fault = decided.state, None
        self.figures.keep_us = took_us
        self.permit(decided, took_us)
        self.publish(decided)

    def gather(self, now: Tick) -> list[Fact]:
        """All that has happened since the last turn."""
        facts, self._later = self._later, []
        facts += [self._from_worker(event, now) for event in self._host.receive(Millis(0)) if not _is_own(event)]
        facts += self._look_at_trust(now)
        facts += self._personal.look(now, self.state) if self.is_keeping else []
        if self._evidence is not None:
            facts += self._evidence.look(now, self.state, self._receipted, is_keeping=self.is_keeping)
        facts += self._copies.look(now) if self._copies is not None else []
        if self._acts is not None:
            facts += self._acts.hear(self.shown, now, self.disk)
        if self._courier is not None:
            facts += [fact for said in self._courier.hear(now) if (fact := self._from_courier(said, now)) is not None]
        clock = self._clock.fact(now)
        if clock is not None:
            facts.append(clock)
        next_due = self._next_due()
        if next_due is not None and now >= next_due and not facts and self.is_keeping:
            facts.append(TimePassed(now))
        return facts

    def protect(self, decided: Step) -> None:
        """Perform the effects that only make the lane safer."""
        self._perform([effect for effect in decided.effects if is_protective_effect(effect)])

    def keep(self, facts: Sequence[Fact], decided: Step) -> int:
        """One transaction; returns how long it took in microseconds. Raises JournalUnwritable."""
        appended = self._journal.append(facts, decided.records, outcome_digest(decided))
        closed = any(isinstance(stamped.record, CrossingCompleted) for stamped in decided.records)
        if closed and decided.state.crossing is None:
            self._snapshot(decided.state, appended.last_fseq)
        return appended.took_us

    def permit(self, decided: Step, took_us: int) -> None:
        """Perform everything else that still stands, unless the commit took so long that permission is out of date.

        The core is told of each order that was not sent, so that it waits for none.
        """
        wishes = [effect for effect in decided.effects if not is_protective_effect(effect)]
        dropped = [effect for effect in wishes if not stands(decided.state, effect)]
        if took_us > SLOWEST_COMMIT_US:
            dropped += [effect for effect in wishes if _permits_passage(effect) and effect not in dropped]
        ids = tuple(effect.order.order_id for effect in dropped if isinstance(effect, Send))
        if ids:
            self._later.append(OrdersDropped(self._now(), ids))
        self._perform([effect for effect in wishes if effect not in dropped])

    def publish(self, decided: Step) -> None:
        """Tell the courier, the officers and the log what has been committed."""
        crossing = decided.state.crossing
        OPEN_CROSSING.set(crossing.crossing if crossing else "")
        if not decided.records:
            return
        for stamped in decided.records:
            log.info("record %d %s", stamped.seq, TYPES[type(stamped.record)])
        if self._courier is not None:
            self._courier.say(talk.Committed(decided.state.seq))
            for stamped in decided.records:
                if type(stamped.record) in NOTICES:
                    self._courier.say(talk.Notify(stamped.seq))
        if self._acts is not None:
            self._acts.tell(decided.records)

    def close(self) -> None:
        """End everything this lane started, in good order."""
        self._host.close()
        if self._courier is not None:
            self._courier.close()
        if self._acts is not None:
            self._acts.close()
        if self._copies is not None:
            self._copies.close()

    def _look_at_trust(self, now: Tick) -> list[Fact]:
        """A revocation counts at once: for acts by the facts, for downlinks because the courier begins anew."""
        told = self._trust.look(now) if self._trust is not None else None
        if told is not None and self._courier is not None:
            self._courier.renew(now)
        return told or []

    def _snapshot(self, state: LaneState, fseq: int) -> None:
        """Shortens the next start. The turn is stored already, so a failure here takes nothing back."""
        try:
            self._journal.snapshot(encode(state), fseq)
        except JournalUnwritable as unwritable:
            log.warning("no snapshot after fact %d: %s", fseq, unwritable)

    def _seal_if_due(self, now: Tick) -> None:
        """A turn signs its own checkpoint; without turns the last records would wait for theirs. Nothing permits."""
        if not self.is_keeping:
            return
        try:
            self._journal.seal_due(now)
        except JournalUnwritable as unwritable:
            log.warning("no checkpoint: %s", unwritable)

    def _next_due(self) -> Tick | None:
        """When to look again though nothing happens: what the core waits for, or the next try to keep what waits."""
        return due(self.state) if self.is_keeping else self._retry_at

    def _wait(self, patience: Millis) -> None:
        if self._later:
            return
        next_due = self._next_due()
        if next_due is not None:
            patience = Millis(max(0, min(patience, next_due - self._now())))
        filenos = list(self._host.filenos())
        if self._acts is not None:
            filenos += self._acts.filenos()
        courier = self._courier.fileno() if self._courier is not None else None
        wait_readable(filenos if courier is None else [*filenos, courier], patience)

    def _perform(self, effects: Sequence[Effect]) -> None:
        self._later += self._performer.perform(effects)

    def _from_worker(self, event: HostEvent, now: Tick) -> Fact:
        match event:
            case WorkerOpened(device=device, identity=identity):
                return DeviceOpened(now, device, identity.kind, identity.detail, identity.motion_bounded)
            case WorkerRead(device=device, reading=reading):
                return DeviceRead(now, device, self._personal.without_person(device, reading, self.state))
            case WorkerAnswered(order_id=order_id, answer=answer):
                return OrderAnswered(now, order_id, answer.code, answer.detail)
            case WorkerLost(device=device, fault=fault):
                return DeviceLost(now, device, fault)

    def _from_courier(self, said: talk.ToLane, now: Tick) -> Fact | None:  # noqa: C901, PLR0912 - one row per message
        match said:
            case talk.LinkIs(up=up):  # told even if it seems no news: facts that wait to be kept may say otherwise
                return LinkChanged(now, up)
            case talk.ListArrived(number=number, issued_ms=issued_ms, entries=entries):
                return ListChanged(now, number, issued_ms, entries)
            case talk.SuspensionArrived(declaration=declaration, lifted=lifted, number=number):
                return Suspended(now, declaration, lifted, number)
            case talk.DecisionArrived(act=act) if self._acts is not None:
                return self._acts.from_afar(act, now)
            case talk.WatchlistArrived(number=number):
                return InstructionsChanged(now, number)
            case talk.RulesCame(number=number, values=values):
                return RulesArrived(now, number, values)
            case talk.ProposalCame():
                body = (said.number, said.sha256, said.settings_sha256, said.changes, said.reason, said.valid_until_ms)
                return ProposalArrived(now, *body)
            case talk.DownlinkRefused(thing=thing, reason=reason, next_step=next_step):
                return InputRefused(now, "downlink", thing, reason, next_step)
            case talk.FileTaken():
                return FileImported(
                    now, said.act_id, said.actor, said.sha256, said.things, said.repeated, said.refused, said.reason
                )
            case talk.Receipted(seq=seq):
                self._receipted = seq
                return None
            case talk.Noticed(seq=seq):
                self._noticed = max(seq, self._noticed)
                return None
            case talk.Witnessed(epoch=epoch, seq=seq, signed=signed):
                self._journal.keep_witness(Witnessed(epoch, seq, signed.encode()))
                return None
            case talk.DecisionArrived(number=number):  # of a bench: whatever `assembly` builds has a door for people
                log.warning("decision %d came to a lane without officers: nobody judges it", number)
                return None
            case talk.CourierBeat():
                return None

    def _close_lane(self, facts: Sequence[Fact], unwritable: JournalUnwritable) -> None:
        """The journal cannot be written: nothing is permitted, red is shown, the facts wait in memory.

        Space and locks come back by themselves. Anything else is cured by a start, which opens the journal anew.
        """
        if self._fault is not None and unwritable.cause not in _PASSING:
            log.critical("the journal stays unwritable, the lane ends and begins anew: %s", unwritable)
            raise unwritable
        log.critical("journal unwritable, the lane is closed: %s", unwritable)
        self._fault = unwritable
        self._hold_back(facts)
        self._retry_at = Tick(self._now() + RETRY_KEEPING)
        if self._evidence is not None and unwritable.cause == "disk-full":
            self._evidence.free_reserve()
        barrier = parts(self.state).barrier
        self._host.send(barrier, ShowLight(_CLOSED, Tick(self._now() + RETRY_KEEPING), "red"))

    def _foresee(self, facts: Sequence[Fact]) -> None:
        """What happens before the next try to keep: a stop or a red light does not wait for the disk."""
        ahead = step(self._foreseen, facts)
        self._foreseen = ahead.state
        self.protect(ahead)
        self._hold_back(facts)

    def _hold_back(self, facts: Sequence[Fact]) -> None:
        self._unkept = [*self._unkept, *facts]
        if len(self._unkept) > MOST_UNKEPT and self._fault is not None:
            log.critical("%d facts wait for the journal: the lane ends and begins anew", len(self._unkept))
            raise self._fault


def _is_own(event: HostEvent) -> bool:
    """The answer to an order that the core did not give."""
    return isinstance(event, WorkerAnswered) and event.order_id == _CLOSED


def _permits_passage(effect: Effect) -> bool:
    if not isinstance(effect, Send):
        return False
    return is_motion(effect.order) or isinstance(effect.order, ShowLight) or says_go(effect.order)
