"""The courier as a child of the lane: started, listened to, replaced when it falls silent."""

import logging
import select
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from typing import cast

from drivers.contract.plain import NotPlain, decode, encode
from drivers.contract.quantities import Millis, Tick
from station.courier import talk
from station.hosting import restarts

SILENCE = Millis(10_000)
"""A courier that sends no beat for so long is replaced; it has no hand on the gate, so there is no hurry."""

STOP_PATIENCE_S = 3.0
_LEAST_NEWS_MIB = 16

log = logging.getLogger("station.lane")


class CourierProcess:
    """One courier process. What is said to a full or absent courier is lost on purpose: it reads the journal."""

    def __init__(self, command: Callable[[int], list[str]]) -> None:
        """`command` gives the command line of a courier that speaks to the lane over this file descriptor."""
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._life = restarts.Life()
        self._was_cut_off = False
        self._said_disk = talk.DiskIs()

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process is not None else None

    def fileno(self) -> int | None:
        """For select; None while there is no courier."""
        return self._socket.fileno() if self._socket is not None else None

    def turn(self, now: Tick) -> None:
        """Start, warn, kill or reap as the judgement says."""
        if self._process is not None and self._process.poll() is not None:
            self._drop_wire(now)
            self._process = None
            self._life = restarts.died(self._life, now)
        match restarts.judge(self._life, now, SILENCE):
            case "START":
                self._start(now)
            case "WARN":
                self._drop_wire(now)
                self._signal(signal.SIGTERM)
            case "KILL":
                self._signal(signal.SIGKILL)
            case "KEEP" | "REST":
                pass

    def renew(self, now: Tick) -> None:
        """Have the next one begin with what `command` says now. This one is asked to end, and hears no more."""
        self.say(talk.Stop())
        self._drop_wire(now)

    def say(self, message: talk.ToCourier) -> bool:
        """Tell the courier. False if it does not hear: of records nothing is lost, the journal says the same."""
        if self._socket is None:
            return False
        try:
            self._socket.send(encode(message))
        except OSError:
            return False  # full or gone: it reads the journal by itself, `turn` sees to its life
        return True

    def say_disk(self, disk: talk.DiskIs) -> None:
        """Tell it when it is news: another level, other days, a tenth of the room and 16 MiB; and each new courier."""
        said = self._said_disk
        is_news = (said.level, said.days_left) != (disk.level, disk.days_left)
        is_news = is_news or abs(said.free_mib - disk.free_mib) > max(_LEAST_NEWS_MIB, said.free_mib // 10)
        if disk.level and is_news and self.say(disk):
            self._said_disk = disk

    def hear(self, now: Tick) -> list[talk.ToLane]:
        """Everything the courier has said. For one that is gone we say ourselves that there is no link."""
        heard: list[talk.ToLane] = [talk.LinkIs(up=False)] if self._was_cut_off else []
        self._was_cut_off = False
        while self._socket is not None:
            try:
                packet = self._socket.recv(talk.MOST_PACKET)
                message = cast(talk.ToLane, decode(talk.ToLane, packet)) if packet else None
            except BlockingIOError:
                break
            except (OSError, NotPlain):
                message = None
            if message is None:
                self._drop_wire(now)
                heard.append(talk.LinkIs(up=False))
                self._was_cut_off = False
                break
            if self._life.phase == "opening":
                self._life = restarts.opened(self._life, now)
            self._life = restarts.signed(self._life, now)
            heard.append(message)
        return heard

    def close(self) -> None:
        """Ask it to stop, wait a little, then end it."""
        self.say(talk.Stop())
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._process is not None:
            try:
                self._process.wait(STOP_PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _start(self, now: Tick) -> None:
        """One that cannot be started now is tried again after the usual pause: the gate must be guarded meanwhile."""
        self._life = restarts.started(self._life, now)
        self._said_disk = talk.DiskIs()
        try:
            self._socket, self._process = self._spawn()
        except OSError as error:
            log.warning("the courier cannot be started: %s", error)
            self._life = restarts.died(self._life, now)

    def _spawn(self) -> tuple[socket.socket, subprocess.Popen[bytes]]:
        """Our end of its wire, and the process. Raises OSError."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            try:
                process = subprocess.Popen(
                    self._command(theirs.fileno()),
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            except OSError:
                ours.close()
                raise
        return ours, process

    def _drop_wire(self, now: Tick) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            self._was_cut_off = True
        self._life = restarts.leaving(self._life, now)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)


def wait_readable(filenos: Sequence[int], patience: Millis) -> None:
    """Sleep until one of `filenos` can be read, at most `patience`."""
    poll = select.poll()
    for fileno in filenos:
        poll.register(fileno, select.POLLIN)
    poll.poll(max(0, patience))
