"""The AsyncAPI 3.0 document of a receiver: its channels, what it receives and sends, and how (MQTT).

Written from the topics and the schemas, so that none of them is stated twice.
"""

from dataclasses import dataclass
from typing import Any

from station.messages.topics import LaneTopics

VERSION = "1.0.0"
"""Of the contract. Its first number stands in the topics and changes only when old lanes can no longer be heard."""

_MQTT = "0.2.0"
_FOLDER = "schemas"


@dataclass(frozen=True, slots=True)
class Channel:
    """One topic of a lane as its receiver sees it; `schema` names the file and the message."""

    name: str
    action: str
    schema: str
    content_type: str
    summary: str
    retain: bool = False


CHANNELS = (
    Channel("records", "receive", "batch", "application/cloudevents-batch+json", "The record stream, in batches."),
    Channel("notice", "receive", "event", "application/cloudevents+json", "A live copy of a record; it moves nothing."),
    Channel("checkpoint", "receive", "checkpoint", "application/json", "The signed head of the lane's record."),
    Channel("day", "receive", "day", "application/json", "What the lane states about a day that is over, signed."),
    Channel("evidence", "receive", "evidence", "application/json", "A part of an evidence file, or that it is gone."),
    Channel("report", "receive", "report", "application/json", "The lane refused a downlink, and why."),
    Channel("state", "receive", "state", "application/json", "The lane is up or down, and what it holds.", retain=True),
    Channel("receipt", "send", "receipt", "application/json", "What is stored, or witnessed; or what to resend."),
    Channel("list", "send", "list", "application/json", "The eligible list, in full or as a delta."),
    Channel("suspension", "send", "suspension", "application/json", "A declaration is suspended, or no longer."),
    Channel("watchlist", "send", "watchlist", "application/json", "What the centre looks for, as keyed hashes."),
    Channel("rules", "send", "rules", "application/json", "Limits that the centre narrows."),
    Channel("decision", "send", "decision", "application/json", "A central officer's decision about a held crossing."),
    Channel("proposal", "send", "proposal", "application/json", "A change of settings, for a person at the station."),
    Channel("trust", "send", "trust", "application/json", "Which keys sign for the centre, by word of the root."),
    Channel("officers", "send", "officers", "application/json", "Who may act at the station, and with which key."),
)
"""In the order of `LaneTopics`."""


def document() -> dict[str, Any]:
    """The whole document; its references are relative to the folder that holds it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Receiver of border gate lanes",
            "version": VERSION,
            "description": "What a centre receives from lanes and sends to them. In words: docs/messages.md.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "{host}:{port}",
                "protocol": "mqtt",
                "protocolVersion": "5.0",
                "description": "MQTT 5; lanes fall back to 3.1.1. TLS with client certificates, but on one machine.",
                "variables": {"host": {"default": "127.0.0.1"}, "port": {"default": "1883"}},
                "bindings": {"mqtt": {"cleanSession": True, "keepAlive": 15, "bindingVersion": _MQTT}},
            }
        },
        "channels": {channel.name: _channel(channel) for channel in CHANNELS},
        "operations": {f"{channel.action}-{channel.name}": _operation(channel) for channel in CHANNELS},
        "components": {"messages": {channel.schema: _message(channel) for channel in CHANNELS}},
    }


def _channel(channel: Channel) -> dict[str, Any]:
    return {
        "address": address(channel.name),
        "description": channel.summary,
        "parameters": {"station": {"description": "name of the station"}, "lane": {"description": "name of the lane"}},
        "messages": {channel.schema: {"$ref": f"#/components/messages/{channel.schema}"}},
        "bindings": {"mqtt": {"bindingVersion": _MQTT}},
    }


def _operation(channel: Channel) -> dict[str, Any]:
    return {
        "action": channel.action,
        "channel": {"$ref": f"#/channels/{channel.name}"},
        "summary": channel.summary,
        "messages": [{"$ref": f"#/channels/{channel.name}/messages/{channel.schema}"}],
        "bindings": {"mqtt": {"qos": 1, "retain": channel.retain, "bindingVersion": _MQTT}},
    }


def _message(channel: Channel) -> dict[str, Any]:
    reference = {"$ref": f"{_FOLDER}/{channel.schema}.json"}
    return {
        "name": channel.schema,
        "contentType": channel.content_type,
        "payload": {"schemaFormat": "application/schema+json;version=draft-2020-12", "schema": reference},
    }


def address(name: str) -> str:
    """The topic with the names of station and lane left open."""
    topic: str = getattr(LaneTopics("STATION", "LANE"), name)
    return topic.replace("STATION", "{station}").replace("LANE", "{lane}")
