"""Examples of a typed model, made from its field types alone: every closed set of codes appears whole.

The same seed gives the same values on every machine. What a figure or a text stands for is invented.
"""

import hashlib
import types
import typing
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Literal

from drivers.contract.quantities import Grams, Millis, Permille, Tick

_DAY_MS = 86_400_000
_EPOCH_MS = 1_790_000_000_000
_RANGES: dict[object, int] = {Permille: 1001, Grams: 60_000_000, Millis: 600_000, Tick: 2**40}
_TEXTS = {
    "crossing": "{station}-{lane}-E1-{n:06}",
    "previous": "{station}-{lane}-E1-{n:06}",
    "declaration": "1079{n:08}",
    "plate": "12C{n:05}",
    "trailer": "12RM{n:05}",
    "container": "MSKU{n:07}",
    "office": "15BB",
    "device": "device-{n}",
    "detail": "cửa khẩu, làn {lane}, số {n}",
    "text": "đã xem «{n}» tại chỗ",
}
_AS_IT_IS = {"station", "lane"}
_HASHES = {"settings_sha256", "rules_sha256", "officers_sha256", "sha256", "hash", "pictures", "files"}


@dataclass(frozen=True, slots=True)
class Examples:
    """Makes examples that name this station and lane."""

    station: str
    lane: str
    seed: int = 1

    def all_of(self, cls: type) -> list[Any]:
        """So many examples that each choice of each closed set stands in one. The second has its texts and lists empty,
        as far as they may be.
        """
        return [self.one_of(cls, at) for at in range(_variety(typing.cast(Any, cls)))]

    def one_of(self, cls: type, at: int) -> Any:  # noqa: ANN401 - an instance of `cls`
        """Example number `at`."""
        hints = typing.get_type_hints(cls)
        values = {
            field.name: self._value(hints[field.name], f"{cls.__name__}.{field.name}", at)
            for field in fields(typing.cast(Any, cls))
        }
        return cls(**values)

    def _value(self, hint: Any, where: str, at: int) -> Any:  # noqa: ANN401 - mirrors the hint
        if isinstance(hint, typing.NewType):
            return self._figure(where, at) % _RANGES[hint]
        origin, parts = typing.get_origin(hint), typing.get_args(hint)
        if origin is Literal:
            return parts[at % len(parts)]
        if origin in (typing.Union, types.UnionType):
            return self._value(parts[at % len(parts)], where, at // len(parts))
        if origin is tuple:
            return self._tuple(parts, where, at)
        if is_dataclass(hint):
            return self.one_of(typing.cast(Any, hint), at)
        if hint is type(None):
            return None
        if hint is bool:
            return at % 2 == 0
        return self._text(where, at) if hint is str else self._whole(where, at)

    def _tuple(self, parts: tuple[Any, ...], where: str, at: int) -> tuple[Any, ...]:
        if len(parts) == 2 and parts[1] is Ellipsis:
            count = 0 if at == 1 else 1 + at % 2
            return tuple(self._value(parts[0], where, at + step) for step in range(0, 2 * count, 2))
        return tuple(self._value(part, f"{where}[{place}]", at) for place, part in enumerate(parts))

    def _whole(self, where: str, at: int) -> int:
        if where.endswith("_ms"):
            return _EPOCH_MS + self._figure(where, at) % _DAY_MS
        return self._figure(where, at) % 2**31

    def _text(self, where: str, at: int) -> str:
        name = where.partition(".")[2].partition("[")[0]
        if name in _AS_IT_IS:
            return self.station if name == "station" else self.lane
        if at == 1 and name not in ("declaration", "hash"):
            return ""
        if name in _HASHES and not where.endswith("[0]"):
            return self._digest(where, at).hex()
        form = _TEXTS.get(name, name.replace("_", "-") + "-{n}")
        return form.format(station=self.station, lane=self.lane, n=self._figure(where, at) % 100_000)

    def _figure(self, where: str, at: int) -> int:
        return int.from_bytes(self._digest(where, at)[:6], "big")

    def _digest(self, where: str, at: int) -> bytes:
        return hashlib.sha256(f"{self.seed}/{where}/{at}".encode()).digest()


@cache
def _variety(hint: Any) -> int:  # noqa: ANN401 - a dataclass or the hint of a field
    """How many examples show every choice within `hint`; at least two."""
    if is_dataclass(hint):
        return max([2, *(_variety(part) for part in typing.get_type_hints(hint).values())])
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return len(parts)
    if origin in (typing.Union, types.UnionType):
        return len(parts) * max(_variety(part) for part in parts)
    if origin is tuple:
        return max(_variety(part) for part in parts)
    return 1
