"""How long a driver's call for help takes to reach an officer: contact, module, worker, lane, journal; and the centre.

A real lane on its own, with an I/O module at a real port, a real broker and a centre with its database.
"""

import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.barrier.adam60xx_model import Adam60xxModel
from drivers.barrier.adam60xx_peer import Adam60xxPeer
from drivers.barrier.boom_model import BoomModel
from drivers.contract.clock import now
from drivers.contract.plain import encode
from drivers.contract.readings import ButtonEdge
from drivers.links.modbus_port_peer import ModbusPortPeer
from station.commands.seeing import talk
from station.core.facts import OfficerAct
from station.lane.act_socket import Act, Outcome
from station.trust.acts import sign_act
from station.trust.keys import PrivateKey, load_key
from station.trust.signed import sign
from station.trust.statements import Officer, OfficersFile
from tests.drivers.harnesses.base import Served
from tests.rig import witness
from tests.rig.child import Child, await_true
from tests.rig.premises import FAR_MS, LANE, STATION, Ports, Premises
from tests.services import Mosquitto
from tests.support import free_port

OFFICER = "1187"
LIMIT_MS = 1_000
_LET_GO = encode(ButtonEdge("help", pressed=False)).decode()
_UP_S, _SEEN_S = 60.0, 20.0


@dataclass(frozen=True, slots=True)
class Press:
    """Milliseconds from the contact's closing until the alarm stood in the lane's journal, and at the centre."""

    journal_ms: int
    centre_ms: int


def measure(folder: Path, presses: int) -> list[Press]:
    """Press the button so often, under `folder`, which must be new; after each an officer acknowledges by a signed act.

    Raises TimeoutError if an alarm never comes.
    """
    lane = _Lane(folder)
    try:
        lane.start()
        return [lane.press() for _ in range(presses)]
    finally:
        lane.close()


class _Lane:
    """The lane and all that it talks to."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._premises = Premises(folder)
        self._key = PrivateKey.make()
        self._pressed = False
        boom = BoomModel()
        ends = (lambda: boom.up_limit, lambda: boom.down_limit)
        sensors = (*(lambda: False,) * 3, *ends, lambda: self._pressed)
        self._module = ModbusPortPeer(Adam60xxPeer(Adam60xxModel(boom, sensors)))
        self._served = Served(self._module.service)
        self._broker = Mosquitto(folder / "mosquitto", free_port())
        self._children: list[Child] = []
        self._acts = 0

    def start(self) -> None:
        """Raises TimeoutError if the lane does not come up."""
        premises, folder = self._premises, self._premises.folder
        premises.keys.mkdir()
        premises._make_keys()
        file = OfficersFile(STATION, 2, (Officer(OFFICER, "officer", self._key.public.text, FAR_MS),))
        signed = sign("officers", file, load_key(premises.keys / "centre.key"))
        (premises.keys / "officers.signed").write_bytes(signed.to_wire())
        self._broker.start()
        ports = Ports(self._module.port, "", "", self._broker.port)
        premises.settings_file.write_text(_SETTINGS.format(q=premises, p=ports))
        python = [sys.executable, "-m"]
        centre = [*python, "tests.rig.centre", premises.centre_settings(ports).decode(), str(folder)]
        lane = [*python, "station", "lane", "--settings", str(premises.settings_file)]
        for name, command in (("centre", centre), ("lane", lane)):
            child = Child(name, command, folder / f"{name}.log")
            child.start()
            self._children.append(child)
        await_true(self._is_up, _UP_S, f"the lane is up and its records reach the centre ({folder})")

    def close(self) -> None:
        for child in reversed(self._children):
            child.stop()
        if self._broker.process is not None:
            self._broker.stop()
        self._served.close()
        self._module.close()

    def press(self) -> Press:
        """One press, one alarm, one acknowledgement."""
        seen = self._rows()[-1].seq
        with self._served.lock:
            self._pressed = True
            pressed = now()
        in_journal = _first(lambda: any(_is_call(row) for row in self._rows(seen)), "the alarm in the journal")
        at_centre = _first(lambda: self._notices(seen) > 0, "the alarm's notice at the centre")
        let_go = self._times_let_go()
        with self._served.lock:
            self._pressed = False
        await_true(lambda: self._times_let_go() > let_go, _SEEN_S, "the button let go")
        self._acknowledge()
        return Press(in_journal - pressed, max(in_journal, at_centre) - pressed)

    def _acknowledge(self) -> None:
        self._acts += 1
        until = time.time_ns() // 1_000_000 + 60_000
        act = OfficerAct(
            f"ack-{self._acts}", f"{STATION}/{LANE}", "acknowledge", "", 0, "", OFFICER, "officer", "HEARD", "", until
        )
        said = talk(self._premises.folder / "run" / "act.sock", Act(sign_act(act, self._key).to_wire().decode()))
        if not isinstance(said, Outcome) or said.outcome != "effective":
            raise AssertionError(f"the acknowledgement was not taken: {said}")

    def _rows(self, after: int = 0) -> list[witness.Row]:
        return witness.read_journal(self._premises.data, after)

    def _notices(self, after: int) -> int:
        wanted = "SELECT count(*) FROM notice WHERE seq > ? AND type = 'alarm.raised'"
        return _count(self._premises.database, wanted, after)

    def _times_let_go(self) -> int:
        wanted = f"SELECT count(*) FROM fact WHERE instr(CAST(body AS TEXT), '{_LET_GO}')"
        return _count(self._premises.data / "journal.db", wanted)

    def _is_up(self) -> bool:
        if not (self._premises.data / "journal.db").exists() or not self._premises.database.exists():
            return False
        rows = self._rows()
        is_open = any(row.type == "device.state" and row.body["fit"] for row in rows)
        return is_open and witness.read_cursor(self._premises.data) >= rows[-1].seq


def _is_call(row: witness.Row) -> bool:
    return row.type == "alarm.raised" and row.body["code"] == "HELP_CALLED"


def _count(database: Path, wanted: str, *given: int) -> int:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)
    try:
        return int(connection.execute(wanted, given).fetchone()[0])
    finally:
        connection.close()


def _first(condition: Callable[[], bool], what: str) -> int:
    """The tick at which `condition` was first seen."""
    await_true(condition, _SEEN_S, what)
    return now()


_SETTINGS = """schema = 1
[lane]
station = "VN-HN"
lane = "I1"
office = "15BB"
mode = "ASSISTED"
clock = "assumed"
data_folder = "{q.data}"
run_folder = "{q.folder}/run"
act_socket = "{q.folder}/run/act.sock"
ledger_file = "{q.folder}/ledger.db"
[lane.parts]
barrier = "barrier"
scale = ""
scanner = ""
camera = ""
reader = ""
[device.barrier]
kind = "adam-6060"
host = "127.0.0.1"
port = {p.barrier}
help_button = 5
[link]
host = "127.0.0.1"
port = {p.broker}
keepalive = 5
[trust]
root = "{q.keys}/root.pub"
station_key = "{q.keys}/station.key"
officers = "{q.keys}/officers.signed"
centre = "{q.keys}/centre.signed"
"""
