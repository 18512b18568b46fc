"""Real servers for tests, each in a temporary folder on a free port of 127.0.0.1."""

import os
import pwd
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import free_port, is_port_open, needs, process_exists, wait_until

_START_S = 20.0
_STOP_S = 40.0


@dataclass
class Mosquitto:
    """A real broker that keeps its port, configuration and store over kill() and start()."""

    folder: Path
    port: int
    extra_lines: tuple[str, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def host(self) -> str:
        return "127.0.0.1"

    def start(self) -> None:
        """Start the broker and return when it listens; fails the test naming its log if it does not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "mosquitto.conf"
        config.write_text(
            "\n".join(
                (
                    f"listener {self.port} 127.0.0.1",
                    "allow_anonymous true",
                    "persistence true",
                    f"persistence_location {self.folder}/",
                    "autosave_interval 1",
                    f"log_dest file {self.folder}/mosquitto.log",
                    f"user {pwd.getpwuid(os.getuid()).pw_name}",  # else root becomes a user that cannot write here
                    *self.extra_lines,
                    "",
                )
            )
        )
        self.process = subprocess.Popen(
            [needs("mosquitto"), "-c", config], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            wait_until(self._listens_or_ended, _START_S, f"mosquitto listens ({self.folder}/mosquitto.log)")
        except BaseException:
            self.kill()
            raise
        if self.process.poll() is not None:
            log = self.folder / "mosquitto.log"
            code = self.process.returncode
            raise RuntimeError(f"mosquitto ended with {code}: {log.read_text() if log.exists() else 'no log'}")

    def stop(self) -> None:
        """End the broker in order (SIGTERM); its store stays."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker with SIGKILL, as a power cut would; start() brings it back on the same port."""
        self._end(signal.SIGKILL)

    def _listens_or_ended(self) -> bool:
        assert self.process is not None
        return self.process.poll() is not None or is_port_open(self.port)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(_STOP_S)
            self.process = None


@contextmanager
def running_mosquitto(folder: Path, *extra_lines: str) -> Iterator[Mosquitto]:
    """A started broker; `extra_lines` are added to its configuration."""
    broker = Mosquitto(folder, free_port(), extra_lines)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


@dataclass
class Postgres:
    """A real PostgreSQL server with the database `postgres`, reached over TCP without a password; as `nobody` when this
    process is root. It keeps its port and cluster over stop() and start(), and waits for its disk at each commit, as
    our receivers ask.
    """

    folder: Path
    port: int
    user: str = "station"
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """The SQLAlchemy address."""
        return f"postgresql+psycopg://{self.user}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server, with a new cluster the first time, and return when it accepts connections."""
        prefix = _as_ordinary_user(self.folder)
        if not (self.folder / "data").exists():
            self._make_cluster(prefix)
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.folder,
            "shared_buffers": "16MB",
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        log_path = self.folder / "postgres.log"
        command = [*prefix, str(needs("postgres")), "-D", str(self.folder / "data"), *arguments]
        with log_path.open("wb") as log:
            server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)
        self.process = server
        try:
            wait_until(
                lambda: server.poll() is not None or b"ready to accept connections" in log_path.read_bytes(),
                _START_S,
                f"postgres accepts connections ({log_path})",
            )
        except BaseException:
            self.stop(signal.SIGQUIT)
            raise
        if server.poll() is not None:
            raise RuntimeError(f"postgres ended with {server.returncode}: {log_path.read_text()}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Its "fast shutdown": closes connections, then ends. With SIGQUIT the immediate one: the start recovers."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(_STOP_S)
            self.process = None

    def _make_cluster(self, prefix: tuple[str, ...]) -> None:
        initdb = [str(needs("initdb")), "-D", str(self.folder / "data"), "-U", self.user]
        options = ["-A", "trust", "-E", "UTF8", "--no-locale", "-N"]
        subprocess.run([*prefix, *initdb, *options], check=True, stdout=subprocess.DEVNULL, cwd=self.folder)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A started server with its own cluster in a folder of its own.

    The folder lies outside pytest's temporary folder, which is private to the user who runs the tests.
    """
    with tempfile.TemporaryDirectory(prefix="gate-postgres-", ignore_cleanup_errors=True) as name:
        server = Postgres(Path(name), free_port())
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _as_ordinary_user(folder: Path) -> tuple[str, ...]:
    """PostgreSQL refuses root: give `folder` to nobody and return the command prefix that becomes nobody."""
    if os.getuid() != 0:
        return ()
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    setpriv = str(needs("setpriv"))
    return (setpriv, f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", "--")


def end_process(process: "subprocess.Popen[bytes]", patience_s: float = 5.0) -> int:
    """End a process that a test started: SIGTERM, then SIGKILL after `patience_s`. Returns its exit code."""
    if process_exists(process.pid):
        process.terminate()
        try:
            return process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait(patience_s)
