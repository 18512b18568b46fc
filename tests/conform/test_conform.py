"""Our centre keeps every clause; a receiver that breaks one fails that one and no other."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from drivers.contract.clock import now
from drivers.contract.quantities import Tick
from station.commands.conform_phrases import CLAUSES as WORDS
from station.commands.conform_phrases import FINDINGS
from station.conform.certify import certify
from station.conform.clauses import CLAUSES
from station.conform.finding import Code
from station.conform.line import Line
from station.courier.broker import Broker
from station.courier.mqtt_link import Arrived
from tests.centre.databases import BOTH, fresh_url
from tests.conform.kept import ROOT, faults, kept, verdicts
from tests.services import Mosquitto, running_mosquitto

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """One broker for all: nothing is retained, and each receiver ends before the next begins."""
    with running_mosquitto(tmp_path_factory.mktemp("broker")) as started:
        yield started


@pytest.fixture(params=BOTH, scope="module")
def server_url(request: pytest.FixtureRequest) -> str:
    """Of a wider scope than the guard against leaks: the server outlives the test."""
    return request.getfixturevalue("postgres").url if request.param == "postgresql" else ""


def test_our_centre_keeps_every_clause(tmp_path: Path, broker: Mosquitto, server_url: str) -> None:
    with kept("Receiver", tmp_path, broker.port, fresh_url(server_url, tmp_path)) as tester:
        found = verdicts(broker.port, tester)
    assert faults(found) == {}
    assert all(verdict.outcome == "pass" and not verdict.needs for verdict in found)


@pytest.mark.parametrize(
    ("name", "clause", "code"),
    [
        ("ReceiptBeforeCommit", "BGS-R-03", "WHILE_HELD"),
        ("NoDeDuplication", "BGS-R-04", "NO_RECEIPT"),
        ("IgnoresGaps", "BGS-R-05", "OVER_A_GAP"),
    ],
)
def test_a_crippled_receiver_fails_its_clause_alone(
    tmp_path: Path, broker: Mosquitto, name: str, clause: str, code: str
) -> None:
    """Without a kill, which costs seconds and tries what these keep; the proof tries them whole."""
    with kept(name, tmp_path, broker.port) as tester:
        assert faults(verdicts(broker.port, tester, restart="")) == {clause: code}


def test_a_receipt_before_the_commit_shows_by_a_kill_alone(tmp_path: Path, broker: Mosquitto) -> None:
    with kept("WritesBehind", tmp_path, broker.port) as tester:
        (verdict,) = certify(Broker(port=broker.port), replace(tester, hold=""), [CLAUSES[2]])
    assert (verdict.clause, verdict.code, verdict.needs) == ("BGS-R-03", "TAKEN_BACK", ())


class FarLine(Line):
    """A line on which what comes is a second under way."""

    def __init__(self, broker: Broker, name: str, subscriptions: Sequence[str]) -> None:
        super().__init__(broker, name, subscriptions)
        self._under_way: list[tuple[Tick, str, Arrived]] = []

    def take(self, topic: str) -> list[Arrived]:
        self._under_way += [(Tick(now() + 1_000), topic, arrived) for arrived in super().take(topic)]
        come = [one for one in self._under_way if one[0] <= now() and one[1] == topic]
        self._under_way = [one for one in self._under_way if one not in come]
        return [arrived for _, _, arrived in come]


def test_what_a_killed_receiver_said_last_is_not_taken_for_the_next_ones_word(
    tmp_path: Path, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station.conform.certify.Line", FarLine)
    with kept("WritesBehind", tmp_path, broker.port) as tester:
        (verdict,) = certify(Broker(port=broker.port), replace(tester, hold=""), [CLAUSES[2]])
    assert (verdict.clause, verdict.code) == ("BGS-R-03", "TAKEN_BACK")


def test_every_clause_and_every_finding_has_words() -> None:
    assert list(WORDS) == [clause.id for clause in CLAUSES]
    assert set(FINDINGS) == set(get_args(Code))


def test_the_page_for_integrators_lists_the_clauses() -> None:
    page = (ROOT / "docs" / "messages.md").read_text()
    rows = [f"| {id_} | {english} |" for id_, (_, english) in WORDS.items()]
    assert [row for row in rows if row not in page] == []
