"""What a start must know of keys before anything moves: was this root compared with its letter, and who signs here.

A root that nobody compared starts no lane: there is no trust on first use. What was compared once is in the journal,
and stays true whatever becomes of the two persons.
"""

from drivers.contract.clock import now
from station.core.facts import Fact, RootAccepted, StationKeyTaken
from station.core.state import LaneState
from station.settings.tables import StationSettings
from station.trust.ceremony import accepted_file, check, hex_of, load_accepted
from station.trust.chain import Trusted
from station.trust.enrolment import read_change
from station.trust.keys import PrivateKey, PublicKey
from station.trust.refusal import Untrusted


def root_facts(settings: StationSettings, trusted: Trusted, state: LaneState) -> list[Fact]:
    """The ceremony of a root that the journal does not know yet. Raises Untrusted without one. A demo root needs none:
    it drives no real port.
    """
    fingerprint = hex_of(trusted.root_key)
    if trusted.is_demo or state.root == fingerprint:
        return []
    kept = load_accepted(accepted_file(settings.trust.root))
    persons = check(kept, trusted, settings.parameters.station)
    return [RootAccepted(now(), fingerprint, persons, kept.confirmations)]


def station_key_facts(settings: StationSettings, key: PrivateKey | None, state: LaneState) -> list[Fact]:
    """The key that signs from here on, with the word of the one before it, if that word is there and fits."""
    if key is None or key.public.text == state.station_key:
        return []
    return [StationKeyTaken(now(), key.public.text, _change(settings, key.public, state.station_key))]


def _change(settings: StationSettings, key: PublicKey, before: str) -> str:
    file = settings.trust.station_key
    try:
        data = file.with_name(f"{file.name}.change").read_bytes()
        station, old, new = read_change(data)
    except (OSError, Untrusted):
        return ""  # the centre sees a key without a word for it, and asks a person
    fits = (station, new) == (settings.parameters.station, key) and before in ("", old.text)
    return data.decode() if fits else ""
