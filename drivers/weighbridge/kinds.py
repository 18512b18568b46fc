"""The kinds of truck scales."""

from drivers.contract.orders import ChangeScale, TakeWeight
from drivers.contract.quantities import Millis
from drivers.contract.readings import BytesRefused, DeckSample, WeighingFailed, WeighingWindow
from drivers.contract.spec import DriverSpec
from drivers.weighbridge.ascii_driver import AsciiDriver, AsciiSettings
from drivers.weighbridge.modbus_indicator import ModbusIndicatorDriver, ModbusIndicatorSettings
from drivers.weighbridge.mt_sics import SicsDriver, SicsSettings
from drivers.weighbridge.rinstrum import RinstrumDriver, RinstrumSettings
from drivers.weighbridge.sma import SmaDriver, SmaSettings
from drivers.weighbridge.toledo_commanded import ToledoCommandedDriver, ToledoCommandedSettings
from drivers.weighbridge.toledo_driver import ToledoDriver, ToledoSettings
from drivers.weighbridge.toledo_extended import ToledoExtendedDriver, ToledoExtendedSettings
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
    DriverSpec(
        kind="toledo-extended",
        protocol="Toledo continuous extended output (24 or 25 bytes)",
        wire="serial",
        tier=2,
        speaks="never",
        settings=ToledoExtendedSettings,
        build=ToledoExtendedDriver,
        peer="drivers.weighbridge.toledo_extended_peer:ToledoExtendedPeer",
        readings=_SCALE_READINGS,
        orders=(TakeWeight,),
        slowest_answer=Millis(100),
    ),
    DriverSpec(
        kind="mt-sics",
        protocol="MT-SICS, asked with SI",
        wire="serial",
        tier=2,
        speaks="asks",
        settings=SicsSettings,
        build=SicsDriver,
        peer="drivers.weighbridge.mt_sics_peer:SicsPeer",
        readings=_SCALE_READINGS,
        orders=(TakeWeight,),
        slowest_answer=Millis(100),
    ),
    DriverSpec(
        kind="sma",
        protocol="SMA (Scale Manufacturers Association), asked with W",
        wire="serial",
        tier=2,
        speaks="asks",
        settings=SmaSettings,
        build=SmaDriver,
        peer="drivers.weighbridge.sma_peer:SmaPeer",
        readings=_SCALE_READINGS,
        orders=(TakeWeight,),
        slowest_answer=Millis(100),
    ),
    DriverSpec(
        kind="rinstrum",
        protocol="Rinstrum ASCII network: sample number, status and gross",
        wire="serial",
        tier=2,
        speaks="asks",
        settings=RinstrumSettings,
        build=RinstrumDriver,
        peer="drivers.weighbridge.rinstrum_peer:RinstrumPeer",
        readings=_SCALE_READINGS,
        orders=(TakeWeight,),
        slowest_answer=Millis(150),
    ),
)
