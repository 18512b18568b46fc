"""Frozen dataclasses to canonical JSON and back, for messages between processes and for the journal.

Field types: int (and its NewTypes), bool, str, None, Literal, tuples of those, nested dataclasses and unions.
A dataclass that may be one of several is written with its class name under "is". There are no floats.
Canonical form: UTF-8, keys sorted, no white space; parse-then-write gives the same bytes.
"""

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, cast

T = TypeVar("T")

DEEPEST = 64
"""Levels of nesting that are read; ours need six."""

PlainMap = dict[str, Any]
"""JSON as Python holds it: None, bool, int, str, list, dict with str keys."""


class NotPlain(ValueError):
    """The input is not what the type says; the message names the field, what came and what was expected."""


def to_plain(value: object) -> PlainMap:
    """A dataclass as a JSON object that carries its class name under "is"."""
    cls = type(value)
    if not is_dataclass(cls):
        raise NotPlain(f"{value!r} is no dataclass value")
    body = {name: _write(getattr(value, name), name) for name in _names(cls)}
    body["is"] = cls.__name__
    return body


def from_plain(union: Any, body: object) -> Any:  # noqa: ANN401 - a union is no `type[T]`; see `read_as`
    """The dataclass of `union` (one class or a union of classes) that `body` names. Raises NotPlain."""
    known = _members(union)
    if not isinstance(body, Mapping):
        raise NotPlain(f"expected an object, got {type(body).__name__}")
    name = body.get("is")
    if not isinstance(name, str) or name not in known:
        raise NotPlain(f"unknown kind {name!r}; known: {', '.join(sorted(known))}")
    return _build(known[name], body)


def read_as(cls: type[T], body: object) -> T:
    """`body` as exactly `cls`. Raises NotPlain."""
    return cast(T, from_plain(cls, body))


def canonical(body: object) -> bytes:
    """Canonical JSON bytes of a plain value. Raises NotPlain for floats and other strangers."""
    return _dumps(_write(body, "body")).encode()


def canonical_of_plain(body: object) -> bytes:
    """The same of what is JSON already, as `parse` gives it: nothing is looked for in it, at a fifth of the cost."""
    return _dumps(body).encode()


def encode(value: object) -> bytes:
    """Canonical bytes of a dataclass value."""
    return _dumps(to_plain(value)).encode()


def decode(union: Any, data: bytes) -> Any:  # noqa: ANN401 - as from_plain
    """The dataclass in `data`. Raises NotPlain for anything else, also for bytes that are not JSON."""
    return from_plain(union, parse(data))


def parse(data: bytes) -> Any:  # noqa: ANN401 - JSON
    """Strict JSON: UTF-8, no floats, no NaN, no doubled keys, at most 64 levels. Raises NotPlain."""
    try:
        text = data.decode()
        body = _DECODER.decode(text)
        if "\\ud" in text.lower():
            _dumps(body).encode()  # half a surrogate pair is no character: UnicodeEncodeError, a ValueError
        if text.count("{") + text.count("[") > DEEPEST:  # else it cannot be
            _no_deeper(body, DEEPEST)
        return body
    except NotPlain:
        raise
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, an integer of thousands of digits, too deep
        raise NotPlain(f"not JSON: {error}") from error


def _dumps(body: object) -> str:
    return _ENCODER.encode(body)


def _no_deeper(body: object, levels: int) -> None:
    if isinstance(body, _NESTING):
        if levels == 0:
            raise NotPlain(f"more than {DEEPEST} levels deep")
        for item in body.values() if isinstance(body, dict) else body:
            if isinstance(item, _NESTING):
                _no_deeper(item, levels - 1)


def _no_float(text: str) -> None:
    raise NotPlain(f"the number {text} is not an integer")


def _no_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise NotPlain("a key stands twice")
    return body


def _write(value: object, where: str) -> Any:  # noqa: ANN401 - JSON
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, str):  # the name of a file may hold half characters; what we write is UTF-8
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, int):
        return int(value)
    if isinstance(value, tuple | list):
        return [_write(item, where) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _write(item, where) for key, item in value.items()}
    if is_dataclass(value):
        return to_plain(value)
    raise NotPlain(f"{where}: {type(value).__name__} cannot be written")


@cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


@cache
def _members(union: Any) -> dict[str, Any]:  # noqa: ANN401 - a union is no type
    origin = typing.get_origin(union)
    if origin in (typing.Union, types.UnionType):
        return {name: cls for part in typing.get_args(union) for name, cls in _members(part).items()}
    return {union.__name__: union}


@cache
def _hints(cls: Any) -> dict[str, Any]:  # noqa: ANN401 - a dataclass
    return typing.get_type_hints(cls)


def _build(cls: Any, body: Mapping[str, object]) -> Any:  # noqa: ANN401 - a dataclass
    hints = _hints(cls)
    given: dict[str, Any] = {}
    for field in fields(cls):
        if field.name in body:
            given[field.name] = _read(hints[field.name], body[field.name], f"{cls.__name__}.{field.name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise NotPlain(f"{cls.__name__}.{field.name} is missing")
    strangers = set(body) - set(hints) - {"is"}
    if strangers:
        raise NotPlain(f"{cls.__name__} has no field {', '.join(sorted(strangers))}")
    return cls(**given)


def _read(hint: Any, value: object, where: str) -> Any:  # noqa: ANN401 - mirrors the hint
    while isinstance(hint, typing.NewType):
        hint = hint.__supertype__
    origin = typing.get_origin(hint)
    wanted = f"no {getattr(hint, '__name__', hint)}"
    if origin is Literal:
        wanted = f"none of {', '.join(map(repr, typing.get_args(hint)))}"
        if any(value == choice and type(value) is type(choice) for choice in typing.get_args(hint)):
            return value
    elif origin in (typing.Union, types.UnionType):
        return _read_union(hint, value, where)
    elif origin is tuple:
        return _read_tuple(typing.get_args(hint), value, where)
    elif is_dataclass(hint):
        if isinstance(value, Mapping):
            return from_plain(hint, value)
    elif hint in (int, str, bool, type(None)) and type(value) is hint:
        return value
    elif hint is type(None) and value is None:
        return None
    raise NotPlain(f"{where}: {value!r} is {wanted}")


def _read_union(hint: Any, value: object, where: str) -> Any:  # noqa: ANN401 - mirrors the hint
    parts: tuple[Any, ...] = typing.get_args(hint)
    classes = [part for part in parts if is_dataclass(part)]
    if isinstance(value, Mapping):
        for part in classes:
            if value.get("is") == getattr(part, "__name__", ""):
                return from_plain(part, value)
    for part in parts:
        if part not in classes:
            try:
                return _read(part, value, where)
            except NotPlain:
                continue
    raise NotPlain(f"{where}: {value!r} is none of its kinds")


def _read_tuple(parts: tuple[Any, ...], value: object, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise NotPlain(f"{where}: {value!r} is no list")
    if len(parts) == 2 and parts[1] is Ellipsis:
        return tuple(_read(parts[0], item, f"{where}[{n}]") for n, item in enumerate(value))
    if len(parts) != len(value):
        raise NotPlain(f"{where}: {len(value)} items instead of {len(parts)}")
    return tuple(_read(part, item, f"{where}[{n}]") for n, (part, item) in enumerate(zip(parts, value, strict=True)))


_NESTING = (dict, list)
_AS_THEY_ARE = frozenset((int, bool, type(None)))
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
)
_DECODER = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_no_doubles)
