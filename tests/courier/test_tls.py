"""The link with certificates on both sides, against a broker that asks for them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from station.courier.broker import Broker
from station.courier.mqtt_link import Down, LinkEvent, MqttLink, Up
from tests.courier.bench import Bench, write_records
from tests.services import running_mosquitto
from tests.support import wait_until


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[Broker]:
    """How to reach a broker that demands a client certificate."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    for name, cert in (("broker", authority.issue_cert("127.0.0.1")), ("lane", authority.issue_cert("lane.example"))):
        cert.private_key_pem.write_to_path(str(tmp_path / f"{name}.key"))
        cert.cert_chain_pems[0].write_to_path(str(tmp_path / f"{name}.pem"))
    lines = (
        f"cafile {tmp_path}/ca.pem",
        f"certfile {tmp_path}/broker.pem",
        f"keyfile {tmp_path}/broker.key",
        "require_certificate true",
    )
    with running_mosquitto(tmp_path / "mosquitto", *lines) as broker:
        yield Broker(
            port=broker.port,
            tls_ca=f"{tmp_path}/ca.pem",
            tls_cert=f"{tmp_path}/lane.pem",
            tls_key=f"{tmp_path}/lane.key",
        )


def test_records_and_receipts_travel_under_tls(tls: Broker, tmp_path: Path) -> None:
    with Bench(tmp_path / "bench", tls.port) as bench:
        bench.broker = tls
        newest = write_records(bench.journal, 30)
        bench.start_receiver()
        courier = bench.start_courier()
        bench.pump(lambda: courier._cursor.seq == newest, "everything is receipted")


# paho drops the socket of a failed handshake without closing it; the interpreter closes it at once, and says so.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("case", ["no client certificate", "no TLS", "another authority", "a missing file"])
def test_a_wrong_way_to_connect_is_down_and_named(tls: Broker, tmp_path: Path, case: str) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    wrong = {
        "no client certificate": replace(tls, tls_cert="", tls_key=""),
        "no TLS": Broker(port=tls.port),
        "another authority": replace(tls, tls_ca=f"{tmp_path}/other.pem"),
        "a missing file": replace(tls, tls_ca=f"{tmp_path}/none.pem"),
    }[case]
    link = MqttLink(wrong, "lane", ["bgs/1/S/L/down/#"])
    events: list[LinkEvent] = []

    def took_something() -> bool:
        events.extend(link.take())
        return bool(events)

    try:
        link.connect("5")
        wait_until(took_something, 10, "an event")
    finally:
        link.close()
    assert not any(isinstance(event, Up) for event in events)
    assert isinstance(events[0], Down)
    assert events[0].reason
