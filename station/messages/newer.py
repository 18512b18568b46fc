"""What a newer release says, read as far as it is known here.

For what tells (states, reports, receipts), never for what orders (lists, suspensions, decisions): a field that a lane
does not know might restrict what it is told to do. A new field never changes what the others mean.
"""

from collections.abc import Mapping
from dataclasses import fields
from types import UnionType
from typing import Any, get_args

from drivers.contract.plain import from_plain


def read_known(union: type | UnionType, body: object) -> Any:  # noqa: ANN401 - as `from_plain`
    """The dataclass of `union` that `body` names, without the fields that it does not have here. Raises NotPlain."""
    if isinstance(body, Mapping):
        classes = {cls.__name__: cls for cls in get_args(union) or (union,)}
        cls = classes.get(str(body.get("is")))
        if cls is not None:
            known = {"is", *(field.name for field in fields(cls))}
            body = {name: value for name, value in body.items() if name in known}
    return from_plain(union, body)
