"""A truck scale with a Yaohua XK3190 or a clone of it in continuous output. Listens only: it never sends a byte.

What the stream does not say, we cannot know. Stillness is computed here. The number shown is taken as gross
kilograms: the indicator must be set to kilograms, and a tare keyed in on it is not seen. Overload, underload and a
zero that was not taken have no flag; no manual says whether the stream then falls silent (a fault here) or repeats
its last value. A value repeated for ever cannot be told from a load at rest. Only the form a12 tells net, overload
and underload.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.quantities import Grams, Millis, Tick, kilograms
from drivers.contract.tools import Tools
from drivers.links.pass_through import check_pass_to
from drivers.links.wires import serial_wire
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.listening_scale import ListeningScale, Speech
from drivers.weighbridge.stillness import Stillness
from drivers.weighbridge.weigher import Heard
from drivers.weighbridge.window import UnfitFrame, WeighedFrame
from drivers.weighbridge.yaohua_codec import Profile, YaohuaDecoder


@dataclass(frozen=True, slots=True)
class YaohuaSettings:
    """A weighbridge with a Yaohua XK3190 indicator (A9, A9+, D10, DS1, DS3, A23p, A12) or a clone, always 8N1.

    kind: "yaohua-xk3190".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    profile: the form of the frames as set in the indicator: "xor", "equals", "equals-reversed" or "a12"; never guessed.
    baud: as set in the indicator; no factory default is certain.
    still_band: grams; the deck is still while all that is shown within a second differs by no more; one division.
    silence: milliseconds without a frame after which the scale counts as silent or garbled.
    pass_to_port: a second serial port that repeats every byte of the scale, "" for none; nothing comes back from it.
    pass_to_tcp: ADDRESS:PORT where TCP clients hear every byte of the scale, "" for none; nothing comes back from them.
    """

    kind: Literal["yaohua-xk3190"]
    port: str
    profile: Profile
    baud: Literal[600, 1200, 2400, 4800, 9600] = 9600
    still_band: Annotated[Grams, Interval(ge=1_000, le=500_000)] = kilograms(20)
    silence: Annotated[Millis, Interval(ge=500, le=60_000)] = Millis(2000)
    pass_to_port: str = ""
    pass_to_tcp: str = ""

    def __post_init__(self) -> None:
        check_pass_to(self)


class YaohuaDriver(ListeningScale):
    """Driver of one Yaohua scale."""

    def __init__(self, device: str, settings: YaohuaSettings, tools: Tools) -> None:
        speech = Speech(
            kind=settings.kind,
            detail=f"form {settings.profile}, stillness computed",
            ear=lambda: YaohuaEar(settings.profile, settings.still_band),
            unfit=(
                "the indicator shows net or parts of a gram",
                "clear its tare, set its unit to kg and its decimals to 0",
            ),
            compare="baud rate and form of the continuous output",
        )
        link = serial_wire(settings, tools)
        super().__init__(device, link, speech, settings.silence, tools.clock)


class YaohuaEar:
    """Frames without flags, and what their course says of the deck."""

    def __init__(self, profile: Profile, still_band: Grams) -> None:
        self._decoder = YaohuaDecoder(profile)
        self._stillness = Stillness(still_band)

    def hear(self, data: bytes, at: Tick) -> list[Heard]:
        heard: list[Heard] = []
        for found in self._decoder.feed(data):
            if isinstance(found, BadBytes):
                heard.append(found)
            elif found.out_of_range:
                heard.append(WeighedFrame(Grams(0), True, "out-of-range", found.raw))
            elif found.shown is None:
                heard.append(UnfitFrame(found.raw))
            else:
                is_moving = self._stillness.is_moving(found.shown, at)
                heard.append(WeighedFrame(found.shown, is_moving, "", found.raw))
        return heard
