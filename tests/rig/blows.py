"""Blows against a post: what is killed, stopped, cut off or made to forget, in an order that follows from the seed.

Two seeds that follow each other deal every blow once. A blow that lasts is healed when its time is over, or before the
next one on the same part; several parts suffer at the same time.
"""

import random
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from tests.rig.post import Post
from tests.rig.way import Mood

Part = Literal["edge", "courier", "broker", "receiver", "database", "lane's way", "centre's way"]
Heal = Callable[[], None]

_GAP_S = (0.2, 1.5)


@dataclass(frozen=True, slots=True)
class Blow:
    """`strike` returns what heals it, None if nothing has to. `lasts_s`: from, to."""

    name: str
    part: Part
    strike: Callable[[Post, random.Random], Heal | None]
    lasts_s: tuple[float, float] = (0.0, 0.0)


def _kill_edge(post: Post, _: random.Random) -> None:
    post.kill_edge()


def _kill_courier(post: Post, _: random.Random) -> None:
    with suppress(ProcessLookupError):
        target = post.courier()
        target.send(signal.SIGKILL)
        target.close()


def _stop_courier(post: Post, _: random.Random) -> Heal | None:
    try:
        target = post.courier()
    except ProcessLookupError:
        return None
    target.send(signal.SIGSTOP)

    def go_on() -> None:
        target.send(signal.SIGCONT)
        target.close()

    return go_on


def _kill_broker(post: Post, _: random.Random) -> None:
    post.broker.kill()
    post.broker.start()


def _forget_broker(post: Post, _: random.Random) -> None:
    """What it had acknowledged and not passed on, its sessions and what it retained: gone."""
    post.broker.kill()
    for kept in post.broker.folder.glob("mosquitto.db*"):
        kept.unlink()
    post.broker.start()


def _stop_broker(post: Post, _: random.Random) -> Heal:
    process = post.broker.process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    return lambda: process.send_signal(signal.SIGCONT)


def _take_broker_away(post: Post, _: random.Random) -> Heal:
    post.broker.stop()
    return post.broker.start


def _refuse_at_broker(post: Post, _: random.Random) -> Heal:
    """It is there and lets nobody in."""
    usual = post.broker.extra_lines
    post.broker.kill()
    post.broker.extra_lines = (*usual, "allow_anonymous false")
    post.broker.start()

    def let_in() -> None:
        post.broker.kill()
        post.broker.extra_lines = usual
        post.broker.start()

    return let_in


def _kill_receiver(post: Post, chance: random.Random) -> None:
    receiver = chance.choice(post.receivers)
    receiver.kill()
    receiver.start()


def _stop_receiver(post: Post, chance: random.Random) -> Heal:
    receiver = chance.choice(post.receivers)
    receiver.send(signal.SIGSTOP)
    return lambda: receiver.send(signal.SIGCONT)


def _drop_database(post: Post, _: random.Random) -> Heal:
    post.database.stop(signal.SIGQUIT)
    return post.database.start


def _way(part: Part, mood: Mood) -> Callable[[Post, random.Random], Heal]:
    def strike(post: Post, _: random.Random) -> Heal:
        way = post.lane_way if part == "lane's way" else post.centre_way
        way.mood = mood

        def heal() -> None:
            way.mood = "pass"

        return heal

    return strike


BLOWS: tuple[Blow, ...] = (
    Blow("edge killed", "edge", _kill_edge),
    Blow("courier killed", "courier", _kill_courier),
    Blow("courier stopped for a while", "courier", _stop_courier, (1, 4)),
    Blow("broker killed", "broker", _kill_broker),
    Blow("broker forgets", "broker", _forget_broker),
    Blow("broker stopped for a while", "broker", _stop_broker, (1, 4)),
    Blow("broker away", "broker", _take_broker_away, (0.5, 3)),
    Blow("broker refuses", "broker", _refuse_at_broker, (0.5, 3)),
    Blow("receiver killed", "receiver", _kill_receiver),
    Blow("receiver stopped for a while", "receiver", _stop_receiver, (1, 4)),
    Blow("database stopped at once", "database", _drop_database, (0.5, 4)),
    Blow("lane's way swallows", "lane's way", _way("lane's way", "swallow"), (4, 11)),
    Blow("lane's way refuses", "lane's way", _way("lane's way", "refuse"), (0.5, 3)),
    Blow("centre's way swallows", "centre's way", _way("centre's way", "swallow"), (4, 11)),
)


def dealt(seed: int) -> list[Blow]:
    """The blows of this seed, in order: one half of the shuffled deck, its neighbour gets the other."""
    deck = list(BLOWS)
    random.Random(seed // 2).shuffle(deck)
    return deck[seed % 2 :: 2]


def strike_all(post: Post, blows: Sequence[Blow], seed: int) -> None:
    """One blow after the other while records flow; in the end everything is healed."""
    chance = random.Random(f"strike {seed}")
    wounds: dict[Part, tuple[float, Heal]] = {}

    def heal(part: Part) -> None:
        _, healing = wounds.pop(part, (0.0, lambda: None))
        healing()

    try:
        for blow in blows:
            post.run(chance.uniform(*_GAP_S))
            for part in [part for part, (until, _) in wounds.items() if until <= time.monotonic() or part == blow.part]:
                heal(part)
            healing = blow.strike(post, chance)
            if healing is not None:
                wounds[blow.part] = (time.monotonic() + chance.uniform(*blow.lasts_s), healing)
        while wounds:
            part, (until, _) = min(wounds.items(), key=lambda wound: wound[1][0])
            post.run(max(0.0, until - time.monotonic()))
            heal(part)
    finally:
        for part in list(wounds):
            heal(part)
