"""The written contract is what the models say today, it judges what travels, and the corpus holds one of everything."""

import json
import typing
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from drivers.contract.plain import canonical, parse, read_as
from station.conform.corpus import public_test_key
from station.core.records import NOTICES, TYPES
from station.journal.chain import record_hash as hash_of_the_journal
from station.messages.asyncapi import CHANNELS
from station.messages.downlinks import Downlink
from station.messages.envelope import NO_HASH, RecordEvent, decode_batch, decode_event
from station.messages.evidence_files import OfFile
from station.messages.receipts import FromReceiver
from station.messages.schemas import SIGNED, record_file
from station.messages.states import FromLane
from station.messages.topics import LaneTopics
from station.trust.signed import PURPOSES, Signed, verify
from tests.messages.contract import CORPUS, DOCUMENTS, LANE, STATION, corpus_files, documents, frozen, present
from tests.messages.validating import asyncapi, faults, validator

TOPICS = LaneTopics(STATION, LANE)
AGAIN = "the contract has changed: run `python -m tests.messages.contract`, and look at what git shows"
RECORDS = {name: cls for cls, name in TYPES.items()}


def events() -> list[RecordEvent]:
    return [event for batch in frozen("up/records") for event in decode_batch(batch)]


@pytest.mark.parametrize(("folder", "made"), [(DOCUMENTS, documents), (CORPUS, corpus_files)])
def test_the_stored_files_are_what_the_models_say(folder: Path, made: Callable[[], dict[Path, str]]) -> None:
    assert present(folder) == made(), AGAIN


@pytest.mark.parametrize("name", RECORDS)
def test_each_record_type_has_examples_that_show_all_its_codes(name: str) -> None:
    cls = RECORDS[name]
    bodies = [parse(event.body) for event in events() if event.type == name]
    assert len(bodies) >= 2
    assert all(read_as(cls, body) for body in bodies)
    for field, hint in typing.get_type_hints(cls).items():
        if typing.get_origin(hint) is typing.Literal:
            assert {body[field] for body in bodies} == set(typing.get_args(hint)), field


def test_the_corpus_holds_one_of_everything_else() -> None:
    notices = {decode_event(payload).type for payload in frozen("up/notice")}
    assert notices == {TYPES[cls] for cls in NOTICES}
    told = {json.loads(payload)["is"] for rest in ("state", "up/report") for payload in frozen(rest)}
    assert told == {cls.__name__ for cls in typing.get_args(FromLane)}
    of_files = {json.loads(payload)["is"] for payload in frozen("up/evidence")}
    assert of_files == {cls.__name__ for cls in typing.get_args(OfFile)}
    topics = {name: f"down/{name}" for name in SIGNED} | {"checkpoint": "up/checkpoint", "day": "up/day"}
    signed = [Signed.from_wire(payload) for topic in topics.values() for payload in frozen(topic)]
    said = {json.loads(one.payload)["is"] for one in signed}
    known = {cls.__name__ for union in (Downlink, FromReceiver) for cls in typing.get_args(union)}
    assert said == known | {"Checkpoint", "DayStatement", "KeysInForce", "OfficersFile"}
    key = public_test_key(1).public
    assert all(verify(one, one.purpose, {key.key_id: key}) for one in signed)


def test_the_records_of_the_corpus_are_a_chain_by_the_journals_own_function() -> None:
    previous, seq = NO_HASH, 0
    for at in events():
        assert (at.previous, at.seq) == (previous, seq + 1)
        columns = (at.epoch, at.seq, at.facts_to, at.facts_hash, at.type, at.tick, at.utc_ms, at.quality, at.body)
        assert at.hash == hash_of_the_journal(at.previous, *columns)
        previous, seq = at.hash, at.seq
    assert {at.epoch for at in events()} == {1, 2}


