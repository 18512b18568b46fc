"""A gate for bad input: the rig with the real `station lane`, devices that fail on demand, and officers."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from station.core.facts import Role
from station.core.step import step
from station.journal.reader import JournalReader
from station.journal.replay import beginning, replay
from station.lane.act_socket import Ask, View, call
from station.trust.keys import PrivateKey, load_key
from station.trust.signed import sign
from station.trust.statements import Officer, OfficersFile
from tests.leaks import LeftBehind
from tests.rig.child import children_of
from tests.rig.judge import judge
from tests.rig.premises import FAR_MS, STATION, Premises
from tests.rig.rig import Mark, Rig
from tests.rig.witness import Row

ROLES: dict[str, Role] = {"demo-officer": "officer", "demo-head": "head-of-unit"}
SLOW_S = 30.0
"""Patience for one step of a story on a machine that does other things too."""


class StaffedPremises(Premises):
    """With two officers whose keys the test holds."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.officers = {actor: PrivateKey.make() for actor in ROLES}

    def _make_keys(self) -> None:
        super()._make_keys()
        staff = tuple(Officer(actor, ROLES[actor], key.public.text, FAR_MS) for actor, key in self.officers.items())
        signed = sign("officers", OfficersFile(STATION, 2, staff), load_key(self.keys / "centre.key"))
        (self.keys / "officers.signed").write_bytes(signed.to_wire())


class Gate(Rig):
    """A rig whose lane is the product as systemd runs it."""

    premises: StaffedPremises

    def __init__(self, folder: Path, seed: int = 0) -> None:
        super().__init__(folder, seed)
        self.premises = StaffedPremises(folder)
        self.yard.command[2] = "tests.system.bad_yard"
        self.lane.command = [sys.executable, "-m", "station", "lane", "--settings", str(self.premises.settings_file)]

    @property
    def act_socket(self) -> Path:
        return self.folder / "run" / "act.sock"

    def view(self) -> View:
        """What the lane shows an officer now."""
        seen = call(self.act_socket, Ask())
        assert isinstance(seen, View)
        return seen

    def spoil(self, what: str, **how: Any) -> None:  # noqa: ANN401 - JSON
        """Make a device of the yard fail; see bad_yard."""
        self.yard.say(json.dumps({"do": what, **how}))

    def rows(self, mark: Mark, kind: str, **wanted: object) -> list[Row]:
        """The records of a type since `mark` whose body holds these values."""
        found = [row for row in self.journal(mark.seq) if row.type == kind]
        return [row for row in found if all(row.body.get(name) == value for name, value in wanted.items())]

    def await_row(self, mark: Mark, kind: str, **wanted: object) -> Row:
        """The first such record since `mark`, as soon as it is there."""
        self.wait(lambda: self.rows(mark, kind, **wanted), SLOW_S, f"{kind} {wanted}")
        return self.rows(mark, kind, **wanted)[0]

    def await_refusal(self, mark: Mark, source: str, part: str) -> dict[str, Any]:
        """The first input.refused from `source` whose thing or reason holds `part`; it says what to do next."""

        def found() -> list[dict[str, Any]]:
            bodies = [row.body for row in self.rows(mark, "input.refused", source=source)]
            return [body for body in bodies if part in f"{body['thing']} {body['reason']}"]

        self.wait(found, SLOW_S, f"a refusal from {source} with {part!r}")
        assert found()[0]["next_step"], "a refusal says what to do next"
        return found()[0]

    def pass_van(self) -> Row:
        """A van arrives and must leave through the gate; the closing record."""
        mark = self.mark()
        self.send_van()
        return self.await_departure(mark)

    def await_departure(self, mark: Mark) -> Row:
        """The van that arrived since `mark` has left by the rules."""
        row = self.await_row(mark, "crossing.completed")
        assert (row.body["end"], row.body["released_by"]) == ("DEPARTED", "RULES"), self.journal(mark.seq)
        return row

    def child(self, command: str) -> int:
        """The lane's child whose command line holds `command`."""
        for pid in children_of(self.lane.pid):
            if command in Path(f"/proc/{pid}/cmdline").read_text():
                return pid
        raise ProcessLookupError(command)

    def processor_s(self) -> float:
        """Processor time that the lane's own process has used."""
        fields = Path(f"/proc/{self.lane.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def idle_load(self, for_s: float) -> float:
        """The share of one processor that the lane takes while nothing happens."""
        began = self.processor_s()
        time.sleep(for_s)
        return (self.processor_s() - began) / for_s

    def assert_unharmed(self, mark: Mark) -> None:
        """Everything is delivered once and unchanged, nothing moved unreleased, both chains hold, replay agrees."""
        self.wait(self.is_settled, SLOW_S, "the lane is idle, fit and has delivered everything")
        assert not self.crashes
        counts = judge(self.evidence(mark, is_over=True))
        assert counts.is_clean, str(counts)
        with JournalReader(self.premises.data) as reader:
            assert reader.first_broken() is None
            initial, after = beginning(reader)
            difference = replay(reader, step, initial, after).difference
        assert difference is None, difference


@contextmanager
def open_gate(folder: Path) -> Iterator[Gate]:
    """A gate that is idle with every device fit; when it is closed, nothing of it may be left."""
    guard = LeftBehind()
    with Gate(folder) as gate:
        assert isinstance(gate, Gate)
        gate.start()
        yield gate
    assert guard.leaks(grace_s=2.0) == []
