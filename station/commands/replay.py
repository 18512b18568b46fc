"""`station replay`: decide a whole journal again and compare; walk both of its chains."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station.commands import exits
from station.commands.options import AsJson, SettingsFile, finish
from station.commands.output import put_json, say
from station.commands.words import helped, phrase

if TYPE_CHECKING:
    from station.journal.reader import JournalReader

OTHER_SEEDS = ("1", "4242")
MOST_SHOWN = 2_000

HashSeedCheck = Annotated[bool, typer.Option("--hash-seed-check", help=helped("hash-seed-check"))]


def replay(settings: SettingsFile, hash_seed_check: HashSeedCheck = False, as_json: AsJson = False) -> None:
    from station.journal.reader import JournalReader
    from station.settings.load import load

    with JournalReader(load(settings).places.data) as reader:
        report = examine(reader)
    if hash_seed_check and report["same"]:
        report |= _under_another_seed(settings, report)
    if as_json:
        put_json(report)
    else:
        _tell(report)
    if not report["same"]:
        finish(exits.FINDING)


def examine(reader: "JournalReader") -> dict[str, Any]:
    """Both chains, then every turn. `same` is True only if all of it held; what did not is named."""
    from drivers.contract.plain import NotPlain, encode
    from station.core.state import CORE_VERSION
    from station.core.step import step
    from station.journal.replay import beginning
    from station.journal.replay import replay as decide_again

    fseq, seq = reader.newest()
    report: dict[str, Any] = {
        "same": False,
        "core_version": CORE_VERSION,
        "newest_fact": fseq,
        "newest_record": seq,
        "broken": None,
        "difference": None,
    }
    broken = reader.first_broken()
    if broken is not None:
        report["broken"] = {
            "table": broken.table,
            "row": broken.row,
            "wrong": broken.wrong,
            "detail": broken.detail,
        }
        return report
    try:
        again = decide_again(reader, step, *beginning(reader))
    except NotPlain as error:
        report["difference"] = {"facts": [], "what": "unreadable", "recorded": str(error), "now": ""}
        return report
    report |= {"turns": again.turns, "facts": again.facts, "records": again.records}
    if again.difference is not None:
        found = again.difference
        report["difference"] = {
            "facts": [found.first_fseq, found.last_fseq],
            "what": found.what,
            "recorded": found.recorded[:MOST_SHOWN],
            "now": found.now[:MOST_SHOWN],
        }
        return report
    return report | {"same": True, "state_sha256": hashlib.sha256(encode(again.state)).hexdigest()}


def _under_another_seed(settings: Path, here: dict[str, Any]) -> dict[str, Any]:
    """The same in a process whose sets and hashes are ordered otherwise."""
    seed = next(seed for seed in OTHER_SEEDS if seed != os.environ.get("PYTHONHASHSEED"))
    command = [sys.executable, "-m", "station", "replay", "--settings", str(settings), "--json"]
    run = subprocess.run(
        command, env=os.environ | {"PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True, check=False
    )
    there = json.loads(run.stdout) if run.stdout else {}
    compared = ("same", "turns", "facts", "records", "state_sha256")
    same = [there.get(name) for name in compared] == [here[name] for name in compared]
    return {"same": same, "other_hash_seed": {"seed": seed, "same": same}}


def _tell(report: dict[str, Any]) -> None:
    if report["broken"] is not None:
        say(phrase("replay-broken", **report["broken"]))
    elif report["difference"] is not None:
        found = report["difference"]
        where = "-".join(map(str, found["facts"])) or "?"
        say(phrase("replay-difference", where=where, what=found["what"]))
        say(phrase("replay-recorded", body=found["recorded"]))
        say(phrase("replay-now", body=found["now"]))
    else:
        say(phrase("replay-chains", facts=report["newest_fact"], records=report["newest_record"]))
        say(phrase("replay-same", turns=report["turns"], facts=report["facts"], records=report["records"]))
        say(phrase("replay-state", sha256=report["state_sha256"], version=report["core_version"]))
    if "other_hash_seed" in report:
        key = "replay-seed-same" if report["other_hash_seed"]["same"] else "replay-seed-other"
        say(phrase(key, seed=report["other_hash_seed"]["seed"]))
