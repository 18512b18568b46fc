"""The reader of identity cards: what it tells, and that nothing of a card ever shows outside IdentityRead."""

from pathlib import Path

import pytest

from drivers.contract.plain import encode
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BytesRefused, IdentityRead, IdentityRefused, Reading
from drivers.contract.tools import Tools
from drivers.links.loopback_link import LoopbackLink
from drivers.scanner.cccd_reader import CccdReaderDriver, CccdReaderSettings
from drivers.scanner.kinds import SPECS
from drivers.scanner.line_scanner_peer import LineScannerPeer

CARD = "001090123456|012345678|NGUYỄN VĂN MẪU|01011990|Nam|Phường Thử Nghiệm, Hà Nội|15042021"
SECRETS = ("001090123456", "012345678", "NGUY", "01011990", "1990-01-01")


class Bench:
    def __init__(self, chunk: int = 0) -> None:
        self.tick = Tick(5000)
        self.peer = LineScannerPeer(chunk=chunk, gap=Millis(30))
        link = LoopbackLink(self.peer, lambda: self.tick)
        settings = CccdReaderSettings("cccd-reader", "loopback")
        self.driver = CccdReaderDriver("cards", settings, Tools(lambda: self.tick, Path(), link))
        self.driver.open()

    def run(self, ms: int = 3000) -> list[Reading]:
        readings: list[Reading] = []
        for _ in range(0, ms, 10):
            self.tick = Tick(self.tick + 10)
            readings += self.driver.poll(Millis(10))
        return readings


@pytest.mark.parametrize("aim", ["", "]Q1"])
@pytest.mark.parametrize("chunk", [0, 5])
def test_a_card_is_read_once_however_often_the_reader_sees_it(chunk: int, aim: str) -> None:
    bench = Bench(chunk)
    bench.peer.scan(CARD, aim, times=3)
    (card,) = bench.run()
    assert isinstance(card, IdentityRead)
    assert card.document == "cccd"
    assert dict(card.fields)["name"] == "NGUYỄN VĂN MẪU"
    assert card.sealed == ""


def test_a_card_that_fails_a_check_is_told_by_the_check_alone() -> None:
    bench = Bench()
    bench.peer.scan(CARD.replace("Nam", "Nu"))
    (refused,) = bench.run()
    assert refused == IdentityRefused("cccd", "sex")


@pytest.mark.parametrize("encoding", ["utf-16-le", "cp1258"])
def test_a_card_in_another_code_page_is_counted_and_not_shown(encoding: str) -> None:
    bench = Bench()
    card = (
        CARD.replace("Ễ", "E")
        .replace("Ẫ", "A")
        .replace("ườ", "uo")
        .replace("ử", "u")
        .replace("ệ", "e")
        .replace("ộ", "o")
    )
    bench.peer.scan(card, encoding=encoding)
    readings = bench.run()
    assert [type(reading) for reading in readings] == [BytesRefused]
    (refused,) = readings
    assert isinstance(refused, BytesRefused)
    assert refused.sample == ""
    assert refused.count > len(card)
    assert refused.hint == "wrong-code-page?"


def test_bytes_without_a_suffix_are_not_shown_either() -> None:
    bench = Bench()
    bench.peer.scan(CARD, suffix="none")
    told = b"".join(encode(reading) for reading in bench.run())
    assert b"BytesRefused" in told
    for secret in SECRETS:
        assert secret.encode() not in told
        assert secret.encode().hex().encode() not in told


def test_the_catalog_says_that_it_is_personal() -> None:
    is_personal = {spec.kind: spec.is_personal for spec in SPECS}
    assert is_personal["cccd-reader"]
    assert not is_personal["line-scanner"]
