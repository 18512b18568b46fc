"""Recorded before acted: one van through a whole lane under strace, from the order's record to the frame on the wire.

The kernel's own sequence of the lane's and its workers' calls is looked at, so no clock and no log of ours is believed.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from drivers.barrier.pulses import CountedPulse, register
from station.settings.load import load
from tests.rig.rig import Rig
from tests.support import needs
from tests.system.bad_gate import SLOW_S, Gate

Where = Literal["order to the worker", "frame to the module"]

_CALLS = "pwrite64,fdatasync,fsync,sendto,sendmsg,write,writev"
_CALL = re.compile(r"(\d+) +(\w+)\((.*)")
_RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)")
_FD = re.compile(r"\d+<((?:\\x[0-9a-f]{2})*)>")
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_RECORD = re.compile(rb'"order":"(RaiseBoom|LowerBoom)","order_id":"([^"]+)"')
_ORDER = re.compile(rb'"is":"(RaiseBoom|LowerBoom)","not_after":\d+,"order_id":"([^"]+)"')
_LOG = "journal.db-wal"
_WRITES_REGISTERS = 16
_FUNCTION_AT = 7


@dataclass(frozen=True, slots=True)
class Act:
    """A motion on its way: `recorded` if a record of its order was on the disk before it went."""

    where: Where
    motion: str
    recorded: bool


def acts(folder: Path, mutant: str = "") -> list[Act]:
    """Everything that moved the boom while one van passed, in order. A mutant of the rig in place of the product."""
    rig = Rig(folder, mutant=mutant) if mutant else Gate(folder)
    log = folder / "lane.strace"
    strace = [str(needs("strace")), "-D", "-f", "--seccomp-bpf", "-xx", "-yy", "-s", "65536", "-e", "signal=none"]
    rig.lane.command = [*strace, "-e", f"trace={_CALLS}", "-o", str(log), *rig.lane.command]
    with rig:
        rig.start()
        mark = rig.mark()
        rig.send_van()
        rig.wait(
            lambda: any(row.type == "crossing.completed" for row in rig.journal(mark.seq)),
            3 * SLOW_S,
            "the van is gone",
        )
        port = int(json.loads((folder / "ports.json").read_text())["barrier"])
        registers = _motion_registers(rig.premises.settings_file)
    return list(judged(log.read_text(), registers, port))


def _motion_registers(settings_file: Path) -> dict[int, str]:
    """Register that begins a pulse -> the motion."""
    barrier: Any = load(settings_file).devices["barrier"]
    pulse = barrier.profile().pulse
    assert isinstance(pulse, CountedPulse)
    return {
        register(pulse.counts_at, barrier.raise_output): "RaiseBoom",
        register(pulse.counts_at, barrier.lower_output): "LowerBoom",
    }


def judged(log: str, registers: Mapping[int, str], port: int) -> Iterator[Act]:
    """What the calls of a log did, in the order in which they began; a sync counts from where it returned."""
    written: set[tuple[str, str]] = set()
    synced: set[tuple[str, str]] = set()
    syncing: dict[str, set[tuple[str, str]]] = {}
    frames: Counter[str] = Counter()
    for line in log.splitlines():
        pid, call, rest, has_begun, has_returned = _parts(line)
        where = _unhex(_FD.match(rest)[1]).decode() if has_begun and _FD.match(rest) else ""
        data = b"".join(map(_unhex, _HEX.findall(rest))) if has_begun else b""
        if call == "pwrite64" and where.endswith(_LOG):
            written |= _orders(_RECORD, data)
        elif call in ("fsync", "fdatasync"):
            if has_begun and where.endswith(_LOG):
                syncing[pid] = set(written)
            if has_returned:
                synced |= syncing.pop(pid, set())
        elif where.startswith("TCP:") and where.endswith(f":{port}]"):
            motion = _motion(data, registers)
            if motion:
                frames[motion] += 1
                recorded = sum(order == motion for order, _ in synced)
                yield Act("frame to the module", motion, recorded >= frames[motion])
        else:
            for order in sorted(_orders(_ORDER, data)):
                yield Act("order to the worker", order[0], order in synced)


def _parts(line: str) -> tuple[str, str, str, bool, bool]:
    """Process, call, arguments; whether the line is the call's beginning, and whether it is its end."""
    if resumed := _RESUMED.fullmatch(line):
        return resumed[1], resumed[2], resumed[3], False, True
    if called := _CALL.fullmatch(line):
        return called[1], called[2], called[3], True, not called[3].endswith("<unfinished ...>")
    return "", "", "", False, False


def _motion(data: bytes, registers: Mapping[int, str]) -> str:
    """The motion that a Modbus frame begins; "" for any other."""
    if len(data) < _FUNCTION_AT + 3 or data[_FUNCTION_AT] != _WRITES_REGISTERS:
        return ""
    return registers.get(int.from_bytes(data[_FUNCTION_AT + 1 : _FUNCTION_AT + 3], "big"), "")


def _orders(pattern: re.Pattern[bytes], data: bytes) -> set[tuple[str, str]]:
    return {(order.decode(), order_id.decode()) for order, order_id in pattern.findall(data)}


def _unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
