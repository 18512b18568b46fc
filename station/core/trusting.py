"""What the lane remembers of whom it trusted: numbers only rise, a revocation is never forgotten."""

from station.core.facts import RootAccepted, StationKeyTaken, TrustApplied
from station.core.trust_records import RootInForce, StationKeyInForce, TrustInForce
from station.core.turn import Turn

MOST_KEYS = 64
"""Keys of a centre, revoked or not, that a station remembers; the shell refuses files that name more."""


def applied(turn: Turn, fact: TrustApplied) -> None:
    """Take over what is newer than the memory; write it down if the memory changed."""
    known = turn.state.trust
    is_newer = fact.officers_number > known.officers_number
    numbers = dict(known.statements)
    for key_id, number in fact.statements:
        numbers[key_id] = max(number, numbers.get(key_id, number))
    is_newer_statement = fact.serial > known.serial
    remembered = TrustInForce(
        officers_number=fact.officers_number if is_newer else known.officers_number,
        officers_sha256=fact.officers_sha256 if is_newer else known.officers_sha256,
        revoked=tuple(sorted({*known.revoked, *fact.revoked})[:MOST_KEYS]),
        statements=tuple(sorted(numbers.items())[:MOST_KEYS]),
        serial=fact.serial if is_newer_statement else known.serial,
        statement_sha256=fact.statement_sha256 if is_newer_statement else known.statement_sha256,
    )
    if remembered != known:
        turn.set(trust=remembered)
        turn.record(remembered)


def root_accepted(turn: Turn, fact: RootAccepted) -> None:
    """Told at every start; written down once for each root."""
    if fact.fingerprint != turn.state.root:
        turn.set(root=fact.fingerprint)
        turn.record(RootInForce(fact.fingerprint, fact.persons, fact.signed))


def station_key_taken(turn: Turn, fact: StationKeyTaken) -> None:
    """Told at every start; written down once for each key."""
    if fact.key != turn.state.station_key:
        turn.set(station_key=fact.key)
        turn.record(StationKeyInForce(fact.key, fact.change))
