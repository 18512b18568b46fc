"""Pure judgement over one worker's life: leave it, warn it, kill it, start the next one, or let it rest.

A worker that gives no sign for `silence` is warned (TERM) and, a second later, killed. The next one starts after
a pause of 0.1 s that doubles with each death up to 10 s. More than 5 deaths within 60 s: rest, with one try
a minute. 60 s of good life make all of that forgotten.

A worker that ended because its device told a fault that may pass (a plug that is out, a device without power) is
another matter: the pause ends at 5 s and there is no rest, so that a device that returns serves again within 10 s.
"""

from dataclasses import dataclass, replace
from typing import Literal, assert_never

from drivers.contract.faults import FaultCode
from drivers.contract.quantities import Millis, Tick

Judgement = Literal["KEEP", "WARN", "KILL", "START", "REST"]

SILENCE = Millis(2_000)
OPENING = Millis(20_000)
"""How long a device may take to open: loading a model or finding a camera takes seconds and gives no sign."""
GRACE = Millis(1_000)
FIRST_PAUSE = Millis(100)
LONGEST_PAUSE = Millis(10_000)
LONGEST_TOLD_PAUSE = Millis(5_000)
DEATHS_WINDOW = Millis(60_000)
MOST_DEATHS = 5
REST_PERIOD = Millis(60_000)
GOOD_LIFE = Millis(60_000)
_LASTING: frozenset[FaultCode] = frozenset({"unfit", "bad-model"})
"""Faults of devices that stay until somebody changes something."""
_LONG_AGO = Tick(0)


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of one worker. `sign` is the last proof of life, or, when leaving, when that began.

    `opened` is the tick at which the device opened in this life, None if it did not. `deaths` are those within
    the last window, without those that a passing fault of the device explains; `row` counts all deaths without a
    good life between them. `is_told` says whether such a fault explains the last one.
    """

    phase: Literal["down", "opening", "open", "leaving"] = "down"
    sign: Tick = _LONG_AGO
    opened: Tick | None = None
    deaths: tuple[Tick, ...] = ()
    row: int = 0
    is_resting: bool = False
    is_told: bool = False


def started(life: Life, tick: Tick) -> Life:
    """A process was started."""
    return replace(life, phase="opening", sign=tick, opened=None)


def opened(life: Life, tick: Tick) -> Life:
    """The worker reported its device open."""
    return replace(life, phase="open", sign=tick, opened=tick)


def signed(life: Life, tick: Tick) -> Life:
    """Anything was received from the worker."""
    return replace(life, sign=tick) if life.phase == "open" else life


def leaving(life: Life, tick: Tick) -> Life:
    """The worker is no longer listened to: it faulted, closed its wire or was warned. It has one second to go."""
    return life if life.phase in ("leaving", "down") else _forgiven(replace(life, phase="leaving", sign=tick), tick)


def died(life: Life, tick: Tick, told: FaultCode | None = None) -> Life:
    """The process has ended; `told` is the fault of its device that it ended with."""
    gone = leaving(life, tick)
    is_told = told is not None and told not in _LASTING
    recent = tuple(death for death in gone.deaths if tick - death < DEATHS_WINDOW)
    deaths = recent if is_told else (*recent, tick)
    is_resting = not is_told and (gone.is_resting or len(deaths) > MOST_DEATHS)
    after = replace(gone, phase="down", sign=tick, opened=None, deaths=deaths, row=gone.row + 1)
    return replace(after, is_resting=is_resting, is_told=is_told)


def next_start(life: Life) -> Tick:
    """The earliest tick for the next process; meaningful while the worker is down."""
    if life.row == 0:
        return life.sign
    if life.is_resting:
        return Tick(life.sign + REST_PERIOD)
    longest = LONGEST_TOLD_PAUSE if life.is_told else LONGEST_PAUSE
    return Tick(life.sign + min(longest, FIRST_PAUSE << min(life.row - 1, 10)))


def judge(life: Life, tick: Tick, silence: Millis = SILENCE) -> Judgement:
    """What to do with the worker at `tick`."""
    match life.phase:
        case "down":
            if tick >= next_start(life):
                return "START"
            return "REST" if life.is_resting else "KEEP"
        case "opening":
            return "WARN" if tick - life.sign > OPENING else "KEEP"
        case "open":
            return "WARN" if tick - life.sign > silence else "KEEP"
        case "leaving":
            return "KILL" if tick - life.sign > GRACE else "KEEP"
        case _:
            assert_never(life.phase)


def _forgiven(life: Life, tick: Tick) -> Life:
    if life.opened is None or tick - life.opened < GOOD_LIFE:
        return life
    return replace(life, deaths=(), row=0, is_resting=False)
