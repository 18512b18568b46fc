"""The kinds of signs."""

from drivers.contract.orders import ShowText
from drivers.contract.quantities import Millis
from drivers.contract.spec import DriverSpec
from drivers.sign.sign_driver import LedSignDriver, LedSignSettings

SPECS: tuple[DriverSpec, ...] = (
    DriverSpec(
        kind="led-sign",
        protocol="LED sign: LEDmsg, Alpha, AM03127",
        wire="serial",
        tier=2,
        speaks="acts",
        settings=LedSignSettings,
        build=LedSignDriver,
        peer="drivers.sign.sign_peer:LedSignPeer",
        readings=(),
        orders=(ShowText,),
        slowest_answer=Millis(300),
    ),
)
