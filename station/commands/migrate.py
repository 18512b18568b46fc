"""`station migrate`: do the databases have the tables of this release? Migrations only ever add."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station.commands import exits
from station.commands.options import AsJson, finish
from station.commands.output import put_json, say
from station.commands.words import helped, phrase

if TYPE_CHECKING:
    from station.migration.databases import Database
    from station.migration.standing import Standing

    Work = Callable[[Database], Standing]

group = typer.Typer(help=helped("migrate"), no_args_is_help=True)

Settings = Annotated[Path | None, typer.Option("--settings", help=helped("migrate-settings"))]
Centre = Annotated[Path | None, typer.Option("--centre", help=helped("migrate-centre"))]
Address = Annotated[str, typer.Option("--database", help=helped("migrate-database"))]

_NOTHING_TO_DO = ("absent", "empty", "current", "newer")


@group.command("check", help=helped("migrate-check"), epilog=helped("exit-codes"))
def check(settings: Settings = None, centre: Centre = None, database: Address = "", as_json: AsJson = False) -> None:
    from station.migration.upgrade import look_at

    _each(_databases(settings, centre, database), look_at, as_json=as_json)


@group.command("plan", help=helped("migrate-plan"), epilog=helped("exit-codes"))
def plan(settings: Settings = None, centre: Centre = None, database: Address = "", as_json: AsJson = False) -> None:
    from station.migration.upgrade import look_at

    _each(_databases(settings, centre, database), look_at, as_json=as_json, with_steps=True)


@group.command("up", help=helped("migrate-up"), epilog=helped("exit-codes"))
def up(settings: Settings = None, centre: Centre = None, database: Address = "", as_json: AsJson = False) -> None:
    from station.migration.upgrade import up as migrate

    _each(_databases(settings, centre, database), migrate, as_json=as_json, with_steps=True, is_done=True)


def _databases(settings: Path | None, centre: Path | None, address: str) -> "list[Database]":
    from station.migration.databases import centre_database, lane_databases

    found: list[Database] = []
    if settings is not None:
        from station.settings.load import load

        places = load(settings).places
        found += lane_databases(places.data, places.ledger)
    if centre is not None:
        from station.commands.centre import read_settings

        found.append(centre_database(read_settings(centre).database))
    if address:
        found.append(centre_database(address))
    if not found:
        raise typer.BadParameter(phrase("migrate-needs"))
    return found


def _each(
    databases: "list[Database]", work: "Work", *, as_json: bool, with_steps: bool = False, is_done: bool = False
) -> None:
    """One that is refused hides none of the others; the first refusal gives the exit status."""
    status = exits.OK
    for database in databases:
        try:
            standing = work(database)
        except Exception as error:  # noqa: BLE001 - told in words if it is one of ours, raised again if not
            status = status or _refused(error, as_json=as_json)
            continue
        if not is_done and standing.state not in _NOTHING_TO_DO:
            status = status or exits.FINDING
        _tell(database, standing, as_json=as_json, with_steps=with_steps, is_done=is_done)
    if status:
        finish(status)


def _refused(error: Exception, *, as_json: bool) -> int:
    from station.commands.refusing import refuse

    return refuse(error, as_json=as_json)


def _tell(database: "Database", standing: "Standing", *, as_json: bool, with_steps: bool, is_done: bool) -> None:
    steps = list(_steps(database, standing))
    is_migrated = is_done and (standing.state in ("behind", "unmarked") or (database.makes_tables and bool(steps)))
    if as_json:
        adds = [{"revision": id_, "adds": [f"{kind} {name}" for kind, name in added]} for id_, added in steps]
        body: dict[str, Any] = {"database": database.history, "where": database.where, "state": standing.state}
        put_json({**body, "revision": standing.revision, "migrated": is_migrated, "steps": adds})
        return
    key = "migrate-done" if is_migrated else f"migrate-{standing.state}"
    revisions = " -> ".join(dict.fromkeys([*filter(None, [standing.revision]), *(id_ for id_, _ in steps[-1:])]))
    say(f"{database.where}: {phrase(key)}" + (f" ({revisions})" if revisions else ""))
    for id_, added in steps if with_steps else []:
        keys = [(f"migrate-{kind}", name) for kind, name in added]
        say(f"  {id_}: " + ", ".join(f"{phrase(key)} {name}" for key, name in keys))


def _steps(database: "Database", standing: "Standing") -> "Iterator[tuple[str, list[tuple[str, str]]]]":
    """What each revision that is to come adds, read from the tables that it makes and not from what it says."""
    from station.migration.history import history
    from station.migration.shape import added

    if standing.state == "empty" and not database.makes_tables:
        return
    known = history(database.history)
    pending = {revision.id for revision in standing.pending}
    before: dict[str, Any] = {}
    for revision in known.revisions:
        if revision.id in pending:
            yield revision.id, added(before, revision.shape)
        before = dict(revision.shape)
