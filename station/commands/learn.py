"""`station learn`: crops of a site's own cameras, a reader tuned on them, and whether it is better."""

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from station.commands import exits
from station.commands.options import AsJson, finish
from station.commands.output import complain, put_json, say
from station.commands.words import helped, phrase
from station.words.meanings import cause

if TYPE_CHECKING:
    from station.learning.collect import Collected
    from station.learning.collection import Collection
    from station.learning.paired import Compared
    from station.learning.proof import Proof

group = typer.Typer(help=helped("learn"), no_args_is_help=True)

_USUAL = Path("/var/lib/border-gate/learning")
_MODELS = Path("/usr/share/border-gate/models")
_VERDICTS = {"BETTER": "learn-better", "NOT_SHOWN": "learn-not-shown", "FORGOT": "learn-forgot"}

Settings = Annotated[Path | None, typer.Option("--settings", help=helped("learn-settings"), show_default=False)]
Folder = Annotated[Path, typer.Option("--collection", help=helped("learn-collection"))]
Key = Annotated[Path | None, typer.Option("--key", help=helped("learn-key"), show_default=False)]
Labels = Annotated[Path | None, typer.Option("--labels", help=helped("learn-labels"), show_default=False)]
KeepDays = Annotated[int, typer.Option("--keep-days", min=1, max=366, help=helped("learn-keep-days"))]
Most = Annotated[int, typer.Option("--most", min=1, max=20_000, help=helped("learn-most"))]
Forget = Annotated[bool, typer.Option("--forget", help=helped("learn-forget"))]
Models = Annotated[Path, typer.Option("--models", help=helped("models-folder"))]
Steps = Annotated[int, typer.Option("--steps", min=1, max=20_000, help=helped("learn-steps"))]
Seed = Annotated[int, typer.Option("--seed", help=helped("seed"))]
Target = Annotated[Path, typer.Option("--candidate", help=helped("learn-target"), show_default=False)]
Python = Annotated[Path | None, typer.Option("--python", help=helped("learn-python"), show_default=False)]
Offered = Annotated[Path, typer.Option("--candidate", help=helped("learn-candidate"), show_default=False)]
Install = Annotated[bool, typer.Option("--install", help=helped("learn-install"))]


@group.command("collect", help=helped("learn-collect"))
def collect(
    settings: Settings = None,
    folder: Folder = _USUAL,
    key: Key = None,
    labels: Labels = None,
    keep_days: KeepDays = 90,
    most: Most = 5_000,
    forget: Forget = False,
    as_json: AsJson = False,
) -> None:
    key_file = key or _beside(folder)
    if forget:
        _forget(folder, key_file, as_json=as_json)
        return
    if settings is None:
        raise typer.BadParameter(phrase("learn-needs-settings"), param_hint="--settings")
    from station.journal.folder import DataFolder
    from station.learning.collect import Bounds
    from station.learning.collect import collect as gather
    from station.learning.collection import Collection
    from station.learning.consent import consent_in
    from station.learning.labels import read_labels
    from station.learning.refusal import LearningRefused
    from station.settings.load import load

    lane = load(settings)
    data = DataFolder(lane.places.data)
    now_ms = time.time_ns() // 1_000_000
    try:
        agreed = consent_in(data, now_ms)
    except LearningRefused:
        if folder.exists():  # what is over its term goes all the same
            _open(folder, key_file).let_go(now_ms, keep_days, most)
        raise
    written = {}
    if labels is not None:
        with _opened(labels) as lines:
            written = read_labels(lines, str(labels))
    alphabet = _alphabet(lane.vision.manifest if lane.vision is not None else None)
    collection = Collection.begin(folder, key_file)
    done = gather(data, collection, written, alphabet, Bounds(keep_days, most), now_ms)
    collection.tell(
        now_ms, "collect", consent=agreed.act_id, new=done.new.total(), expired=done.expired, days=keep_days
    )
    _tell_collected(done, collection, as_json=as_json)
    if labels is not None and str(labels) != "-":
        complain(phrase("learn-labels-clear", file=labels))
    if done.damaged:
        finish(exits.FINDING)


