"""The rig's yard with the peers' faults at hand. `python -m tests.system.bad_yard FOLDER SEED`.

Further commands: {"do": "scale", "fault": NAME or null}, {"do": "bytes", "hex": ...} from the scanner,
{"do": "module", FIELD: value, ...} of the barrier's `PeerFaults`, {"do": "reboot", "off_ms": n}.
"""

import sys
from pathlib import Path
from typing import Any

from drivers.contract.quantities import Millis
from drivers.weighbridge.toledo_peer import ToledoPeer
from tests.rig import yard

_APART = Millis(1_000)
"""More silence than any code has within itself."""


class FaultyYard(yard.Yard):
    """Devices that fail on demand."""

    def obey(self, command: dict[str, Any]) -> None:
        match command.pop("do"):
            case "scale":
                self._break_scale(command["fault"])
            case "bytes":
                self._scanner.send(bytes.fromhex(command["hex"]), _APART)
            case "module":
                self._break_module(command)
            case "reboot":
                self._modbus.reboot(Millis(command["off_ms"]))
            case other:
                super().obey({"do": other, **command})

    def _break_scale(self, fault: Any) -> None:  # noqa: ANN401 - an IndicatorFault in JSON
        peer = self._ports[0]._peer
        assert isinstance(peer, ToledoPeer)
        if fault is None:
            peer.mend()
        else:
            peer.fail(fault)

    def _break_module(self, faults: dict[str, Any]) -> None:
        for name, value in faults.items():
            numbered = {int(function): code for function, code in value.items()} if name == "exceptions" else value
            setattr(self._modbus.peer.faults, name, numbered)


if __name__ == "__main__":
    vars(yard)["Yard"] = FaultyYard
    yard.main(Path(sys.argv[1]), int(sys.argv[2]))
