"""The printed and captured frames of every device, heard by its codec; and what we say, to the byte."""

from collections.abc import Callable

import pytest

from drivers.contract.quantities import Millis, Tick
from drivers.scanner import bb7e_codec, reader18_codec, trigger
from drivers.scanner.cccd_codec import Variant, read_card
from drivers.scanner.line_codec import LineDecoder, Scan
from drivers.scanner.mrz_document import check_digit, read_zone
from drivers.sign.sign_codec import frame as sign_frame
from drivers.weighbridge.rinstrum import checked
from drivers.weighbridge.yaohua_request_codec import request as yaohua_request
from tests.codecs.table import CODECS
from tests.codecs.vectors import HEARD, SPOILT, Vector

_BY_NAME = {codec.name: codec for codec in CODECS}


def _named(vectors: tuple[Vector, ...]) -> list[object]:
    return [pytest.param(vector, id=f"{vector.codec}: {vector.source}") for vector in vectors]


def _hear(vector: Vector) -> list[object]:
    codec = _BY_NAME[vector.codec]
    ear = codec.ear()
    return [found for piece in codec.spoken([vector.frame]) for found in ear(piece)]


@pytest.mark.parametrize("vector", _named(HEARD))
def test_a_printed_frame_is_understood(vector: Vector) -> None:
    found = [said for said in _hear(vector) if _BY_NAME[vector.codec].is_good(said)]
    assert len(found) == 1, _hear(vector)
    assert {name: getattr(found[0], name) for name in vector.means} == vector.means


@pytest.mark.parametrize("vector", _named(SPOILT))
def test_a_spoilt_frame_is_refused(vector: Vector) -> None:
    assert not any(map(_BY_NAME[vector.codec].is_good, _hear(vector)))


def _hex(text: str) -> bytes:
    return bytes.fromhex(text)


SAID: list[tuple[str, Callable[[], bytes], bytes]] = [
    ("A9+ manual p. 11: gross", lambda: yaohua_request("A", "B"), _hex("02 41 42 30 33 03")),
    ("A9+ manual p. 11: tare", lambda: yaohua_request("A", "C"), _hex("02 41 43 30 32 03")),
    ("A9+ manual p. 11: handshake", lambda: yaohua_request("A", "A"), _hex("02 41 41 30 30 03")),
    ("A9+ manual p. 11: net", lambda: yaohua_request("A", "D"), _hex("02 41 44 30 35 03")),
    ("A9+ manual p. 11: vehicle number", lambda: yaohua_request("A", "E"), _hex("02 41 45 30 34 03")),
    ("A9+ manual p. 11: cargo number", lambda: yaohua_request("A", "F"), _hex("02 41 46 30 37 03")),
    ("LUA-LIB rinCCITT: CRC of 123456789", lambda: checked(b"123456789"), b"\x01123456789" + b"29B1\x04"),
    ("C530 manual p. 81 with CRC; built", lambda: checked(b"20110026:"), b"\x0120110026:54E3\x04"),
    ("Honeywell N86 manual p. 166: on", lambda: trigger.command("honeywell", on=True), _hex("16 54 0D")),
    ("Honeywell N86 manual p. 166: off", lambda: trigger.command("honeywell", on=False), _hex("16 55 0D")),
    ("M5Stack: multiple poll", lambda: bb7e_codec.START, _hex("BB 00 27 00 03 22 27 10 83 7E")),
    ("M5Stack: stop", lambda: bb7e_codec.STOP, _hex("BB 00 28 00 00 28 7E")),
    ("Chafon: information; built", lambda: reader18_codec.command(0x21), _hex("04 FF 21 19 95")),
    ("LEDmsg protocol document", lambda: sign_frame("ledmsg", 0, ("Hello world!",)), b"![000Hello world!]"),
]


@pytest.mark.parametrize(("source", "say", "frame"), [pytest.param(*said, id=said[0]) for said in SAID])
def test_what_we_say_is_what_is_printed(source: str, say: Callable[[], bytes], frame: bytes) -> None:
    assert say() == frame


def test_a_gs1_code_keeps_its_aim_identifier() -> None:
    """NCR, Zebra DS457 p. 432: ]C1 is GS1-128, the first FNC1 replaced by it."""
    decoder = LineDecoder("cr", Millis(80), aim="on")
    assert decoder.feed(b"]C1010931234567890710ABC\r", Tick(0)) == []
    (scan,) = decoder.wait(Tick(1000))
    assert isinstance(scan, Scan)
    assert (scan.symbology, scan.text) == ("]C1", "010931234567890710ABC")


def test_an_identity_card_of_seven_fields() -> None:
    """parseCccdQrData: number, old number, name, birth, sex, address, day of issue."""
    read = read_card("001090123456|012345678|NGUYEN VAN A|01011990|Nam|Phường 1|15042021", Variant())
    assert dict(getattr(read, "fields", ()))["number"] == "001090123456"


def test_the_specimens_of_icao_9303() -> None:
    passport = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
    card = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
    assert [getattr(read_zone(lines), "document", "") for lines in (passport, card)] == ["td3", "td1"]
    digits = [check_digit(part) for part in ("L898902C3", "740812", "120415", "ZE184226B<<<<<", "D23145890")]
    assert digits == ["6", "2", "9", "1", "7"]
