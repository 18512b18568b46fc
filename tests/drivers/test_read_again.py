"""Stored frames of every scale that can be read again weigh what was told then; the others say that they cannot."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from drivers.catalog import DRIVERS
from drivers.contract.driver import Driver, Identity
from drivers.contract.quantities import Grams, kilograms
from drivers.contract.readings import WeighingWindow
from drivers.contract.tools import Tools
from drivers.links.peer import Peer
from drivers.weighbridge import ascii_codec, toledo_codec, yaohua_codec
from drivers.weighbridge.ascii_driver import AsciiDriver, AsciiSettings
from drivers.weighbridge.ascii_peer import AsciiPeer
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.mt_sics import SicsDriver, SicsSettings
from drivers.weighbridge.mt_sics_peer import SicsPeer
from drivers.weighbridge.read_again import masses
from drivers.weighbridge.rinstrum import RinstrumDriver, RinstrumSettings
from drivers.weighbridge.rinstrum_peer import RinstrumPeer
from drivers.weighbridge.sma import SmaDriver, SmaSettings
from drivers.weighbridge.sma_peer import SmaPeer
from drivers.weighbridge.toledo_commanded import ToledoCommandedDriver, ToledoCommandedSettings
from drivers.weighbridge.toledo_driver import ToledoDriver, ToledoSettings
from drivers.weighbridge.toledo_extended import ToledoExtendedDriver, ToledoExtendedSettings
from drivers.weighbridge.toledo_extended_peer import ToledoExtendedPeer
from drivers.weighbridge.toledo_peer import ToledoPeer
from drivers.weighbridge.yaohua_command import YaohuaCommandDriver, YaohuaCommandSettings
from drivers.weighbridge.yaohua_command_peer import YaohuaCommandPeer
from drivers.weighbridge.yaohua_driver import YaohuaDriver, YaohuaSettings
from drivers.weighbridge.yaohua_peer import YaohuaPeer
from tests.drivers.scale_bench import ScaleBench, readings_of

Kind = tuple[Callable[[DeckModel], Peer], Callable[[Tools], Driver]]


def _toledo(brand: Any, checksum: bool) -> Kind:  # noqa: ANN401 - a brand
    settings = ToledoSettings("toledo-continuous", "x", brand=brand, checksum=checksum)
    return (
        lambda deck: ToledoPeer(deck, brand=brand, checksum=checksum),
        lambda tools: ToledoDriver("scale", settings, tools),
    )


def _yaohua(form: Any) -> Kind:  # noqa: ANN401 - a form
    settings = YaohuaSettings("yaohua-xk3190", "x", form)
    return lambda deck: YaohuaPeer(deck, form=form), lambda tools: YaohuaDriver("scale", settings, tools)


def _ascii(form: Any) -> Kind:  # noqa: ANN401 - a form
    settings = AsciiSettings("ascii-indicator", "x", form)
    return lambda deck: AsciiPeer(deck, form=form), lambda tools: AsciiDriver("scale", settings, tools)


READ_AGAIN: dict[str, Kind] = {
    **{f"toledo-continuous {brand}": _toledo(brand, checksum=True) for brand in toledo_codec.PROFILES},
    "toledo-continuous without checksum": _toledo("mettler", checksum=False),
    "toledo-commanded": (
        ToledoPeer,
        lambda tools: ToledoCommandedDriver("scale", ToledoCommandedSettings("toledo-commanded", "x"), tools),
    ),
    "toledo-extended": (
        ToledoExtendedPeer,
        lambda tools: ToledoExtendedDriver("scale", ToledoExtendedSettings("toledo-extended", "x"), tools),
    ),
    "yaohua-command": (
        YaohuaCommandPeer,
        lambda tools: YaohuaCommandDriver("scale", YaohuaCommandSettings("yaohua-command", "x"), tools),
    ),
    "mt-sics": (SicsPeer, lambda tools: SicsDriver("scale", SicsSettings("mt-sics", "x"), tools)),
    "sma": (SmaPeer, lambda tools: SmaDriver("scale", SmaSettings("sma", "x"), tools)),
    **{f"ascii-indicator {form}": _ascii(form) for form in get_args(ascii_codec.Profile)},
    **{f"yaohua-xk3190 {form}": _yaohua(form) for form in get_args(yaohua_codec.Profile)},
}
RINSTRUM: Kind = (RinstrumPeer, lambda tools: RinstrumDriver("scale", RinstrumSettings("rinstrum", "x"), tools))
NOT_READ_AGAIN = {"rinstrum", "modbus-indicator"}


class Remembering:
    """Keeps what the opening said, as the lane's journal does."""

    identity: Identity

    def __init__(self, driver: Driver) -> None:
        self.open_now = driver.open
        driver.open = self.opened  # type: ignore[method-assign]

    def opened(self) -> Identity:
        self.identity = self.open_now()
        return self.identity


def weighed(kind: Kind) -> tuple[Identity, WeighingWindow]:
    deck = DeckModel()
    make_peer, make_driver = kind
    kept: list[Remembering] = []

    def build(tools: Tools) -> Driver:
        driver = make_driver(tools)
        kept.append(Remembering(driver))
        return driver

    bench = ScaleBench(deck, make_peer(deck), build)
    bench.run(2_000)
    deck.set_load(Grams(36_380_000))
    bench.weigh()
    (window,) = readings_of(bench.run(12_000), WeighingWindow)
    return kept[0].identity, window


@pytest.mark.parametrize("name", READ_AGAIN)
def test_the_frames_say_again_what_was_weighed(name: str) -> None:
    identity, window = weighed(READ_AGAIN[name])
    frames = [bytes.fromhex(frame) for frame in window.raw]
    found = masses(identity.kind, identity.detail, frames)
    assert found is not None and None not in found
    told = sorted(mass for mass in found if mass is not None)
    assert (told[len(told) // 2], told[-1] - told[0], len(told)) == (window.mass, window.spread, window.frames)
    assert window.mass == kilograms(36_380)
    spoilt = masses(identity.kind, identity.detail, [*frames[:-1], b"\x00" * len(frames[-1])])
    assert spoilt is not None and spoilt[-1] is None
    assert masses(identity.kind, identity.detail, []) == []


def test_what_cannot_be_read_again_says_so() -> None:
    identity, window = weighed(RINSTRUM)
    assert masses(identity.kind, identity.detail, [bytes.fromhex(frame) for frame in window.raw]) is None
    assert masses("toledo-continuous", "listening on x, of another release", [b"\x02"]) is None


def test_every_scale_of_the_catalog_is_in_one_of_both_lists() -> None:
    scales = {kind for kind, spec in DRIVERS.items() if spec.build.__module__.startswith("drivers.weighbridge.")}
    assert {name.partition(" ")[0] for name in READ_AGAIN} | NOT_READ_AGAIN == scales