def test_every_message_of_the_corpus_keeps_to_the_contract() -> None:
    judged = 0
    for path in CORPUS.glob("*.jsonl"):
        topic = f"bgs/1/{STATION}/{LANE}/{path.stem.replace('-', '/')}"
        for payload in path.read_bytes().splitlines():
            assert faults(topic, payload) == [], (topic, payload)
            judged += 1
    assert judged > 40


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_lacks_a_field_or_has_a_wrong_one_does_not(name: str) -> None:
    good = next(parse(event.body) for event in events() if event.type == name)
    checker = validator(record_file(name))
    assert checker.is_valid(good)
    for field in fields(RECORDS[name]):
        assert not checker.is_valid({**good, field.name: {"a": "stranger"}}), field.name
        without = {key: value for key, value in good.items() if key != field.name}
        assert checker.is_valid(without) is (field.default is not MISSING), field.name
    assert checker.is_valid({**good, "of_a_newer_release": 1}), "a receiver meets newer fields"


def test_the_event_schema_judges_envelope_and_body() -> None:
    good = json.loads(frozen("up/notice")[0])
    checker = validator("event.json")
    bad: list[dict[str, Any]] = [{**good, name: 7} for name in good if name != "data"]
    bad += [{name: value for name, value in good.items() if name != gone} for gone in good]
    bad += [{**good, "data": {**good["data"], "is": "Menu"}}, {**good, "data_base64": ""}]
    assert [body for body in bad if checker.is_valid(body)] == []
    newer = {**good, "type": good["type"].replace(".v1", ".v2"), "data": {"other": 1}, "traceparent": "00-1"}
    assert checker.is_valid(newer), "unknown versions and attributes are no fault"


@pytest.mark.parametrize("name", ["list", "suspension", "decision"])
def test_a_downlink_with_a_field_too_many_breaks_the_contract(name: str) -> None:
    body = json.loads(frozen(f"down/{name}")[0])
    body["payload"] = canonical({**json.loads(body["payload"]), "more": 1}).decode()
    assert faults(getattr(TOPICS, name), json.dumps(body).encode())
    assert not validator(f"{name}.json").is_valid({**body, "more": "1"})


def test_signed_things_have_the_fields_and_purposes_that_trust_knows() -> None:
    for name, (purpose, _) in SIGNED.items():
        schema = documents()[DOCUMENTS / "schemas" / f"{name}.json"]
        assert set(json.loads(schema)["properties"]) == {field.name for field in fields(Signed)}
        assert purpose in PURPOSES


def test_the_asyncapi_document_is_whole() -> None:
    """What AsyncAPI 3.0 demands of the parts that we use; every reference leads somewhere."""
    body = asyncapi()
    assert body["asyncapi"] == "3.0.0" and {"title", "version"} <= set(body["info"])
    assert {"host", "protocol"} <= set(body["servers"]["broker"])
    for name, channel in body["channels"].items():
        address = channel["address"].format(station=STATION, lane=LANE)
        assert address == getattr(TOPICS, name)
        assert set(channel["parameters"]) == {"station", "lane"} and channel["messages"]
    assert len(body["operations"]) == len(body["channels"]) == len(CHANNELS)
    for operation in body["operations"].values():
        assert operation["action"] in ("send", "receive")
        binding = operation["bindings"]["mqtt"]
        assert binding["qos"] in (0, 1, 2) and isinstance(binding["retain"], bool) and binding["bindingVersion"]
    references = list(_references(body))
    assert len(references) > 30
    for reference in references:
        assert _target(body, reference) is not None, reference


def test_the_document_names_every_topic_of_a_lane() -> None:
    properties = {name for name, value in vars(LaneTopics).items() if isinstance(value, property)}
    assert {channel.name for channel in CHANNELS} == properties - {"every_downlink"}
    assert {channel.name for channel in CHANNELS if channel.retain} == {"state"}


def _references(body: object) -> Iterator[str]:
    if isinstance(body, dict):
        if "$ref" in body:
            yield body["$ref"]
        body = list(body.values())
    if isinstance(body, list):
        for part in body:
            yield from _references(part)


def _target(body: dict[str, Any], reference: str) -> object:
    if not reference.startswith("#"):
        return (DOCUMENTS / reference).exists() or None
    at: Any = body
    for step in reference[2:].split("/"):
        at = at[step]
    return at