@group.command("tune", help=helped("learn-tune"))
def tune(
    target: Target,
    folder: Folder = _USUAL,
    key: Key = None,
    models: Models = _MODELS,
    steps: Steps = 160,
    seed: Seed = 1,
    python: Python = None,
    as_json: AsJson = False,
) -> None:
    from station.learning.candidate import METRICS
    from station.learning.parts import split
    from station.learning.training import Tune, run_tune, usual_python

    if target.exists():
        raise exits.Refused(exits.IO, "file-exists", str(target))
    key_file = key or _beside(folder)
    collection = _open(folder, key_file)
    split(collection.crops(), collection.key)  # refused here, before anything heavy is begun
    run_tune(python or usual_python(), Tune(folder, key_file, models, target, steps, seed), complain)
    metrics = json.loads((target / METRICS).read_text(encoding="utf-8"))
    collection.tell(time.time_ns() // 1_000_000, "tune", steps=steps, seed=seed, sha256=metrics["sha256"])
    if as_json:
        put_json(metrics)
        return
    counts = {"teaching": metrics["teaching_crops"], "held_out": metrics["held_out_crops"]}
    say(phrase("learn-tuned", target=target, cpu=f"{metrics['cpu_seconds'] / 60:.1f}", **counts))


@group.command("compare", help=helped("learn-compare"))
def compare(
    offered: Offered,
    folder: Folder = _USUAL,
    key: Key = None,
    models: Models = _MODELS,
    install: Install = False,
    as_json: AsJson = False,
) -> None:
    from station.learning.candidate import open_candidate
    from station.learning.proof import prove_gain

    collection = _open(folder, key or _beside(folder))
    candidate = open_candidate(offered, collection.key.key_id)
    proof = prove_gain(candidate, models, collection)
    collection.tell(time.time_ns() // 1_000_000, "compare", sha256=proof.candidate, verdict=proof.verdict)
    tried = collection.compared()
    if as_json:
        put_json({**asdict(proof), "candidates_compared": tried})
    else:
        _tell_proof(proof, tried)
    if proof.verdict != "BETTER":
        if install:
            complain(phrase("learn-not-installed"))
        finish(exits.FINDING)
    if install:
        _install(offered, models, as_json=as_json)


def _install(offered: Path, models: Path, *, as_json: bool) -> None:
    from station.vision import model_store

    try:
        names = model_store.install(offered, models)
    except model_store.StoreBusy as error:
        raise exits.Refused(exits.TRY_AGAIN, "locked", str(error)) from error
    if not as_json:
        say(phrase("models-in-force", names=", ".join(names), folder=models))


def _forget(folder: Path, key_file: Path, *, as_json: bool) -> None:
    from station.learning.collection import forget

    gone = forget(folder, key_file, time.time_ns() // 1_000_000)
    if as_json:
        put_json({"forgotten": gone})
    else:
        say(phrase("learn-forgotten", crops=gone))


def _open(folder: Path, key_file: Path) -> "Collection":
    from station.learning.collection import Collection
    from station.trust.data_key import DataKey

    return Collection(folder, DataKey.load(key_file))


def _beside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.key")


@contextlib.contextmanager
def _opened(labels: Path) -> Iterator[TextIO]:
    if str(labels) == "-":
        yield sys.stdin
    else:
        with labels.open(encoding="utf-8", newline="") as lines:
            yield lines


def _alphabet(manifest: Path | None) -> str:
    from importlib import resources

    from station.vision.manifest import load_model_entry
    from station.vision.plate_reader import MODEL

    return load_model_entry(manifest or Path(str(resources.files("models"))) / "manifest.toml", MODEL).alphabet


def _tell_collected(done: "Collected", collection: "Collection", *, as_json: bool) -> None:
    from station.learning.parts import vehicles

    held = list(collection.crops())
    if as_json:
        put_json({
            "new": done.new, "known": done.known, "passed_over": done.passed_over, "expired": done.expired,
            "damaged": done.damaged, "crops": len(held), "vehicles": vehicles(held),
        })  # fmt: skip
        return
    basis = ", ".join(f"{cause(name)} {count}" for name, count in sorted(done.new.items())) or "-"
    figures = {"new": done.new.total(), "known": done.known, "expired": done.expired, "basis": basis}
    say(phrase("learn-collected", crops=len(held), vehicles=vehicles(held), **figures))
    for reason, count in sorted(done.passed_over.items()):
        say(phrase("learn-passed-over", count=count, reason=cause(reason)))
    for file in done.damaged:
        complain(phrase("learn-damaged", file=file))


def _tell_proof(proof: "Proof", tried: int) -> None:
    say(phrase("learn-site", vehicles=proof.site.vehicles))
    _tell_compared(proof.site)
    say(phrase("learn-synthetic"))
    _tell_compared(proof.synthetic)
    say(phrase(_VERDICTS[proof.verdict]))
    if tried > 1:
        say(phrase("learn-compared-before", count=tried))


def _tell_compared(compared: "Compared") -> None:
    shares = {"shipped": compared.share(compared.shipped), "candidate": compared.share(compared.candidate)}
    shown = {who: f"{100 * at:.1f} % ({100 * low:.1f} - {100 * high:.1f})" for who, (at, low, high) in shares.items()}
    say(phrase("learn-shares", n=compared.n, **shown))
    say(phrase("learn-paired", gained=compared.gained, lost=compared.lost, p=f"{compared.p:.4f}"))
