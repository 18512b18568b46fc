"""A proof fails for a broken promise, an absent line and a measurement that breaks; the rest is still measured."""

from collections.abc import Iterator

from tests.proof.__main__ import main
from tests.proof.frame import Extent, Line, run


def _kept(extent: Extent) -> Iterator[Line]:
    yield Line("lane turn p99", "3 ms", 100, "< 5 ms", passed=True)


def _broken(extent: Extent) -> Iterator[Line]:
    yield Line("lost", "1", 100, "0", passed=False)


def _raises(extent: Extent) -> Iterator[Line]:
    yield Line("first run", "ok", 1, "ok", passed=True)
    raise OSError("no such port")


def _absent(extent: Extent) -> Iterator[Line]:
    yield from ()


def test_kept_promises_pass() -> None:
    said: list[str] = []
    assert run({"turns": _kept}, "short", said.append)
    assert said == ["\nturns", "  PASS  lane turn p99: 3 ms  (n 100, limit < 5 ms)", "\nPASS"]


def test_each_way_to_fail_fails_and_the_others_are_still_measured() -> None:
    for failing, words in ((_broken, "FAIL  lost: 1"), (_raises, "no such port"), (_absent, "FAIL  nothing was meas")):
        said: list[str] = []
        assert not run({"first": failing, "second": _kept}, "short", said.append)
        assert words in "\n".join(said)
        assert "PASS  lane turn p99" in "\n".join(said)
        assert said[-1] == "\nFAIL"


def test_a_proof_without_promises_proves_nothing() -> None:
    assert not run({}, "full", lambda _: None)


def test_an_unknown_part_is_refused() -> None:
    assert main(["nonsense"]) == 2
