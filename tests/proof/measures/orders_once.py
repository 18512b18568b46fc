"""G11: what the centre orders is done at most once, and only if it is fresh, addressed and signed.

Two officers at the centre send a truck back. Their decisions come doubled, late, in any order, with forged, expired and
foreign ones between, while courier and lane are killed at every step of the way: received, judged, told, acted upon.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from unittest.mock import patch

from drivers.contract.quantities import Tick
from station.core import acts
from station.core.facts import ActReceived, OfficerAct
from station.core.records import ActRecorded
from station.core.shown import evidence_digest
from station.core.turn import Turn
from station.courier.downlink import DownlinkUnacceptable, Judge
from station.courier.store import CourierStore, InboxRow
from station.courier.talk import DecisionArrived
from station.messages.downlinks import Decision
from station.messages.topics import LaneTopics
from station.trust.acts import sign_act, verify_act
from station.trust.keys import PrivateKey, load_key
from station.trust.officers import Officers
from station.trust.refusal import Untrusted
from station.trust.signed import sign
from station.trust.statements import Officer
from tests.core.script import Script
from tests.core.world import UTC
from tests.courier.bench import FAR_MS, Keys
from tests.messages.chains import LANE, STATION
from tests.proof.frame import Line

_COPIES = 3
_KILL_IN_EACH = 0.25
_LATE = 5
"""By how many others a message may be overtaken."""


class _Killed(Exception):
    """The courier ends here; what is on its disk stays."""


@dataclass
class Once:
    """Over all seeds: acts that were effective, those effective more than once, wrong ones that were."""

    seeds: int = 0
    sent: int = 0
    kills: int = 0
    effective: int = 0
    twice: int = 0
    wrong: int = 0


def measure(seeds: int) -> Once:
    """Every seed is another order of arrivals and another choice of kills."""
    found = Once()
    with tempfile.TemporaryDirectory(prefix="station-proof-once-") as name:
        keys = Keys(Path(name) / "keys")
        for seed in range(seeds):
            _Story(Path(name) / str(seed), keys, Random(seed), found).run()
    return found


@contextmanager
def forgetful() -> Iterator[None]:
    """The mutant: a lane that does not remember the acts it took."""
    received = acts.received

    def forgetting(turn: Turn, fact: ActReceived) -> None:
        turn.set(recent_acts=())
        received(turn, fact)

    with patch.object(acts, "received", forgetting):
        yield


class _Story:
    def __init__(self, folder: Path, keys: Keys, rng: Random, found: Once) -> None:
        self.folder, self.keys, self.rng, self.found = folder, keys, rng, found
        self.topics = LaneTopics(STATION, LANE)
        self.judge = Judge(self.topics, keys.trusted)
        self.officer = PrivateKey.make()
        one = Officer("1187", "officer", self.officer.public.text, FAR_MS)
        self.officers = Officers(1, {self.officer.key_id: (self.officer.public, one)})
        self.script = Script(listed=False)
        self.script.drive_on()
        self.script.scan()
        self.store = CourierStore(folder)

    def run(self) -> None:
        right, wrong = self._acts()
        arrivals = [*self._wires(right, self.officer), *self._spoilt(wrong)]
        late = {at: at + self.rng.uniform(0, _LATE) for at in range(len(arrivals))}
        arrivals = [arrivals[at] for at in sorted(late, key=late.__getitem__)]
        self.found.seeds, self.found.sent = self.found.seeds + 1, self.found.sent + len(arrivals)
        for payload in arrivals:
            self._through(partial(self._take, payload))
        while self.store.unjudged() or self.store.untold():
            self._through(self._take_up)
        self.store.close()
        recorded = [one for one in self.script.of(ActRecorded) if isinstance(one, ActRecorded)]
        times = Counter(one.act_id for one in recorded if one.outcome == "effective")
        self.found.effective += len(times)
        self.found.twice += sum(count > 1 for count in times.values())
        self.found.wrong += sum(act_id in times for act_id in (act.act_id for act in wrong))

    def _acts(self) -> tuple[list[OfficerAct], list[OfficerAct]]:
        """Two that are right (the second replaces nothing and repeats the same wish), and wrong ones."""
        crossing = self.script.state.crossing
        assert crossing is not None
        lane = f"{self.script.parameters.station}/{self.script.parameters.lane}"
        seen, digest, until = self.script.state.seq, evidence_digest(crossing), UTC + self.script.now + 60_000
        right = OfficerAct(
            "right-1", lane, "return", crossing.crossing, seen, digest, "1187", "officer", "R", "", until
        )
        wrong = [
            replace(right, act_id="stale", not_after_ms=UTC - 1),
            replace(right, act_id="elsewhere", lane=f"{self.script.parameters.station}/I9"),
            replace(right, act_id="another", crossing="VN-HN-I1-E1-999999"),
            replace(right, act_id="not-from-afar", action="acknowledge"),
        ]
        return [right, replace(right, act_id="right-2")], wrong

    def _wires(self, right: list[OfficerAct], key: PrivateKey) -> Iterator[bytes]:
        centre = load_key(self.keys.centre_key)
        for number, act in enumerate(right, 1):
            thing = Decision(STATION, LANE, sign_act(act, key).to_wire().decode(), number, 1, FAR_MS)
            yield from [sign("decision", thing, centre).to_wire()] * _COPIES

    def _spoilt(self, wrong: list[OfficerAct]) -> Iterator[bytes]:
        """Wrong acts in right envelopes, then right acts in wrong envelopes or of nobody's key."""
        centre, stranger = load_key(self.keys.centre_key), PrivateKey.make()
        for number, act in enumerate(wrong, 3):
            thing = Decision(STATION, LANE, sign_act(act, self.officer).to_wire().decode(), number, 1, FAR_MS)
            yield sign("decision", thing, centre).to_wire()
        act = replace(wrong[-1], action="return")
        forged = [replace(act, act_id=f"forged-{at}") for at in range(4)]
        wrong += forged
        by_stranger = Decision(STATION, LANE, sign_act(forged[0], stranger).to_wire().decode(), 8, 1, FAR_MS)
        good = [Decision(STATION, LANE, sign_act(one, self.officer).to_wire().decode(), 9, 1, FAR_MS) for one in forged]
        yield sign("decision", by_stranger, centre).to_wire()
        yield sign("decision", good[1], stranger).to_wire()
        yield sign("decision", replace(good[2], lane="I9"), centre).to_wire()
        yield sign("decision", replace(good[3], valid_until_ms=2), centre).to_wire()

    # ------------------------------------------------------------------ the way, with its kills
    def _through(self, step: Callable[[], None]) -> None:
        try:
            step()
        except _Killed:
            self.found.kills += 1
            self.store.close()
            self.store = CourierStore(self.folder)

    def _may_end(self) -> None:
        if self.rng.random() < _KILL_IN_EACH:
            raise _Killed

    def _take(self, payload: bytes) -> None:
        row = self.store.receive(self.topics.decision, payload, UTC)
        self._may_end()
        self._judge(row)
        self._tell()

    def _take_up(self) -> None:
        for row in self.store.unjudged():
            self._judge(row)
        self._tell()

    def _judge(self, row: InboxRow) -> None:
        try:
            thing = self.judge.judge(row.topic, row.payload, self.store.held(), UTC)
        except DownlinkUnacceptable as refusal:
            self.store.refuse(row, refusal.reason)
            return
        self.store.apply(row, thing)
        self._may_end()

    def _tell(self) -> None:
        for news in self.store.untold():
            assert isinstance(news, DecisionArrived)
            self._lane(news)
            self._may_end()
            self.store.told(news)

    def _lane(self, news: DecisionArrived) -> None:
        try:
            act, key_id, signature = verify_act(news.act.encode(), self.officers, UTC + self.script.now)
        except Untrusted:
            return
        self.script.tell(ActReceived(Tick(self.script.now), act, key_id, signature, remote=True))


def lines(seeds: int) -> Iterator[Line]:
    """The promise and its mutant."""
    found = measure(seeds)
    told = f"{found.twice} twice, {found.wrong} wrong; {found.effective} effective, {found.kills} kills"
    passed = found.twice == 0 == found.wrong and found.effective > 0 < found.kills
    what = f"orders of the centre done twice or wrongly, {found.seeds} seeds"
    yield Line(what, told, found.sent, "0, 0", passed=passed)
    with forgetful():
        caught = measure(min(seeds, 10)).twice
    yield Line(
        "mutant that does not remember acts does some twice", str(caught), min(seeds, 10), "> 0", passed=caught > 0
    )
