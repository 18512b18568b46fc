"""Who may not be heard, and knocks on and on, must not fill the journal with it."""

import socket
from contextlib import closing
from pathlib import Path

from drivers.camera.hikvision_push import HikvisionPushDriver
from drivers.contract.clock import now
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BytesRefused
from drivers.contract.tools import Tools
from tests.drivers.push_bench import DEADLINE_MS, HOST, hikvision_settings


def test_what_goes_on_is_told_ever_more_rarely_and_after_a_pause_at_once(tmp_path: Path) -> None:
    """Ten minutes of a stranger who knocks every second; then a quiet hour; then once more."""
    shift = 0
    settings = hikvision_settings(allowed=("192.0.2.1",))
    driver = HikvisionPushDriver("plates", settings, Tools(lambda: Tick(now() + shift), tmp_path))
    told: list[BytesRefused] = []

    def knock() -> None:
        with socket.create_connection((HOST, settings.port), timeout=5) as stranger:
            stranger.setblocking(False)
            end = now() + DEADLINE_MS
            while now() < end:
                told.extend(reading for reading in driver.poll(Millis(2)) if isinstance(reading, BytesRefused))
                try:
                    if stranger.recv(1) == b"":
                        return
                except BlockingIOError:
                    continue
            raise AssertionError("the stranger is still connected")

    driver.open()
    with closing(driver):
        for _ in range(600):
            knock()
            shift += 1_000
        assert 1 < len(told) <= 20
        shift += 3_600_000
        told.extend(reading for reading in driver.poll(Millis(2)) if isinstance(reading, BytesRefused))
        assert sum(reading.count for reading in told) == 600
        assert "127.0.0.1 is not among the allowed addresses" in {reading.sample for reading in told}
        before = len(told)
        shift += 3_600_000
        knock()
        told.extend(reading for reading in driver.poll(Millis(2)) if isinstance(reading, BytesRefused))
        assert len(told) == before + 1
