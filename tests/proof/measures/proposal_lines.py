"""Settings that a centre proposes, as lines of a proof: what may not be proposed, that nothing of a proposal acts by
itself (with its mutants), and that what a person takes up is written exactly.
"""

import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from station.core import proposing
from station.courier import in_force
from station.messages.downlinks import SettingsProposal
from station.settings.change import changed, values_in
from station.settings.load import load_text
from station.settings.proposable import PROPOSABLE, fault_of
from tests.commands.premises import ROOT
from tests.core.script import Script
from tests.core.test_proposing import acts_by_itself, answering, applying
from tests.core.world import World
from tests.courier import kinds
from tests.courier.kinds import Way
from tests.proof.frame import Extent, Line
from tests.proof.measures.downlink_lines import bring, travels_in_a_file, way_without_limit
from tests.settings.all_keys import all_keys

_STATES = {"short": (6, 150), "full": (200, 400)}
_CHANGES = {"short": 30, "full": 1_000}
_EXAMPLE = ROOT / "config" / "lane.example.toml"


def proposals(extent: Extent) -> Iterator[Line]:
    """Build 6 of the issue: the last downlink."""
    yield from _refused()
    keys = sorted(set(all_keys()) - PROPOSABLE)
    named = sum(found.code == "key-not-proposable" for key in keys if (found := fault_of([(key, "1")])))
    yield _all("settings outside the written list, refused by name", named, len(keys))
    yield from _never_acts(*_STATES[extent])
    yield from _file_untouched()
    yield from _written_exactly(_CHANGES[extent])


def _refused() -> Iterator[Line]:
    with way_without_limit() as way:
        cases = [case for case in kinds.wrong(way.signers) if case.topic == kinds.TOPICS.proposal]
        before = way.courier._store.held()
        right = sum(way.try_case(case) == case.reason for case in cases)
        held = replace(way.courier._store.held(), proposal=before.proposal)  # its number moves over what never fits
        is_right = 0 < right == len(cases) and held == before
        told = f"{right} of {len(cases)}"
        yield Line(
            "wrong proposals refused for their own reason over the link", told, len(cases), "all", passed=is_right
        )
    with way_without_limit() as way:
        carried = [case for case in kinds.wrong(way.signers) if case.topic == kinds.TOPICS.proposal]
        carried = [case for case in carried if travels_in_a_file(case)]
        right = sum(bring(way, case.payload).reason == case.reason for case in carried)
        yield _all("  and from a file", right, len(carried))


def _never_acts(seeds: int, length: int) -> Iterator[Line]:
    states = [told.step.state for seed in range(seeds) for told in World(seed, 0.1).run(length)]
    idle = sum(acts_by_itself(state) == [] for state in states)
    yield _all("states of a lane in which a proposal came and nothing but its record followed", idle, len(states))
    for what, mutant in (("applies itself", applying), ("answers itself", answering)):
        with patch.object(proposing, "arrived", mutant):
            found = acts_by_itself(Script().state)
        told = ", ".join(found) or "nothing"
        yield Line(f"mutant, a proposal that {what}: caught", told, 1, "caught", passed=found != [])


def _file_untouched() -> Iterator[Line]:
    untouched = _bytes_after(None)
    yield Line("settings file after a proposal came", untouched, 1, "as it was", passed=untouched == "as it was")
    written = _bytes_after(_writing)
    yield Line("mutant, a courier that writes the file: caught", written, 1, "caught", passed=written == "another")


def _bytes_after(put: "Callable[[Path], Callable[..., None]] | None") -> str:
    """What stands in the settings file beside a courier that has taken a proposal and told its lane."""
    with tempfile.TemporaryDirectory() as folder, Way(Path(folder) / "way") as way:
        file = way.bench.folder / "lane.toml"
        file.write_text(_EXAMPLE.read_text())
        with patch.object(in_force, "put_proposal", put(file) if put is not None else in_force.put_proposal):
            assert way.send(kinds.NEXT[-1]) == ""
        return "as it was" if file.read_text() == _EXAMPLE.read_text() else "another"


def _writing(file: Path) -> Callable[..., None]:
    honest = in_force.put_proposal

    def put(connection: Any, proposal: SettingsProposal, sha256: str, *_: int) -> None:  # noqa: ANN401 - a DBAPI connection
        file.write_text(changed(file.read_text(), proposal.changes))
        honest(connection, proposal, sha256)

    return put


def _written_exactly(count: int) -> Iterator[Line]:
    """Random sets of changes to the example file: the values are there, and no comment is lost."""
    text, rng = _EXAMPLE.read_text(), random.Random(5)
    keys = sorted(key for key in PROPOSABLE if "region" not in key and key != "vision.second_reader")
    exact = kept = loads = 0
    for _ in range(count):
        chosen = rng.sample(keys, rng.randint(1, 8))
        now = values_in(text, chosen)
        changes = [(key, str(int(value) + 1)) for key, value in zip(chosen, now, strict=True)]
        made = changed(text, changes)
        exact += values_in(made, chosen) == [value for _, value in changes]
        kept += made.count("#") == text.count("#")
        loads += load_text(_EXAMPLE, made).sha256 != load_text(_EXAMPLE, text).sha256
    yield _all("changes taken up: the file says exactly them", exact, count)
    yield _all("  every comment is still there", kept, count)
    yield _all("  it loads, and its hash is another", loads, count)


def _all(what: str, found: int, n: int) -> Line:
    return Line(what, f"{found} of {n}", n, "all", passed=0 < n == found)
