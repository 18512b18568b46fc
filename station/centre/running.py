"""The life of the centre's process: begins when its database answers, ends when it is told to."""

import logging
import threading

from sqlalchemy.exc import OperationalError

from drivers.contract.quantities import Millis
from station.centre.receiver import Receiver
from station.centre.settings import CentreSettings

_PATIENCE = Millis(200)
_AGAIN_S = 1.0

log = logging.getLogger("station.centre")


def run_centre(settings: CentreSettings, stop: threading.Event, receiver_class: type[Receiver] = Receiver) -> None:
    """Receive and answer until `stop` is set. A server that cannot be used is waited for, at the start too: after a
    power cut the database may come up last.

    Raises Untrusted (key file), DatabaseWeak at the start, and SQLAlchemy's errors (a file that cannot be opened, a
    database that refuses what it is told).
    """
    receiver = _begun(settings, stop, receiver_class)
    if receiver is None:
        return
    try:
        while not stop.is_set():
            receiver.turn(_PATIENCE)
    finally:
        receiver.close()


def _begun(settings: CentreSettings, stop: threading.Event, receiver_class: type[Receiver]) -> Receiver | None:
    """None if `stop` came first."""
    told = ""
    while not stop.is_set():
        try:
            return receiver_class(settings)
        except OperationalError as error:
            if settings.database.startswith("sqlite"):
                raise
            seen = str(error.orig).partition("\n")[0]
            if seen != told:
                log.warning("the database cannot be used, it is waited for: %s", seen)
            told = seen
        stop.wait(_AGAIN_S)
    return None
