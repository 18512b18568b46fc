"""`station xray`: is a scanned container empty? Learned from known empty ones; advice for the officer, no verdict."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.commands import exits
from station.commands.options import AsJson, finish
from station.commands.output import put_json, say, table
from station.commands.words import helped, phrase
from station.words.meanings import code, coded, next_step

if TYPE_CHECKING:
    from station.vision.xray_empty import Emptiness

group = typer.Typer(help=helped("xray"), no_args_is_help=True)

_HEADINGS = ("xray-file", "xray-finding", "xray-excess", "xray-largest", "xray-box", "xray-strongest", "xray-flaws")

Files = Annotated[list[Path], typer.Argument(help=helped("xray-files"), show_default=False)]
Feet = Annotated[int, typer.Option("--length", help=helped("xray-length"))]
Out = Annotated[Path, typer.Option("--out", help=helped("xray-out"), show_default=False)]
TemplateFile = Annotated[Path, typer.Option("--template", help=helped("xray-template"), show_default=False)]


@dataclass(frozen=True, slots=True)
class _Checked:
    """One file: what it says, or the code of why it is no picture, and what was seen."""

    file: Path
    emptiness: "Emptiness | None"
    unfit: str = ""
    seen: str = ""

    @property
    def finding(self) -> str:
        return self.emptiness.finding if self.emptiness else "CANNOT_TELL"

    @property
    def flaws(self) -> tuple[str, ...]:
        return self.emptiness.flaws if self.emptiness else (self.unfit,)

    def as_plain(self) -> dict[str, object]:
        if self.emptiness is not None:
            return {"file": str(self.file), **asdict(self.emptiness)}
        return {"file": str(self.file), "finding": self.finding, "flaws": self.flaws, "seen": self.seen}

    def as_cells(self) -> list[str]:
        one = self.emptiness
        told = ["-"] * 4
        if one is not None:
            told = [f"{one.excess / 10:.1f} %", str(one.largest), f"{one.box}", f"{one.strongest / 1000:.3f}"]
        return [self.file.name, coded(self.finding), *told, "; ".join(map(code, self.flaws)) or "-"]


@group.command(help=helped("xray-learn"))
def learn(files: Files, out: Out, feet: Feet = 40, as_json: AsJson = False) -> None:
    import hashlib

    from station.vision.tensors import load_picture
    from station.vision.unfit import PictureUnfit
    from station.vision.xray_empty import compare
    from station.vision.xray_quality import read_scan
    from station.vision.xray_template import LENGTHS, TemplateRefused, learned, write_template

    if feet not in LENGTHS:
        raise typer.BadParameter(f"{feet}; {' | '.join(map(str, LENGTHS))}", param_hint="--length")
    if out.exists():
        raise exits.Refused(exits.IO, "template-exists", str(out))
    names: dict[str, Path] = {}
    scans = []
    for file in files:
        try:
            data = load_picture(file, "")
            sha256 = hashlib.sha256(data).hexdigest()
            scans.append((sha256, read_scan(data)))
        except PictureUnfit as error:
            raise exits.Refused(exits.IO, error.code, str(file), error.seen) from error
        names[sha256] = file
    try:
        template = learned(scans, feet)
        for sha256, scan in scans:
            found = compare(scan, template)
            if found.finding != "EMPTY_LIKELY":
                raise TemplateRefused("scan-unlike-others", sha256, f"{found.finding}, {found.box}")
    except TemplateRefused as error:
        thing = str(names.get(error.thing, error.thing))
        raise exits.Refused(exits.IO, error.cause, thing, error.seen) from error
    written = write_template(out, template)
    if as_json:
        put_json({"template": str(out), "sha256": written, "scans": len(scans), "blind": round(template.blind, 3)})
    else:
        blind = f"{100 * template.blind:.1f}"
        say(phrase("xray-learned", file=out, n=len(scans), feet=feet, sha256=written[:12], blind=blind))


@group.command(help=helped("xray-check"))
def check(files: Files, template: TemplateFile, as_json: AsJson = False) -> None:
    from station.vision.tensors import load_picture
    from station.vision.unfit import PictureUnfit
    from station.vision.xray_empty import check_scan
    from station.vision.xray_template import TemplateRefused, read_template

    try:
        known = read_template(template)
    except TemplateRefused as error:
        raise exits.Refused(exits.CONFIGURATION, error.cause, error.thing, error.seen) from error
    rows: list[_Checked] = []
    for file in files:
        try:
            rows.append(_Checked(file, check_scan(load_picture(file, ""), known)))
        except PictureUnfit as error:
            rows.append(_Checked(file, None, error.code, error.seen))
    if as_json:
        put_json({"advice": [row.as_plain() for row in rows]})
    else:
        table(phrase("xray-title"), [phrase(key) for key in _HEADINGS], [row.as_cells() for row in rows])
        for flaw in sorted({flaw for row in rows for flaw in row.flaws}):
            say(f"{code(flaw)}{phrase('next', step=next_step(flaw))}")
    if any(row.finding != "EMPTY_LIKELY" for row in rows):
        finish(exits.FINDING)
