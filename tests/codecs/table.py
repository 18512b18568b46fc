"""Every codec of the driver library with frames it must understand: for the tests, the fuzzing and the bench."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from operator import xor

from drivers.camera import dahua_codec, dahua_peer, hikvision_codec, hikvision_peer
from drivers.camera.http_codec import HttpCodec, Message
from drivers.camera.push import Pushed, PushedPlate
from drivers.contract.quantities import Millis, Tick
from drivers.kiosk.escpos_codec import BadStatus, statuses
from drivers.portal.rpm_codec import BadLine, RpmDecoder
from drivers.scanner.bb7e_codec import Bb7eDecoder
from drivers.scanner.length_frames import BadBytes as BadTagBytes
from drivers.scanner.line_codec import BadScan, LineDecoder, Suffix
from drivers.scanner.mrz_codec import BadPage, MrzDecoder
from drivers.scanner.reader18_codec import Model, Reader18Decoder
from drivers.scanner.thingmagic_codec import ThingMagicDecoder
from drivers.scanner.trigger import ReplySieve
from drivers.sign.sign_codec import AnswerDecoder, BadAnswer
from drivers.weighbridge.ascii_codec import AsciiDecoder
from drivers.weighbridge.ascii_codec import Profile as AsciiProfile
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.mt_sics import sics_answers
from drivers.weighbridge.rinstrum import checked, rinstrum_answers
from drivers.weighbridge.sma import sma_answers
from drivers.weighbridge.toledo_codec import Brand, ToledoDecoder
from drivers.weighbridge.toledo_extended import extended_frames
from drivers.weighbridge.yaohua_codec import Profile as YaohuaProfile
from drivers.weighbridge.yaohua_codec import YaohuaDecoder
from drivers.weighbridge.yaohua_request_codec import YaohuaAnswerDecoder
from tests.drivers.pictures import tiny_jpeg

Ear = Callable[[bytes], list[object]]
"""One decoder that has heard nothing yet: takes bytes as they come, gives what they complete. b"" is a pause."""


@dataclass(frozen=True, slots=True)
class Codec:
    """`frames` are whole and true, each understood if it comes `spoken`; `is_good` knows what a true one becomes.

    `is_checked`: a checksum covers every byte, so no single flipped bit may pass. `has_pauses`: frames end with a
    pause of the line. `lookahead` is what must follow a frame before it is believed.
    """

    name: str
    ear: Callable[[], Ear]
    frames: tuple[bytes, ...]
    is_good: Callable[[object], bool]
    is_checked: bool = False
    has_pauses: bool = False
    lookahead: bytes = b""

    def spoken(self, frames: Iterable[bytes]) -> list[bytes]:
        """The pieces in which a quiet line brings `frames`."""
        if self.has_pauses:
            return list(chain.from_iterable((frame, b"") for frame in frames))
        return [b"".join(frames) + self.lookahead]


def _hex(*frames: str) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(frame) for frame in frames)


def _feeding(decoder: Callable[[], object]) -> Callable[[], Ear]:
    """An ear of a decoder whose `feed` takes bytes only."""

    def ear() -> Ear:
        feed: Callable[[bytes], Iterable[object]] = decoder().feed  # type: ignore[attr-defined]
        return lambda data: list(feed(data))

    return ear


def _not(*bad: type) -> Callable[[object], bool]:
    return lambda found: not isinstance(found, bad)


def _line_ear(suffix: Suffix) -> Callable[[], Ear]:
    def ear() -> Ear:
        decoder, tick = LineDecoder(suffix, Millis(80)), 0

        def hear(data: bytes) -> list[object]:
            nonlocal tick
            tick += 1 if data else 1000
            return list(decoder.feed(data, Tick(tick)) if data else decoder.wait(Tick(tick)))

        return hear

    return ear


def _push_ear(read: Callable[[Message], Pushed]) -> Callable[[], Ear]:
    """A receiver of pushes; a pause is the next connection, for on a broken one nothing follows."""

    def ear() -> Ear:
        codec = HttpCodec("requests", 1_000_000)

        def hear(data: bytes) -> list[object]:
            nonlocal codec
            if not data:
                codec = HttpCodec("requests", 1_000_000)
            return [read(found) if isinstance(found, Message) else found for found in codec.feed(data)]

        return hear

    return ear


_TOLEDO = (
    "02 2A 30 20 20 31 36 33 37 30 20 20 20 20 20 30 0D 06",
    "02 2A 38 20 20 31 36 33 36 30 20 20 20 20 20 30 0D 7F",
    "02 2A 32 20 20 20 20 20 32 30 20 20 20 20 20 30 0D 43",
    "02 2A 31 20 20 31 32 33 34 35 20 20 34 30 30 30 0D 53",
)
_TOLEDO_FLINTEC = ("02 7D 31 30 20 20 30 37 35 30 20 20 20 32 35 30 0D 0A 06",)
_TOLEDO_FAIRBANKS = ("02 2A 10 20 20 31 36 33 37 30 20 20 20 20 20 30 0D 26",)
_TOLEDO_OF: dict[Brand, tuple[str, ...]] = {
    "mettler": _TOLEDO,
    "generic": _TOLEDO,
    "fairbanks": _TOLEDO_FAIRBANKS,
    "flintec": _TOLEDO_FLINTEC,
    "generic-lf": _TOLEDO_FLINTEC,
}
_TOLEDO_EXTENDED = _hex(
    "01 31 22 20 20 20 20 20 20 20 33 36 33 38 30 20 20 20 20 20 20 20 30 0D 2B",
    "01 31 62 20 20 20 20 20 20 20 31 36 33 37 30 20 20 20 20 20 20 20 30 0D 6E",
)
_YAOHUA: dict[YaohuaProfile, tuple[bytes, ...]] = {
    "xor": _hex(
        "02 2B 30 30 32 30 30 30 32 31 42 03",
        "02 2B 30 30 33 32 39 30 30 31 33 03",
        "02 2D 30 30 30 30 34 30 30 31 39 03",
    ),
    "equals": (b"=0003.000", b"=-0001.00"),
    "equals-reversed": (b"=000.3000", b"=00.1000-"),
    "a12": (b"WG004.139kg3D\r\n", b"         OL23\r\n", b"WG-00040 kg25\r\n"),
}
_ASCII: dict[AsciiProfile, tuple[bytes, ...]] = {
    "st-gs": (b"ST,GS,+  16370 kg\r\n",),
    "st": (b"ST,+0016370 kg\r\n",),
    "flintec-ft11d": (b"i80 16360     0\r\n", b"i00 16370     0\r\n"),
    "flintec-fast": (b"\x02S+000123.4\r\n", b"\x02D+000123.4\r\n", b"\x02+\r\n"),
    "vishay-vt220": (b"P+031790\r\n", b"@+031790\r\n"),
    "ohaus": (bytes.fromhex("202020302E333630206B6720202020470D0A"), b"   0.360 kg   ?G\r\n"),
}
_PUSHES: dict[str, tuple[Callable[[Message], Pushed], bytes]] = {
    "hikvision push": (
        hikvision_codec.read_push,
        hikvision_peer.event_post(hikvision_peer.HikvisionEvent(), [tiny_jpeg(1)], "/hikvision").wire("lane"),
    ),
    "dahua push": (
        dahua_codec.read_push,
        dahua_peer.event_post(dahua_peer.DahuaEvent(), tiny_jpeg(1), None).wire("lane"),
    ),
}
_LINES: dict[Suffix, tuple[bytes, ...]] = {
    "cr": (b"300000000001\r", "]Q1|Đồng Văn|\r".encode()),
    "crlf": (b"300000000001\r\n",),
    "etx": (b"300000000001\x03", b"two\r\nlines\x03"),
}


_RPM = (b"GB,125,131,128,122\n", b"GA,410,395,51,47\n", b"NS,0,1,0,0\r\n", b"GX,17,850,0,0\n")


_READER18: dict[Model, tuple[bytes, ...]] = {
    "uhfreader288": _hex(
        "15 00 01 03 01 01 0C 00 00 00 00 00 00 00 00 00 00 03 13 6B B1 A5",
        "23 00 01 03 01 02 0C 00 00 00 00 00 00 00 00 00 00 03 13 6B 0C 00 00 00 00 00 00 00 00 00 00 03 14 6C 70 F2",
        "07 00 01 01 01 00 1E 4B",
        "11 00 21 00 00 16 0C 03 4E 00 1E 0A 01 00 00 00 E6 51",
    ),
    "uhfreader18": _hex("13 00 01 03 01 0C 00 00 00 00 00 00 00 00 00 00 03 13 3F 39"),
}
_BB7E = _hex(
    "BB 02 22 00 11 C9 34 00 30 75 1F EB 70 5C 59 04 E3 D5 0D 70 3A 76 EF 7E",
    "BB 02 22 00 11 C8 34 00 E2 00 10 71 00 00 52 9B 09 40 B4 02 16 3D D3 7E",
    "BB 01 FF 00 01 15 16 7E",
)
_THINGMAGIC = _hex(
    "FF 28 22 00 00 10 00 1B 01 FF 01 01 C4 11 0E 16 40 00 00 01 27 00 00 05 00 00 0F 00 80"
    "30 00 00 00 00 00 00 00 00 00 00 00 15 45 E9 4A 56 1D",
)
_NEWLAND = _hex("02 01 30 30 30 30 23 53 43 4E 54 52 47 31 06 3B 03")


def _mrz_ear() -> Ear:
    decoder = MrzDecoder("rte", Millis(500), bcc=True)
    return lambda data: list(decoder.feed(data, Tick(0)))


def _mrz_frames() -> Iterable[bytes]:
    """The specimens of ICAO 9303 in the frame of a 3M RTE6701 with its checksum."""
    passport = ("", "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
    card = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
    for lines in (passport, card):
        covered = b"\xe2\x80OU\x02 " + "".join(line + "\r" for line in lines).encode() + b"\x03"
        yield b"\x01" + covered + bytes((reduce(xor, covered),))


def _newland_ear() -> Ear:
    sieve = ReplySieve()
    return lambda data: list(sieve.feed(data)[1])


def _toledo(brand: Brand, *, checksum: bool) -> Codec:
    frames = _hex(*_TOLEDO_OF[brand])
    if not checksum:
        frames = tuple(frame[:-1] for frame in frames)
    return Codec(
        f"toledo {brand} {'with' if checksum else 'without'} checksum",
        _feeding(lambda: ToledoDecoder(checksum, brand)),
        frames,
        _not(BadBytes),
        is_checked=checksum,
    )


CODECS: tuple[Codec, ...] = (
    *(_toledo(brand, checksum=checksum) for brand in _TOLEDO_OF for checksum in (True, False)),
    *(
        Codec(
            f"yaohua {profile}",
            _feeding(lambda profile=profile: YaohuaDecoder(profile)),  # type: ignore[misc]
            frames,
            _not(BadBytes),
            is_checked=profile in {"xor", "a12"},
            lookahead=b"=" if profile.startswith("equals") else b"",
        )
        for profile, frames in _YAOHUA.items()
    ),
    Codec(
        "yaohua answers",
        _feeding(YaohuaAnswerDecoder),
        _hex("02 41 42 2B 30 31 36 33 37 30 30 31 42 03", "02 41 44 2D 30 30 30 30 32 30 30 31 41 03"),
        _not(BadBytes),
        is_checked=True,
    ),
    *(
        Codec(
            f"toledo extended {'with' if checksum else 'without'} checksum",
            _feeding(lambda checksum=checksum: extended_frames(checksum=checksum)),  # type: ignore[misc]
            tuple(frame if checksum else frame[:-1] for frame in _TOLEDO_EXTENDED),
            _not(BadBytes),
            is_checked=checksum,
        )
        for checksum in (True, False)
    ),
    Codec(
        "mt-sics",
        _feeding(sics_answers),
        (b"S S      36380 kg\r\n", b"S D     100.00 g\r\n", b"S +\r\n"),
        _not(BadBytes),
    ),
    Codec(
        "sma",
        _feeding(sma_answers),
        (b"\n 1G       5.025lb \r", b"\nZ1G       0.000lb \r", b"\n 1GM      7.650kg \r"),
        _not(BadBytes),
    ),
    Codec(
        "rinstrum with checksum",
        _feeding(lambda: rinstrum_answers(checksum=True)),
        (checked(b"81110026:   36380 kg G"), checked(b"81110021:00001000")),
        _not(BadBytes),
        is_checked=True,
    ),
    Codec(
        "rinstrum without checksum",
        _feeding(lambda: rinstrum_answers(checksum=False)),
        (b"81110026: 100 kg G;", b"C1100102:0601;"),
        _not(BadBytes),
    ),
    *(
        Codec(
            f"ascii {profile}",
            _feeding(lambda profile=profile: AsciiDecoder(profile)),  # type: ignore[misc]
            frames,
            _not(BadBytes),
        )
        for profile, frames in _ASCII.items()
    ),
    Codec("radiation portal", _feeding(RpmDecoder), _RPM, _not(BadLine)),
    Codec("sign answers", _feeding(AnswerDecoder), (b"ACK", b"NACK"), _not(BadAnswer)),
    Codec("printer status", lambda: lambda data: list(statuses(data)), _hex("12", "1A", "1E", "72"), _not(BadStatus)),
    *(
        Codec(f"line scanner {suffix}", _line_ear(suffix), frames, _not(BadScan), has_pauses=True)
        for suffix, frames in _LINES.items()
    ),
    *(
        Codec(
            f"tag reader {model}",
            _feeding(lambda model=model: Reader18Decoder(model)),  # type: ignore[misc]
            frames,
            _not(BadTagBytes),
            is_checked=True,
        )
        for model, frames in _READER18.items()
    ),
    Codec("tag reader bb7e", _feeding(Bb7eDecoder), _BB7E, _not(BadTagBytes), is_checked=True),
    Codec("tag reader thingmagic", _feeding(ThingMagicDecoder), _THINGMAGIC, _not(BadTagBytes), is_checked=True),
    Codec("document reader", _mrz_ear, tuple(_mrz_frames()), _not(BadPage), is_checked=True),
    Codec("newland answers", _newland_ear, _NEWLAND, _not()),
    *(
        Codec(name, _push_ear(read), (frame,), lambda found: isinstance(found, PushedPlate), has_pauses=True)
        for name, (read, frame) in _PUSHES.items()
    ),
)
"""Every codec once, with each of its declared forms."""
