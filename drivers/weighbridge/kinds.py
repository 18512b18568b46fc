"""The kinds of truck scales."""

from drivers.contract.orders import ChangeScale, TakeWeight
from drivers.contract.quantities import Millis
from drivers.contract.readings import BytesRefused, DeckSample, WeighingFailed, WeighingWindow
from drivers.contract.spec import DriverSpec
from drivers.weighbridge.ascii_driver import AsciiDriver, AsciiSettings
from drivers.weighbridge.modbus_indicator import ModbusIndicatorDriver, ModbusIndicatorSettings
from drivers.weighbridge.toledo_commanded import ToledoCommandedDriver, ToledoCommandedSettings
from drivers.weighbridge.toledo_driver import ToledoDriver, ToledoSettings
from drivers.weighbridge.yaohua_command import YaohuaCommandDriver, YaohuaCommandSettings
from drivers.weighbridge.yaohua_driver import YaohuaDriver, YaohuaSettings

_SCALE_READINGS = (DeckSample, WeighingWindow, WeighingFailed, BytesRefused)

SPECS: tuple[DriverSpec, ...] = (
    DriverSpec(
        kind="toledo-continuous",
        protocol="Toledo continuous output",
        wire="serial",
        tier=1,
        speaks="never",
        settings=ToledoSettings,
        build=ToledoDriver,
        peer="drivers.weighbridge.toledo_peer:ToledoPeer",
        readings=_SCALE_READINGS,
        orders=(TakeWeight,),
        slowest_answer=Millis(100),
    ),
    DriverSpec(
        kind="toledo-commanded",
        protocol="Toledo continuous output, with commands T, Z, C where the settings name them",
        wire="serial",
        tier=1,
        speaks="acts",
        settings=ToledoCommandedSettings,
        build=ToledoCommandedDriver,
        peer="drivers.weighbridge.toledo_peer:ToledoPeer",
        readings=_SCALE_READINGS,
        orders=(TakeWeight, ChangeScale),
        slowest_answer=Millis(300),
    ),
    DriverSpec(
        kind="yaohua-xk3190",
        protocol="Yaohua XK3190 continuous output (XOR frames and the = forms)",
        wire="serial",
        tier=1,
        speaks="never",
        settings=YaohuaSettings,
        build=YaohuaDriver,
        peer="drivers.weighbridge.yaohua_peer:YaohuaPeer",
        readings=_SCALE_READINGS,
        orders=(TakeWeight,),
        slowest_answer=Millis(100),
    ),
    DriverSpec(
        kind="yaohua-command",
        protocol="Yaohua XK3190 and Keli command mode; zero and tare off where the settings name them",
        wire="serial",
        tier=1,
        speaks="acts",
        settings=YaohuaCommandSettings,
        build=YaohuaCommandDriver,
        peer="drivers.weighbridge.yaohua_command_peer:YaohuaCommandPeer",
        readings=_SCALE_READINGS,
        orders=(TakeWeight, ChangeScale),
        slowest_answer=Millis(300),
    ),
    DriverSpec(
        kind="ascii-indicator",
        protocol="ASCII lines: ST,GS family, Flintec FT-11D, Vishay VT-220",
        wire="serial",
        tier=1,
        speaks="never",
        settings=AsciiSettings,
        build=AsciiDriver,
        peer="drivers.weighbridge.ascii_peer:AsciiPeer",
        readings=_SCALE_READINGS,
        orders=(TakeWeight,),
        slowest_answer=Millis(100),
    ),
    DriverSpec(
        kind="modbus-indicator",
        protocol="Modbus indicator by register map: Laumas, Dini Argeo, Flintec FT-11 and FT-111, HBM WTX",
        wire="modbus",
        tier=1,
        speaks="asks",
        settings=ModbusIndicatorSettings,
        build=ModbusIndicatorDriver,
        peer="drivers.weighbridge.modbus_indicator_peer:ModbusIndicatorPeer",
        readings=_SCALE_READINGS,
        orders=(TakeWeight,),
        slowest_answer=Millis(600),
    ),
)
