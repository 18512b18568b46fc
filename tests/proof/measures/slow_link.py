"""`python -m tests.proof.measures.slow_link PORT TARGET_PORT ONE_WAY_MS`: a line of TCP that takes its time.

Every byte arrives so much later, in order, both ways; how many go at once is not limited.
"""

import asyncio
import sys

_CHUNK = 64 * 1024


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
    on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    clock = asyncio.get_running_loop().time

    async def hand_over() -> None:
        while True:
            due, data = await on_the_way.get()
            await asyncio.sleep(max(0.0, due - clock()))
            if not data:
                writer.close()
                return
            writer.write(data)
            await writer.drain()

    arriving = asyncio.create_task(hand_over())
    try:
        while data := await reader.read(_CHUNK):
            on_the_way.put_nowait((clock() + delay_s, data))
    except ConnectionError:
        data = b""
    on_the_way.put_nowait((clock() + delay_s, b""))
    await asyncio.gather(arriving, return_exceptions=True)


async def _serve(port: int, target: int, delay_s: float) -> None:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(_carry(reader, far_writer, delay_s), _carry(far_reader, writer, delay_s))

    server = await asyncio.start_server(accept, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) / 1000))
