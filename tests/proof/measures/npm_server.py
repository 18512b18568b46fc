"""A Modbus server of another ecosystem, npm's modbus-serial, and our drivers against it.

Node and npm must be there and reach a package registry; without them the line of the proof fails and says so.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from drivers.contract.clock import now
from drivers.contract.driver import Driver
from drivers.contract.orders import TakeWeight
from drivers.contract.quantities import Grams, Millis, Tick, kilograms
from drivers.contract.readings import Reading, WeighingWindow
from drivers.contract.tools import Tools
from drivers.weighbridge.modbus_indicator import ModbusIndicatorDriver, ModbusIndicatorSettings

PACKAGE = "modbus-serial@8.0.25"
GROSS = kilograms(42_140)
_INSTALL_S, _WEIGH_MS = 180, 10_000

# Registers of a Flintec FT-11 by their wire address: status (data valid) at 2, gross at 5 and 6.
_SERVER = f"""
const ModbusRTU = require("modbus-serial");
const kg = {GROSS // 1000};
const held = {{ 2: 2, 5: kg >>> 16, 6: kg & 0xffff }};
const server = new ModbusRTU.ServerTCP(
  {{ getHoldingRegister: (address) => held[address] || 0 }},
  {{ host: "127.0.0.1", port: 0, unitID: 1 }},
);
server.on("initialized", () => console.log(server._server.address().port));
server.on("serverError", (error) => {{ console.error(error); process.exit(1); }});
"""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What our driver made of the server's registers."""

    package: str
    mass: Grams
    frames: int


def weigh(folder: Path) -> Weighed:
    """Install the package under `folder`, serve an indicator's registers with it and weigh once.

    Raises OSError or CalledProcessError if there is no node, npm or registry; TimeoutError if no weight came.
    """
    folder.mkdir(parents=True, exist_ok=True)
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional", PACKAGE]
    subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=_INSTALL_S)
    (folder / "server.js").write_text(_SERVER, encoding="utf-8")
    server = subprocess.Popen(["node", "server.js"], cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        settings = ModbusIndicatorSettings("modbus-indicator", "flintec-ft11", host="127.0.0.1", port=port)
        window = _window(ModbusIndicatorDriver("scale", settings, Tools(now, folder)))
    finally:
        server.kill()
        server.communicate()
    return Weighed(PACKAGE, window.mass, window.frames)


def _window(driver: Driver) -> WeighingWindow:
    driver.open()
    try:
        driver.obey(TakeWeight("npm", Tick(now() + 1000), Millis(1000), kilograms(20), Millis(_WEIGH_MS)), Millis(300))
        end = now() + _WEIGH_MS
        while now() < end:
            readings: list[Reading] = list(driver.poll(Millis(50)))
            for reading in readings:
                if isinstance(reading, WeighingWindow):
                    return reading
    finally:
        driver.close()
    raise TimeoutError(f"no weight within {_WEIGH_MS} ms")
