"""The beginning of the centre's process."""

import logging
import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from station.centre.receiver import Receiver
from station.centre.running import run_centre
from station.centre.settings import CentreSettings
from station.courier.broker import Broker
from tests.courier.bench import Keys
from tests.messages.chains import STATION
from tests.services import Postgres
from tests.support import wait_until


def settings_of(folder: Path, database: str) -> CentreSettings:
    return CentreSettings(database, str(Keys(folder / "keys").centre_key), (STATION,), Broker(port=1))


def test_a_server_that_comes_up_last_is_waited_for(
    own_postgres: Postgres, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    begun, stop = threading.Event(), threading.Event()

    class Begun(Receiver):
        def __init__(self, settings: CentreSettings) -> None:
            super().__init__(settings)
            begun.set()

    own_postgres.stop()
    settings = settings_of(tmp_path, own_postgres.url)
    thread = threading.Thread(target=run_centre, args=(settings, stop, Begun))
    thread.start()
    try:
        wait_until(lambda: "it is waited for" in caplog.text, 20, "the log says that the database is away")
        assert not begun.is_set()
        own_postgres.start()
        assert begun.wait(20)
    finally:
        stop.set()
        thread.join(20)
    waits = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert 1 <= len(waits) <= 3 and not thread.is_alive()  # refused, starting up: each told once


def test_who_waits_for_a_server_ends_when_told(tmp_path: Path) -> None:
    stop = threading.Event()
    settings = settings_of(tmp_path, "postgresql+psycopg://127.0.0.1:1/centre")
    thread = threading.Thread(target=run_centre, args=(settings, stop))
    thread.start()
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_a_file_that_cannot_be_opened_ends_it(tmp_path: Path) -> None:
    with pytest.raises(OperationalError):
        run_centre(settings_of(tmp_path, f"sqlite:///{tmp_path}/none/centre.db"), threading.Event())
