"""A settings file with some of its values changed. Comments, order and all other values stay as they are written."""

import os
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from station.settings.refusals import refusals_of

Changes = Sequence[tuple[str, str]]
"""Dotted keys and their new values as TOML."""


class ChangeImpossible(Exception):
    """The file is written in a way in which these values cannot be changed; a person has to edit it."""


class OtherMeanwhile(Exception):
    """Somebody else has written the file since it was read."""


def changed(text: str, changes: Changes) -> str:
    """The text with `changes`; a table that is missing is added. Raises ChangeImpossible.

    What comes out is read again: it says exactly what the old text said, but for the changes.
    """
    wanted: dict[str, Any] = tomllib.loads(text)
    try:
        document: Any = tomlkit.parse(text)
        for key, value in changes:
            table, said, (*tables, name) = document, wanted, key.split(".")
            for step in tables:
                if step not in table:
                    table[step] = tomlkit.table()
                table, said = table[step], said.setdefault(step, {})
            table[name] = tomlkit.value(value)
            said[name] = tomllib.loads(f"value = {value}")["value"]
        made = tomlkit.dumps(document)
        if "\r\n" in text:  # what is new in it has the ends of the others
            made = made.replace("\r\n", "\n").replace("\n", "\r\n")
        is_exact = tomllib.loads(made) == wanted
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, AttributeError, ValueError) as error:
        raise ChangeImpossible(str(error)[:200]) from error
    if not is_exact:
        raise ChangeImpossible(", ".join(key for key, _ in changes))
    return made


def values_in(text: str, keys: Sequence[str]) -> list[str]:
    """What the settings in a text that loads say at these keys, defaults too, as TOML; "" where there is no table."""
    model: Any = refusals_of(tomllib.loads(text))[0]
    found = []
    for key in keys:
        value = model
        for step in key.split("."):
            value = getattr(value, step, None)
        found.append("" if value is None else tomlkit.item(_listed(value)).as_string())
    return found


@dataclass(frozen=True, slots=True)
class Laid:
    """The new text and a copy of the old file, durable beside `file`, which is still the old one."""

    file: Path
    before: bytes
    new: Path
    old: Path

    def put(self) -> None:
        """The new text is the file, in one step. Raises OtherMeanwhile, OSError: then it is still the old one."""
        if self.file.read_bytes() != self.before:
            raise OtherMeanwhile(str(self.file))
        self.new.replace(self.file)
        _sync(self.file.parent)

    def drop(self) -> None:
        """Take both away again. The copy stays where the file is another one by now: it may be the only one left."""
        self.new.unlink(missing_ok=True)
        with suppress(OSError):
            if self.file.read_bytes() == self.before:
                self.old.unlink(missing_ok=True)


def lay(file: Path, before: bytes, text: str, suffix: str) -> Laid:
    """Lay down the new text, and a copy of the file named FILE.suffix; both have its mode and owner. Raises OSError."""
    real = file.resolve()
    laid = Laid(
        real, before, real.with_name(f".{real.name}.{os.getpid()}.new"), real.with_name(f"{real.name}.{suffix}")
    )
    try:
        _write(laid.new, text.encode(), like=real)
        _write(laid.old, before, like=real)
        _sync(real.parent)
    except OSError:
        laid.drop()
        raise
    return laid


def _write(path: Path, data: bytes, like: Path) -> None:
    found = like.stat()
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - an open descriptor
        if (found.st_uid, found.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(descriptor, found.st_uid, found.st_gid)
        os.fchmod(descriptor, found.st_mode & 0o777)
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _listed(value: Any) -> Any:  # noqa: ANN401 - a setting
    """The dataclasses' tuples are TOML's lists."""
    return [_listed(one) for one in value] if isinstance(value, tuple) else value
