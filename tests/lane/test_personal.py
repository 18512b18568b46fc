"""What a person shows by mistake or on demand, an identity card, never enters the journal."""

from pathlib import Path

import pytest

from drivers.contract.readings import CodeScanned
from station.core.facts import DeviceRead
from station.journal.personal import SealedText
from station.journal.reader import JournalReader
from tests.journeys.gate import DECLARATION, Gate

CARD = "001090123456||MẪU VĂN THỬ|01011990|Nam|Phố Thử Nghiệm, Hà Nội|01012021"
"""The fields of the card's QR code in their order; no such person."""


def everything_but(folder: Path, *names: str) -> bytes:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(names)]
    return b"\0".join(path.read_bytes() for path in files)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_scanned_identity_card_is_sealed(gate: Gate, encoding: str) -> None:
    """A reader with a wrong code page sends bytes that are no text: they are no less personal."""
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: (c := gate.loop.state.crossing) is not None and c.was_whole, 60, "on the deck")
    gate.yard.scanner.scan(CARD, encoding=encoding)
    gate.until(lambda: gate.yard.is_empty and gate.is_idle, 120, "the truck is through")
    gate.run(15_000)
    written = everything_but(gate.folder, "personal.db")
    for part in ("001090123456", "MẪU VĂN THỬ", "01011990"):
        for raw in (part.encode(), part.encode(encoding), part.encode(encoding).hex().encode()):
            assert raw not in written
    assert gate.completed()[-1].end == "DEPARTED"


def test_the_sealed_text_can_be_read_until_it_is_erased_and_the_chain_stays_whole(gate: Gate) -> None:
    gate.yard.scanner.scan(CARD)
    gate.run(2_000)
    with JournalReader(gate.data.root) as reader:
        facts = [reader.as_fact(row) for row in reader.facts(0, 1_000)]
        (scan,) = [f.reading for f in facts if isinstance(f, DeviceRead) and isinstance(f.reading, CodeScanned)]
        _, reference, mac = scan.text.split(":")
        assert gate.personal.read(SealedText(reference, mac)) == CARD
        assert gate.personal.erase(reference)
        assert gate.personal.read(SealedText(reference, mac)) is None
        assert reader.first_broken() is None
    assert "MẪU".encode() not in everything_but(gate.folder)
