"""R11: what the centre looks for is inspected, and nothing that anybody sees at the lane says why."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from drivers.contract.orders import PlayPrompt, PrintTicket, ShowText
from drivers.contract.plain import encode
from drivers.contract.quantities import Tick
from drivers.contract.readings import PortalTrouble
from station.commands.telling import sentence
from station.core import rules
from station.core.effects import Effect, LookUp
from station.core.facts import DeviceOpened, Fact, LookedUp
from station.core.records import CaseOpened, CrossingDecided, CrossingHeld, FiredRule
from station.core.state import instruction
from station.lane.act_socket import view
from station.lane.perform import in_words
from station.trust.watching import WatchKey
from station.words import language
from tests.core.script import Script
from tests.core.world import EXTRAS, FITTED, PLATE

KEY = WatchKey(hashlib.sha256(b"a key for tests").digest())


class WatchedLane(Script):
    """The shell hashes what was read, and answers; what it looked up stays with it."""

    def _answers(self, effect: Effect) -> list[Fact]:
        facts = super()._answers(effect)
        if not isinstance(effect, LookUp):
            return facts
        watched = KEY.mark(PLATE) in map(KEY.mark, effect.seen)
        self.facts_told = [replace(fact, instructed=watched) for fact in facts if isinstance(fact, LookedUp)]
        return list(self.facts_told)


def passed(kind: type[Script] = WatchedLane, **changes: Any) -> Script:  # noqa: ANN401 - fields of Script
    """A truck up to its decision, in a lane that has sign, voice and printer."""
    script = kind(FITTED, **changes)
    for device in EXTRAS:
        script.tell(DeviceOpened(Tick(script.now), device, device, "", motion_bounded=False))
    script.read("portal", PortalTrouble("none"))
    script.stamped.clear()
    script.sent.clear()
    script.loop("entry-loop", occupied=True)
    script.drive_on()
    script.scan()
    script.wait(20_000)
    return script


def everything_shown(script: Script) -> Iterator[str]:
    """Sign, voice, ticket, the officers' view, each record as it lies and as it is told, each fact."""
    for order in script.sent:
        if isinstance(order, ShowText | PrintTicket | PlayPrompt):
            yield encode(in_words(order)).decode()
    yield encode(view(script.state)).decode()
    yield json.dumps(instruction(script.state))
    for record in script.records:
        yield encode(record).decode()
        yield sentence(record)
    yield from (encode(fact).decode() for fact in getattr(script, "facts_told", []))
    yield encode(script.state).decode()


def leaks(texts: Iterator[str]) -> list[str]:
    """Texts that tell of a watchlist: its name in both languages, the key, its id, the mark."""
    secret = (KEY._raw.hex(), KEY.key_id, KEY.mark(PLATE), "watch", "theo dõi", "blacklist")
    return [text for text in texts if any(word in text.lower() for word in secret)]


def test_a_watched_plate_is_referred_and_neutrally_so() -> None:
    script = passed()
    (decided,) = script.of(CrossingDecided)
    assert isinstance(decided, CrossingDecided)
    assert (decided.verdict, decided.reason) == ("REFER_PHYSICAL", "SYSTEM_INSTRUCTION")
    assert [(rule.rule, rule.expected, rule.measured) for rule in decided.rules] == [("R11", "", "")]
    (held,) = script.of(CrossingHeld)
    assert isinstance(held, CrossingHeld) and (held.reason, held.owner) == ("SYSTEM_INSTRUCTION", "officer")
    assert instruction(script.state) == "GO_TO_BAY"
    script.deck(0)  # by the side, to the bay
    script.wait(10_000)
    assert [case.reason for case in script.of(CaseOpened) if isinstance(case, CaseOpened)] == ["SYSTEM_INSTRUCTION"]


@pytest.mark.parametrize("tongue", ["vi", "en"])
def test_nothing_that_anybody_sees_tells_of_a_watchlist(tongue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "language", lambda: tongue)
    texts = list(everything_shown(passed()))
    assert len(texts) > 20 and any("SYSTEM_INSTRUCTION" in text for text in texts)
    assert leaks(iter(texts)) == []


@pytest.mark.parametrize(
    "fired",
    [
        FiredRule("R11", "REFER_PHYSICAL", "SYSTEM_INSTRUCTION", "", "watchlist 5"),
        FiredRule("R11", "REFER_PHYSICAL", "SYSTEM_INSTRUCTION", KEY.mark(PLATE), ""),
    ],
    ids=["its name", "its mark"],
)
def test_the_mutants_that_tell_are_seen(fired: FiredRule, monkeypatch: pytest.MonkeyPatch) -> None:
    def telling(evidence: rules.Evidence) -> FiredRule | None:
        return fired if evidence.instructed else None

    table: Any = tuple(telling if rule is rules._instruction else rule for rule in rules.RULES)
    monkeypatch.setattr(rules, "RULES", table)
    assert leaks(everything_shown(passed())) != []


def test_another_plate_passes() -> None:
    script = passed(Script)
    (decided,) = script.of(CrossingDecided)
    assert isinstance(decided, CrossingDecided) and decided.verdict == "PASS"


def test_a_suspension_is_stronger() -> None:
    script = passed(suspended=True)
    (decided,) = script.of(CrossingDecided)
    assert isinstance(decided, CrossingDecided) and decided.reason == "SUSPENDED"
    assert [rule.rule for rule in decided.rules] == ["R02", "R11"]


def test_marks_are_the_same_however_a_plate_is_written() -> None:
    assert KEY.mark("12C-045.67") == KEY.mark("12c 04567") != KEY.mark("12C04568")
    assert WatchKey(bytes(32)).mark("12C04567") != KEY.mark("12C04567")
