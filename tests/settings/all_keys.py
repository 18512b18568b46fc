"""Every key that a settings file may have, as dotted paths; devices and buses once for each kind."""

from collections.abc import Iterator

from station.settings.schema import keys_of, kinds_of


def all_keys() -> Iterator[str]:
    """Tables too: `lane` and `lane.limits` are keys."""
    yield from _below(())
    for table in ("device", "bus"):
        for kind in kinds_of(table):
            yield from (f"{table}.x.{key}" for key in keys_of((table, "x"), kind))


def _below(path: tuple[str, ...]) -> Iterator[str]:
    for key in keys_of(path):
        yield ".".join((*path, key))
        yield from _below((*path, key))
