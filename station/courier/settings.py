"""What the courier needs to know; travels as canonical JSON on its command line, so it holds no secrets."""

import sys
from dataclasses import dataclass, field

from station.courier.broker import Broker


@dataclass(frozen=True, slots=True)
class CourierSettings:
    """`journal` is the folder of journal.db, `folder` that of courier.db; root and statements as trust saves them.

    `revoked` (key ids), `numbers` (by key id), `serial` and `statement_sha256` are what the lane remembers: older
    statements are refused. A newer one that comes is kept in `arrived_file`, a newer officers' file than
    `officers_number` in `arrived_officers`; "" keeps either for this run only. `watch_key_id` names the key with which
    the lane makes marks; the key itself is the lane's alone. `settings_sha256` names the settings that the lane runs.
    """

    station: str
    lane: str
    journal: str
    folder: str
    root_file: str
    statements_file: str
    broker: Broker = field(default_factory=Broker)
    revoked: tuple[str, ...] = ()
    numbers: tuple[tuple[str, int], ...] = ()
    arrived_file: str = ""
    arrived_officers: str = ""
    officers_number: int = 0
    serial: int = 0
    statement_sha256: str = ""
    watch_key_id: str = ""
    settings_sha256: str = ""


def command(settings: bytes, fd: int | None = None) -> list[str]:
    """The command line that starts a courier (station.courier.courier); `settings` as `plain.encode` writes them."""
    return [sys.executable, "-m", "station.courier.courier", settings.decode(), *([] if fd is None else [str(fd)])]
