"""Only the right peer: with a wrong certificate on either side no record flows and the lane is told; then none is lost.

One broker, a listener for each of its faces; the centre listens at a door of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
import trustme

from station.centre import queries
from station.courier.broker import Broker
from station.courier.talk import DownlinkRefused, LinkIs, Receipted
from tests.courier.bench import LANE, STATION, Bench, write_records
from tests.services import Mosquitto, running_mosquitto
from tests.support import free_port

# paho drops the socket of a failed handshake without closing it; the interpreter closes it at once, and says so.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"
)
T = TypeVar("T")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
YEAR_AFTER = datetime(2021, 1, 1, tzinfo=UTC)


@dataclass
class Doors:
    """The broker's doors with TLS, by name, and the folder with certificates."""

    folder: Path
    broker: Mosquitto
    ports: dict[str, int]

    def at(self, door: str = "right", own: str = "lane") -> Broker:
        """How the lane goes to a door, with which certificate of its own."""
        cert, key = (f"{self.folder}/{own}.pem", f"{self.folder}/{own}.key") if own else ("", "")
        return Broker(port=self.ports[door], tls_ca=f"{self.folder}/ca.pem", tls_cert=cert, tls_key=key)

    def write(self, name: str, authority: trustme.CA, host: str, *, expired: bool = False) -> None:
        """A certificate and its key."""
        ends = YEAR_AFTER if expired else None
        cert = authority.issue_cert(host, not_before=LONG_AGO if expired else None, not_after=ends)
        cert.private_key_pem.write_to_path(f"{self.folder}/{name}.key")
        cert.cert_chain_pems[0].write_to_path(f"{self.folder}/{name}.pem")


@contextmanager
def opened(folder: Path) -> Iterator[Doors]:
    """A broker with all its doors."""
    ours, foreign = trustme.CA(), trustme.CA()
    ours.cert_pem.write_to_path(str(folder / "ca.pem"))
    names = ("right", "wrong host", "expired", "wrong authority")
    made = Doors(folder, Mosquitto(folder, 0), {name: free_port() for name in names})
    for name, authority, host in (
        ("right", ours, "127.0.0.1"),
        ("wrong host", ours, "10.1.2.3"),
        ("expired", ours, "127.0.0.1"),
        ("wrong authority", foreign, "127.0.0.1"),
    ):
        made.write(name.replace(" ", "-"), authority, host, expired=name == "expired")
    made.write("lane", ours, "lane.example")
    made.write("next", ours, "lane.example")
    made.write("foreign", foreign, "lane.example")
    made.write("old", ours, "lane.example", expired=True)
    lines = []
    for name, port in made.ports.items():
        face = folder / name.replace(" ", "-")
        lines += [f"listener {port} 127.0.0.1", f"cafile {folder}/ca.pem", "require_certificate true"]
        lines += [f"certfile {face}.pem", f"keyfile {face}.key"]
    with running_mosquitto(folder / "broker", *lines) as broker:
        made.broker = broker
        yield made


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with opened(tmp_path_factory.mktemp("doors")) as made:
        yield made


@contextmanager
def with_centre(folder: Path, doors: Doors) -> Iterator[Bench]:
    """The centre is there and has its own door."""
    with Bench(folder, doors.broker.port) as made:
        receiver = made.start_receiver()
        made.pump(lambda: receiver._is_up, "the centre is there")
        yield made


@pytest.fixture
def bench(tmp_path: Path, doors: Doors) -> Iterator[Bench]:
    with with_centre(tmp_path / "bench", doors) as made:
        yield made


def told(bench: Bench, kind: type[T]) -> list[T]:
    return [message for message in bench.heard() if isinstance(message, kind)]


WRONG = {
    "wrong authority": ("wrong authority", "lane"),
    "wrong host": ("wrong host", "lane"),
    "expired": ("expired", "lane"),
    "no certificate of ours": ("right", ""),
    "a foreign certificate of ours": ("right", "foreign"),
    "an expired certificate of ours": ("right", "old"),
}


@pytest.mark.parametrize("case", WRONG)
def test_no_record_flows_to_a_wrong_peer_the_lane_is_told_and_nothing_is_lost(
    bench: Bench, doors: Doors, case: str
) -> None:
    newest = write_records(bench.journal, 30)
    bench.broker = doors.at(*WRONG[case])
    bench.start_courier()
    bench.pump(lambda: told(bench, DownlinkRefused), "the lane is told")
    (refusal,) = told(bench, DownlinkRefused)
    assert (refusal.reason, bool(refusal.next_step)) == ("link-refused", True)
    assert refusal.thing.startswith("link: TLS: " if WRONG[case][1] == "lane" else "link: closed before an answer")
    assert told(bench, LinkIs) == []
    assert bench.receiver is not None
    assert list(queries.records(bench.receiver.store, STATION, LANE)) == []
    bench.stop_courier()
    bench.broker = doors.at()
    bench.start_courier()
    bench.pump(lambda: Receipted(1, newest) in told(bench, Receipted), "all of it, at the right door")
    assert len(list(queries.records(bench.receiver.store, STATION, LANE))) == newest


def test_the_next_certificate_is_taken_at_the_next_connection_and_nothing_is_lost(tmp_path: Path) -> None:
    """The files are replaced under a running courier; then the old certificate is worth nothing any more."""
    (tmp_path / "doors").mkdir()
    with opened(tmp_path / "doors") as doors, with_centre(tmp_path / "bench", doors) as bench:
        next_certificate(bench, doors)


def next_certificate(bench: Bench, doors: Doors) -> None:
    """What the test above says."""
    mine = bench.folder / "own"
    mine.mkdir()
    for end in ("pem", "key"):
        (mine / f"lane.{end}").write_bytes((doors.folder / f"lane.{end}").read_bytes())
    bench.broker = replace(doors.at(), tls_cert=f"{mine}/lane.pem", tls_key=f"{mine}/lane.key")
    first = write_records(bench.journal, 30)
    courier = bench.start_courier()
    bench.pump(lambda: Receipted(1, first) in told(bench, Receipted), "under the first certificate")
    for end in ("pem", "key"):
        (mine / f"lane.{end}").write_bytes((doors.folder / f"old.{end}").read_bytes())
    doors.broker.stop()
    newest = write_records(bench.journal, 200, per_turn=20)
    bench.pump(lambda: not courier._box.connected, "the broker has gone")
    doors.broker.start()
    bench.pump(lambda: told(bench, DownlinkRefused), "an expired one is refused", 40)
    assert {refusal.reason for refusal in told(bench, DownlinkRefused)} == {"link-refused"}
    for end in ("pem", "key"):
        (mine / f"lane.{end}").write_bytes((doors.folder / f"next.{end}").read_bytes())
    bench.pump(lambda: Receipted(1, newest) in told(bench, Receipted), "under the next certificate", 60)
    assert bench.receiver is not None
    assert [row.seq for row in queries.records(bench.receiver.store, STATION, LANE)] == list(range(1, newest + 1))
