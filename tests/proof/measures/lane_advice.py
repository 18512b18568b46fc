"""What advice does in a lane: drawn scans and door locks through the real adviser into the pure core.

A truck that something speaks against (its plate, its list entry, a suspension, its weight) is sent through once without
advice and once with each word that a scan or a seal can have: whether one of them lets it go that was held before.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import get_args

import numpy as np

from drivers.contract.clock import now
from drivers.contract.orders import AssessScan, AssessSeal, RaiseBoom
from drivers.contract.quantities import Grams, Tick
from drivers.contract.readings import PictureRefused, Reading, ScanArrived
from station.core import rules
from station.core.advice_records import ScanAssessed, ScanVerdict, SealAssessed
from station.core.facts import DeviceOpened
from station.core.parameters import Parts
from station.core.records import CrossingDecided, CrossingHeld
from station.core.seals import Seal
from station.vision.adviser import Adviser
from station.vision.xray_template import write_template
from tests.core.script import Script
from tests.core.view_world import scan_said, seal_said
from tests.core.world import PARAMETERS
from tests.proof.measures import xray_scans
from tests.vision.drawn_locks import BLUE, GREEN, LOCK_AT, RED, RUST, YELLOW, rear

REAR = "camera-rear"
EMPTY, FULL = Grams(0), Grams(22_000_000)
PALLET = xray_scans.LOADS["pallet 1.2 x 1.0 m of 500 kg"]
SEALS = (YELLOW, RED, GREEN)
DOORS = (BLUE, RUST)
AGAINST: tuple[Mapping[str, object], ...] = (
    {"plate": "99Z99999"},
    {"plate": "12C04568"},
    {"listed": False},
    {"suspended": True},
    {"gross": 60_000},
)


@dataclass(frozen=True, slots=True)
class Weakened:
    """Of `n` crossings with advice: let go that would not have been, and decided by a weaker verdict."""

    n: int
    raised: int
    weaker: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Of `n` crossings: with the expected record, and with the expected end (held, or not)."""

    n: int
    recorded: int
    ended: int


def _lane(goods: Grams, spoilt: Mapping[str, object] = {}, *, advice: bool = True) -> Script:
    parts = Parts(xray="xray", seal_cameras=(REAR,) if advice else ())
    parameters = replace(PARAMETERS, parts=parts, assess_scans=advice, seal_regions=(LOCK_AT,) if advice else ())
    script = Script(parameters, declared_goods=goods, **spoilt)  # type: ignore[arg-type]
    for device in ("xray", REAR):
        script.tell(DeviceOpened(Tick(script.now), device, device, "", motion_bounded=False))
    script.stamped.clear()
    script.sent.clear()
    return script


def _pass(script: Script, files: Sequence[tuple[str, str, str]]) -> Script:
    script.loop("entry-loop", occupied=True)
    script.read("xray", ScanArrived("S1", tuple(files)))
    script.drive_on()
    script.scan()
    for _ in range(100):
        if script.state.phase not in ("GATHERING", "DECIDING"):
            break
        script.wait(500)
    return script


def _strength(script: Script) -> int:
    """Of the decision; a truck held without one is held by the strongest."""
    decided = [record for record in script.records if isinstance(record, CrossingDecided)]
    return rules.STRENGTH.index(decided[-1].verdict) if decided else len(rules.STRENGTH)


def _is_raised(script: Script) -> bool:
    return any(isinstance(order, RaiseBoom) for order in script.sent)


def _said(order: AssessScan, verdict: ScanVerdict) -> Reading:
    if verdict == "IMPOSSIBLE":
        return PictureRefused(order.order_id, order.sha256, "picture-broken-off")
    return scan_said(order, verdict)


def weakened() -> Weakened:
    """Every word that advice can have, at every truck that something speaks against and at one with nothing."""
    file = [("S1.png", "/x/S1.png", "a" * 64)]
    n = raised = weaker = 0
    for spoilt in (*AGAINST, {}):
        for goods in (EMPTY, FULL):
            without = _pass(_lane(goods, spoilt, advice=False), file)
            for verdict in get_args(ScanVerdict):
                for word in get_args(Seal):
                    script = _lane(goods, spoilt)
                    script.assess = partial(_said, verdict=verdict)
                    script.seal = partial(seal_said, seal=word)
                    _pass(script, file)
                    n += 1
                    raised += _is_raised(script) and not _is_raised(without)
                    weaker += _strength(script) < _strength(without)
    return Weakened(n, raised, weaker)


def scans(n: int) -> Iterator[tuple[str, Seen]]:
    """Drawn scans of trucks that are declared empty: (what, how it went)."""
    rng = np.random.default_rng(81)
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "empty-20.json"
        write_template(template, xray_scans.template())
        adviser = Adviser(str(template), now)
        for what, spoil, verdict, is_held in (
            ("declared empty and empty", "", "EMPTY_LIKELY", False),
            ("declared empty, a pallet in it", "load", "NOT_EMPTY", True),
            ("declared empty, its scan broken off", "cut", "IMPOSSIBLE", False),
        ):
            recorded = ended = 0
            for number in range(n):
                data = xray_scans.shot(rng, PALLET if spoil == "load" else ())
                data = data[: -int(rng.integers(1, 4_000))] if spoil == "cut" else data
                file = Path(folder) / f"{what} {number}.png"
                file.write_bytes(data)
                script = _lane(EMPTY, {"gross": 20_000})
                script.assess = adviser.answer
                _pass(script, [(file.name, str(file), hashlib.sha256(data).hexdigest())])
                (record,) = (record for record in script.records if isinstance(record, ScanAssessed))
                recorded += record.verdict == verdict
                ended += bool(script.of(CrossingHeld)) is is_held and _is_raised(script) is not is_held
            yield what, Seen(n, recorded, ended)


def seals(n: int) -> Iterator[tuple[str, Seen]]:
    """Drawn door locks on whole pictures, with a seal and without: (what, how it went). All must pass."""
    with tempfile.TemporaryDirectory() as folder:
        adviser = Adviser("", now)
        file = Path(folder) / "rear.jpg"
        for what, is_sealed in (("coloured seal at the rear", True), ("bare lock at the rear", False)):
            recorded = passed = 0
            for number in range(n):
                seal = SEALS[number % len(SEALS)] if is_sealed else None
                file.write_bytes(rear(seal, seed=number, door=DOORS[number % len(DOORS)]))
                script = _lane(FULL)
                script.seal = lambda order: adviser.answer(_at(order, file))
                script.green()
                (record,) = (record for record in script.records if isinstance(record, SealAssessed))
                recorded += record.verdict == ("SEEN" if is_sealed else "NOT_SEEN")
                passed += _is_raised(script)
            yield what, Seen(n, recorded, passed)


def _at(order: AssessSeal, file: Path) -> AssessSeal:
    """The drawn picture in place of the script's."""
    return replace(order, path=str(file), sha256="")
