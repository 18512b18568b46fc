"""The link is back after the outage: the unmodified courier drains into a real centre while new alarms are raised.

The lane is the product's loop on the grown journal; mosquitto, PostgreSQL, courier and centre are processes.
"""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from drivers.contract.driver import Identity
from drivers.contract.faults import Fault
from drivers.contract.plain import encode
from drivers.contract.quantities import Millis, Tick
from station.bench.memory import pss_mib
from station.centre import queries, tables
from station.centre.store import CentreStore
from station.courier import talk
from station.courier.broker import Broker
from station.courier.settings import CourierSettings, command
from station.hosting.host import WorkerLost, WorkerOpened
from station.journal.reader import JournalReader
from station.lane.courier_process import CourierProcess
from tests.journeys.gate import LANE, STATION
from tests.journeys.taped import PlayedGate
from tests.proof.measures.outage import Site, Tapes, next_tick
from tests.rig.child import Child, await_true
from tests.services import running_mosquitto, running_postgres
from tests.support import is_port_open

LATEST_MS = 2_000
_TURN = Millis(20)
_CHUNK = 5_000
_LOST = Fault("silent", "tags", "pulled out for the proof", "plug it in")


class WatchedCourier(CourierProcess):
    """The lane's courier process; notes what the lane asks of it and what it answers, by record number."""

    def __init__(self, command_of: Callable[[int], list[str]]) -> None:
        super().__init__(command_of)
        self.turn_began = 0.0
        self.asked: dict[int, float] = {}
        self.answered: dict[int, tuple[float, int]] = {}
        self.receipted: list[tuple[float, int]] = []

    def say(self, message: talk.ToCourier) -> bool:
        if isinstance(message, talk.Notify):
            self.asked[message.seq] = self.turn_began
        return super().say(message)

    def hear(self, now: Tick) -> list[talk.ToLane]:
        heard = super().hear(now)
        for message in heard:
            match message:
                case talk.Receipted(seq=seq):
                    self.receipted.append((time.monotonic(), seq))
                case talk.Noticed(seq=seq):
                    self.answered.setdefault(seq, (time.monotonic(), self.newest_receipt))
        return heard

    @property
    def newest_receipt(self) -> int:
        """How far the stream is receipted."""
        return self.receipted[-1][1] if self.receipted else 0


class LiveGate(PlayedGate):
    """Its clock is the machine's, and its courier a process."""

    courier_of: Callable[[int], list[str]]

    def _listen(self) -> CourierProcess:
        self.watched = WatchedCourier(self.courier_of)
        return self.watched

    def live(self) -> None:
        """One turn of the lane, waiting a little for something to happen."""
        self.watched.turn_began = time.monotonic()
        self._at(self.since + round((time.monotonic() - self.lives_from) * 1_000))
        self.loop.turn(_TURN)

    def lived(self, condition: Callable[[], bool]) -> bool:
        """Whether it holds after one more turn."""
        self.live()
        return condition()

    def begin_life(self) -> None:
        """The clock goes on from here by itself."""
        self.since, self.lives_from = self.yard.now, time.monotonic()

    def pull_and_plug(self) -> None:
        """A device goes, which is an alarm; or comes back."""
        self._is_out = not getattr(self, "_is_out", False)
        opened = WorkerOpened("tags", Identity("uhf-bb7e", "plugged in again"))
        self.played.say(WorkerLost("tags", _LOST) if self._is_out else opened)


@dataclass(frozen=True, slots=True)
class Notice:
    """From the turn that raised it until the lane held the centre's signed answer; `waiting`: records before its own
    that were not receipted then. Without an answer both are -1.
    """

    seq: int
    took_ms: float
    waiting: int

    @property
    def overtook(self) -> bool:
        """Answered while its record still waited in the stream."""
        return self.waiting > 0


@dataclass(frozen=True, slots=True)
class Drained:
    """`backlog`: records that waited when the link came back. `log_bytes`: the journal's write-ahead log afterwards."""

    backlog: int
    took_s: float
    notices: tuple[Notice, ...]
    lost: int
    doubled: int
    unconfirmed: int
    stored_notices: int
    courier_mib: float
    log_bytes: int

    @property
    def rate(self) -> float:
        """Records a second, from the journal to the signed receipt after PostgreSQL's commit."""
        return self.backlog / self.took_s

    @property
    def p95_ms(self) -> float:
        """Of the notices that were answered; with none, for ever."""
        took = [notice.took_ms for notice in self.notices if notice.took_ms >= 0]
        return statistics.quantiles(took, n=20, method="inclusive")[-1] if len(took) > 1 else float("inf")


