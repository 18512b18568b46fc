"""A way that swallows everything is noticed within ten seconds, at rest too; a quiet one is left alone."""

import time
from pathlib import Path

from station.courier.broker import Broker
from station.courier.mqtt_link import Down, LinkEvent, MqttLink, Up
from tests.rig.way import Way
from tests.services import Mosquitto
from tests.support import wait_until

TRIES = 3
"""A link that is late is so each time; a busy machine is not."""


def test_a_black_hole_is_noticed_within_ten_seconds_and_a_quiet_broker_is_none(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    took_s: list[float] = []
    while len(took_s) < TRIES and not any(seconds < 10 for seconds in took_s):
        took_s.append(notices_after_s(mosquitto))
    assert min(took_s) > 4
    assert min(took_s) < 10, took_s


def notices_after_s(mosquitto: Mosquitto) -> float:
    """How long a link takes to notice that its way swallows everything; one beside it is left alone."""
    with Way(mosquitto.port) as way:
        swallowed, quiet = (MqttLink(Broker(port=port), f"{port}", ["x"]) for port in (way.port, mosquitto.port))
        heard: dict[MqttLink, list[LinkEvent]] = {swallowed: [], quiet: []}

        def listen() -> None:
            for link in heard:
                heard[link] += link.take()

        def are_up() -> bool:
            listen()
            return all(heard.values())

        def is_down(link: MqttLink) -> bool:
            listen()
            return any(isinstance(event, Down) for event in heard[link])

        try:
            for link in heard:
                link.connect("5")
            wait_until(are_up, 10, "both are up")
            assert all(isinstance(events[0], Up) for events in heard.values())
            way.mood = "swallow"
            began = time.monotonic()
            wait_until(lambda: is_down(swallowed), 30, "the silence is noticed")
            took_s = time.monotonic() - began
            assert heard[swallowed][-1] == Down("the broker is silent", version_refused=False)
            listen()
            assert not is_down(quiet)
        finally:
            for link in heard:
                link.close()
    return took_s
