"""The edge without a gate: a real journal, the lane's own courier, and records faster than trucks make them.

`python -m tests.rig.edge FOLDER SEED [MUTANT]`; FOLDER/courier.json holds CourierSettings, FOLDER/keys/station.key
signs checkpoints. Each record that was acknowledged, and each receipt that the courier told, is a line on standard
output. FOLDER/quiet stops the writing, FOLDER/courier.pid says which process the courier is. SIGTERM ends it.
"""

import random
import signal
import sys
import threading
import time
from pathlib import Path

from drivers.contract.clock import now
from drivers.contract.plain import decode, encode
from drivers.contract.quantities import Millis, Tick
from station.core.facts import TimePassed
from station.core.records import AlarmRaised, CrossingOpened, Record, RefusalRecorded, Stamped
from station.courier import talk
from station.courier.database import delivered
from station.courier.settings import CourierSettings, command
from station.journal.folder import Mark
from station.journal.seal import Signer, Witnessed
from station.journal.store import Journal
from station.lane.courier_process import CourierProcess, wait_readable
from station.trust.keys import load_key

_MOST_PER_TURN = 12
_PAUSE_MS = (10, 250)
_EVERY_NTH_ALARM = 40


class Edge:
    """One life of the edge."""

    def __init__(self, folder: Path, seed: int, mutant: str) -> None:
        settings: CourierSettings = decode(CourierSettings, (folder / "courier.json").read_bytes())
        found = delivered(Path(settings.folder))
        mark = Mark(found[0], found[1], 0, found[2].hex()) if found is not None else None
        signer = Signer(settings.station, settings.lane, load_key(folder / "keys" / "station.key"), _utc_ms)
        self._folder = folder
        self._chance = random.Random(f"{seed} {time.monotonic_ns()}")
        self._journal = Journal.open(Path(settings.journal), mark, signer)
        program = "tests.rig.courier" if mutant else "station.courier.courier"
        self._courier = CourierProcess(
            lambda fd: [part.replace("station.courier.courier", program) for part in command(encode(settings), fd)]
        )
        self._told_pid: int | None = None

    def turn(self) -> None:
        """Hear the courier, write some records, wait a little."""
        tick = now()
        self._courier.turn(tick)
        for said in self._courier.hear(tick):
            match said:
                case talk.Receipted(epoch=epoch, seq=seq):
                    _say(f"receipted {epoch} {seq}")
                case talk.Witnessed(epoch=epoch, seq=seq, signed=signed):
                    self._journal.keep_witness(Witnessed(epoch, seq, signed.encode()))
                case talk.LinkIs(up=up):
                    _say(f"link {'up' if up else 'down'}")
                case talk.DownlinkRefused(thing=thing, reason=reason):
                    _say(f"refused {thing} {reason}")
                case _:
                    pass
        if (self._folder / "quiet").exists():
            self._journal.seal_due(tick)
        else:
            self._write(tick)
        self._tell_pid()
        fileno = self._courier.fileno()
        wait_readable([] if fileno is None else [fileno], Millis(self._chance.randint(*_PAUSE_MS)))

    def close(self) -> None:
        self._courier.close()
        self._journal.close()

    def _write(self, tick: Tick) -> None:
        first, count = self._journal.next_seq, self._chance.randint(1, _MOST_PER_TURN)
        records = [self._record(seq) for seq in range(first, first + count)]
        stamped = [Stamped(first + at, tick, _utc_ms(), "synced", 0, record) for at, record in enumerate(records)]
        self._journal.append([TimePassed(tick)], stamped, bytes(32))
        _say(f"stored {self._journal.epoch} {first + count - 1}")
        self._courier.say(talk.Committed(first + count - 1))
        for at, record in enumerate(records):
            if isinstance(record, AlarmRaised):
                self._courier.say(talk.Notify(first + at))

    def _record(self, seq: int) -> Record:
        if seq % _EVERY_NTH_ALARM == 0:
            return AlarmRaised("TEST", f"thing {seq}", "", "")
        if self._chance.random() < 0.3:
            seen = "hàng tươi sống " * self._chance.randrange(1, 40)
            return RefusalRecorded("downlink", f"list {seq}", seen, "send it again")
        return CrossingOpened(f"c{seq}", test=False, previous="")

    def _tell_pid(self) -> None:
        if self._courier.pid != self._told_pid:
            self._told_pid = self._courier.pid
            fresh = self._folder / "courier.pid.new"
            fresh.write_text(str(self._told_pid or ""))
            fresh.rename(self._folder / "courier.pid")


def _utc_ms() -> int:
    return time.time_ns() // 1_000_000


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(folder: str, seed: str, mutant: str = "") -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    edge = Edge(Path(folder), int(seed), mutant)
    try:
        while not stop.is_set():
            edge.turn()
    finally:
        edge.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
