"""A lane with pictures, a narrow way and a centre, all of them processes: courier, mosquitto, receivers, a database."""

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from drivers.contract.plain import encode
from station.courier.broker import Broker
from station.courier.settings import CourierSettings, command
from station.courier.talk import LinkIs, Noticed, Notify
from station.journal.store import Journal
from tests.courier.bench import LANE, STATION, Keys, LaneEnd, write_records
from tests.courier.pictured import keep, name
from tests.rig.child import Child, await_true
from tests.services import Mosquitto, end_process, running_mosquitto, running_postgres
from tests.support import free_port, is_port_open

PATIENCE_S = 120.0
_ROOT = Path(__file__).parents[3]
_A_RECORD = 4
_INTO_THE_NEXT_S = 0.15


@dataclass(frozen=True, slots=True)
class Carried:
    """Of `files` files of `size` bytes: how many did not come, came changed, and how many bytes were sent twice over
    `kills` kills.
    """

    files: int
    size: int
    kills: int
    lost: int
    altered: int
    again: int
    left: int
    took_s: float


@dataclass(frozen=True, slots=True)
class Alarms:
    """ms from each alarm's record until the lane held the centre's signed answer; meanwhile so many bytes of pictures
    went up a second.
    """

    took_ms: tuple[int, ...]
    pictures: int


