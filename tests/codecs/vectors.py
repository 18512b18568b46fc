"""Every byte-exact example that our sources print or capture of a device we drive, with the source.

A frame marked "built" follows a printed table, and its checksum was computed apart from this program.
`codec` names an entry of the table of codecs; `means` are attributes of what the frame must become.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Vector:
    """Bytes that a device says."""

    source: str
    codec: str
    frame: bytes
    means: dict[str, object] = field(default_factory=dict)


def _kg(value: float) -> int:
    return round(value * 1000)


def _hex(text: str) -> bytes:
    return bytes.fromhex(text)


_TOLEDO = "toledo mettler with checksum"
_WILDCAT = "Mettler-Toledo Wildcat manual p. 6-4, 6-5; built"

YAOHUA = (
    Vector("DS1 manual p. 8: +20.00", "yaohua xor", _hex("02 2B 30 30 32 30 30 30 32 31 42 03"), {"shown": _kg(20)}),
    Vector(
        "field log of a weighbridge, +003290013",
        "yaohua xor",
        _hex("02 2B 30 30 33 32 39 30 30 31 33 03"),
        {"shown": _kg(3290)},
    ),
    Vector(
        "field log of a weighbridge, +00326001C",
        "yaohua xor",
        _hex("02 2B 30 30 33 32 36 30 30 31 43 03"),
        {"shown": _kg(3260)},
    ),
    Vector("DS1 manual p. 8; built", "yaohua xor", _hex("02 2B 30 31 36 33 37 30 30 31 38 03"), {"shown": _kg(16370)}),
    Vector("DS1 manual p. 8; built", "yaohua xor", _hex("02 2D 30 30 30 30 34 30 30 31 39 03"), {"shown": _kg(-40)}),
    Vector("A26 manual p. 12: 3.000", "yaohua equals-reversed", b"=000.3000", {"shown": _kg(3)}),
    Vector("A26 manual p. 12: -1.00", "yaohua equals-reversed", b"=00.1000-", {"shown": _kg(-1)}),
    Vector("A23p manual p. 23: 3.000", "yaohua equals", b"=0003.000", {"shown": _kg(3)}),
    Vector("A23p manual p. 24: -1.00", "yaohua equals", b"=-0001.00", {"shown": _kg(-1)}),
    Vector(
        "A9+ manual p. 11; built",
        "yaohua answers",
        _hex("02 41 42 2B 30 31 36 33 37 30 30 31 42 03"),
        {"address": "A", "what": "B", "mass": _kg(16370)},
    ),
    Vector(
        "A12E manual p. 13: 4.139 kg",
        "yaohua a12",
        _hex("57 47 30 30 34 2E 31 33 39 6B 67 33 44 0D 0A"),
        {"shown": 4139},
    ),
    Vector("A12E manual p. 13: overload", "yaohua a12", b" " * 9 + _hex("4F 4C 32 33 0D 0A"), {"out_of_range": True}),
    Vector("A12E manual p. 13: underload", "yaohua a12", b" " * 9 + _hex("4C 4F 32 33 0D 0A"), {"out_of_range": True}),
)

TOLEDO = (
    Vector(
        _WILDCAT,
        _TOLEDO,
        _hex("02 2A 30 20 20 31 36 33 37 30 20 20 20 20 20 30 0D 06"),
        {"gross": _kg(16370), "net": False, "moving": False, "out_of_range": False},
    ),
    Vector(
        _WILDCAT,
        _TOLEDO,
        _hex("02 2A 38 20 20 31 36 33 36 30 20 20 20 20 20 30 0D 7F"),
        {"gross": _kg(16360), "moving": True},
    ),
    Vector(_WILDCAT, _TOLEDO, _hex("02 2A 32 20 20 20 20 20 32 30 20 20 20 20 20 30 0D 43"), {"gross": _kg(-20)}),
    Vector(
        _WILDCAT,
        _TOLEDO,
        _hex("02 2A 31 20 20 31 32 33 34 35 20 20 34 30 30 30 0D 53"),
        {"net": True, "shown": _kg(12345), "tare": _kg(4000), "gross": _kg(16345)},
    ),
    Vector(_WILDCAT, _TOLEDO, _hex("02 2A 34 20 20 20 20 20 20 30 20 20 20 20 20 30 0D 53"), {"out_of_range": True}),
    Vector(
        "Flintec FT-111 manual p. 85-89",
        "toledo flintec with checksum",
        _hex("02 7D 31 30 20 20 30 37 35 30 20 20 20 32 35 30 0D 0A 06"),
        {"shown": 750, "tare": 250, "net": True},
    ),
)

LINES = (
    Vector("A&D EK-L manual p. 30", "ascii st", b"ST,+001234.5  g\r\n", {"moving": False}),
    Vector("A&D EK-L manual p. 30", "ascii st", b"OL,+999999.9  g\r\n", {"out_of_range": True}),
    Vector(
        "capture of a T-Scale QHW (NSerialCommTools)",
        "ascii st-gs",
        _hex("53 54 2C 47 53 2C 20 20 20 32 34 35 2E 36 20 67 0D 0A"),
        {"moving": False},
    ),
    Vector(
        "capture of a T-Scale NHB (NSerialCommTools): no comma after GS",
        "ascii st-gs",
        _hex("53 54 2C 47 53 20 20 20 20 32 30 2E 37 67 20 20 0D 0A"),
        {"moving": False},
    ),
    Vector(
        "capture of an Ohaus Defender (NSerialCommTools)",
        "ascii ohaus",
        _hex("20 20 20 30 2E 33 36 30 20 6B 67 20 20 20 20 47 0D 0A"),
        {"gross": 360, "moving": False},
    ),
    Vector("Flintec FT-111 manual p. 85: stable", "ascii flintec-fast", b"\x02S+000123.4\r\n", {"gross": 123400}),
    Vector("Flintec FT-111 manual p. 85: dynamic", "ascii flintec-fast", b"\x02D+000123.4\r\n", {"moving": True}),
    Vector("Flintec FT-111 manual p. 85: overload", "ascii flintec-fast", b"\x02+\r\n", {"out_of_range": True}),
    Vector("Flintec FT-111 manual p. 85: underload", "ascii flintec-fast", b"\x02-\r\n", {"out_of_range": True}),
    Vector("Flintec FT-111 manual p. 85: converter error", "ascii flintec-fast", b"\x02O\r\n", {"gross": None}),
    Vector(
        "AutoWeighbridgeSystem: FT-11D, unstable",
        "ascii flintec-ft11d",
        b"i80 16360     0\r\n",
        {"gross": _kg(16360), "moving": True},
    ),
    Vector(
        "AutoWeighbridgeSystem: FT-11D, stable",
        "ascii flintec-ft11d",
        b"i00 16370     0\r\n",
        {"gross": _kg(16370), "moving": False},
    ),
    Vector(
        "AutoWeighbridgeSystem: VT-220, stable",
        "ascii vishay-vt220",
        b"P+031790\r\n",
        {"gross": _kg(31790), "moving": False},
    ),
    Vector("AutoWeighbridgeSystem: VT-220, unstable", "ascii vishay-vt220", b"@+031790\r\n", {"moving": True}),
)

ANSWERS = (
    # 100 g is a mass of a laboratory balance and no kilogram: read, and of no use to a weighbridge's window.
    Vector("AT balances manual p. 87", "mt-sics", b"S S     100.00 g\r\n"),
    Vector(
        "PR 5220 manual p. 130: 5.025 lb", "sma", _hex("0A 20 31 47 20 20 20 20 20 20 20 35 2E 30 32 35 6C 62 20 0D")
    ),
    Vector("PR 5211 manual p. 50: zero", "sma", b"\nZ1G       0.000lb \r"),
    Vector("PR 5211 manual p. 50: motion", "sma", b"\n 1GM      7.650kg \r", {"mass": 7650, "moving": True}),
    Vector(
        "C530 manual p. 81",
        "rinstrum without checksum",
        b"81110026: 100 kg G;",
        {"register": "0026", "data": " 100 kg G", "is_error": False},
    ),
    Vector("C530 manual p. 81", "rinstrum without checksum", b"C1100102:0601;", {"is_error": True, "data": "0601"}),
    Vector("C530 manual p. 81", "rinstrum without checksum", b"81170019:0000;", {"is_error": False}),
    Vector("C530 manual p. 81", "rinstrum without checksum", b"81100102:0000;", {"is_error": False}),
)

TAGS = (
    Vector(
        "wabson/chafon-rfid test_uhfreader288: antenna 1, strength 6B",
        "tag reader uhfreader288",
        _hex("15 00 01 03 01 01 0C 00 00 00 00 00 00 00 00 00 00 03 13 6B B1 A5"),
    ),
    Vector("wabson/chafon-rfid test_uhfreader288: no tags", "tag reader uhfreader288", _hex("07 00 01 01 01 00 1E 4B")),
    Vector(
        "M5Stack UHF-RFID protocol: -55 dBm",
        "tag reader bb7e",
        _hex("BB 02 22 00 11 C9 34 00 30 75 1F EB 70 5C 59 04 E3 D5 0D 70 3A 76 EF 7E"),
        {"epc": "30751FEB705C5904E3D50D70", "rssi": -55},
    ),
    Vector("M5Stack UHF-RFID protocol: no tag", "tag reader bb7e", _hex("BB 01 FF 00 01 15 16 7E")),
)

PORTAL = tuple(
    Vector(
        "Botts osh-oakridge Rapiscan driver, table of lines; built", "radiation portal", line + b"\r\n", {"tag": tag}
    )
    for tag, line in (
        ("GB", b"GB,125,131,128,122"),
        ("GS", b"GS,26,24,27,25"),
        ("GA", b"GA,410,395,51,47"),
        ("NS", b"NS,0,1,0,0"),
        ("SP", b"SP,0.085,8.0,12.9"),
        ("GX", b"GX,17,850,0,0"),
    )
)

HEARD = (*YAOHUA, *TOLEDO, *LINES, *ANSWERS, *TAGS, *PORTAL)

SPOILT = (
    Vector(
        "wabson/chafon-rfid test_uhfreader288: wrong CRC",
        "tag reader uhfreader288",
        _hex("15 00 01 03 01 01 0C 00 00 00 00 00 00 00 00 00 00 03 13 6B B1 A6"),
    ),
    Vector("capture of a scale's start (NSerialCommTools)", "ascii st-gs", b"\x00\x00\x7f\x7f"),
)
"""What must be refused."""
