"""A lane that has seen two trucks, driven by the product itself: real frames, stored pictures, officers' own keys."""

from dataclasses import dataclass
from pathlib import Path

from station.evidence.bundle import Bundled, make_bundle
from station.evidence.journal_source import opened
from station.evidence.manifest import OFFICERS, ROOT, STATEMENTS
from station.journal.folder import DataFolder
from station.simulate.scene import gate_picture
from station.trust.chain import Trusted, make_root, state
from station.trust.keys import PrivateKey, save_key
from station.trust.signed import sign
from station.trust.statements import CentreKey, OfficersFile
from tests.journeys.gate import DECLARATION, FAR_MS, STATION, Gate

GREEN, HELD = "VN-HN-I1-E1-000001", "VN-HN-I1-E1-000002"
GREEN_KG, HEAVY_KG = 42_140, 43_320


@dataclass(frozen=True)
class Site:
    """The folder of the lane's data, the station's key, and the files of trust by their member names."""

    folder: Path
    key: PrivateKey
    root: Trusted
    trust: dict[str, bytes]

    @property
    def data(self) -> DataFolder:
        return DataFolder(self.folder / "data")

    @property
    def key_file(self) -> Path:
        return self.folder / "station.key"

    def bundle(self, out: Path, crossing: str = HELD, journal: Path | None = None) -> Bundled:
        with opened(journal or self.data.root) as reader:
            return make_bundle(reader, crossing, self.data.evidence, self.key, self.trust, out)


def made_site(folder: Path) -> Site:
    """One truck by the rules, then an overweight one that two officers let go."""
    with Gate(folder) as gate:
        gate.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
        gate.ready()
        yard = gate.yard
        gate.arrive(GREEN_KG, lambda truck: yard.passes(truck, DECLARATION))
        gate.until(lambda: yard.is_empty and gate.is_idle, 300, "the first has left")
        gate.ledger.release_booking(DECLARATION, GREEN)
        gate.show_plate(gate_picture("12C-045.67", seed=2, condition="clear", lines=2, moment=2))
        gate.arrive(HEAVY_KG, lambda truck: yard.passes(truck, DECLARATION))
        gate.until(lambda: gate.loop.state.phase == "HELD", 300, "the second is held")
        gate.run(2_000)
        gate.act("release", "1187")
        gate.run(2_000)
        gate.act("release", "2001")
        gate.until(lambda: yard.is_empty and gate.is_idle, 300, "the second has left")
        gate.run(5_000)
        root, centre, key = PrivateKey.make(), PrivateKey.make(), PrivateKey.make()
        trusted = Trusted(
            make_root(root, demo=False), [state(CentreKey(centre.public.text, ("officers",), FAR_MS, 1), root)]
        )
        trusted.save(folder / "root.pub", folder / "centre.signed")
        officers = tuple(officer for _, officer in gate.officers().by_key.values())
        signed = sign("officers", OfficersFile(STATION, 1, officers), centre).to_wire()
    save_key(key, folder / "station.key")
    trust = {
        ROOT: (folder / "root.pub").read_bytes(),
        STATEMENTS: (folder / "centre.signed").read_bytes(),
        OFFICERS: signed,
    }
    return Site(folder, key, trusted, trust)