class PictureSite:
    """The journal names `files` pictures of up to `most` bytes before anything is started."""

    def __init__(self, folder: Path, mosquitto: Mosquitto, database: str, files: int, most: int, rate: int) -> None:
        self.folder = folder
        self.mosquitto = mosquitto
        self.keys = Keys(folder / "keys")
        self.data = folder / "lane"
        self.journal = Journal.open(self.data)
        chance = random.Random(files)
        self.files: dict[str, int] = {}
        for first in range(0, files, _A_RECORD):
            sizes = [chance.randrange(most // 20, most) for _ in range(first, min(first + _A_RECORD, files))]
            made = {keep(self.data, chance.randbytes(size)): size for size in sizes}
            name(self.journal, list(made), f"{STATION}-{LANE}-E1-{first:06}")
            self.files |= made
        self.evidence = folder / "evidence"
        self.way_port, self.log = free_port(), folder / "way.log"
        self.log.touch()
        way = [str(self.way_port), str(mosquitto.port), str(rate), str(self.log)]
        self.way = Child("way", [sys.executable, "-m", "tests.proof.measures.picture_way", *way], folder / "way.out")
        self.receivers = [self._receiver(at, database) for at in range(2)]
        self.lane: LaneEnd | None = None
        self._courier: subprocess.Popen[bytes] | None = None

    def start(self, module: str = "") -> None:
        """Everything; the courier in the place of `module`, if one is named."""
        self.way.start()
        await_true(lambda: is_port_open(self.way_port), PATIENCE_S, "the way is there")
        for receiver in self.receivers:
            receiver.start()
        self.start_courier(module)
        lane = self.lane
        assert lane is not None
        await_true(lambda: lane.of(LinkIs) and self.parts(), PATIENCE_S, "pictures flow")

    def close(self) -> None:
        self._end_courier()
        for child in (*self.receivers, self.way):
            child.stop()
        self.journal.close()

    # ------------------------------------------------------------------ the courier
    def start_courier(self, module: str = "") -> None:
        self.lane = lane = LaneEnd()
        trust = str(self.keys.root_file), str(self.keys.statements_file)
        place = str(self.data)
        settings = CourierSettings(STATION, LANE, place, place, *trust, Broker(port=self.way_port))
        fileno = lane.courier_end.fileno()
        ours = command(encode(settings), fileno)
        arguments = [module if part == "station.courier.courier" and module else part for part in ours]
        self._courier = subprocess.Popen(
            arguments, cwd=_ROOT, stdin=subprocess.DEVNULL, pass_fds=[fileno], env=os.environ
        )
        lane.courier_end.close()

    def kill_courier(self) -> None:
        """SIGKILL, and the next one."""
        assert self._courier is not None
        self._courier.kill()
        self._end_courier()
        self.start_courier()

    def _end_courier(self) -> None:
        if self._courier is not None and self.lane is not None:
            end_process(self._courier)
            self.lane.close()
            self._courier = None

    # ------------------------------------------------------------------ what came
    def parts(self) -> list[tuple[str, int, int]]:
        """(sha256, offset, bytes) of each part with data that went over the way."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [(part[0], part[1], part[2]) for part in map(json.loads, lines) if part[2]]

    def whole(self) -> dict[str, bytes]:
        """What the centre keeps, by name."""
        return {path.name[:64]: path.read_bytes() for path in self.evidence.glob("??/*")}

    def stored(self) -> int:
        """Bytes at the centre, parts too."""
        found = [*self.evidence.glob("??/*"), *self._begun()]
        return sum(_size(path) for path in found)

    def is_amid(self) -> bool:
        """A file has come in part."""
        return any(_size(path) for path in self._begun())

    def _begun(self) -> list[Path]:
        return list((self.evidence / "parts" / STATION / LANE).glob("*"))

    def carried(self, kills: int, began: float) -> Carried:
        whole = self.whole()
        altered = sum(hashlib.sha256(data).hexdigest() != sha256 for sha256, data in whole.items())
        again = sum(size for _, _, size in self.parts()) - sum(self.files.values())
        lost = len(self.files.keys() - whole.keys())
        size = sum(self.files.values())
        return Carried(len(self.files), size, kills, lost, altered, again, len(self._begun()), time.monotonic() - began)

    def _receiver(self, at: int, database: str) -> Child:
        file = self.folder / f"centre-{at}.toml"
        file.write_text(
            f'database = "{database}"\nkey_file = "{self.keys.centre_key}"\nstations = ["{STATION}"]\n'
            f'name = "centre-{at}"\nshare = "centre"\nevidence = "{self.evidence}"\nevidence_reserve_mib = 1\n'
            f"[broker]\nport = {self.mosquitto.port}\n"
        )
        command_ = [sys.executable, "-m", "station", "centre", "--settings", str(file)]
        return Child("centre", command_, self.folder / f"centre-{at}.log")


@contextmanager
def site(
    folder: Path, files: int, most: int, rate: int, module: str = "", *, has_server: bool = False
) -> Iterator[PictureSite]:
    """A started one, over PostgreSQL or SQLite; `rate` is bytes a second upwards."""
    with ExitStack() as stack:
        url = stack.enter_context(running_postgres()).url if has_server else f"sqlite:///{folder}/centre.db"
        broker = stack.enter_context(running_mosquitto(folder / "broker"))
        made = PictureSite(folder, broker, url, files, most, rate)
        stack.callback(made.close)
        made.start(module)
        yield made


def carried_over_kills(folder: Path, files: int, kills: int) -> Carried:
    """Courier, broker and receivers are killed in turn, each amid a file."""
    with site(folder, files, 600_000, 1_500_000, has_server=True) as at:
        began, total = time.monotonic(), sum(at.files.values())
        for kill in range(kills):
            due = total * (kill + 1) // (kills + 1)
            await_true(lambda due=due: at.stored() > due and at.is_amid(), PATIENCE_S, f"{due} bytes, amid a file")  # type: ignore[misc]
            _kill(at, kill % 3)
        await_true(lambda: len(at.whole()) >= len(at.files), PATIENCE_S, "all files are at the centre")
        return at.carried(kills, began)


def _kill(at: PictureSite, who: int) -> None:
    if who == 0:
        at.kill_courier()
    elif who == 1:
        at.mosquitto.kill()
        at.mosquitto.start()
    else:
        for receiver in at.receivers:
            receiver.kill()
            receiver.start()


def alarms_meanwhile(folder: Path, count: int, rate: int, module: str = "") -> Alarms:
    """Alarms while pictures flow over a way of `rate` bytes a second, each as a chunk has begun: the worst moment."""
    with site(folder, 8 + count // 8, 1_500_000, rate, module) as at:
        lane = at.lane
        assert lane is not None
        before, began = _carried_bytes(at.parts()), time.monotonic()
        took: list[int] = []
        for _ in range(count):
            gone = len(at.parts())
            await_true(lambda gone=gone: len(at.parts()) > gone, PATIENCE_S, "another part has gone up")  # type: ignore[misc]
            amid = time.monotonic() + _INTO_THE_NEXT_S
            await_true(lambda amid=amid: time.monotonic() > amid, 5, "the next one is on the way")  # type: ignore[misc]
            alarm = write_records(at.journal, 1, alarm=True)
            raised = time.monotonic()
            lane.say(Notify(alarm))
            await_true(lambda alarm=alarm: Noticed(1, alarm) in lane.of(Noticed), 60, "the alarm is answered")  # type: ignore[misc]
            took.append(round((time.monotonic() - raised) * 1_000))
        flowed = (_carried_bytes(at.parts()) - before) / (time.monotonic() - began)
        return Alarms(tuple(took), round(flowed))


def _carried_bytes(parts: Sequence[tuple[str, int, int]]) -> int:
    return sum(size for _, _, size in parts)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
