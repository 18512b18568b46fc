"""What the schema refuses, told in our own codes instead of pydantic's."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from station.settings import schema
from station.settings.finding import Finding
from station.settings.positions import Path


def refusals_of(document: Mapping[str, Any]) -> tuple[BaseModel | None, list[Finding]]:
    """The checked model and nothing refused, or None and everything that is."""
    try:
        return schema.root_model().model_validate(_tupled(document)), []
    except ValidationError as error:
        found = [_finding(document, detail) for detail in error.errors(include_url=False)]
    misspelled = {(*finding.path[:-1], finding.hint) for finding in found if finding.code == "unknown-key"}
    return None, [finding for finding in found if finding.code != "missing" or finding.path not in misspelled]


def _tupled(value: Any) -> Any:  # noqa: ANN401 - TOML
    """TOML's lists are the dataclasses' tuples."""
    if isinstance(value, dict):
        return {key: _tupled(inner) for key, inner in value.items()}
    return tuple(map(_tupled, value)) if isinstance(value, list) else value


def _finding(document: Mapping[str, Any], detail: Any) -> Finding:  # noqa: ANN401 - pydantic's ErrorDetails
    """A fault in the keys of a table; else one in a value."""
    path, kind = _path(document, detail["loc"])
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing" if isinstance(path[-1], int):
            return Finding(path, "too-short", {"number": path[-1] + 1})
        case "too_long":
            return Finding(path, "too-long", {"most": context["max_length"]})
        case "missing":
            return Finding(path, "missing", {"name": path[-1]})
        case "extra_forbidden":
            close = difflib.get_close_matches(str(path[-1]), schema.keys_of(path[:-1], kind), 1)
            return Finding(path, "unknown-key", {"name": path[-1]}, close[0] if close else "")
        case "union_tag_invalid":
            known = schema.kinds_of(str(path[0]))
            close = difflib.get_close_matches(str(context["tag"]), known, 1)
            details = {"seen": context["tag"], "known": ", ".join(known)}
            return Finding((*path, "kind"), "unknown-kind", details, close[0] if close else "")
        case "union_tag_not_found":
            return Finding(path, "missing-kind", {"known": ", ".join(schema.kinds_of(str(path[0])))})
        case code:
            return _value_finding(path, code, detail, context)


def _value_finding(path: Path, code: str, detail: Any, context: Mapping[str, Any]) -> Finding:  # noqa: ANN401 - as above
    seen = detail["input"]
    match code:
        case "literal_error":
            known = [choice.strip("' ") for choice in re.split(r", | or ", context["expected"])]
            close = difflib.get_close_matches(str(seen), known, 1)
            details = {"seen": _shown(seen), "known": context["expected"]}
            return Finding(path, "not-one-of", details, close[0] if close else "")
        case "greater_than_equal" | "less_than_equal" | "greater_than" | "less_than" as bound:
            sign, value = _BOUND_SIGNS[bound], next(iter(context.values()))
            return Finding(path, "out-of-range", {"seen": seen, "limit": f"{sign} {value}"})
        case "string_pattern_mismatch":
            return Finding(path, "wrong-form", {"seen": seen, "wanted": context["pattern"]})
        case "value_error":
            return Finding(path, "refused", {"seen": context["error"]})
        case _ if code in _WANTED:
            vietnamese, english = _WANTED[code]
            details = {"wanted_vi": vietnamese, "wanted_en": english, "seen": _shown(seen)}
            return Finding(path, "wrong-type", details)
        case _:
            return Finding(path, "refused", {"seen": detail["msg"]})


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
