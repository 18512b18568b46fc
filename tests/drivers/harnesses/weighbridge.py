"""Scales of every protocol, each with 20 t at rest on its deck."""

import threading
from collections.abc import Callable
from pathlib import Path

from drivers.contract.clock import now
from drivers.contract.quantities import Grams, Millis, Tick, kilograms
from drivers.weighbridge.ascii_driver import AsciiSettings
from drivers.weighbridge.ascii_peer import AsciiPeer
from drivers.weighbridge.asked_peer import AskedPeer
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorPeer
from drivers.weighbridge.mt_sics import SicsSettings
from drivers.weighbridge.mt_sics_peer import SicsPeer
from drivers.weighbridge.rinstrum import RinstrumSettings
from drivers.weighbridge.rinstrum_peer import RinstrumPeer
from drivers.weighbridge.sma import SmaSettings
from drivers.weighbridge.sma_peer import SmaPeer
from drivers.weighbridge.toledo_commanded import ToledoCommandedSettings
from drivers.weighbridge.toledo_driver import ToledoSettings
from drivers.weighbridge.toledo_extended import ToledoExtendedSettings
from drivers.weighbridge.toledo_extended_peer import ToledoExtendedPeer
from drivers.weighbridge.toledo_peer import ToledoPeer
from drivers.weighbridge.yaohua_command import YaohuaCommandSettings
from drivers.weighbridge.yaohua_command_peer import YaohuaCommandPeer
from drivers.weighbridge.yaohua_driver import YaohuaSettings
from drivers.weighbridge.yaohua_peer import YaohuaPeer
from tests.drivers.harnesses.base import Harness, SerialHarness


class ScaleHarness(SerialHarness):
    """A weighbridge with `load` at rest on it; `peer` makes the voice of its deck."""

    def __init__(
        self, folder: Path, peer: Callable[[DeckModel], IndicatorPeer], load: Grams = kilograms(20_000)
    ) -> None:
        self.deck = DeckModel()
        self.deck.set_load(load)
        self.deck.advance(Millis(20_000))
        self._moved = now()
        self.peer = peer(self.deck)
        super().__init__(folder, self.peer, self.peer.heard)

    @property
    def serving(self) -> threading.Lock:
        """Hold it while touching `deck` or `peer`."""
        return self._served.lock

    def spoil(self) -> None:
        with self._served.lock:
            self.peer.fail("noise", frames=1_000)

    def _service(self, tick: Tick) -> None:
        self.deck.advance(Millis(tick - self._moved))
        self._moved = tick
        super()._service(tick)


class ToledoHarness(ScaleHarness):
    """The weighbridge has a Toledo indicator."""

    kind = "toledo-continuous"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ToledoPeer)
        self.settings: ToledoSettings = ToledoSettings("toledo-continuous", str(self.port.name), silence=Millis(1_500))


class ToledoCommandedHarness(ScaleHarness):
    """The weighbridge has a Toledo indicator that may be commanded; nothing stands on it, so that it can be zeroed."""

    kind = "toledo-commanded"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, lambda deck: ToledoPeer(deck, period=Millis(40)), load=Grams(0))
        self.settings = ToledoCommandedSettings(
            "toledo-commanded", str(self.port.name), silence=Millis(1_500), commands=("zero",)
        )


class YaohuaHarness(ScaleHarness):
    """The weighbridge has a Yaohua indicator."""

    kind = "yaohua-xk3190"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, YaohuaPeer)
        self.settings: YaohuaSettings = YaohuaSettings(
            "yaohua-xk3190", str(self.port.name), "xor", silence=Millis(1_500)
        )


class AskedHarness(ScaleHarness):
    """The weighbridge has an indicator that is asked; only what changes it counts as an act."""

    peer: AskedPeer

    def __init__(self, folder: Path, peer: Callable[[DeckModel], AskedPeer], load: Grams = kilograms(20_000)) -> None:
        super().__init__(folder, peer, load)

    def acts(self) -> int:
        return len(self.peer.acts)


class YaohuaCommandHarness(AskedHarness):
    """The weighbridge has a Yaohua indicator in command mode; nothing stands on it, so that it can be zeroed."""

    kind = "yaohua-command"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, YaohuaCommandPeer, load=Grams(0))
        self.settings = YaohuaCommandSettings(
            "yaohua-command", str(self.port.name), silence=Millis(1_500), commands=("zero",)
        )


class AsciiHarness(ScaleHarness):
    """The weighbridge has an indicator that sends lines."""

    kind = "ascii-indicator"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, AsciiPeer)
        self.settings = AsciiSettings("ascii-indicator", str(self.port.name), "st-gs", silence=Millis(1_500))


class ToledoExtendedHarness(ScaleHarness):
    """The weighbridge has a Toledo indicator that sends the extended form."""

    kind = "toledo-extended"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ToledoExtendedPeer)
        self.settings = ToledoExtendedSettings("toledo-extended", str(self.port.name), silence=Millis(1_500))


class SicsHarness(AskedHarness):
    """The weighbridge has an indicator that speaks MT-SICS."""

    kind = "mt-sics"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, SicsPeer)
        self.settings = SicsSettings("mt-sics", str(self.port.name), silence=Millis(1_500))


class SmaHarness(AskedHarness):
    """The weighbridge has an indicator that speaks SMA."""

    kind = "sma"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, SmaPeer)
        self.settings = SmaSettings("sma", str(self.port.name), silence=Millis(1_500))


class RinstrumHarness(AskedHarness):
    """The weighbridge has a Rinstrum indicator."""

    kind = "rinstrum"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, RinstrumPeer)
        self.settings = RinstrumSettings("rinstrum", str(self.port.name), silence=Millis(1_500))


HARNESSES: tuple[type[Harness], ...] = (
    ToledoHarness,
    ToledoCommandedHarness,
    YaohuaHarness,
    YaohuaCommandHarness,
    AsciiHarness,
    ToledoExtendedHarness,
    SicsHarness,
    SmaHarness,
    RinstrumHarness,
)
