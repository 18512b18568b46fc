"""Every form in which a scale tells a weight: its peer's frame for a load, and its driver's ear."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from drivers.contract.quantities import Grams, Millis, Tick, kilograms
from drivers.weighbridge.ascii_driver import AsciiEar
from drivers.weighbridge.ascii_peer import AsciiPeer, Form
from drivers.weighbridge.asked_line import Decoder, FrameEar
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.heartbeat import Heartbeat
from drivers.weighbridge.listening_scale import Ear
from drivers.weighbridge.mt_sics import sics_answers
from drivers.weighbridge.mt_sics_peer import SicsPeer
from drivers.weighbridge.rinstrum import RinstrumQuestion
from drivers.weighbridge.rinstrum_peer import RinstrumPeer
from drivers.weighbridge.sma import sma_answers
from drivers.weighbridge.sma_peer import SmaPeer
from drivers.weighbridge.stillness import Stillness
from drivers.weighbridge.toledo_codec import PROFILES, Brand
from drivers.weighbridge.toledo_driver import ToledoEar
from drivers.weighbridge.toledo_extended import extended_frames
from drivers.weighbridge.toledo_extended_peer import ToledoExtendedPeer
from drivers.weighbridge.toledo_peer import ToledoPeer
from drivers.weighbridge.weigher import Heard
from drivers.weighbridge.yaohua_codec import Profile as YaohuaProfile
from drivers.weighbridge.yaohua_command import YaohuaAnswerEar
from drivers.weighbridge.yaohua_command_peer import YaohuaCommandPeer
from drivers.weighbridge.yaohua_driver import YaohuaEar
from drivers.weighbridge.yaohua_peer import YaohuaPeer

_FRAME = Millis(200)
_AT_ONCE = Millis(0)
_BAND = kilograms(20)

Said = Callable[[DeckModel], bytes]
"""What an indicator says of a deck, once."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One form. `said` makes a frame, `ear` a listener that has heard nothing.

    `swing` is how far two frames of a moving deck lie apart: within a window's spread where the indicator has a flag
    for motion, so that the flag alone tells, and beyond the band of stillness where it has none.
    """

    name: str
    said: Said
    ear: Callable[[], Ear]
    swing: Grams = kilograms(20)
    is_checked: bool = False

    def at_rest(self, mass: Grams) -> bytes:
        """A frame of a deck at rest that shows `mass`."""
        deck = DeckModel()
        deck.set_zero_error(mass)  # shown at once, without physics
        return self.said(deck)

    def moving(self, mass: Grams) -> bytes:
        """A frame of a deck that moves and just now shows `mass`."""
        deck = DeckModel()
        deck.set_load(kilograms(40_000))
        deck.advance(Millis(600))
        if not deck.moving:
            raise AssertionError("the deck does not move")
        deck.set_zero_error(Grams(mass - deck.mass))
        return self.said(deck)


class _Anew:
    """An asked scale's ear: each answer is heard by a fresh decoder."""

    def __init__(self, decoder: Callable[[], Decoder[Heard]]) -> None:
        self._decoder = decoder

    def hear(self, data: bytes, at: Tick) -> Sequence[Heard]:
        return FrameEar(self._decoder()).hear(data, at)


class _RinstrumEar:
    """Rinstrum's three answers in a row, heard by its question."""

    def __init__(self) -> None:
        self._data = b""
        self._question = RinstrumQuestion(self, 1, Heartbeat("scale", Millis(10**9)), lambda: Tick(0), checksum=False)

    def hear(self, data: bytes, at: Tick) -> Sequence[Heard]:
        self._question.forget()
        self._question.hear(Millis(0))
        self._data = data
        return self._question.hear(Millis(0))

    def open(self) -> None:
        """A wire needs no opening here."""

    def read(self, patience: Millis) -> bytes:
        data, self._data = self._data, b""
        return data

    def write(self, data: bytes, patience: Millis) -> None:
        """The answers are there already."""

    def discard_input(self) -> None:
        """Nothing else ever comes."""

    def close(self) -> None:
        """Nor a close."""


def _toledo_said(brand: Brand, deck: DeckModel, *, checksum: bool) -> bytes:
    return ToledoPeer(deck, brand=brand, checksum=checksum, period=_FRAME).advance(_FRAME)


def _extended_said(deck: DeckModel) -> bytes:
    return ToledoExtendedPeer(deck, checksum=False, period=_FRAME).advance(_FRAME)


def _yaohua_said(form: YaohuaProfile, deck: DeckModel) -> bytes:
    return YaohuaPeer(deck, form=form, period=_FRAME).advance(_FRAME)


def _ascii_said(form: Form, deck: DeckModel) -> bytes:
    return AsciiPeer(deck, form=form, period=_FRAME).advance(_FRAME)


def _rinstrum_said(deck: DeckModel) -> bytes:
    return RinstrumPeer(deck, checksum=False, delay=_AT_ONCE).feed(b"21110020:;21110021:;21050026:;")


def _toledo(brand: Brand, *, checksum: bool) -> Voice:
    return Voice(
        f"toledo {brand} {'with' if checksum else 'without'} checksum",
        partial(_toledo_said, brand, checksum=checksum),
        lambda: ToledoEar(checksum, brand),
        is_checked=checksum,
    )


def _yaohua(form: YaohuaProfile) -> Voice:
    return Voice(
        f"yaohua {form}",
        partial(_yaohua_said, form),
        lambda: YaohuaEar(form, _BAND),
        swing=kilograms(60),
        is_checked=not form.startswith("equals"),
    )


def _ascii(form: Form) -> Voice:
    return Voice(
        f"ascii {form}",
        partial(_ascii_said, form),
        lambda: AsciiEar("st-gs" if form == "st-gs-glued" else form),
    )


_ASCII_FORMS: tuple[Form, ...] = (
    "st-gs", "st-gs-glued", "st", "flintec-ft11d", "flintec-fast", "vishay-vt220", "ohaus",
)  # fmt: skip
_YAOHUA_FORMS: tuple[YaohuaProfile, ...] = ("equals", "equals-reversed", "xor", "a12")

_ALL = (
    *(_toledo(brand, checksum=False) for brand in PROFILES),
    _toledo("mettler", checksum=True),
    Voice("toledo extended without checksum", _extended_said, lambda: FrameEar(extended_frames(checksum=False))),
    *(_yaohua(form) for form in _YAOHUA_FORMS),
    Voice(
        "yaohua command mode",
        lambda deck: YaohuaCommandPeer(deck, delay=_AT_ONCE).feed(b"\x02AB03\x03"),
        lambda: YaohuaAnswerEar("A", Stillness(_BAND)),
        swing=kilograms(60),
        is_checked=True,
    ),
    *(_ascii(form) for form in _ASCII_FORMS),
    Voice("mt-sics", lambda deck: SicsPeer(deck, delay=_AT_ONCE).feed(b"SI\r\n"), lambda: _Anew(sics_answers)),
    Voice("sma", lambda deck: SmaPeer(deck, delay=_AT_ONCE).feed(b"\nW\r"), lambda: _Anew(sma_answers)),
    Voice("rinstrum without checksum", _rinstrum_said, _RinstrumEar),
)

VOICES: dict[str, Voice] = {voice.name: voice for voice in _ALL}
"""By name; those whose every byte is checked are there for comparison."""
