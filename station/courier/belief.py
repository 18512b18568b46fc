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


class Belief:
    """`trusted` is who may sign for the centre, `officers` the number of the officers' file in force, 0 without one."""

    def __init__(self, settings: CourierSettings, trusted: Trusted) -> None:
        self._settings = settings
        self.trusted = trusted
        self.officers = max(settings.officers_number, 0)

    def take(self, is_officers: bool, payload: bytes, utc_ms: int) -> bool:
        """Whether this statement (or officers' file) is a newer one; then it is on the disk when this returns.

        Raises DownlinkUnacceptable.
        """
        kind = "officers" if is_officers else "trust"
        if len(payload) > MOST_STATEMENT_BYTES:
            raise DownlinkUnacceptable(f"{kind} of {len(payload)} bytes", "oversize")
        try:
            return self._take_officers(payload, utc_ms) if is_officers else self._renew(payload)
        except Untrusted as error:
            raise DownlinkUnacceptable(f"{kind}: {error.seen}"[:200], error.reason, error.next_step) from error

    def _renew(self, payload: bytes) -> bool:
        signed = Signed.from_wire(payload)
        if self.trusted.whole is not None and signed == self.trusted.whole:
            return False
        renewed = self.trusted.renewed(signed)
        refuse_going_back(renewed, self._settings)
        _keep(signed, self._settings.arrived_file, "trust")
        self.trusted = renewed
        return True

    def _take_officers(self, payload: bytes, utc_ms: int) -> bool:
        officers = read_officers(payload, self.trusted, self._settings.station, utc_ms, self.officers - 1)
        if officers.number == self.officers:
            return False
        _keep(Signed.from_wire(payload), self._settings.arrived_officers, "officers")
        self.officers = officers.number
        return True


def _keep(signed: Signed, file: str, kind: str) -> None:
    if not file:
        return
    try:
        keep_signed(signed, Path(file))
    except OSError as error:
        raise DownlinkUnacceptable(f"{kind}: {error.strerror}", "not-kept") from error
