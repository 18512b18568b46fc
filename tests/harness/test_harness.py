"""The harness itself: the leak guard sees leaks, skips fail in CI, the servers are real."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.leaks import LeftBehind
from tests.services import Mosquitto, Postgres
from tests.support import free_port, is_port_open, needs, process_exists, wait_until

_ROOT = Path(__file__).parents[2]


def test_guard_names_a_socket_a_thread_and_a_child(tmp_path: Path) -> None:
    guard = LeftBehind()
    release = threading.Event()
    thread = threading.Thread(target=release.wait, name="left-thread")
    thread.start()
    child = subprocess.Popen(["sleep", "60"])
    with socket.socket() as left, (tmp_path / "left.txt").open("w"):
        leaks = "; ".join(guard.leaks(grace_s=0.05))
        assert f"process {child.pid} (sleep 60)" in leaks
        assert "thread 'left-thread'" in leaks
        assert f"open file {left.fileno()} -> socket:" in leaks
        assert "left.txt" in leaks
    release.set()
    thread.join()
    child.kill()
    child.wait()
    assert guard.leaks(grace_s=2) == []


def test_guard_finds_an_orphan_whose_parent_has_died() -> None:
    guard = LeftBehind()
    shell = subprocess.run(["sh", "-c", "sleep 60 >/dev/null & echo $!"], stdout=subprocess.PIPE, check=True)
    orphan = int(shell.stdout)
    assert [f"process {orphan} (sleep 60)"] == guard.leaks(grace_s=0.05)
    os.kill(orphan, 9)
    wait_until(lambda: not process_exists(orphan), 5, "the orphan ends")


@pytest.mark.parametrize(("ci", "outcome"), [("true", "1 failed"), ("false", "1 skipped")])
def test_a_skip_is_a_failure_in_ci_only(tmp_path: Path, ci: str, outcome: str) -> None:
    test_file = tmp_path / "test_missing.py"
    test_file.write_text("import pytest\n\ndef test_x() -> None:\n    pytest.skip('needs x: apt-get install x')\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "-p", "tests.conftest", test_file],
        cwd=_ROOT,
        env=os.environ | {"CI": ci, "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in run.stdout, run.stdout + run.stderr
    assert "needs x: apt-get install x" in run.stdout


def test_needs_names_the_package_of_a_missing_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(pytest.skip.Exception, match="needs strace: apt-get install strace"):
        needs("strace")


def test_mosquitto_comes_back_on_its_port_after_a_kill(mosquitto: Mosquitto) -> None:
    port = mosquitto.port
    assert is_port_open(port)
    mosquitto.kill()
    assert not is_port_open(port)
    mosquitto.start()
    assert is_port_open(port)


def test_postgres_answers(postgres: Postgres) -> None:
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(host="127.0.0.1", port=postgres.port, user=postgres.user, dbname="postgres") as connection:
        assert connection.execute("SELECT 6 * 7").fetchone() == (42,)


def test_a_free_port_is_free() -> None:
    assert not is_port_open(free_port())
