"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from station.commands.words import helped

SettingsFile = Annotated[Path, typer.Option("--settings", help=helped("settings"), show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help=helped("json"))]
OfficerKey = Annotated[Path, typer.Option("--key", help=helped("officer-key"), show_default=False)]
PasswordFile = Annotated[Path | None, typer.Option("--password-file", help=helped("password-file"))]


def finish(status: int) -> None:
    """End the command with this exit status."""
    raise typer.Exit(status)
