"""A whole lane with its yard, broker and centre as real processes, and the hands that kill, stop and restart them.

The lane is restarted as its systemd unit would: the rest of its processes are killed, its outputs are dropped, and
after the unit's pause it is started again. Broker and centre come back by the rig, workers and courier by the lane.
"""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.rig import witness
from tests.rig.child import Child, Target, await_true, children_of
from tests.rig.forked import ForkedChild, run_forked
from tests.rig.judge import Evidence
from tests.rig.premises import Ports, Premises, declaration
from tests.rig.stops import Stops
from tests.rig.witness import Entry, PhysicalReader, Row
from tests.services import Mosquitto
from tests.support import free_port

RESTART_PAUSE_S = 1.0
QUICK_PAUSE_S = 0.1
_SET_ASIDE_S = 5.0
_TORN_AWAY = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""What SQLite says of a file and a log that are no longer each other's."""
DEVICES = frozenset({"barrier", "scale", "scanner", "camera", "reader"})
_READY_S = 60.0
_LOOK_S = 0.02
_QUIET_S = 0.4
_LATELY = 25


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a run began."""

    seq: int
    entries: int


class Rig:
    """Use as a context manager; `start` brings everything up until the lane is idle with every device fit."""

    def __init__(
        self,
        folder: Path,
        seed: int = 0,
        mutant: str = "",
        *,
        is_quick: bool = False,
    ) -> None:
        """`is_quick`: the lane starts as fast as it can, see `tests.rig.forked`; its reader loads no models."""
        folder.mkdir(parents=True)
        self.folder = folder
        self.premises = Premises(folder)
        self.stops = Stops(folder)
        self.broker = Mosquitto(folder / "mosquitto", free_port(), ("log_type all",))
        self.crashes: list[str] = []
        self.devices = DEVICES
        self._mutant = mutant
        self._is_quick = is_quick
        self._vans = 0
        python = [sys.executable, "-m"]
        self.yard = Child(
            "yard", [*python, "tests.rig.yard", str(folder), str(seed)], folder / "yard.log", commanded=True
        )
        lane = [*python, "tests.rig.lane", "--settings", str(self.premises.settings_file), "--stops", str(folder)]
        options = [*(["--mutant", mutant] if mutant else []), *(["--quick"] if is_quick else [])]
        self.lane = (ForkedChild if is_quick else Child)("lane", [*lane, *options], folder / "lane.log")
        self.centre = Child("centre", [], folder / "centre.log")
        self._physical: PhysicalReader | None = None

    # ------------------------------------------------------------------ life
    def __enter__(self) -> "Rig":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Raises TimeoutError naming what did not come up."""
        self.broker.start()
        self.yard.start()
        ports_file = self.folder / "ports.json"
        await_true(ports_file.exists, _READY_S, "the yard's ports")
        ports = Ports(**json.loads(ports_file.read_text()), broker=self.broker.port)
        self._physical = PhysicalReader(self.folder / "physical.jsonl")
        self.premises.furnish(ports)
        settings = self.premises.centre_settings(ports).decode()
        self.centre.command = [sys.executable, "-m", "tests.rig.centre", settings, str(self.folder)]
        self.centre.start()
        self.lane.start()
        self.wait(lambda: self.is_settled() and self._has_list(), _READY_S, "the lane is idle and has its list")

    def close(self) -> None:
        """End everything; also what stands still or was left by a killed lane."""
        for child in (self.lane, self.centre, self.yard):
            if child.is_running:
                child.send(signal.SIGCONT)
        if self.lane.is_running:
            rest = self._lane_family()
            self.lane.stop()
            self._end(rest)
        self.centre.stop()
        self.yard.stop()
        if self.broker.process is not None:
            self.broker.process.send_signal(signal.SIGCONT)
            self.broker.stop()
        if self._physical is not None:
            self._physical.close()

    def replay(self) -> str:
        """What `station replay` says of the closed lane's journal: "" if chains hold and every turn comes out equal."""
        command = [sys.executable, "-m", "station", "replay", "--settings", str(self.premises.settings_file)]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60, text=True
        )
        return "" if done.returncode == 0 else f"{self.folder}: {done.stdout}{done.stderr}".strip()

    # ------------------------------------------------------------------ looking
    def entries(self) -> list[Entry]:
        """The physical log so far."""
        return self._physical.follow() if self._physical is not None else []

    def journal(self, after_seq: int = 0) -> list[Row]:
        """The journal's records; none while there is no journal: a damaged one is set aside before a new one stands.

        Whose files go one by one while it is read is read again.
        """
        end = time.monotonic() + _SET_ASIDE_S
        while True:
            try:
                return witness.read_journal(self.premises.data, after_seq)
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_CANTOPEN:
                    return []
                if error.sqlite_errorcode & 0xFF not in _TORN_AWAY or time.monotonic() > end:
                    raise
            time.sleep(0.02)

    def mark(self) -> Mark:
        """Now, as the beginning of a run."""
        rows = self.journal()
        return Mark(rows[-1].seq if rows else 0, len(self.entries()))

    def evidence(self, mark: Mark, *, is_over: bool) -> Evidence:
        """What the witnesses say of the run since `mark`. The cursor comes first: a claim is judged by later facts."""
        delivered = witness.read_cursor(self.premises.data)
        centre, aside = witness.read_centre(self.premises.database, mark.seq)
        return Evidence(self.entries()[mark.entries :], self.journal(mark.seq), centre, aside, delivered, is_over)

    def wait(self, condition: Callable[[], object], patience_s: float, what: str) -> None:
        """Wait, restarting whatever ended by itself (and counting it). Raises TimeoutError."""
        end = time.monotonic() + patience_s
        while not condition():
            self._supervise()
            if time.monotonic() > end:
                raise TimeoutError(f"waited {patience_s} s in vain: {what} ({self.folder}); {self._lately()}")
            time.sleep(_LOOK_S)

    def is_settled(self) -> bool:
        """The lane is idle, fit and connected, the boom is down under red, and everything counts as delivered."""
        if not self.lane.is_running or not self.centre.is_running:
            return False
        rows = self.journal()
        if not rows or not is_idle(rows, self.devices) or not self._is_closed():
            return False
        time.sleep(_QUIET_S)
        again = self.journal()
        return again[-1].seq == rows[-1].seq and witness.read_cursor(self.premises.data) == rows[-1].seq

    def held_reason(self, mark: Mark) -> str:
        """Why the open crossing waits for a person; "" if it does not."""
        for row in reversed(self.journal(mark.seq)):
            if row.type == "crossing.held":
                return str(row.body["reason"])
            if row.type in ("crossing.released", "crossing.completed", "crossing.opened"):
                return ""
        return ""

    # ------------------------------------------------------------------ doing
    def send_van(self) -> None:
        """The next van arrives."""
        self.yard.say(json.dumps({"do": "arrive", "code": declaration(self._vans)}))
        self._vans += 1

    def wave_back(self) -> None:
        """Somebody waves the van out backwards."""
        self.yard.say(json.dumps({"do": "back-out"}))

    def worker(self, name: str) -> Target:
        """The process that serves a device, or the courier. Raises ProcessLookupError while there is none."""
        pids = json.loads((self.folder / "pids.json").read_text())
        if name not in pids:
            raise ProcessLookupError(name)
        return Target(pids[name])

    def kill_lane(self) -> None:
        """SIGKILL the lane, then do what its unit does."""
        rest = self._lane_family()
        self.lane.kill()
        self._revive_lane(rest)

    def restart_centre(self) -> None:
        """SIGKILL the centre and start it again."""
        self.centre.kill()
        self.centre.start()

    def restart_broker(self) -> None:
        """SIGKILL the broker and start it again."""
        self.broker.kill()
        self.broker.start()

    def _revive_lane(self, rest: list[Target]) -> None:
        self._end(rest)
        stop_post = [sys.executable, "-m", "station", "drop-outputs", "--settings", str(self.premises.settings_file)]
        log = self.folder / "drop-outputs.log"
        if self._is_quick:
            run_forked(stop_post, log)
        else:
            with log.open("ab") as out:
                subprocess.run(stop_post, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=True, timeout=20)
        time.sleep(QUICK_PAUSE_S if self._is_quick else RESTART_PAUSE_S)
        self.lane.start()

    def _lane_family(self) -> list[Target]:
        family: list[Target] = []
        for pid in children_of(self.lane.pid):
            with suppress(ProcessLookupError):
                family.append(Target(pid))
        return family

    def _end(self, rest: list[Target]) -> None:
        """KillMode=mixed: what is left of the unit is killed."""
        for target in rest:
            target.send(signal.SIGKILL)
        for target in rest:
            target.await_end()
            target.close()

    def _supervise(self) -> None:
        """Something that ended although nobody killed it is a crash: counted, and restarted where a unit would."""
        for child in (self.yard, self.centre, self.lane):
            if child.is_running or not child.command:
                continue
            with suppress(ProcessLookupError):
                self.crashes.append(f"{child.name} (pid {child.pid}) ended with {child.reap()}: {child.log}")
            if child is self.yard:
                raise RuntimeError(self.crashes[-1])
            if child is self.lane:
                self._revive_lane([])
            else:
                child.start()

    def _is_closed(self) -> bool:
        """Boom down, red on, green off, as the yard saw it last."""
        boom, lights = "down", {"red": False, "green": False}
        for entry in self.entries():
            if entry.what == "boom":
                boom = entry.seen["phase"]
            elif entry.what == "output" and entry.seen["name"] in lights:
                lights[entry.seen["name"]] = entry.seen["on"]
        return boom == "down" and lights == {"red": True, "green": False}

    def _lately(self) -> str:
        """The last records and physical entries, for whoever must understand a wait in vain."""
        rows = [f"{row.seq} {row.type} {row.body}" for row in self.journal()[-_LATELY:]]
        seen = [f"{entry.tick} {entry.what} {entry.seen}" for entry in self.entries()[-_LATELY:]]
        return "\n".join(["the last records:", *rows, "the last of the yard:", *seen])

    def _has_list(self) -> bool:
        return any(row.type == "list.applied" for row in self.journal())


def is_idle(rows: list[Row], devices: frozenset[str] = DEVICES) -> bool:
    """No crossing is open, every one of the devices is fit and the link is up, in the newest run of the lane."""
    start = max((at for at, row in enumerate(rows) if row.type == "lane.started"), default=0)
    fit: dict[str, bool] = {}
    link = False
    is_open = False
    for row in rows[start:]:
        if row.type == "device.state":
            fit[row.body["device"]] = row.body["fit"]
        elif row.type == "link.state":
            link = row.body["up"]
        elif row.type in ("crossing.opened", "crossing.completed"):
            is_open = row.type == "crossing.opened"
    return link and not is_open and {name for name, is_fit in fit.items() if is_fit} == devices
