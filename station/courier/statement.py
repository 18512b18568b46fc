"""The root's newest statement as it comes over the link: judged, kept, and obeyed by this courier from that moment.

It may be retained and may come in any order: the serial alone says which one counts. Nothing expires it, so that it
reaches a station that was away for months; what it says about each key has its own end.
"""

from pathlib import Path

from station.courier.downlink import DownlinkUnacceptable
from station.courier.settings import CourierSettings
from station.trust.chain import MOST_STATEMENT_BYTES, Trusted, keep_statement
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
    if settings.arrived_file:
        try:
            keep_statement(signed, Path(settings.arrived_file))
        except OSError as error:
            step = "free space on the disk that holds it"
            raise DownlinkUnacceptable(f"trust: {error.strerror}", "not-kept", step) from error
    return renewed
