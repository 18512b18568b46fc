"""Where a password comes from: typed unseen, or a file that nobody but its owner may read. Never the command line."""

from pathlib import Path

import typer

from station.commands.words import phrase

MOST_PASSWORD_BYTES = 1024


def typed_password(*, confirm: bool = False) -> str:
    """Ask for it on the terminal; with `confirm` twice."""
    typed: str = typer.prompt(phrase("password"), hide_input=True, confirmation_prompt=confirm, err=True)
    return typed


def written_password(file: Path) -> str:
    """The file's content without the end of its line. Raises Untrusted naming a file that others can read."""
    from station.trust.keys import read_secret

    return read_secret(file, MOST_PASSWORD_BYTES).decode("utf-8", "surrogateescape").rstrip("\r\n")
