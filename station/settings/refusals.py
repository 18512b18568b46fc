"""What the schema refuses, told in our own codes instead of pydantic's."""

import difflib
import re
import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from drivers.contract.quantities import Grams, Millis, Permille
from station.settings import schema
from station.settings.driver_words import in_vietnamese
from station.settings.finding import Finding
from station.settings.positions import Path


def refusals_of(document: Mapping[str, Any]) -> tuple[BaseModel | None, list[Finding]]:
    """The checked model and nothing refused, or None and everything that is."""
    try:
        return schema.root_model().model_validate(_tupled(document)), []
    except ValidationError as error:
        found = [_finding(document, detail) for detail in error.errors(include_url=False)]
    misspelled = {(*finding.path[:-1], finding.hint) for finding in found if finding.code == "unknown-key"}
    within = {finding.path[:-1] for finding in found}
    return None, [finding for finding in found if not _is_moot(finding, misspelled, within)]


def _is_moot(finding: Finding, misspelled: set[Path], within: set[Path]) -> bool:
    """Whether another finding says it: a key is there under another name, a list lacks items that were refused."""
    if finding.code == "missing":
        return finding.path in misspelled
    return finding.code == "too-few" and finding.path in within


def _tupled(value: Any) -> Any:  # noqa: ANN401 - TOML
    """TOML's lists are the dataclasses' tuples."""
    if isinstance(value, dict):
        return {key: _tupled(inner) for key, inner in value.items()}
    return tuple(map(_tupled, value)) if isinstance(value, list) else value


def _finding(document: Mapping[str, Any], detail: ErrorDetails) -> Finding:
    """A fault in the keys of a table; else one in a value."""
    path, kind = _path(document, detail["loc"])
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing" if isinstance(path[-1], int):
            return Finding(path, "too-short", {"number": path[-1] + 1})
        case "too_long":
            return Finding(path, "too-long", {"most": context["max_length"]})
        case "too_short":
            return Finding(path, "too-few", {"least": context["min_length"]})
        case "missing":
            choices = ", ".join(f"'{choice}'" for choice in typing.get_args(schema.type_of(path, kind)))
            return _with_rest(path, "missing", ("; chọn một trong: ", "; choose one of: "), choices)
        case "extra_forbidden":
            return _unknown_key(path, kind)
        case "union_tag_invalid":
            known = schema.kinds_of(str(path[0]))
            close = difflib.get_close_matches(str(context["tag"]), known, 1)
            details = {"seen": context["tag"], "known": ", ".join(known)}
            return Finding((*path, "kind"), "unknown-kind", details, close[0] if close else "")
        case "union_tag_not_found":
            return Finding(path, "missing-kind", {"known": ", ".join(schema.kinds_of(str(path[0])))})
        case "value_error":
            return _refused(document, path, str(context["error"]))
        case code:
            return _value_finding(path, code, detail, context, _UNITS.get(schema.type_of(path, kind), ""))


def _unknown_key(path: Path, kind: str) -> Finding:
    """With the key that was meant, or, if none is like it, all that there are."""
    known = schema.keys_of(path[:-1], kind)
    close = difflib.get_close_matches(str(path[-1]), known, 1)
    listed = "" if close else ", ".join(known)
    return _with_rest(path, "unknown-key", ("; các mục có: ", "; there are: "), listed, close[0] if close else "")


def _with_rest(path: Path, code: str, rest: tuple[str, str], listed: str, hint: str = "") -> Finding:
    """A finding about the key itself, which goes on with what there is to choose from, if that is known."""
    vietnamese, english = (words + listed if listed else "" for words in rest)
    return Finding(path, code, {"name": path[-1], "rest_vi": vietnamese, "rest_en": english}, hint)


def _refused(document: Mapping[str, Any], path: Path, sentence: str) -> Finding:
    """At the setting of the table at `path` that the sentence names, or whose value it quotes; else at the table."""
    table: Any = document
    for step in path:
        table = table[step]
    given = table if isinstance(table, dict) else {}
    said = re.findall(r"\w+", sentence)
    about = [key for key in said if key in given and key != "kind"]
    about += [key for key, value in given.items() if isinstance(value, str) and value and repr(value) in sentence]
    details: dict[str, object] = {"seen_vi": in_vietnamese(sentence), "seen_en": sentence}
    return Finding((*path, *about[:1]), "refused", details)


def _value_finding(
    path: Path,
    code: str,
    detail: ErrorDetails,
    context: Mapping[str, Any],
    unit: str,
) -> Finding:
    seen = detail["input"]
    match code:
        case "literal_error":
            known = re.split(r", | or ", context["expected"])
            details: dict[str, object] = {"seen": _shown(seen), "known": ", ".join(known)}
            return Finding(path, "not-one-of", details, _spelling(seen, [choice.strip("'") for choice in known]))
        case "greater_than_equal" | "less_than_equal" | "greater_than" | "less_than" as bound:
            sign, value = _BOUND_SIGNS[bound], next(iter(context.values()))
            return Finding(path, "out-of-range", {"seen": seen, "limit": f"{sign} {value} {unit}".rstrip()})
        case "string_pattern_mismatch":
            return Finding(path, "wrong-form", {"seen": seen, "wanted": context["pattern"]})
        case _ if code in _WANTED:
            vietnamese, english = _WANTED[code]
            details = {"wanted_vi": vietnamese, "wanted_en": english, "seen": _shown(seen)}
            return Finding(path, "wrong-type", details)
        case _:
            return Finding(path, "refused", {"seen_vi": detail["msg"], "seen_en": detail["msg"]})


def _spelling(seen: object, known: list[str]) -> str:
    """The choice that a text probably means, also in other letters; "" if none."""
    spellings = (seen, seen.lower(), seen.upper()) if isinstance(seen, str) else ()
    return next((close for said in spellings for close in difflib.get_close_matches(said, known, 1)), "")


_UNITS: dict[object, str] = {Grams: "g", Millis: "ms", Permille: "‰"}
_BOUND_SIGNS = {"greater_than_equal": ">=", "less_than_equal": "<=", "greater_than": ">", "less_than": "<"}
_A_TABLE = ("một bảng", "a table")
_WANTED = {
    "int_type": ("số nguyên", "a whole number"),
    "string_type": ("chuỗi trong ngoặc kép", "a text in quotes"),
    "bool_type": ("true hoặc false", "true or false"),
    "tuple_type": ("một danh sách", "a list"),
    "dict_type": _A_TABLE,
    "model_type": _A_TABLE,
    "model_attributes_type": _A_TABLE,
}


def _path(document: Mapping[str, Any], loc: tuple[str | int, ...]) -> tuple[Path, str]:
    """The place that pydantic names as a path of the file, and the kind in it, which is no key of the file."""
    path = tuple(step for step in loc if step != "[key]")
    if len(path) > 2 and path[0] in ("device", "bus"):
        table = document[path[0]].get(path[1])
        kind = table.get("kind") if isinstance(table, dict) else None
        if path[2] == kind:
            return (*path[:2], *path[3:]), str(kind)
    return path, ""


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return str(value).lower() if isinstance(value, bool) else str(value)
