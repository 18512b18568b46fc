"""Judges a message by the committed AsyncAPI document and its schemas alone, as an integrator would."""

import json
import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from station.messages.schemas import record_file
from tests.messages.contract import DOCUMENTS


@cache
def asyncapi() -> dict[str, Any]:
    body: dict[str, Any] = json.loads((DOCUMENTS / "asyncapi.json").read_text())
    return body


@cache
def _registry() -> Registry[Any]:
    files = (DOCUMENTS / "schemas").glob("*.json")
    return Registry().with_resources(
        (path.name, Resource.from_contents(json.loads(path.read_text()))) for path in files
    )


@cache
def validator(file: str) -> Draft202012Validator:
    """For the schema in this file."""
    return Draft202012Validator({"$ref": file}, registry=_registry())


def schema_of(topic: str) -> str:
    """The file of the schema for payloads of this topic. KeyError if the document has no such channel."""
    for channel in asyncapi()["channels"].values():
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(channel["address"])), topic):
            (message,) = channel["messages"]
            reference: str = asyncapi()["components"]["messages"][message]["payload"]["schema"]["$ref"]
            return reference.rpartition("/")[2]
    raise KeyError(topic)


def record_faults(record_type: str, body: bytes) -> list[str]:
    """What the contract says against this record's body. A type without a schema is a fault: the lane writes none."""
    file = record_file(record_type)
    if file not in _registry():
        return [f"{record_type} has no schema"]
    return [f"{record_type}: {error.message}" for error in validator(file).iter_errors(json.loads(body))]


def faults(topic: str, payload: bytes) -> list[str]:
    """What the contract says against this payload; also against what stands inside a signed one."""
    file, body = schema_of(topic), json.loads(payload)
    found = [error.message for error in validator(file).iter_errors(body)]
    signed = _registry().contents(file)["properties"]["payload"] if topic.split("/")[-2] == "down" else None
    if signed is not None and not found:
        inner = Draft202012Validator(signed["contentSchema"], registry=_registry())
        found += [error.message for error in inner.iter_errors(json.loads(body["payload"]))]
    return found
