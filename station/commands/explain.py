"""`station explain`: one crossing, told for a person."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from station.commands import exits
from station.commands.options import AsJson, SettingsFile
from station.commands.output import kilograms, put_json, say, seconds, table, utc
from station.commands.words import helped, phrase
from station.words.meanings import coded

if TYPE_CHECKING:
    from station.core.records import CrossingCompleted, CrossingDecided
    from station.journal.chain import RecordRow
    from station.journal.reader import JournalReader

NEARBY = 5
LOOKED_BACK = 2_000
"""An unknown crossing is answered with the newest ones among so many records."""

CrossingName = Annotated[str, typer.Argument(help=helped("explain-crossing"), show_default=False)]


def explain(crossing: CrossingName, settings: SettingsFile, as_json: AsJson = False) -> None:
    from station.journal.reader import JournalReader
    from station.settings.load import load

    with JournalReader(load(settings).places.data) as reader:
        rows = reader.crossing(crossing)
        if not rows:
            raise exits.Refused(exits.FINDING, "no-such-crossing", crossing, ", ".join(_newest_crossings(reader)))
        story = Story(reader, rows)
    if as_json:
        put_json(story.as_plain())
    else:
        story.tell()


class Story:
    """The records of one crossing with what follows from them."""

    def __init__(self, reader: "JournalReader", rows: "list[RecordRow]") -> None:
        """`rows` is not empty."""
        self._rows = rows
        self._records = [reader.as_record(row) for row in rows]
        self._weight_frames = _frames(reader, rows)

    def tell(self) -> None:
        """The whole story, a section after the other."""
        from station.commands.telling import sentence

        first = self._rows[0]
        say(phrase("explain-title", crossing=self._name(), time=utc(first.utc_ms), epoch=first.epoch))
        for row, record in zip(self._rows, self._records, strict=True):
            after = seconds(row.tick - first.tick)
            say(f"  {after:>10}  {sentence(record)}")
        self._tell_rules()
        self._tell_evidence()
        self._tell_end()

    def as_plain(self) -> dict[str, Any]:
        """The story for programs."""
        from drivers.contract.plain import to_plain
        from station.commands.events import as_plain

        decision, closing = self._decision(), self._closing()
        return {
            "crossing": self._name(),
            "records": [as_plain(row) for row in self._rows],
            "decision": decision and to_plain(decision),
            "completed": closing and to_plain(closing),
            "evidence": {
                "pictures": self._pictures(),
                "weight_frames": self._weight_frames,
                "first_record": self._rows[0].hash.hex(),
                "last_record": self._rows[-1].hash.hex(),
            },
        }

    def _tell_rules(self) -> None:
        decision = self._decision()
        if decision is None:
            say(phrase("explain-undecided"))
            return
        say()
        say(phrase("explain-decision", verdict=coded(decision.verdict), number=decision.list_number))
        if not decision.rules:
            say(phrase("explain-no-rule"))
            return
        headings = [phrase(key) for key in ("rule", "verdict", "reason", "expected", "measured")]
        rows = [
            [coded(rule.rule), coded(rule.verdict), coded(rule.reason), rule.expected, rule.measured]
            for rule in decision.rules
        ]
        table(phrase("explain-rules"), headings, rows)

    def _tell_evidence(self) -> None:
        say()
        say(phrase("explain-evidence"))
        for number, picture in enumerate(self._pictures(), start=1):
            say(f"  {phrase('picture')} {number}: sha256 {picture}")
        for fseq, frames in self._weight_frames.items():
            say(f"  {phrase('weight-frames', fact=fseq, frames=frames)}")
        last = self._rows[-1]
        say(f"  {phrase('record')} {last.seq}: {last.hash.hex()}")

    def _tell_end(self) -> None:
        closing = self._closing()
        say()
        if closing is None:
            say(phrase("explain-open"))
            return
        say(phrase("explain-end", end=coded(closing.end), reason=coded(closing.reason) or phrase("none")))
        if closing.released_by:
            say(phrase("explain-by", who=coded(closing.released_by)))
        if closing.gross:
            weights = {"measured": kilograms(closing.gross), "expected": kilograms(closing.expected_gross)}
            say(phrase("explain-weight" if closing.expected_gross else "explain-weight-only", **weights))
        stages = ("identify", "weigh", "document", "decide", "release", "clear", "total")
        spent = ", ".join(f"{phrase(stage)} {seconds(getattr(closing, stage))}" for stage in stages)
        say(phrase("explain-times", times=spent))

    def _name(self) -> str:
        return self._one("crossing.opened", "crossing") or str(getattr(self._records[0], "crossing", ""))

    def _one(self, type_name: str, field: str) -> str:
        pairs = zip(self._rows, self._records, strict=True)
        return next((str(getattr(record, field)) for row, record in pairs if row.type == type_name), "")

    def _decision(self) -> "CrossingDecided | None":
        from station.core.records import CrossingDecided

        return next((record for record in reversed(self._records) if isinstance(record, CrossingDecided)), None)

    def _closing(self) -> "CrossingCompleted | None":
        from station.core.records import CrossingCompleted

        return next((record for record in reversed(self._records) if isinstance(record, CrossingCompleted)), None)

    def _pictures(self) -> list[str]:
        found: dict[str, None] = {}
        for record in self._records:
            found |= dict.fromkeys(getattr(record, "pictures", ()))
        return list(found)


def _frames(reader: "JournalReader", rows: "list[RecordRow]") -> dict[int, int]:
    """Fact number -> how many raw frames of the scale it holds, for every weight of the crossing."""
    from drivers.contract.readings import WeighingWindow
    from station.core.facts import DeviceRead

    found: dict[int, int] = {}
    for row in rows:
        if row.type == "crossing.weighed":
            for fact_row in reader.facts(row.facts_to - 1, 1):
                fact = reader.as_fact(fact_row)
                if isinstance(fact, DeviceRead) and isinstance(fact.reading, WeighingWindow):
                    found[fact_row.fseq] = len(fact.reading.raw)
    return found


def _newest_crossings(reader: "JournalReader") -> list[str]:
    from station.core.records import CrossingOpened

    _, newest = reader.newest()
    rows = [row for row in reader.records(max(0, newest - LOOKED_BACK), LOOKED_BACK) if row.type == "crossing.opened"]
    opened = [record for row in rows if isinstance(record := reader.as_record(row), CrossingOpened)]
    return [record.crossing for record in opened[-NEARBY:]]
