"""The files of the contract as the typed models make them. `python -m tests.messages.contract` writes them anew."""

import json
from collections import defaultdict
from pathlib import Path

from station.conform.corpus import corpus
from station.messages.asyncapi import document
from station.messages.schemas import schemas
from station.messages.topics import lane_of

ROOT = Path(__file__).parents[2]
DOCUMENTS = ROOT / "docs" / "messages"
CORPUS = ROOT / "tests" / "data" / "messages"
STATION, LANE = "VNHUN1", "L1"


def documents() -> dict[Path, str]:
    """AsyncAPI document and schemas."""
    bodies = {"asyncapi.json": document(), **{f"schemas/{name}": body for name, body in schemas().items()}}
    return {DOCUMENTS / name: json.dumps(body, indent=1, ensure_ascii=False) + "\n" for name, body in bodies.items()}


def corpus_files() -> dict[Path, str]:
    """A file for each topic, named after what follows the lane in it; a line for each payload, as it travels."""
    lines: dict[str, list[str]] = defaultdict(list)
    for message in corpus(STATION, LANE):
        found = lane_of(message.topic)
        assert found is not None
        lines[found[1].replace("/", "-")].append(message.payload.decode() + "\n")
    return {CORPUS / f"{name}.jsonl": "".join(payloads) for name, payloads in lines.items()}


def frozen(rest: str) -> list[bytes]:
    """The stored payloads of a topic, for instance of "up/records"."""
    return (CORPUS / f"{rest.replace('/', '-')}.jsonl").read_bytes().splitlines()


def present(folder: Path) -> dict[Path, str]:
    """What is stored now."""
    return {path: path.read_text() for path in folder.rglob("*.json*")}


def main() -> None:
    for folder, files in ((DOCUMENTS, documents()), (CORPUS, corpus_files())):
        for path in set(present(folder)) - set(files):
            path.unlink()
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


if __name__ == "__main__":
    main()
