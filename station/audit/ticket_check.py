"""Whether what a source holds is what was printed: the ticket's record has to be there, with the printed hash, behind
an unbroken chain, and so has the record that the centre had witnessed by then.

The hash covers every row before it: a crossing that was altered, removed or moved in time gives another hash, whatever
was rebuilt around it. What was recorded behind the printing is under the next ticket and the next checkpoint.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from drivers.contract.plain import canonical
from station.audit.book import Book, Record
from station.audit.statements import Keys
from station.audit.tickets import Printed, Ticket
from station.audit.walk import Auditor, Finding
from station.messages.receipts import Witness
from station.trust.refusal import Untrusted


@dataclass(frozen=True, slots=True)
class Checked:
    """What speaks against the ticket or the source, and the records up to the printed one that name the crossing."""

    findings: tuple[Finding, ...]
    rows: tuple[Record, ...]


def check_ticket(book: Book, ticket: Ticket, station_keys: Keys, centre_keys: Keys) -> Checked:
    """Compare a ticket with the book of its lane. Without keys signatures are not checked."""
    printed = ticket.printed
    if printed.seq <= book.begin.seq:
        older = Finding("record", printed.seq, "older", f"the source begins behind record {book.begin.seq}")
        return Checked((older,), ())
    findings, seen = _signatures(ticket, station_keys, centre_keys)
    pages = _Pages(book, printed)
    part = replace(book, checkpoints=(), records=pages.records, prefix=None)
    broken = tuple(Auditor(part, {}, {}).findings())
    findings += pages.compare(printed.epoch, printed.seq, printed.hash, "the ticket")
    if seen is not None:
        findings += pages.compare(seen.epoch, seen.seq, bytes.fromhex(seen.hash), "the centre's word on the ticket")
    if not pages.rows:
        findings.append(Finding("record", printed.seq, "missing", f"no record names {printed.crossing}"))
    return Checked((*findings, *broken), tuple(pages.rows))


class _Pages:
    """The records of a book up to the printed one; remembers their hashes and those that name the crossing."""

    def __init__(self, book: Book, printed: Printed) -> None:
        self.rows: list[Record] = []
        self._book = book
        self._end = (printed.epoch, printed.seq)
        self._name = b'"crossing":' + canonical(printed.crossing)
        self._held: dict[tuple[int, int], bytes] = {}

    def records(self, epoch: int, after: int) -> Iterator[Record]:
        """As the book's, but no further."""
        self._held.clear()
        self.rows.clear()
        for row in self._book.records(epoch, after):
            if (row.epoch, row.seq) > self._end:
                return
            self._held[row.epoch, row.seq] = row.hash
            if self._name in row.body:
                self.rows.append(row)
            yield row

    def compare(self, epoch: int, seq: int, wanted: bytes, by: str) -> Iterator[Finding]:
        """Whether that record is there with that hash."""
        held = self._held.get((epoch, seq))
        if held is None:
            yield Finding("record", seq, "missing", f"{by} names it (epoch {epoch}), and it is not there")
        elif held != wanted:
            yield Finding("record", seq, "not-as-printed", f"{by} has another hash of it")


def _signatures(ticket: Ticket, station_keys: Keys, centre_keys: Keys) -> tuple[list[Finding], Witness | None]:
    """What is not signed as it should be; and the witness, unless the centre's keys refuse it."""
    findings: list[Finding] = []
    try:
        if station_keys:
            ticket.refuse_forged(station_keys)
    except Untrusted as error:
        findings.append(Finding("ticket", ticket.printed.seq, "signature", f"{error.reason}: {error.seen}"))
    try:
        return findings, ticket.witnessed(centre_keys)
    except Untrusted as error:
        findings.append(Finding("ticket", ticket.printed.seq, "witness", f"{error.reason}: {error.seen}"))
        return findings, None
