"""What holds for every test: nothing is left behind, and in CI nothing is skipped."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest

from tests.leaks import LeftBehind, mark_descendants
from tests.services import Mosquitto, Postgres, running_mosquitto, running_postgres

# Two shared cores: an example's wall time says nothing about the code.
hypothesis.settings.register_profile("station", deadline=None, print_blob=True)
hypothesis.settings.load_profile("station")

_Report = TypeVar("_Report", pytest.TestReport, pytest.CollectReport)
_IS_CI = os.environ.get("CI") == "true"

mark_descendants()


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a process, thread, socket or open file; set up first, so torn down last."""
    guard = LeftBehind()
    yield
    leaks = guard.leaks(grace_s=10.0)
    if leaks:
        pytest.fail("the test left behind: " + "; ".join(leaks), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return _refuse_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return _refuse_skip(report)


def _refuse_skip(report: _Report) -> _Report:
    """In CI everything is installed, so a skip is a failure that says what was missing."""
    if _IS_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"CI=true allows no skips. {reason}"
    return report


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A real broker on a free port, with persistence; skips by name where mosquitto is not installed."""
    with running_mosquitto(tmp_path / "mosquitto") as broker:
        yield broker


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One real PostgreSQL server for the session; a test makes tables of its own and drops them."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server of the test's own, which it may stop and start."""
    with running_postgres() as server:
        yield server
