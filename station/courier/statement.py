"""Whom to believe, as it comes over the link: the root's newest statement, obeyed by this courier from that moment, and
the officers of the station, whom only the lane obeys. Both are kept as files before anything else is done.

It may be retained and may come in any order: the serial alone says which one counts. Nothing expires it, so that it
reaches a station that was away for months; what it says about each key has its own end.
"""

from pathlib import Path

from station.courier.downlink import DownlinkUnacceptable
from station.courier.settings import CourierSettings
from station.trust.chain import MOST_STATEMENT_BYTES, Trusted, keep_signed
from station.trust.officers import read_officers
from station.trust.refusal import Untrusted
from station.trust.signed import Signed


def refuse_going_back(trusted: Trusted, settings: CourierSettings) -> None:
    """Raises Untrusted if these statements are older than what the lane remembers."""
    memory = (settings.revoked, dict(settings.numbers), settings.serial, settings.statement_sha256)
    trusted.refuse_going_back(*memory)


def renew(trusted: Trusted, payload: bytes, settings: CourierSettings) -> Trusted | None:
    """Whom to believe after this statement, which is on the disk when this returns; None for the one in force.

    Raises DownlinkUnacceptable.
    """
    if len(payload) > MOST_STATEMENT_BYTES:
        raise DownlinkUnacceptable(f"trust of {len(payload)} bytes", "oversize")
    try:
        signed = Signed.from_wire(payload)
        if trusted.whole is not None and signed == trusted.whole:
            return None
        renewed = trusted.renewed(signed)
        refuse_going_back(renewed, settings)
    except Untrusted as error:
        raise DownlinkUnacceptable(f"trust: {error.seen}"[:200], error.reason, error.next_step) from error
    _keep(signed, settings.arrived_file, "trust")
    return renewed


def take_officers(trusted: Trusted, payload: bytes, settings: CourierSettings, known: int, utc_ms: int) -> int:
    """The number of this officers' file, which is on the disk when this returns; `known` for the one in force.

    Raises DownlinkUnacceptable.
    """
    if len(payload) > MOST_STATEMENT_BYTES:
        raise DownlinkUnacceptable(f"officers of {len(payload)} bytes", "oversize")
    try:
        officers = read_officers(payload, trusted, settings.station, utc_ms, known - 1)
        signed = Signed.from_wire(payload)
    except Untrusted as error:
        raise DownlinkUnacceptable(f"officers: {error.seen}"[:200], error.reason, error.next_step) from error
    if officers.number > known:
        _keep(signed, settings.arrived_officers, "officers")
    return officers.number


def _keep(signed: Signed, file: str, kind: str) -> None:
    if not file:
        return
    try:
        keep_signed(signed, Path(file))
    except OSError as error:
        step = "free space on the disk that holds it"
        raise DownlinkUnacceptable(f"{kind}: {error.strerror}", "not-kept", step) from error
