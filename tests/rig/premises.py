"""What a rig stands on: keys under a demo root, a lane's settings, pictures of the van, the centre's list."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from drivers.contract.plain import encode
from station.centre.keys import issue_centre_key
from station.centre.publisher import publish_list
from station.centre.receiver import utc_now
from station.centre.settings import CentreSettings
from station.centre.store import CentreStore
from station.core.facts import EligibleEntry
from station.courier.broker import Broker
from station.simulate.scene import PLATE_REGION, gate_picture
from station.trust.chain import Trusted, make_root
from station.trust.keys import PrivateKey, load_key, save_key
from station.trust.signed import sign
from station.trust.statements import OfficersFile
from tests.rig.van import GROSS

STATION, LANE, OFFICE = "VN-HN", "I1", "15BB"
PLATE = "15C12345"
MODELS = Path(__file__).parents[2] / "models" / "manifest.toml"
MOST_VANS = 400
FAR_MS = 4_000_000_000_000
"""A time in 2096."""
_GOODS_G = 3_000_000
_PICTURES = 60
"""What a truck shows first must differ from what the one before showed, or the camera is rightly taken for frozen; of
six, which of them is current by chance, a run of ten trucks now and then showed three such.
"""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the yard's devices and the broker are reached."""

    barrier: int
    scale: str
    scanner: str
    broker: int


class Premises:
    """The files of one rig under `folder`. Each declaration names `container`."""

    container = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings_file = folder / "lane.toml"
        self.data = folder / "data"
        self.keys = folder / "keys"
        self.database = folder / "centre.db"
        self.pictures = folder / "pictures"

    def furnish(self, ports: Ports) -> None:
        """Write everything."""
        self.keys.mkdir(parents=True)
        self._make_keys()
        self.pictures.mkdir()
        for number, picture in enumerate(_pictures()):
            (self.pictures / f"{number:02}.jpg").write_bytes(picture)
        self.settings_file.write_text(_SETTINGS.format(p=ports, q=self, region=list(PLATE_REGION), models=MODELS))
        self._publish()

    def centre_settings(self, ports: Ports) -> bytes:
        """As tests.rig.centre takes them."""
        broker = Broker(port=ports.broker)
        station_key = (STATION, load_key(self.keys / "station.key").public.text)
        key_file = str(self.keys / "centre.key")
        settings = CentreSettings(f"sqlite:///{self.database}", key_file, (STATION,), broker)
        return encode(replace(settings, station_keys=(station_key,)))

    def _make_keys(self) -> None:
        root = PrivateKey.make()
        bare = Trusted(make_root(root, demo=True))
        trusted = issue_centre_key(root, bare, self.keys / "centre.key", FAR_MS)
        trusted.save(self.keys / "root.pub", self.keys / "centre.signed")
        save_key(PrivateKey.make(), self.keys / "station.key")
        nobody = sign("officers", OfficersFile(STATION, 1, ()), load_key(self.keys / "centre.key"))
        (self.keys / "officers.signed").write_bytes(nobody.to_wire())

    def _publish(self) -> None:
        store = CentreStore(f"sqlite:///{self.database}")
        entries = [_entry(number, self.container) for number in range(MOST_VANS)]
        publish_list(store, STATION, OFFICE, entries, utc_now())
        store.close()


@cache
def _pictures() -> tuple[bytes, ...]:
    return tuple(gate_picture(PLATE, seed=number, condition="clear", lines=2) for number in range(_PICTURES))


def declaration(number: int) -> str:
    """The declaration of van `number` (0 .. MOST_VANS - 1)."""
    return f"1079{number:08d}"


def _entry(number: int, container: str) -> EligibleEntry:
    return EligibleEntry(
        declaration(number),
        OFFICE,
        PLATE,
        "",
        container,
        _GOODS_G,  # type: ignore[arg-type]
        GROSS - _GOODS_G,  # type: ignore[arg-type]
        "cleared",
        "green",
        FAR_MS,
    )


_SETTINGS = """schema = 1
[lane]
station = "VN-HN"
lane = "I1"
office = "15BB"
mode = "AUTOMATIC"
clock = "assumed"
plate_region = {region}
data_folder = "{q.data}"
run_folder = "{q.folder}/run"
act_socket = "{q.folder}/run/act.sock"
ledger_file = "{q.folder}/ledger.db"
# Kills are judged by their records; a clip would be told a minute later.
[lane.clips]
on = false
[lane.patience]
boom_travel = 4_000
gate_open_lower = 1_000
[device.barrier]
kind = "adam-6060"
host = "127.0.0.1"
port = {p.barrier}
[device.scale]
kind = "toledo-continuous"
port = "{p.scale}"
baud = 9600
[device.scanner]
kind = "line-scanner"
port = "{p.scanner}"
baud = 9600
[device.camera]
kind = "picture-folder"
folder = "{q.pictures}"
period_ms = 150
[vision]
device = "reader"
manifest = "{models}"
[link]
host = "127.0.0.1"
port = {p.broker}
keepalive = 5
[trust]
root = "{q.keys}/root.pub"
station_key = "{q.keys}/station.key"
officers = "{q.keys}/officers.signed"
centre = "{q.keys}/centre.signed"
"""
