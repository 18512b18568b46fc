"""What a settings file names on this machine: passwords that lie open, ports, folders and programs that are not there.

Only `station check` looks; a lane asks its devices themselves. Reads the raw tables of an accepted file.
"""

import os
import pathlib
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any

from drivers import catalog
from station.settings.finding import Finding
from station.settings.port_check import named_ports
from station.settings.positions import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def open_passwords(document: Mapping[str, Any], folder: pathlib.Path) -> Iterator[Finding]:
    """Each file of a password that is not there, or that others may read; relative ones count from `folder`."""
    tables: dict[Path, Any] = {("device", name): table for name, table in document.get("device", {}).items()}
    tables |= {("link",): document.get("link", {})}
    for path, table in tables.items():
        if named := table.get("password_file"):
            found = folder / named
            if not found.is_file():
                yield Finding((*path, "password_file"), "no-password-file", {"seen": found})
            elif found.stat().st_mode & _OTHERS:
                yield Finding((*path, "password_file"), "open-password-file", {"seen": found})


def absences(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Each port, folder and program of the devices that is not there now, and each port that we may not use."""
    for path, port in named_ports(document):
        if not port.startswith("/"):
            continue
        if not pathlib.Path(port).exists():
            yield Finding(path, "port-absent", {"seen": port})
        elif not os.access(port, os.R_OK | os.W_OK):
            yield Finding(path, "port-closed", {"seen": port})
    for name, table in document.get("device", {}).items():
        settings = catalog.DRIVERS[table["kind"]].settings
        given = {field.name: field.default for field in fields(settings) if field.default is not MISSING} | table
        if "folder" in given and not pathlib.Path(given["folder"]).is_dir():
            yield Finding(("device", name, "folder"), "folder-absent", {"seen": given["folder"]})
        if given.get("player") and shutil.which(given["player"][0]) is None:
            yield Finding(("device", name, "player"), "program-absent", {"seen": given["player"][0]})
