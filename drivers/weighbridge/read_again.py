"""Reading stored frames of a scale again, years later and without the scale, from what its opening said of it. Pure.

Only kinds whose frames can be read from their bytes alone: the answers of a Rinstrum are three frames in one, and those
of a Modbus indicator need settings that no opening tells.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import get_args

from drivers.contract.quantities import Grams, Tick, kilograms
from drivers.weighbridge.ascii_codec import Profile as AsciiProfile
from drivers.weighbridge.ascii_driver import AsciiEar
from drivers.weighbridge.asked_line import FrameEar
from drivers.weighbridge.listening_scale import Ear
from drivers.weighbridge.mt_sics import sics_answers
from drivers.weighbridge.sma import sma_answers
from drivers.weighbridge.stillness import Stillness
from drivers.weighbridge.toledo_codec import PROFILES
from drivers.weighbridge.toledo_driver import toledo_speech
from drivers.weighbridge.toledo_extended import extended_frames
from drivers.weighbridge.window import WeighedFrame
from drivers.weighbridge.yaohua_codec import Profile as YaohuaProfile
from drivers.weighbridge.yaohua_command import Address, YaohuaAnswerEar
from drivers.weighbridge.yaohua_driver import YaohuaEar

_ANY_BAND = kilograms(20)  # stillness is not judged again: it needs the time of each frame


def masses(kind: str, detail: str, frames: Sequence[bytes]) -> list[Grams | None] | None:
    """What each frame weighs, None for one that is no frame or no mass; None for a scale that cannot be read again.

    `kind` and `detail` are those of the Identity with which the scale was opened.
    """
    ear = next((ear for said, ear in _ears(kind) if detail.endswith(f", {said}")), None)
    if ear is None:
        return None
    hearing = ear()
    heard = [
        found for frame in (*frames, *frames[:1]) for found in hearing.hear(frame, Tick(0))
    ]  # some end at the next
    weighed = [found for found in heard if isinstance(found, WeighedFrame)][: len(frames)]
    by_bytes = {found.raw: found.mass for found in weighed if not found.doubt}
    return [by_bytes.get(frame) for frame in frames]


def _ears(kind: str) -> Iterator[tuple[str, Callable[[], Ear]]]:
    """What the end of `detail` may say, and the ear that then understands the frames."""
    match kind:
        case "toledo-continuous" | "toledo-commanded" | "toledo-extended":
            yield from _toledo(kind)
        case "yaohua-xk3190":
            yield from ((f"form {form}, stillness computed", _yaohua(form)) for form in get_args(YaohuaProfile))
        case "yaohua-command":
            for address in get_args(Address):
                yield f"command mode, address {address}, stillness computed", _commanded(address)
        case "ascii-indicator":
            yield from ((f"lines {lines}", _ascii(lines)) for lines in get_args(AsciiProfile))
        case "mt-sics":
            yield "MT-SICS", lambda: FrameEar(sics_answers())
        case "sma":
            yield "SMA", lambda: FrameEar(sma_answers())
        case _:
            return


def _toledo(kind: str) -> Iterator[tuple[str, Callable[[], Ear]]]:
    if kind == "toledo-extended":
        yield "extended, checksum", lambda: FrameEar(extended_frames(checksum=True))
        yield "extended, no checksum", lambda: FrameEar(extended_frames(checksum=False))
        return
    for brand in PROFILES:
        for checksum in (True, False):
            speech = toledo_speech(kind, brand, checksum=checksum)
            yield speech.detail, speech.ear


def _yaohua(form: YaohuaProfile) -> Callable[[], Ear]:
    return lambda: YaohuaEar(form, _ANY_BAND)


def _commanded(address: str) -> Callable[[], Ear]:
    return lambda: YaohuaAnswerEar(address, Stillness(_ANY_BAND))


def _ascii(lines: AsciiProfile) -> Callable[[], Ear]:
    return lambda: AsciiEar(lines)
