"""`station centre propose-settings`: the centre asks the people at a lane to change its settings."""

import re
import time
from typing import Annotated

import typer

from station.commands import exits
from station.commands.options import AsJson
from station.commands.output import put_json, say, utc
from station.commands.words import helped, phrase

DAY_MS = 86_400_000
_HASH = re.compile(r"[0-9a-f]{64}")

Changes = Annotated[list[str], typer.Argument(help=helped("propose-changes"), show_default=False)]
Station = Annotated[str, typer.Option("--station", help=helped("centre-station"), show_default=False)]
Lane = Annotated[str, typer.Option("--lane", help=helped("centre-lane"), show_default=False)]
Why = Annotated[str, typer.Option("--why", help=helped("propose-why"), show_default=False)]
Days = Annotated[int, typer.Option("--valid-days", min=1, max=90, help=helped("propose-days"))]
On = Annotated[str, typer.Option("--on", help=helped("propose-on"))]


def propose(
    context: typer.Context,
    changes: Changes,
    station: Station,
    lane: Lane,
    why: Why,
    valid_days: Days = 14,
    on: On = "",
    as_json: AsJson = False,
) -> None:
    from station.centre import publisher, queries
    from station.centre.store import CentreStore
    from station.messages.downlinks import SettingsProposal
    from station.settings import proposable

    named = [(key.strip(), value.strip()) for key, _, value in (change.partition("=") for change in changes)]
    if proposable.is_malformed(named, why):
        most = {"changes": proposable.MOST_CHANGES, "reason": proposable.MOST_REASON}
        raise typer.BadParameter(phrase("propose-form", **most))
    if fault := proposable.fault_of(named):
        raise exits.Refused(exits.FINDING, fault.code, fault.key)
    store = CentreStore(context.obj)
    try:
        sha256 = on or queries.settings_in_force(store, station, lane)
        if not _HASH.fullmatch(sha256):
            raise exits.Refused(exits.FINDING, "settings-unknown", f"{station}/{lane}", on)
        now_ms = time.time_ns() // 1_000_000
        until_ms = now_ms + valid_days * DAY_MS
        proposal = SettingsProposal(station, lane, 0, sha256, tuple(named), why, now_ms, until_ms)
        number = publisher.publish_proposal(store, proposal)
    finally:
        store.close()
    if as_json:
        put_json({"station": station, "lane": lane, "proposal": number, "settings": sha256, "changes": dict(named)})
    else:
        told = {"number": number, "lane": f"{station}/{lane}", "count": len(named), "until": utc(until_ms)}
        say(phrase("proposal-published", **told))
