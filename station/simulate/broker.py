"""The demo's embedded MQTT broker (amqtt, 3.1.1) as a process of its own: `python -m station.simulate.broker PORT`.

It keeps nothing and listens on 127.0.0.1 only; it ends with SIGTERM, SIGINT or the end of its standard input.
"""

import asyncio
import logging
import signal
import sys
import warnings


async def _serve(port: int) -> None:
    from amqtt.broker import Broker

    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    loop.add_reader(sys.stdin.fileno(), over.set)
    await broker.start()
    await over.wait()
    await broker.shutdown()


def main(arguments: list[str]) -> int:
    """Serve until told to stop; the exit code."""
    warnings.simplefilter("ignore")  # the broker's own deprecations are not the demo's
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    asyncio.run(_serve(int(arguments[0])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
