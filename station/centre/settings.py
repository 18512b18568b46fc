"""What a centre process needs to know."""

from dataclasses import dataclass, field

from station.courier.broker import Broker


@dataclass(frozen=True, slots=True)
class CentreSettings:
    """`database` is an SQLAlchemy URL; `key_file` the centre's private key, which the stations' root has given scopes.

    `stations`: those enrolled by name alone, beside those that `station trust enrol` has put into the database; records
    of others are not stored, get no receipt and raise an alarm. `station_keys`: (station, its public key as 64 hex
    digits); checkpoints of a station without one are not witnessed and raise an alarm. With
    `share` several receivers of that name divide the uplinks among them. `name` must differ between processes at one
    broker. `evidence` is the folder of evidence files, the same for all receivers; with "" lanes are not asked for
    theirs. So many MiB of its disk stay free.
    """

    database: str
    key_file: str
    stations: tuple[str, ...]
    broker: Broker = field(default_factory=Broker)
    name: str = "centre"
    share: str = ""
    station_keys: tuple[tuple[str, str], ...] = ()
    evidence: str = ""
    evidence_reserve_mib: int = 1_024
