"""The courier's process: `python -m station.courier.courier SETTINGS [FD]`.

SETTINGS is the canonical JSON of CourierSettings; FD is the courier's end of a SOCK_SEQPACKET pair with the lane.
Without FD it lives until SIGTERM or SIGINT. Exit codes: 0 ended in order, 64 wrong use, 78 settings, keys or
courier.db cannot be used.
"""

import secrets
import signal
import socket
import sys
import time
from pathlib import Path

from drivers.contract.clock import now
from drivers.contract.plain import NotPlain, decode
from drivers.contract.quantities import Millis, Permille
from station.courier.belief import refuse_going_back
from station.courier.database import CourierFileUnusable, naming_faults
from station.courier.loop import Courier
from station.courier.settings import CourierSettings
from station.courier.talk import DownlinkRefused, LaneWire
from station.trust.chain import Trusted
from station.trust.refusal import Untrusted

EX_USAGE = 64
EX_CONFIG = 78
_PATIENCE = Millis(500)


def main(arguments: list[str], courier_class: type[Courier] = Courier) -> int:
    """Run until the lane or a signal says stop; the exit code."""
    if not 1 <= len(arguments) <= 2:
        sys.stderr.write("usage: python -m station.courier.courier SETTINGS [FD]\n")
        return EX_USAGE
    lane = LaneWire(socket.socket(fileno=int(arguments[1]))) if len(arguments) == 2 else None
    try:
        settings: CourierSettings = decode(CourierSettings, arguments[0].encode())
        courier = _build(settings, lane, courier_class)
    except (NotPlain, ValueError) as error:
        return _give_up(lane, "settings", "malformed", f"{error}; run `station check`")
    except Untrusted as error:
        return _give_up(lane, error.seen, error.reason, error.next_step)
    except CourierFileUnusable as error:
        return _give_up(lane, "courier.db", "unusable", str(error))
    try:
        return _run(courier, Path(settings.folder), lane)
    finally:
        courier.close()


def _build(settings: CourierSettings, lane: LaneWire | None, courier_class: type[Courier]) -> Courier:
    """With files of trust that are damaged or older than what was seen, it begins with the root alone: nobody's lists
    and receipts count until the root's newest statement has come; that one must still be able to come.
    """
    trusted = root = Trusted.load(Path(settings.root_file))
    try:
        arrived = Path(settings.arrived_file) if settings.arrived_file else None
        trusted = root.reloaded(Path(settings.statements_file), arrived)
        refuse_going_back(trusted, settings)
    except Untrusted as error:
        trusted = root
        if lane is not None:
            lane.say(DownlinkRefused(f"trust: {error.seen}"[:200], error.reason, error.next_step))
    return courier_class(settings, trusted, now, _jitter, f"{time.time_ns():x}", lane)


def _run(courier: Courier, folder: Path, lane: LaneWire | None) -> int:
    """Turn until told to stop. A file that cannot be written any more ends this process: the next one begins afresh."""

    def stop(_number: int, _frame: object) -> None:
        courier.is_stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        while not courier.is_stopping:
            with naming_faults(folder):
                courier.turn(_PATIENCE)
    except CourierFileUnusable as error:
        return _give_up(lane, "courier.db", "unusable", str(error))
    return 0


def _give_up(lane: LaneWire | None, thing: str, reason: str, next_step: str) -> int:
    sys.stderr.write(f"courier: {thing}: {reason}; {next_step}\n")
    if lane is not None:
        lane.say(DownlinkRefused(thing[:200], reason, next_step[:300]))
        lane.close()
    return EX_CONFIG


def _jitter() -> Permille:
    return Permille(secrets.randbelow(1001))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
