"""Recorded before acted: one truck through a whole lane under strace, from the order's record to the frame on the wire.

The kernel's own sequence of the lane's calls is looked at, so no clock and no log of ours is believed. That the real
processes keep to it too is what the kills show (tests/proof/lane_kills.py, "released without a record").
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from drivers.barrier.adam60xx import Adam6060Settings
from drivers.barrier.pulses import CountedPulse, register
from tests.proof.measures.marked_lane import TO_MODULE, TO_WORKER
from tests.support import needs

Where = Literal["order to the worker", "frame to the module"]
PLACES: tuple[Where, ...] = get_args(Where)

_CALL = re.compile(r"\d+ +(\w+)\((.*)\) += \d+")
_FD = re.compile(r"\d+<((?:\\x[0-9a-f]{2})*)>")
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_RECORD = re.compile(rb'"order":"(RaiseBoom|LowerBoom)","order_id":"([^"]+)"')
_ORDER = re.compile(rb'"is":"(RaiseBoom|LowerBoom)","not_after":\d+,"order_id":"([^"]+)"')
_LOG = "journal.db-wal"
_WRITES_REGISTERS = 16
_FUNCTION_AT = 7
_PATIENCE_S = 240

Orders = set[tuple[str, str]]
"""(motion, order id)"""


@dataclass(frozen=True, slots=True)
class Act:
    """A motion on its way; `recorded` if the record of its order was on the disk before it went."""

    where: Where
    motion: str
    recorded: bool


def acts(folder: Path, *mutant: str) -> list[Act]:
    """Everything that moved the boom while one truck passed, in order."""
    folder.mkdir()
    log = folder / "strace.log"
    strace = [str(needs("strace")), "-f", "--seccomp-bpf", "-xx", "-y", "-s", "65536", "-e", "signal=none"]
    calls = ["-e", "trace=pwrite64,fdatasync,fsync,write", "-o", str(log)]
    lane = [sys.executable, "-m", "tests.proof.measures.marked_lane", str(folder / "gate"), *mutant]
    run = subprocess.run(
        [*strace, *calls, *lane],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=_PATIENCE_S,
        check=False,
    )
    if run.returncode != 0:
        raise subprocess.CalledProcessError(run.returncode, lane, stderr=run.stderr[-2000:])
    return list(judged(log.read_text(), motion_registers()))


def motion_registers() -> dict[int, str]:
    """The registers of the module that begin a pulse, and the motions."""
    settings = Adam6060Settings("adam-6060", "loopback")
    pulse = settings.profile().pulse
    assert isinstance(pulse, CountedPulse)
    return {
        register(pulse.counts_at, settings.raise_output): "RaiseBoom",
        register(pulse.counts_at, settings.lower_output): "LowerBoom",
    }


def judged(log: str, registers: Mapping[int, str]) -> Iterator[Act]:
    """What the calls of a log did. A record counts from where the sync behind it has returned.

    A frame carries no id: the n-th that begins a motion needs n orders of that motion on the disk.
    """
    written: Orders = set()
    synced: Orders = set()
    frames: Counter[str] = Counter()
    for line in log.splitlines():
        found = _CALL.fullmatch(line)
        opened = _FD.match(found[2]) if found is not None else None
        if found is None or opened is None:
            continue
        data = b"".join(map(_unhex, _HEX.findall(found[2])))
        is_log = _unhex(opened[1]).decode().endswith(_LOG)
        if found[1] == "pwrite64" and is_log:
            written |= _orders(_RECORD, data)
        elif found[1] in ("fsync", "fdatasync") and is_log:
            synced |= written
        elif data.startswith(TO_WORKER):
            for order in sorted(_orders(_ORDER, data)):
                yield Act("order to the worker", order[0], order in synced)
        elif data.startswith(TO_MODULE) and (motion := _motion(data.removeprefix(TO_MODULE), registers)):
            frames[motion] += 1
            yield Act("frame to the module", motion, sum(order == motion for order, _ in synced) >= frames[motion])


def _motion(frame: bytes, registers: Mapping[int, str]) -> str:
    """The motion that a Modbus TCP frame begins; "" for any other."""
    if len(frame) < _FUNCTION_AT + 3 or frame[_FUNCTION_AT] != _WRITES_REGISTERS:
        return ""
    return registers.get(int.from_bytes(frame[_FUNCTION_AT + 1 : _FUNCTION_AT + 3], "big"), "")


def _orders(pattern: re.Pattern[bytes], data: bytes) -> Orders:
    return {(order.decode(), order_id.decode()) for order, order_id in pattern.findall(data)}


def _unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
