"""A sender that asks without end and reads no answer: what is held for it stays small."""

import socket
from contextlib import closing
from pathlib import Path

from tests.drivers.push_bench import HOST, PushBench, hikvision_driver, hikvision_settings

MANY = 400


def test_who_reads_no_answer_is_not_heard_on(tmp_path: Path) -> None:
    settings = hikvision_settings()
    bench = PushBench(hikvision_driver(tmp_path, settings), settings.port)
    bench.driver.open()
    turned_away = 0

    with closing(bench.driver), socket.socket() as greedy:
        greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        greedy.connect((HOST, settings.port))
        greedy.setblocking(False)

        def is_stuck() -> bool:
            nonlocal turned_away
            try:
                greedy.send(b"GET /nothing HTTP/1.1\r\n\r\n" * MANY)
                turned_away = 0
            except BlockingIOError:
                turned_away += 1
            return turned_away >= 20

        bench.until(is_stuck, "no further request is read")
