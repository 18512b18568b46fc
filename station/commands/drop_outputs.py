"""`station drop-outputs`: motion off and red on at a lane's barriers, its signs blank, for the end of its process."""

from pathlib import Path

from station.commands.options import AsJson, SettingsFile
from station.commands.output import complain, put_json, say
from station.commands.words import phrase


def drop_outputs(settings: SettingsFile, as_json: AsJson = False) -> None:
    """Exit 0 also if a device cannot be reached: the unit must come up again, and the report says so."""
    from drivers.barrier.io_barrier import drop_outputs as drop_at
    from drivers.barrier.io_settings import BarrierSettings
    from drivers.contract.clock import now
    from drivers.contract.tools import Tools
    from drivers.links.bus_settings import bus_port
    from drivers.sign.sign_driver import LedSignSettings, blank
    from station.settings.load import load

    loaded = load(settings)
    reports = {}
    for name, device in loaded.devices.items():
        if isinstance(device, BarrierSettings):
            wire = bus_port(loaded.buses[device.bus]) if device.bus else None
            reports[name] = drop_at(device, Tools(now, Path(), link=wire))
    for (
        name,
        device,
    ) in loaded.devices.items():  # after the barriers: a sign that is silent must not delay the red light
        if isinstance(device, LedSignSettings):
            reports[name] = blank(device, Tools(now, Path()))
    if as_json:
        put_json({"dropped": reports})
        return
    for name, lines in reports.items():
        for line in lines:
            (complain if ": failed" in line else say)(f"{name}: {line}")
    if not reports:
        say(phrase("no-barrier"))
