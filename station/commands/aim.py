"""`station aim`: is a plate camera aimed well, and what has to be changed? For commissioning."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.commands import exits
from station.commands.options import AsJson, finish
from station.commands.output import complain, put_json, say, table
from station.commands.words import helped, phrase

if TYPE_CHECKING:
    from station.vision.aim import AimReport, Change, Light
    from station.vision.aim_measures import AimMeasures

Pictures = Annotated[Path | None, typer.Option("--pictures", help=helped("aim-pictures"), show_default=False)]
Device = Annotated[str, typer.Option("--device", help=helped("aim-device"))]
MaySettings = Annotated[Path | None, typer.Option("--settings", help=helped("devices-settings"))]
Passes = Annotated[int, typer.Option("--passes", min=3, max=1000, help=helped("aim-passes"))]
Seconds = Annotated[float, typer.Option("--seconds", min=1, help=helped("aim-seconds"))]
LightOption = Annotated[str, typer.Option("--light", help=helped("aim-light"))]
Speed = Annotated[int, typer.Option("--speed", min=1, max=120, help=helped("aim-speed"))]
Shutter = Annotated[int, typer.Option("--shutter", min=0, max=100_000, help=helped("aim-shutter"))]
Manifest = Annotated[Path | None, typer.Option("--manifest", help=helped("eval-manifest"), show_default=False)]

_LIGHTS: "dict[str, Light | None]" = {"auto": None, "day": "day", "night": "night"}
_SUFFIXES = {".jpg", ".jpeg", ".png"}
_MOST_PICTURES = 1000
_HEADS = ("aim-measure", "aim-median", "aim-spread", "aim-wanted", "aim-verdict")


def aim(
    pictures: Pictures = None,
    device: Device = "",
    settings: MaySettings = None,
    passes: Passes = 10,
    seconds: Seconds = 1800,
    light: LightOption = "auto",
    speed: Speed = 20,
    shutter: Shutter = 0,
    manifest: Manifest = None,
    as_json: AsJson = False,
) -> None:
    from station.vision.aim import FEWEST, TooFew, judge

    if (pictures is None) == (not device) or (device and settings is None):
        raise typer.BadParameter(phrase("aim-one-of"), param_hint="--pictures")
    if light not in _LIGHTS:
        raise typer.BadParameter(f"{light!r}; {' | '.join(_LIGHTS)}", param_hint="--light")
    measure = _Measure(manifest)
    thing = str(pictures or device)
    if pictures is not None:
        seen = [one for path in _files(pictures) if (one := measure.file(path)) is not None]
    else:
        from station.commands.aim_passes import take_passes

        seen = take_passes(settings or Path(), device, measure, passes, seconds)
    if not any(one.width for one in seen) and len(seen) < FEWEST:
        raise exits.Refused(exits.UNAVAILABLE, "aim-nothing-seen", thing, phrase("aim-seen", count=len(seen)))
    try:
        reports = judge(seen, _LIGHTS[light], speed, shutter)
    except TooFew as error:
        raise exits.Refused(exits.UNAVAILABLE, "aim-too-few", thing, phrase("aim-seen", count=len(seen))) from error
    if as_json:
        put_json({"reports": [asdict(report) for report in reports]})
    else:
        for report in reports:
            _tell(report)
    if any(report.cause for report in reports):
        finish(exits.FINDING)


class _Measure:
    """The models of the manifest, opened once; what is no picture is told and passed over."""

    def __init__(self, manifest: Path | None) -> None:
        from importlib import resources

        from station.vision.finders import open_plate_finder
        from station.vision.one_thread import use_one_thread
        from station.vision.plate_readers import open_plate_readers

        use_one_thread()
        listed = manifest or Path(str(resources.files("models"))) / "manifest.toml"
        self._finder = open_plate_finder(listed)
        self._reader = open_plate_readers(listed)

    def file(self, path: Path) -> "AimMeasures | None":
        from station.vision.aim_measures import measure_aim
        from station.vision.tensors import load_picture
        from station.vision.unfit import PictureUnfit

        try:
            return measure_aim(load_picture(path, ""), self._finder, self._reader)
        except PictureUnfit as error:
            complain(phrase("aim-unfit", file=path.name, code=error.code, seen=error.seen))
            return None


def _files(folder: Path) -> list[Path]:
    """The pictures of a folder in the order of their names. Raises Refused."""
    if not folder.is_dir():
        raise exits.Refused(exits.IO, "aim-no-pictures", str(folder))
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES)
    if not found:
        raise exits.Refused(exits.IO, "aim-no-pictures", str(folder))
    return found[:_MOST_PICTURES]


def _tell(report: "AimReport") -> None:
    from station.words.aim import CAUSES, MEASURES, VERDICTS
    from station.words.language import spoken

    title = phrase(
        "aim-title",
        light=phrase("aim-day") if report.light == "day" else phrase("aim-night"),
        passes=report.passes,
        found=report.found,
        read=report.read,
        width=report.width,
        height=report.height,
    )
    rows = []
    for one in report.judged:
        sign = ">=" if one.limit.bad < one.limit.poor else "<="
        spread = f"{one.least} .. {one.most}" if one.least != one.most else ""
        wanted, verdict = f"{sign} {one.limit.poor}", spoken(VERDICTS[one.verdict])
        rows.append([spoken(MEASURES[one.measure]), str(one.median), spread, wanted, verdict])
    table(title, [phrase(head) for head in _HEADS], rows)
    if report.change is None:
        say(phrase("aim-good"))
        return
    say(phrase("aim-cause", code=report.cause, cause=spoken(CAUSES[report.cause])))
    if report.cause == "MOTION":
        say(phrase("aim-blur", length=f"{report.blur[0] / 10:.1f}", bearing=report.blur[1]))
    say(phrase("next-line", step=_words(report.change)))


def _words(change: "Change") -> str:
    from station.words.aim import CHANGES
    from station.words.language import spoken

    return spoken(CHANGES[change.advice]).format(amount=change.amount, share=round(change.amount / 10))
