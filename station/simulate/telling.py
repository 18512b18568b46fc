"""One line per step for whoever watches a demo, and the table at its end. Text only; nothing is decided here."""

import json
import sys
from collections.abc import Callable
from typing import Any, TextIO

from drivers.contract.clock import now
from drivers.contract.quantities import GRAMS_PER_KILOGRAM
from station.simulate.following import Happening
from station.simulate.words import SENTENCES, Words

_STAGES = ("identify", "weigh", "document", "decide", "release", "clear")
_RECORD_MARK, _YARD_MARK, _DEMO_MARK = "●", "·", " "


class Teller:
    """Writes lines with the seconds since the start; with `as_json` one JSON object per line instead."""

    def __init__(self, words: Words, *, as_json: bool, out: TextIO = sys.stdout) -> None:
        self.words = words
        self._as_json = as_json
        self._out = out
        self._start = now()

    @property
    def seconds(self) -> int:
        """Whole seconds since the start."""
        return round((now() - self._start) / 1000)

    def say(self, key: str, **parts: object) -> None:
        """A sentence of the demo itself."""
        if self._as_json:
            self._write(json.dumps({"step": key, "tick": now(), **{k: str(v) for k, v in parts.items()}}))
        else:
            self._line(now(), _DEMO_MARK, self.words.say(key, **parts))

    def text(self, text: str) -> None:
        """A line as it is; nothing with `as_json`."""
        if not self._as_json:
            self._write(text)

    def happened(self, happening: Happening) -> None:
        """A record or something physical; what is of no interest to a person is passed over."""
        if self._as_json:
            kind = "record" if happening.is_record else "yard"
            self._write(json.dumps({kind: happening.what, "tick": happening.tick, "body": happening.body}))
            return
        sentence = (self._record if happening.is_record else self._physical)(happening.what, happening.body)
        if sentence:
            self._line(happening.tick, _RECORD_MARK if happening.is_record else _YARD_MARK, sentence)

    def report(self, report: dict[str, Any]) -> None:
        """The checker's report: the table of trucks and what does not agree."""
        if self._as_json:
            self._write(json.dumps({"report": report}, ensure_ascii=False))
            return
        names = ("truck", "plate", "weight", "declaration", "decision", "stages", "stored")
        rows = [[self.words.say(f"head.{name}") for name in names], *map(self._row, report["stories"])]
        widths = [max(len(row[column]) for row in rows) for column in range(len(names))]
        self._write("")
        for row in rows:
            self._write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        self._write("")
        for finding in report["findings"]:
            self._write(f"  ✗ {finding}")

    def _row(self, story: dict[str, Any]) -> list[str]:
        stored = self.words.say("yes" if story["is_stored"] else "no")
        body = story["completed"]
        if body is None:
            return [story["name"], "-", "-", "-", self.words.say("missing"), "-", stored]
        verdict = self.words.code(body["verdict"]) if body["verdict"] else "-"
        decision = f"{verdict} → {self.words.code(body['end'])}{self._because(body['reason'])}"
        stages = "/".join(f"{body[stage] / 1000:.1f}" for stage in _STAGES)
        plate, declaration = body["plate"] or "-", body["declaration"] or "-"
        return [story["name"], plate, _kilograms(body["gross"]), declaration, decision, stages, stored]

    def _because(self, reason: str) -> str:
        return f" ({self.words.code(reason)})" if reason else ""

    def _physical(self, what: str, body: dict[str, Any]) -> str:
        match what:
            case "truck":
                key = f"truck.{body['event']}"
            case "boom":
                key = f"boom.{body['phase']}"
            case "output" if body["on"]:
                key = f"output.{body['name']}"
            case _:
                return ""
        return self.words.say(key, **body) if key in SENTENCES else ""

    def _record(self, what: str, body: dict[str, Any]) -> str:
        if what == "link.state":
            return self.words.say("link.up" if body["up"] else "link.down")
        if what not in SENTENCES:
            return ""
        return self.words.say(what, **{name: self._shown(name, value) for name, value in body.items()})

    def _shown(self, name: str, value: object) -> object:
        shown: dict[str, Callable[[Any], str]] = {
            "gross": _kilograms,
            "total": lambda ms: f"{ms / 1000:.1f}",
            "raw": lambda texts: ", ".join(text or "-" for text in texts if isinstance(text, str)) or "-",
            "plate": lambda plate: plate or "-",
            "container": lambda container: container or "-",
            "reason": self._because,
        }
        if name in shown:
            return shown[name](value)
        return self.words.code(value) if isinstance(value, str) else value

    def _line(self, tick: int, mark: str, text: str) -> None:
        self._write(f"{(tick - self._start) / 1000:7.1f} s {mark} {text}")

    def _write(self, line: str) -> None:
        print(line, file=self._out, flush=True)


def _kilograms(grams: int) -> str:
    return f"{grams // GRAMS_PER_KILOGRAM:,}".replace(",", " ")
