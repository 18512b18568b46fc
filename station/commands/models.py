"""`station models`: the models that a lane's vision may run: listed, proved, entered, put back, timed."""

from pathlib import Path
from typing import Annotated

import typer

from station.commands import exits
from station.commands.options import AsJson, finish
from station.commands.output import put_json, say, table
from station.commands.words import helped, phrase

group = typer.Typer(help=helped("models"), no_args_is_help=True)

_USUAL = Path("/usr/share/border-gate/models")
_LISTED = (
    "models-name", "models-kind", "models-file", "models-sha256", "models-bytes", "models-opset", "models-card"
)  # fmt: skip
_TIMED = ("models-name", "models-n", "models-p50", "models-p95", "models-p99", "models-pss")

Folder = Annotated[Path, typer.Option("--models", help=helped("models-folder"))]
Source = Annotated[Path | None, typer.Argument(help=helped("models-source"), show_default=False)]
Return = Annotated[bool, typer.Option("--return", help=helped("models-return"))]
Runs = Annotated[int, typer.Option("--runs", min=20, max=100_000, help=helped("models-runs"))]


@group.command("list", help=helped("models-list"))
def list_models(models: Folder = _USUAL, as_json: AsJson = False) -> None:
    from station.vision.model_list import list_models as listed

    rows = listed(models / "manifest.toml")
    if as_json:
        put_json([row.as_plain() for row in rows])
        return
    cells = [
        [row.name, row.kind, row.file, row.sha256[:12], str(row.size), _opset(row.opset), row.card or "-"]
        for row in rows
    ]
    table(phrase("models-title", folder=models), _headings(_LISTED), cells)


@group.command(help=helped("models-verify"))
def verify(models: Folder = _USUAL, as_json: AsJson = False) -> None:
    from station.vision.proving import findings

    found = findings(models / "manifest.toml")
    if as_json:
        put_json({"models": [{"name": one.name, "fault": one.fault} for one in found]})
    else:
        for one in found:
            say(phrase("models-good", name=one.name) if not one.fault else f"{one.name}: {one.fault}")
        if not found:
            say(phrase("models-none", folder=models))
    if not found or any(one.fault for one in found):
        finish(exits.FINDING)


@group.command(help=helped("models-install"))
def install(source: Source = None, models: Folder = _USUAL, put_back: Return = False, as_json: AsJson = False) -> None:
    from station.vision import model_store

    if (source is None) != put_back:
        raise typer.BadParameter(phrase("models-one-of"), param_hint="SOURCE")
    try:
        names = model_store.install(source, models) if source is not None else model_store.put_back(models)
    except model_store.StoreBusy as error:
        raise exits.Refused(exits.TRY_AGAIN, "locked", str(error)) from error
    except model_store.NoPrevious as error:
        raise exits.Refused(exits.UNAVAILABLE, "never-changed", str(error)) from error
    if as_json:
        put_json({"in_force": list(names)})
    else:
        say(phrase("models-in-force", names=", ".join(names), folder=models))


@group.command(help=helped("models-bench"))
def bench(models: Folder = _USUAL, runs: Runs = 300, as_json: AsJson = False) -> None:
    from station.vision.model_bench import bench_models

    timed = bench_models(models / "manifest.toml", runs)
    if as_json:
        put_json([one.as_plain() for one in timed])
        return
    cells = [
        [one.name, str(one.n), *(f"{ms:.2f}" for ms in (one.p50, one.p95, one.p99)), f"{one.pss:.0f}"] for one in timed
    ]
    table(phrase("models-bench-title"), _headings(_TIMED), cells)


def _headings(keys: tuple[str, ...]) -> list[str]:
    return [phrase(key) for key in keys]


def _opset(opset: int | None) -> str:
    return "?" if opset is None else str(opset)
