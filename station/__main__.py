"""The command line: `station COMMAND`. Each command imports what it needs when it runs, so that help is quick."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer

from station.commands import (
    audit,
    centre,
    devices,
    evidence,
    keys,
    learn,
    lists,
    migrate,
    models,
    proposals,
    trust,
    xray,
)
from station.commands.act import act
from station.commands.aim import aim
from station.commands.bench import bench
from station.commands.check import check
from station.commands.conform import conform
from station.commands.day import day
from station.commands.drop_outputs import drop_outputs
from station.commands.evaluate import evaluate
from station.commands.events import events
from station.commands.explain import explain
from station.commands.lane import lane
from station.commands.replay import replay
from station.commands.simulated import demo, simulate
from station.commands.status import status
from station.commands.words import helped

_COMMANDS: dict[str, Callable[..., None]] = {
    "lane": lane,
    "check": check,
    "conform": conform,
    "day": day,
    "status": status,
    "events": events,
    "explain": explain,
    "replay": replay,
    "act": act,
    "drop-outputs": drop_outputs,
    "demo": demo,
    "simulate": simulate,
    "bench": bench,
    "eval": evaluate,
    "aim": aim,
}
_GROUPS: dict[str, typer.Typer] = {
    "audit": audit.group,
    "centre": centre.group,
    "devices": devices.group,
    "evidence": evidence.group,
    "keys": keys.group,
    "learn": learn.group,
    "lists": lists.group,
    "migrate": migrate.group,
    "models": models.group,
    "settings": proposals.group,
    "trust": trust.group,
    "xray": xray.group,
}


def application() -> typer.Typer:
    """All commands. Plain help where nobody sees colours."""
    markup: Any = "rich" if sys.stdout.isatty() else None
    app = typer.Typer(
        name="station",
        help=helped("station"),
        epilog=helped("exit-codes"),
        rich_markup_mode=markup,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for name, command in _COMMANDS.items():
        app.command(name, help=helped(name), epilog=helped("exit-codes"))(command)
    for name, group in _GROUPS.items():
        app.add_typer(group, name=name)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command line; the exit status."""
    try:
        application()(list(arguments), prog_name="station")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except Exception as error:  # noqa: BLE001 - told in words if it is one of ours, raised again if not
        from station.commands.refusing import refuse

        return refuse(error, as_json="--json" in arguments)
    return 0


def main() -> None:
    """The entry point of the package."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
