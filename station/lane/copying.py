"""Has a second copy made every 15 minutes, by a process of its own; the lane never waits for it."""

import subprocess
import sys

from drivers.contract.plain import NotPlain, decode, encode
from drivers.contract.quantities import Millis, Tick
from station.core.facts import Fact
from station.core.keeping_facts import CopyMade
from station.lane.second_copy import CopySettings, Made

EVERY = Millis(900_000)
PATIENCE = Millis(60_000)
"""For one copy: a place that takes longer is no place to rely on."""


class SecondCopies:
    """One process at a time; one that hangs is killed, and as long as the kernel keeps it no other follows."""

    def __init__(self, settings: CopySettings, every: Millis = EVERY, patience: Millis = PATIENCE) -> None:
        self._settings = settings
        self._every = every
        self._patience = patience
        self._next = Tick(0)
        self._began = Tick(0)
        self._process: subprocess.Popen[bytes] | None = None
        self._is_told = False

    def look(self, now: Tick) -> list[Fact]:
        """Begin what is due, and say what came of what was begun."""
        facts: list[Fact] = []
        if self._process is not None:
            facts = self._watch(self._process, now)
        if now >= self._next and not facts:
            self._next = Tick(now + self._every)
            if self._process is not None:
                return [self._fact(Made("", "timed-out"), now)]
            self._begin(now)
        return facts

    def close(self) -> None:
        """End what runs; one that the kernel keeps is left to it."""
        if self._process is not None:
            self._process.kill()
            try:
                self._process.wait(1.0)
            except subprocess.TimeoutExpired:
                return
            self._forget(self._process)

    def _begin(self, now: Tick) -> None:
        command = [sys.executable, "-m", "station.lane.second_copy", encode(self._settings).decode()]
        self._began, self._is_told = now, False
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True
            )
        except OSError:
            self._next = now  # no process can be had now: the next look tries again

    def _watch(self, process: subprocess.Popen[bytes], now: Tick) -> list[Fact]:
        if process.poll() is None:
            if now < self._began + self._patience or self._is_told:
                return []
            process.kill()
            self._is_told = True
            return [self._fact(Made("", "timed-out"), now)]
        said = process.stdout.read(4096) if process.stdout is not None else b""
        self._forget(process)
        if self._is_told:
            return []
        try:
            made: Made = decode(Made, said.strip())
        except NotPlain:  # it died without a word
            made = Made("", "not-readable")
        return [self._fact(made, now)]

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is not None:
            process.stdout.close()
        self._process = None

    def _fact(self, made: Made, now: Tick) -> CopyMade:
        return CopyMade(now, self._settings.folder, made.file, made.fault)
