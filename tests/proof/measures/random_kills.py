"""The lane's process is killed again and again, at any moment, while vans come and records are written.

The whole tree is real (tests/rig); its processes are forked, so that a start is cheap, and the reader loads no models.
Whoever is held by what a kill broke off is waved out, and the next van comes. In the end the witnesses are compared:
what the lane said it had recorded, the journal, the yard's own log of every frame, and the centre's records.
"""

import importlib
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.rig.judge import Counts, judge
from tests.rig.rig import Mark, Rig

_FORKED = (
    "drivers.barrier.io_barrier",
    "drivers.camera.picture_folder",
    "drivers.scanner.line_scanner",
    "drivers.weighbridge.toledo_driver",
    "paho.mqtt.client",
    "paho.mqtt.properties",
    "pysqlite3.dbapi2",
    "station.__main__",
    "station.hosting.child",
    "station.settings.load",
    "tests.rig.barrier_worker",
    "tests.rig.lane",
    "tests.rig.reader_worker",
)
"""What the forks need; here before they begin."""

_UP_S = 60.0
_AFTER_THE_FIRST_RECORD_S = (0.0, 4.0)
_AFTER_A_RELEASE_S = (0.0, 3.0)
_UNTIL_A_RELEASE_S = 25.0
_HELD_FOR_S = 1.5
_LOOK_S = 0.2
_END_S = 150.0
_SAID = re.compile(r"station\.lane record (\d+) (\S+)")


@dataclass(frozen=True, slots=True)
class Killed:
    """`said` is how many records the lane's log calls recorded, `unsaid` those of them that the journal lacks.

    `phases`: in which phase of a crossing, by the last record before it, each kill fell.
    """

    kills: int
    vans: int
    raises: int
    said: int
    unsaid: int
    counts: Counts
    phases: Counter[str]
    ends: Counter[str]
    crashes: tuple[str, ...]
    replay: str


class _Traffic:
    """One van after the other."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._mark = rig.mark()
        self._held_since: float | None = None
        self._look_at = 0.0
        self.vans = 0
        self.is_over = False

    def look(self) -> bool:
        """Send the next van when the last one has gone; wave out who is held. Whether the yard is empty."""
        if time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + _LOOK_S
        last = next((e.seen["event"] for e in reversed(self._rig.entries()) if e.what == "truck"), "gone")
        if last == "gone":
            self._held_since = None
            if self.is_over:
                return True
            self._mark = self._rig.mark()
            self._rig.send_van()
            self.vans += 1
        elif self._rig.held_reason(self._mark):
            self._held_since = self._held_since or time.monotonic()
            if time.monotonic() - self._held_since > _HELD_FOR_S:
                self._rig.wave_back()
        else:
            self._held_since = None
        return False


def killed(times: int, seed: int) -> Killed:
    """So many kills in one story. The folder with all logs stays where something went wrong."""
    for module in _FORKED:
        importlib.import_module(module)
    folder = Path(tempfile.mkdtemp(prefix="gate-random-kills-"))
    chance = random.Random(f"random kills {seed}")
    phases: Counter[str] = Counter()
    with Rig(folder / "rig", seed, is_quick=True) as rig:
        rig.start()
        mark = rig.mark()
        traffic = _Traffic(rig)
        for _ in range(times):
            _await_instant(rig, traffic, chance)
            rig.kill_lane()
            phases[_phase(rig, mark)] += 1
        traffic.is_over = True
        rig.wait(traffic.look, _END_S, "the last van has gone")
        rig.wait(rig.is_settled, _END_S, "the lane is idle, fit and has delivered everything")
        evidence = rig.evidence(mark, is_over=True)
        crashes = tuple(rig.crashes)
    kinds = {row.seq: row.type for row in evidence.journal}
    said = [(int(seq), kind) for seq, kind in _SAID.findall((folder / "rig" / "lane.log").read_text())]
    said = [(seq, kind) for seq, kind in said if seq > mark.seq]
    found = Killed(
        kills=times,
        vans=traffic.vans,
        raises=sum(row.type == "order.issued" and row.body["order"] == "RaiseBoom" for row in evidence.journal),
        said=len(said),
        unsaid=sum(kinds.get(seq) != kind for seq, kind in said),
        counts=judge(evidence),
        phases=phases,
        ends=Counter(row.body["end"] for row in evidence.journal if row.type == "crossing.completed"),
        crashes=crashes,
        replay=rig.replay(),
    )
    if found.counts.is_clean and not found.unsaid and not crashes and not found.replay:
        shutil.rmtree(folder)
    else:
        print(f"  the evidence lies in {folder}", file=sys.stderr, flush=True)
    print(f"  {found}", file=sys.stderr, flush=True)
    return found


def _await_instant(rig: Rig, traffic: _Traffic, chance: random.Random) -> None:
    """Any moment of this life; every other time one near a release, where motions are: else most vans stand."""
    began = rig.mark().seq

    def writes(*kinds: str) -> bool:
        traffic.look()
        return any(not kinds or row.type in kinds for row in rig.journal(began))

    rig.wait(writes, _UP_S, "the lane writes")
    after_s = chance.uniform(*_AFTER_THE_FIRST_RECORD_S)
    if chance.random() < 0.5:
        with suppress(TimeoutError):  # a van that is held is not released
            rig.wait(lambda: writes("crossing.released"), _UNTIL_A_RELEASE_S, "a release")
        after_s = chance.uniform(*_AFTER_A_RELEASE_S)
    end = time.monotonic() + after_s
    rig.wait(lambda: traffic.look() or time.monotonic() > end, _UP_S, "the instant")


def _phase(rig: Rig, mark: Mark) -> str:
    """What the journal said last of a crossing when the lane was killed."""
    rows = [row.type for row in rig.journal(mark.seq) if row.type.startswith(("crossing.", "order.", "lane."))]
    return rows[-1] if rows else "none"
