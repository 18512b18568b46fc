"""Whether a model of the manifest may be used: its files, its shapes and its known answer, whatever its kind."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.contract.faults import DeviceFault
from station.vision import second_file
from station.vision.manifest import ModelEntry, load_model_entry, model_hashes, refusal

if TYPE_CHECKING:
    from station.vision.tensors import Gray


@dataclass(frozen=True, slots=True)
class Proved:
    """A model that gave its known answer; `again` runs it once more on its known picture, ready in memory."""

    entry: ModelEntry
    again: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one model of the manifest; `fault` is "" if it may be used."""

    name: str
    fault: str


def prove(manifest: Path, name: str) -> Proved:
    """The model `name`, proved as a reader or finder of a gate would be. Raises DeviceFault("bad-model")."""
    from station.vision import code_finder, code_reader
    from station.vision.finders import open_plate_finder
    from station.vision.one_thread import use_one_thread
    from station.vision.plate_reader import open_plate_reader
    from station.vision.tensors import decode_gray
    from station.vision.unfit import PictureUnfit

    use_one_thread()
    entry = load_model_entry(manifest, name)
    try:
        picture = decode_gray(entry.known.picture.read_bytes())
    except PictureUnfit as error:
        raise refusal(name, f"its known picture cannot be used: {error}") from error
    if name in (code_finder.MODEL, code_reader.MODEL):
        return _prove_codes(manifest, name, picture)
    match entry.kind:
        case "ctc" | "slots":
            reader = open_plate_reader(manifest, name)
            return Proved(reader.entry, lambda: reader.read(picture))
        case "boxes" | "heat-map":
            finder = open_plate_finder(manifest, name)
            return Proved(entry, lambda: finder.find(picture))


def _prove_codes(manifest: Path, name: str, picture: "Gray") -> Proved:
    """The models for container numbers, which have inputs of their own."""
    from station.vision import code_finder, code_reader

    if name == code_finder.MODEL:
        finder = code_finder.open_code_finder(manifest)
        return Proved(finder.entry, lambda: finder.find(picture))
    reader = code_reader.open_code_reader(manifest)
    return Proved(reader.entry, lambda: reader.read_flat(picture))


def prove_second() -> Proved:
    """The second reader, proved. Raises NotInstalled, DeviceFault("bad-model")."""
    from station.vision.one_thread import use_one_thread
    from station.vision.second_reader import known_line, open_second_reader

    use_one_thread()
    reader, line = open_second_reader(), known_line()
    return Proved(reader.entry, lambda: reader.read(line))


def findings(manifest: Path) -> tuple[Finding, ...]:
    """Every listed model, by name; last the second reader, if it is installed.

    Raises DeviceFault("bad-model") if the manifest itself cannot be read.
    """
    found = [Finding(name, _fault(partial(prove, manifest, name))) for name, _ in model_hashes(manifest)]
    try:
        return (*found, Finding(second_file.NAME, _fault(prove_second)))
    except second_file.NotInstalled:
        return tuple(found)


def _fault(proof: Callable[[], object]) -> str:
    try:
        proof()
    except DeviceFault as error:
        return error.fault.seen
    return ""
