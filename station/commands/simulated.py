"""`station simulate` and `station demo`: the yard alone, and the whole lane in it."""

from pathlib import Path
from typing import Annotated

import typer

from station.commands.options import AsJson, finish
from station.commands.words import helped

Folder = Annotated[Path, typer.Option("--dir", help=helped("simulate-dir"))]
Pictures = Annotated[Path | None, typer.Option("--pictures", help=helped("simulate-pictures"))]
Stories = Annotated[list[str] | None, typer.Option("--story", help=helped("stories"))]
Seed = Annotated[int, typer.Option("--seed", help=helped("seed"))]
Out = Annotated[Path, typer.Option("--out", help=helped("demo-out"))]
Alter = Annotated[str, typer.Option("--alter", help=helped("alter"))]
Led = Annotated[bool, typer.Option("--led", help=helped("simulate-led"))]
Broker = Annotated[str, typer.Option("--broker", help=helped("demo-broker"))]


def simulate(
    folder: Folder = Path("yard-out"),
    story: Stories = None,
    pictures: Pictures = None,
    seed: Seed = 1,
    alter: Alter = "",
    led: Led = False,
    as_json: AsJson = False,
) -> None:
    from station.simulate.yard import SimulateOptions, run_simulate

    finish(run_simulate(SimulateOptions(folder, tuple(story or ()), pictures, seed, alter, led, as_json)))


def demo(
    seed: Seed = 1,
    out: Out = Path("demo-out"),
    alter: Alter = "",
    story: Stories = None,
    broker: Broker = "amqtt",
    as_json: AsJson = False,
) -> None:
    from station.simulate.demo import DemoOptions, run_demo

    options = DemoOptions(seed=seed, out=out, alter=alter, stories=tuple(story or ()), broker=broker, as_json=as_json)
    finish(run_demo(options))
