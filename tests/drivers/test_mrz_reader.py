"""The document reader: what it tells, and that the bytes of a document never show."""

from pathlib import Path

from drivers.contract.plain import encode
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BytesRefused, IdentityRead, IdentityRefused, Reading
from drivers.contract.tools import Tools
from drivers.links.loopback_link import LoopbackLink
from drivers.scanner.mrz_peer import MrzPeer
from drivers.scanner.mrz_reader import MrzReaderDriver, MrzReaderSettings

TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")


def run(peer: MrzPeer, ms: int = 3000) -> list[Reading]:
    clock = [Tick(5000)]
    link = LoopbackLink(peer, lambda: clock[0])
    settings = MrzReaderSettings("mrz-reader", "loopback", "rte", bcc=True)
    driver = MrzReaderDriver("documents", settings, Tools(lambda: clock[0], Path(), link))
    driver.open()
    readings: list[Reading] = []
    for _ in range(0, ms, 10):
        clock[0] = Tick(clock[0] + 10)
        readings += driver.poll(Millis(10))
    driver.close()
    assert peer.heard == b""
    return readings


def test_a_passport_and_one_with_a_wrong_digit() -> None:
    peer = MrzPeer(bcc=True)
    peer.show(*TD3)
    peer.show(TD3[0], TD3[1].replace("740812", "740813"))
    read, refused = run(peer)
    assert isinstance(read, IdentityRead)
    assert dict(read.fields)["number"] == "L898902C3"
    assert refused == IdentityRefused("td3", "birth")


def test_a_spoilt_frame_is_counted_and_not_shown() -> None:
    peer = MrzPeer(bcc=True)
    peer.show(*TD3, fault="wrong-bcc")
    (refused,) = run(peer)
    assert isinstance(refused, BytesRefused)
    assert refused.count > 90
    assert refused.sample == ""
    assert b"L898902C3".hex().encode() not in encode(refused)
