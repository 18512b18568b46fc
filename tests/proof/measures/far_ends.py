"""`python -m tests.proof.measures.far_ends FOLDER`: eight serial devices at full speed and four I/O modules.

A process of its own, so that its work is not counted to the lane's. Prints the modules' TCP ports as one line of
JSON when all is there; ends with its standard input. Bytes reach a port every 16 ms, as a USB adapter brings them.
"""

import json
import os
import select
import sys
from pathlib import Path

from drivers.barrier.adam60xx_model import Adam6060Model
from drivers.barrier.adam60xx_peer import Adam60xxPeer
from drivers.barrier.boom_model import BoomModel
from drivers.contract.clock import now
from drivers.contract.quantities import Millis, Tick, kilograms
from drivers.links.modbus_port_peer import ModbusPortPeer
from drivers.links.pacing import PtyPort
from drivers.weighbridge.ascii_peer import AsciiPeer
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorPeer
from drivers.weighbridge.toledo_peer import ToledoPeer
from drivers.weighbridge.yaohua_peer import YaohuaPeer

MODULES = 4
KINDS = ("yaohua-xk3190", "toledo-continuous", "ascii-indicator") * 2 + ("yaohua-xk3190", "toledo-continuous")
"""The eight serial devices, each saying frame upon frame as fast as 9600 baud carries them."""

_ADAPTER_MS = 16


def _indicator(kind: str, deck: DeckModel) -> IndicatorPeer:
    match kind:
        case "yaohua-xk3190":
            return YaohuaPeer(deck, period=Millis(13))
        case "toledo-continuous":
            return ToledoPeer(deck, period=Millis(19))
        case _:
            return AsciiPeer(deck, period=Millis(20))


def main(folder: Path) -> None:
    deck = DeckModel()
    deck.set_load(kilograms(20_000))
    deck.advance(Millis(20_000))
    scales = [PtyPort(folder / f"scale{number}", _indicator(kind, deck)) for number, kind in enumerate(KINDS)]
    modules = [ModbusPortPeer(Adam60xxPeer(Adam6060Model(BoomModel()))) for _ in range(MODULES)]
    print(json.dumps([module.port for module in modules]), flush=True)
    next_batch = now()
    is_over = False
    while not is_over:
        sockets = [sock for module in modules for sock in module.sockets()]
        ready, _, _ = select.select([sys.stdin, *sockets], [], [], max(0, next_batch - now()) / 1000)
        is_over = sys.stdin in ready and not os.read(sys.stdin.fileno(), 1)
        tick = now()
        for module in modules:
            module.service(tick)
        if tick >= next_batch:
            next_batch = Tick(tick + _ADAPTER_MS)
            for scale in scales:
                scale.service(tick)
    for scale in scales:
        scale.close()
    for module in modules:
        module.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
