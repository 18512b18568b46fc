"""Bundles of evidence: made from a lane that the product drove, changed in every way we know, and checked."""

import random
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from station.evidence import verify
from station.evidence.report import Report
from station.trust.keys import PrivateKey
from tests.evidence.mutations import Mutation, flipped, members_of, of_members, of_rows, packed, resigned
from tests.evidence.site import HELD, Site, made_site
from tests.evidence.test_bad_files import BAD

CHECKS = ("check_files", "check_rows", "check_weights", "check_acts")


@dataclass(frozen=True, slots=True)
class Tally:
    """Of `n` changed files those that the verifier took for sound."""

    n: int
    missed: tuple[str, ...]


@dataclass(frozen=True)
class Bench:
    """A site, its bundle, and what it took in ms (medians)."""

    site: Site
    bundle: Path
    report: Report
    make_ms: float
    verify_ms: float

    def tally(self, mutations: Iterable[Mutation]) -> Tally:
        """Each file checked with the station's key and the root at hand."""
        file, n, missed = self.bundle.with_name("mutant.zip"), 0, []
        for mutation in mutations:
            file.write_bytes(mutation.data)
            n += 1
            if verify.verify_bundle(file, self.site.key.public, self.site.root).is_sound:
                missed.append(mutation.what)
        return Tally(n, tuple(missed))

    def flips(self, count: int) -> Iterator[Mutation]:
        """So many files with one bit flipped anywhere, evenly over the file."""
        chance, whole = random.Random(count), self.bundle.read_bytes()
        for _ in range(count):
            at, bit = chance.randrange(len(whole)), chance.randrange(8)
            yield Mutation(f"bit {bit} of byte {at}", flipped(whole, at, bit))

    def changed_members(self, flips: int) -> Iterator[Mutation]:
        """Members flipped, removed, emptied, swapped, added, in a zip that is rightly formed."""
        return of_members(self.bundle, random.Random(flips), flips)

    def changed_rows(self) -> Iterator[Mutation]:
        """What a holder of the station's own key changes, chains made right again where he can."""
        return of_rows(self.bundle, self.site.key)

    def foreign(self) -> Iterator[Mutation]:
        """Nothing changed, and signed by another key."""
        members = members_of(self.bundle)
        for number in range(5):
            yield Mutation(f"foreign key {number}", packed(resigned(members, PrivateKey.make(), HELD)))

    def bad_files(self) -> list[str]:
        """The bad files that were not refused by the code that is due."""
        wrong = []
        for number, (what, (make, code)) in enumerate(BAD.items()):
            file = self.bundle.with_name(f"bad-{number}.zip")
            make(file, self.bundle)
            report = verify.verify_bundle(file)
            if report.is_sound or code not in [item.code for item in report.items if item.verdict == "fails"]:
                wrong.append(what)
        return wrong

    def blind(self, check: str) -> Tally:
        """A verifier that skips `check`; it must miss something, else nobody needed the check."""
        whole = getattr(verify, check)
        setattr(verify, check, lambda *_: [])
        try:
            return self.tally([*self.changed_rows(), *self.changed_members(1)])
        finally:
            setattr(verify, check, whole)


@contextmanager
def bench(runs: int) -> Iterator[Bench]:
    """A lane's two crossings, driven anew; the bundle of the one that officers let go, made `runs` times."""
    with tempfile.TemporaryDirectory(prefix="station-evidence-proof-") as name:
        folder = Path(name)
        site = made_site(folder / "gate")
        making, checking = [], []
        bundle = folder / "bundle.zip"
        report = Report("", ())
        for _ in range(runs):
            bundle.unlink(missing_ok=True)
            began = time.perf_counter()
            site.bundle(bundle)
            made = time.perf_counter()
            report = verify.verify_bundle(bundle, site.key.public, site.root)
            making.append(made - began)
            checking.append(time.perf_counter() - made)
        yield Bench(site, bundle, report, 1000 * statistics.median(making), 1000 * statistics.median(checking))
