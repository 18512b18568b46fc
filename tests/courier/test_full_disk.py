"""A courier whose file cannot grow ends by name, and the lane hears why."""

import subprocess
import sys
from pathlib import Path

from drivers.contract.plain import encode
from station.courier import talk
from station.courier.broker import Broker
from station.courier.settings import CourierSettings
from tests.courier.bench import LANE, STATION, Keys, LaneEnd
from tests.support import free_port

_FULL = """
import itertools, sys
from station.courier.courier import main
from station.courier.loop import Courier
from station.courier.store import Cursor

class OnFullDisk(Courier):
    def turn(self, patience):
        self._store._connection.execute("PRAGMA max_page_count = 1")
        for seq in itertools.count(1):
            self._store.note_fork(Cursor(1, seq, bytes(32)), bytes(32), 1)

sys.exit(main(sys.argv[1:], OnFullDisk))
"""


def test_a_file_that_cannot_grow_ends_the_courier_by_name(tmp_path: Path) -> None:
    keys, lane = Keys(tmp_path / "keys"), LaneEnd()
    places = (str(tmp_path), str(tmp_path), str(keys.root_file), str(keys.statements_file))
    settings = CourierSettings(STATION, LANE, *places, Broker(port=free_port()))
    with lane.courier_end as end:
        told = subprocess.run(
            [sys.executable, "-c", _FULL, encode(settings).decode(), str(end.fileno())],
            pass_fds=[end.fileno()],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert told.returncode == 78
    assert "Traceback" not in told.stderr
    assert "courier.db: database or disk is full" in told.stderr
    [refused] = lane.of(talk.DownlinkRefused)
    assert isinstance(refused, talk.DownlinkRefused)
    assert (refused.thing, refused.reason) == ("courier.db", "unusable")
    assert "check disk and rights" in refused.next_step
    lane.close()