def drain(site: Site, tapes: Tapes, every_s: float, limit_s: float, module: str = "") -> Drained:
    """Bring the link back and wait until all is receipted. `module` puts another courier in the place of ours."""
    folder = site.folder / "link"
    with running_postgres() as postgres, running_mosquitto(folder) as mosquitto:
        centre = _centre(site, postgres.url, mosquitto.port, folder / "centre.log")
        centre.start()
        try:
            return _drain(site, tapes, every_s, limit_s, _courier(site, mosquitto.port, module), postgres.url)
        finally:
            centre.stop()


def _drain(
    site: Site, tapes: Tapes, every_s: float, limit_s: float, courier: Callable[[int], list[str]], url: str
) -> Drained:
    class Gate(LiveGate):
        courier_of = staticmethod(courier)

    with site.gate(tapes, Gate, next_tick(site)) as gate:
        assert isinstance(gate, LiveGate)
        watched, backlog = gate.watched, gate.journal.next_seq - 1
        gate.begin_life()
        await_true(lambda: gate.lived(lambda: bool(watched.receipted)), 60, "the centre answers")
        up, due = time.monotonic(), time.monotonic()
        while watched.newest_receipt < backlog:
            if time.monotonic() > up + limit_s:
                raise TimeoutError(f"receipted {watched.newest_receipt} of {backlog} records after {limit_s} s")
            if time.monotonic() >= due:
                due += every_s
                gate.pull_and_plug()
            gate.live()
        took_s = watched.receipted[-1][0] - up
        courier_mib = pss_mib(watched.pid or 0)
        newest = gate.journal.next_seq - 1
        await_true(lambda: gate.lived(lambda: watched.newest_receipt >= newest), 60, "everything is receipted")
        log_bytes = Path(f"{gate.data.journal}-wal").stat().st_size
    store = CentreStore(url)
    try:
        lost, doubled = _compared(site, store)
        unconfirmed = len(queries.unconfirmed_notices(store, STATION, LANE))
        stored = queries.counts(store)["notice"]
    finally:
        store.close()
    notices = tuple(_notice(watched, seq) for seq in sorted(watched.asked) if seq > backlog)
    return Drained(backlog, took_s, notices, lost, doubled, unconfirmed, stored, courier_mib, log_bytes)


def _notice(watched: WatchedCourier, seq: int) -> Notice:
    if seq not in watched.answered:
        return Notice(seq, -1, -1)
    at, receipt = watched.answered[seq]
    return Notice(seq, (at - watched.asked[seq]) * 1_000, seq - 1 - receipt)


def _compared(site: Site, store: CentreStore) -> tuple[int, int]:
    """Records of the journal that the centre does not hold unchanged; records it holds twice, aside or beyond."""
    lost = after = 0
    table = tables.record
    with JournalReader(site.data) as reader, store.engine.connect() as connection:
        while rows := reader.records(after, _CHUNK):
            wanted = select(table.c.epoch, table.c.seq, table.c.hash, table.c.body).where(
                table.c.seq > after, table.c.seq <= rows[-1].seq
            )
            held = {(r.epoch, r.seq, bytes(r.hash), bytes(r.body)) for r in connection.execute(wanted)}
            lost += sum((row.epoch, row.seq, row.hash, row.body) not in held for row in rows)
            after = rows[-1].seq
        total, bodies = connection.execute(select(func.count(), func.count(table.c.hash.distinct()))).one()
        aside = connection.execute(select(func.count()).select_from(tables.aside)).scalar_one()
    return lost, (total - bodies) + max(0, total - after) + aside


def _centre(site: Site, url: str, port: int, log: Path) -> Child:
    key = site.signer().key.public.text
    options = ["--database", url, "--key", str(site.keys / "centre.key"), "--station", STATION]
    options += ["--station-key", f"{STATION}:{key}", "--port", str(port)]
    return Child("centre", [sys.executable, "-m", "station", "centre", *options], log)


def _courier(site: Site, port: int, module: str) -> Callable[[int], list[str]]:
    data, keys = str(site.data), site.keys
    trust = (str(keys / "root.pub"), str(keys / "centre.signed"))
    settings = encode(CourierSettings(STATION, LANE, data, data, *trust, Broker(port=port)))

    def of(fileno: int) -> list[str]:
        ours = command(settings, fileno)
        return [module if part == "station.courier.courier" and module else part for part in ours]

    assert is_port_open(port)
    return of
