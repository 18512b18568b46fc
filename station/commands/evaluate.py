"""`station eval`: what the picture checks are worth, measured on a folder of labelled pictures."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.commands import exits
from station.commands.evaluation_lines import fault_lines, row
from station.commands.options import AsJson, finish
from station.commands.output import complain, put_json, say
from station.commands.words import helped, phrase

if TYPE_CHECKING:
    from station.evaluation.evaluate import Evaluation

Data = Annotated[Path, typer.Option("--data", help=helped("eval-data"), show_default=False)]
Manifest = Annotated[Path | None, typer.Option("--manifest", help=helped("eval-manifest"), show_default=False)]
Corrections = Annotated[Path | None, typer.Option("--corrections", help=helped("eval-corrections"))]
Besides = Annotated[list[str] | None, typer.Option("--beside", help=helped("eval-beside"))]
Sample = Annotated[int, typer.Option("--sample", min=0, help=helped("eval-sample"))]
Report = Annotated[Path | None, typer.Option("--report", help=helped("eval-report"))]
ShowPlates = Annotated[bool, typer.Option("--show-plates", help=helped("eval-show-plates"))]

_READERS = ("ocr", "rapidocr")


def evaluate(
    data: Data,
    corrections: Corrections = None,
    beside: Besides = None,
    sample: Sample = 0,
    report: Report = None,
    show_plates: ShowPlates = False,
    manifest: Manifest = None,
    as_json: AsJson = False,
) -> None:
    from importlib import resources

    from station.evaluation.evaluate import Options
    from station.evaluation.evaluate import evaluate as measure
    from station.evaluation.folder import FolderRefused, read_folder
    from station.vision.second_file import NotInstalled

    asked = beside or []
    if unknown := [name for name in asked if name not in _READERS]:
        raise typer.BadParameter(f"{unknown[0]!r}; {' | '.join(_READERS)}", param_hint="--beside")
    if show_plates and report is None:
        raise typer.BadParameter(phrase("eval-show-plates-form"), param_hint="--show-plates")
    listed = manifest or Path(str(resources.files("models"))) / "manifest.toml"
    options = Options(sample, with_second=bool(asked), with_whole="rapidocr" in asked)
    try:
        folder = read_folder(data, corrections)
        measured = measure(folder, listed, options, lambda n, of: complain(phrase("eval-read-so-far", n=n, of=of)))
    except FolderRefused as error:
        raise exits.Refused(exits.IO, error.cause, error.thing, error.seen) from error
    except NotInstalled as error:
        raise exits.Refused(exits.UNAVAILABLE, "ocr-missing", str(error)) from error
    if report is not None:
        from station.commands.evaluation_report import write_report

        write_report(report, folder, measured, show_plates=show_plates)
    if as_json:
        put_json({"figures": [asdict(line) for line in measured.figures], "faults": list(map(asdict, measured.faults))})
    else:
        _tell(measured)
        if report is not None:
            say(phrase("eval-written", file=report))
    if any(fault.is_mistake for fault in measured.faults):
        finish(exits.FINDING)


def _tell(measured: "Evaluation") -> None:
    rows = [row(line) for line in measured.figures]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(rows[0]))]
    section = ""
    for line, cells in zip(measured.figures, rows, strict=True):
        if line.section != section:
            section = line.section
            say(phrase(section))
        say("  " + "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
    for told in fault_lines(measured.faults):
        complain(told)
