"""The manifest of the models, one table each: a recipe puts its own in and leaves the others as they are."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

_HEAD = "# Which models may run. Written by `python -m models.train`; a file with another hash is refused.\n"
_TABLE = re.compile(r"^\[model\.(?P<name>[a-z0-9-]+)\]\n.*?(?=^\[model\.|\Z)", re.MULTILINE | re.DOTALL)


def put_table(manifest: Path, name: str, body: str) -> None:
    """Write `body` (lines "key = value") as the table of model `name`; tables stand in the order of their names."""
    before = manifest.read_text(encoding="utf-8") if manifest.exists() else ""
    tables = {found["name"]: found[0].strip() for found in _TABLE.finditer(before)}
    tables[name] = f"[model.{name}]\n{body.strip()}"
    text = _HEAD + "".join(f"\n{tables[key]}\n" for key in sorted(tables))
    manifest.write_text(text, encoding="utf-8")


def sha256_of(path: Path) -> str:
    """The hash that the manifest names for a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
