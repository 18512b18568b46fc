"""A lane's settings, keys and journal in a folder, as the commands meet them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from drivers.contract.plain import encode
from station.core.facts import Fact
from station.core.step import step
from station.journal.outcome import outcome_digest
from station.journal.store import Journal
from tests.core.script import Script
from tests.support import wait_until

ROOT = Path(__file__).parents[2]
STATION = "VN-HN"
PASSWORD = "a demo password"

SETTINGS = """\
schema = 1
[lane]
station = "VN-HN"
lane = "I1"
office = "15BB"
mode = "CLOSED"
clock = "assumed"
data_folder = "data"
run_folder = "run"
act_socket = "run/act.sock"
[lane.parts]
barrier = ""
scale = ""
scanner = ""
camera = ""
reader = ""
[trust]
root = "keys/root.pub"
station_key = "keys/station.key"
officers = "keys/officers.signed"
centre = "keys/centre.signed"
"""


@dataclass(frozen=True)
class Told:
    """What a command line came to."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Premises:
    """One lane's folder."""

    folder: Path

    @property
    def settings(self) -> Path:
        return self.folder / "lane.toml"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def password(self) -> Path:
        return self.folder / "password"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        return self.folder / "run" / "act.sock"

    def station(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `station ARGUMENTS --settings ...` as a person would."""
        return station(*arguments, "--settings", str(self.settings))


def station(
    *arguments: str, language: str = "C", variables: Mapping[str, str] = MappingProxyType({}), patience_s: float = 30
) -> subprocess.CompletedProcess[str]:
    """Run a command line in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    return subprocess.run(
        [sys.executable, "-m", "station", *arguments],
        cwd=ROOT,
        env={**environment, "LANG": language, "NO_COLOR": "1", **variables},
        capture_output=True,
        text=True,
        timeout=patience_s,
        check=False,
    )


def premises(folder: Path, keys: Path, settings: str = SETTINGS) -> Premises:
    """A folder with settings, a copy of the demo keys and the officers' password."""
    shutil.copytree(keys, folder / "keys")
    made = Premises(folder)
    made.settings.write_text(settings)
    made.password.write_text(PASSWORD + "\n")
    made.password.chmod(0o600)
    return made


@contextmanager
def running_lane(place: Premises, module: str = "station", *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`station lane` on these premises, or `module`, once it answers; its log goes to lane.log. Ended by SIGTERM."""
    command = [sys.executable, "-m", module, *(arguments or ("lane", "--settings", str(place.settings)))]
    with (place.folder / "lane.log").open("wb") as log:
        lane = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        wait_until(lambda: place.socket.exists() or lane.poll() is not None, 20, "the lane opens its door")
        yield lane
    finally:
        lane.terminate()
        lane.wait(10)


@dataclass
class KeptScript(Script):
    """The core's own story of one truck, with a real journal behind it."""

    journal: Journal = field(kw_only=True)

    def tell(self, *facts: Fact) -> None:
        queue: list[Fact] = list(facts)
        while queue:
            fact = queue.pop(0)
            done = step(self.state, [fact])
            appended = self.journal.append([fact], done.records, outcome_digest(done))
            if self.state.crossing is not None and done.state.crossing is None:
                self.journal.snapshot(encode(done.state), appended.last_fseq)
            self.state = done.state
            self.stamped += done.records
            for effect in done.effects:
                queue += self._answers(effect)
