"""What a revision may say, and what it may do: the linter of migrations."""

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from station.migration import expand
from station.migration.history import read_history
from station.migration.shape import breaks

_MODULES = {"sqlalchemy", "typing", "station.migration.expand"}
_TYPES = {"BigInteger", "CheckConstraint", "Column", "Integer", "LargeBinary", "Text", "Any"}
_WORDS = {name for name, thing in vars(expand).items() if inspect.isfunction(thing) and name.startswith("new_")}


def faults(folder: Path, *, only_tables: bool = False) -> list[str]:
    """Why the revisions in this folder may not be released: words that could alter, and what they do to the tables."""
    return [*said(folder), *done(folder, only_tables=only_tables)]


def said(folder: Path) -> list[str]:
    """What a revision says beyond the words of expansion."""
    return [
        f"{file.name}: {fault}" for file in sorted(folder.glob("r*.py")) for fault in _said(ast.parse(file.read_text()))
    ]


def _said(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield f"imports {node.names[0].name}"
            case ast.ImportFrom(module=module):
                unknown = {alias.name for alias in node.names} - _TYPES - _WORDS
                if module not in _MODULES or unknown:
                    yield f"imports {', '.join(sorted(unknown))} from {module}"
            case ast.FunctionDef(name="downgrade"):
                yield "has a way back, which would drop what rows were written to"
            case ast.Call(func=ast.Attribute(attr=name)):
                yield f"calls .{name}()"


def done(folder: Path, *, only_tables: bool = False) -> list[str]:
    """What the revisions do to an empty database beyond expanding what was before."""
    try:
        revisions = read_history(folder, only_tables=only_tables).revisions
    except ValueError as error:
        return [str(error)]
    steps = pairwise(revisions)
    return [
        f"{new.id}: {fault}" for old, new in steps for fault in breaks(old.shape, new.shape, only_tables=only_tables)
    ]
