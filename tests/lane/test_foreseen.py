"""What happens between two tries to keep: protection does not wait for the disk, and nothing that happened is lost."""

from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from drivers.contract.orders import Order, SoundSiren, is_motion
from drivers.contract.readings import BoomMoved, LoopEdge
from station.core.facts import DeviceRead, LinkChanged
from station.hosting.inline_host import InlineHost
from station.journal.reader import JournalReader
from station.journal.refusals import JournalUnwritable
from station.lane import loop
from tests.journeys.gate import Gate


class NotingHost(InlineHost):
    """Notes every order."""

    def send(self, device: str, order: Order) -> bool:
        sent.append(order)
        return super().send(device, order)


sent: list[Order] = []


def test_protection_does_not_wait_for_the_next_try_to_keep(tmp_path: Path, picture: bytes) -> None:
    with Gate(tmp_path, host_class=NotingHost) as gate:
        gate.show_plate(picture)
        gate.ready()
        other = sqlite.connect(gate.data.journal, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        gate.loop.tell([LinkChanged(gate.clock(), not gate.loop.state.link_up)])
        assert not gate.loop.is_keeping
        sent.clear()
        gate.loop.tell([DeviceRead(gate.clock(), "barrier", BoomMoved("up"))])  # nobody accounts for it
        assert any(isinstance(order, SoundSiren) and order.on for order in sent)
        gate.loop.tell([DeviceRead(gate.clock(), "barrier", LoopEdge("under-boom-loop", occupied=False))])
        assert not any(is_motion(order) for order in sent)
        other.execute("ROLLBACK")
        other.close()
        gate.until(lambda: gate.loop.is_keeping, 60, "the journal is written again")
        with JournalReader(gate.data.root) as reader:
            assert "BoomMoved" in "".join(row.body.decode() for row in reader.facts(0, 1_000))


def test_a_lane_that_can_remember_no_more_ends_and_forgets_nothing_in_silence(
    tmp_path: Path, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "MOST_UNKEPT", 20)
    with Gate(tmp_path) as gate:
        gate.show_plate(picture)
        gate.ready()
        other = sqlite.connect(gate.data.journal, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for number in range(20):
            gate.loop.tell([DeviceRead(gate.clock(), "barrier", LoopEdge("entry-loop", occupied=number % 2 == 0))])
        with pytest.raises(JournalUnwritable, match="locked"):
            gate.loop.tell([DeviceRead(gate.clock(), "barrier", LoopEdge("entry-loop", occupied=True))])
        other.execute("ROLLBACK")
        other.close()
