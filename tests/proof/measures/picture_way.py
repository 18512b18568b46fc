"""`python -m tests.proof.measures.picture_way PORT TARGET_PORT BYTES_A_SECOND LOG`: a narrow line of TCP, upwards.

So many bytes a second go up, whatever is waiting; down it is quick. A line of LOG for each part of an evidence file
that has gone up whole: offset and bytes. It reads MQTT by itself and knows nothing of the courier.
"""

import asyncio
import base64
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

_STEP_S = 0.02
_BUFFER = 8 * 1024
_PUBLISH = 3


class Published:
    """The payloads on up/evidence in one client's stream of MQTT 5."""

    def __init__(self) -> None:
        self._held = bytearray()

    def of(self, data: bytes) -> Iterator[bytes]:
        """Those that are complete with `data`."""
        self._held += data
        while (length := _number(self._held, 1)) is not None and len(self._held) >= sum(length):
            packet, end = bytes(self._held[: sum(length)]), sum(length)
            del self._held[:end]
            if packet[0] >> 4 == _PUBLISH:
                at = length[1] + 2 + int.from_bytes(packet[length[1] : length[1] + 2], "big")
                topic = packet[length[1] + 2 : at]
                at += 2 if packet[0] >> 1 & 3 else 0
                properties = _number(packet, at)
                if properties is not None and topic.endswith(b"/up/evidence"):
                    yield packet[properties[1] + properties[0] :]


def _number(data: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """MQTT's variable number at `at`, and where it ends; None if it is not whole yet."""
    value = 0
    for place in range(4):
        if at + place >= len(data):
            return None
        value |= (data[at + place] & 127) << 7 * place
        if data[at + place] < 128:
            return value, at + place + 1
    raise ValueError("no number of MQTT")


async def _up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rate: int, log: Path) -> None:
    published = Published()
    try:
        while data := await reader.read(max(1, round(rate * _STEP_S))):
            writer.write(data)
            await writer.drain()
            with log.open("a", encoding="utf-8") as file:
                for payload in published.of(data):
                    part = json.loads(payload)
                    size = len(base64.b64decode(part.get("data", "")))
                    file.write(json.dumps([part["sha256"], part.get("offset", 0), size]) + "\n")
            await asyncio.sleep(len(data) / rate)
    finally:
        writer.close()


async def _down(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(64 * 1024):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


async def _serve(port: int, target: int, rate: int, log: Path) -> None:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_up(reader, far_writer, rate, log), _down(far_reader, writer), return_exceptions=True)

    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    listening.bind(("127.0.0.1", port))
    server = await asyncio.start_server(accept, sock=listening, limit=_BUFFER)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])))
