"""What a clause has at hand: lanes of its own, and the tester's commands that hold or kill the receiver."""

import os
import select
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from drivers.contract.quantities import Millis
from station.conform.chain import Content
from station.conform.corpus import contents
from station.conform.examples import Examples
from station.conform.finding import Failed, NotTried
from station.conform.line import Line
from station.conform.played_lane import PlayedLane
from station.messages.topics import LaneTopics
from station.trust.keys import PublicKey

_COMMAND_PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Tester:
    """What the person who certifies has said. `prefix` begins the name of each lane: a run needs lanes never used.

    `restart` kills the receiver and starts it again, returning when it is started; `hold` makes its database refuse
    or keep back writes, prints a line when it does, and ends that when it is ended. Either may be "". The long patience
    is for a receiver that begins, and for being asked for what is missing.
    """

    station: str
    key: PublicKey
    prefix: str
    stranger: str = ""
    restart: str = ""
    hold: str = ""
    patience: Millis = Millis(10_000)
    long_patience: Millis = Millis(30_000)


@dataclass
class Stage:
    """For one clause, `number` in its lanes' names. `untried`: options that would have tried it further."""

    tester: Tester
    line: Line
    number: int
    lanes: list[PlayedLane] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)

    def lane(self, station: str = "") -> PlayedLane:
        """A lane that nobody has heard of."""
        name = f"{self.tester.prefix}-{self.number:02}{'abcdef'[len(self.lanes)]}"
        topics = LaneTopics(station or self.tester.station, name)
        made = PlayedLane(self.line, topics, self.tester.key, self.tester.patience, self.tester.long_patience)
        self.lanes.append(made)
        return made

    def ordinary(self, count: int) -> list[Content]:
        """So many records as lanes write them."""
        known = contents(Examples(self.tester.station, self.tester.prefix))
        return [known[at % len(known)] for at in range(count)]

    def restart(self) -> None:
        """Have the receiver killed and started again. Raises NotTried, Failed."""
        if not self.tester.restart:
            raise NotTried("--restart")
        try:
            done = subprocess.run(
                shlex.split(self.tester.restart),
                check=False,
                timeout=_COMMAND_PATIENCE_S,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired, ValueError) as error:
            raise Failed("COMMAND_FAILED", command="--restart", seen=str(error)[:200]) from error
        if done.returncode:
            raise Failed("COMMAND_FAILED", command="--restart", seen=str(done.returncode))

    @contextmanager
    def held(self) -> Iterator[None]:
        """While the receiver's database takes nothing. Raises NotTried, Failed."""
        if not self.tester.hold:
            raise NotTried("--hold")
        try:
            holder = subprocess.Popen(
                shlex.split(self.tester.hold),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise Failed("COMMAND_FAILED", command="--hold", seen=str(error)[:200]) from error
        try:
            _await_a_line(holder)
            yield
        finally:
            os.killpg(holder.pid, signal.SIGTERM)  # it is not reaped yet: its group exists
            holder.wait(_COMMAND_PATIENCE_S)
            if holder.stdout is not None:
                holder.stdout.close()


def _await_a_line(holder: "subprocess.Popen[bytes]") -> None:
    assert holder.stdout is not None  # noqa: S101 - a pipe was asked for
    poll = select.poll()
    poll.register(holder.stdout.fileno(), select.POLLIN)
    if not poll.poll(_COMMAND_PATIENCE_S * 1000) or not os.read(holder.stdout.fileno(), 1):
        raise Failed("COMMAND_FAILED", command="--hold", seen="it ended, or said nothing")
