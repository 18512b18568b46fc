"""The local rules. They only ever add control (law L8): each rule may fire, the strongest verdict wins.

Rule numbers and reason codes follow the risk table of the domain brief; figures come from `Limits`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers.contract.quantities import GRAMS_PER_KILOGRAM, Millis
from station.core import containers, plate_colours, plates
from station.core.advice_records import ScanVerdict
from station.core.container_consensus import Container
from station.core.facts import ClockQuality, EligibleEntry
from station.core.parameters import Limits
from station.core.records import FiredRule, Verdict
from station.core.state import Plate, Weight
from station.core.trailer_looks import Trailer

STRENGTH: tuple[Verdict, ...] = ("PASS", "PASS_FLAG", "REFER_REMOTE", "REFER_XRAY", "REFER_PHYSICAL", "HOLD")
"""Weakest to strongest."""

PERMILLE = 1000

MOST_AHEAD = Millis(3_600_000)
"""A list issued later than this after now: the lane's clock has gone back, and no expiry can be judged by it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the rules may look at."""

    declaration: str
    entry: EligibleEntry | None
    suspended: bool
    spent_by: str
    crossing: str
    previous: str
    office: str
    list_age: Millis
    utc_ms: int
    quality: ClockQuality
    plate: Plate | None
    weight: Weight | None
    limits: Limits
    sighted: str = ""
    """The plate that a camera saw in place of the one that was read."""
    camera_doubt: str = ""
    """Why the plate camera's view is in doubt."""
    looks_for_container: bool = False
    """The lane has container cameras."""
    container: Container | None = None
    scans: tuple[ScanVerdict, ...] = ()
    """What the truck's X-ray scans say of its container."""
    looks_for_trailer: bool = False
    """The lane has a trailer camera."""
    trailer: Trailer | None = None
    instructed: bool = False
    """The centre wants this one inspected."""


Fired = FiredRule | None


def judge(evidence: Evidence) -> tuple[FiredRule, ...]:
    """Every rule that fired, in the order of the table."""
    return tuple(fired for rule in RULES if (fired := rule(evidence)) is not None)


def strongest(fired: Sequence[FiredRule]) -> tuple[Verdict, str]:
    """The verdict and reason that win; PASS with reason "" if no rule fired. Ties go to the earlier rule."""
    best: tuple[Verdict, str] = ("PASS", "")
    for rule in fired:
        if STRENGTH.index(rule.verdict) > STRENGTH.index(best[0]):
            best = (rule.verdict, rule.reason)
    return best


def _eligibility(e: Evidence) -> Fired:
    """R01: an entry of this office, in force, from a list that is young enough, by a clock that is not behind it."""
    if e.entry is None:
        return FiredRule("R01", "HOLD", "NOT_ELIGIBLE", "listed", "not listed")
    if e.entry.office != e.office:
        return FiredRule("R01", "HOLD", "WRONG_OFFICE", e.entry.office, e.office)
    if e.list_age > e.limits.list_age:
        return FiredRule("R01", "HOLD", "LIST_STALE", str(e.limits.list_age), str(e.list_age))
    if e.list_age < -MOST_AHEAD:
        return FiredRule("R01", "HOLD", "CLOCK_BEHIND_LIST", str(-MOST_AHEAD), str(e.list_age))
    if e.utc_ms > e.entry.valid_until_ms:
        return FiredRule("R01", "HOLD", "ENTRY_EXPIRED", str(e.entry.valid_until_ms), str(e.utc_ms))
    return None


def _suspension(e: Evidence) -> Fired:
    """R02: a suspension overrides everything."""
    return FiredRule("R02", "HOLD", "SUSPENDED", "not suspended", "suspended") if e.suspended else None


def _spent(e: Evidence) -> Fired:
    """R03: one declaration, one passage; an interrupted crossing of the same truck hands its booking on."""
    if e.spent_by in ("", e.crossing, e.previous):
        return None
    return FiredRule("R03", "HOLD", "ALREADY_SPENT", "unspent", e.spent_by)


def _identity(e: Evidence) -> Fired:
    """R04: the plate read blind must be the plate of the declaration."""
    if e.entry is None:
        return None
    if e.plate is None or e.plate.verdict == "UNREADABLE":
        return FiredRule("R04", "REFER_REMOTE", "IDENTITY_UNCERTAIN", e.entry.plate, "unreadable")
    if e.plate.text == e.entry.plate:
        if e.plate.verdict == "ACCEPTED":
            return None
        return FiredRule("R04", "PASS_FLAG", "PLATE_REVIEW", e.entry.plate, e.plate.text)
    is_guess = e.plate.verdict == "REVIEW" and not e.plate.doubted  # a doubted camera excuses no other plate
    if is_guess or plates.is_look_alike(e.plate.text, e.entry.plate):
        return FiredRule("R04", "REFER_REMOTE", "IDENTITY_UNCERTAIN", e.entry.plate, e.plate.text)
    return FiredRule("R04", "HOLD", "IDENTITY_MISMATCH", e.entry.plate, e.plate.text)


def _second_opinion(e: Evidence) -> Fired:
    """R04b: a plate camera that saw another plate; it never speaks for a truck."""
    if e.plate is None or e.plate.text == "" or e.sighted == "":
        return None
    verdict: Verdict = "PASS_FLAG" if plates.is_look_alike(e.sighted, e.plate.text) else "REFER_REMOTE"
    return FiredRule("R04b", verdict, "PLATE_DISPUTED", e.plate.text, e.sighted)


def _camera(e: Evidence) -> Fired:
    """R04c: the plate camera is in doubt. A frozen one shows an earlier truck: nobody has seen this one's plate."""
    if e.camera_doubt == "":
        return None
    verdict: Verdict = "REFER_REMOTE" if e.camera_doubt == "FROZEN" else "PASS_FLAG"
    return FiredRule("R04c", verdict, "CAMERA_VIEW", "", e.camera_doubt)


def _colour(e: Evidence) -> Fired:
    """R04d: no plate of this text has such a ground: a copied number, or a misread one."""
    if e.plate is None or not plate_colours.contradicts(e.plate.text, e.plate.colour):
        return None
    expected = "/".join(plate_colours.allowed(e.plate.text))
    return FiredRule("R04d", "REFER_REMOTE", "PLATE_COLOUR", expected, e.plate.colour)


def _trailer(e: Evidence) -> Fired:
    """R04e: the plate at the rear must be the declared trailer's; silent in a lane that does not look there.

    A truck that draws nothing shows its own plate once more.
    """
    if not e.looks_for_trailer or e.entry is None:
        return None
    declared, read = plates.normalise(e.entry.trailer), e.trailer
    seen = "" if read is None else read.text
    is_sure = read is not None and read.verdict == "ACCEPTED"
    if declared == "":
        return _undeclared_trailer(e, seen, is_sure=is_sure)
    if seen == declared:
        return None if is_sure else FiredRule("R04e", "PASS_FLAG", "TRAILER_REVIEW", declared, seen)
    if not is_sure or plates.is_look_alike(seen, declared):
        return FiredRule("R04e", "REFER_REMOTE", "TRAILER_UNCERTAIN", declared, seen or "unreadable")
    return FiredRule("R04e", "REFER_REMOTE", "TRAILER_MISMATCH", declared, seen)


def _undeclared_trailer(e: Evidence, seen: str, *, is_sure: bool) -> Fired:
    """A plate at the rear that is not the vehicle's own, where the declaration names no trailer."""
    if seen == "" or (e.plate is not None and seen == e.plate.text):
        return None
    return FiredRule("R04e", "REFER_REMOTE" if is_sure else "PASS_FLAG", "TRAILER_UNDECLARED", "", seen)


def _container(e: Evidence) -> Fired:
    """R05: the container number read blind must be that of the declaration; silent in a lane that cannot see it."""
    if not e.looks_for_container or e.entry is None:
        return None
    read, declared = e.container, containers.normalise(e.entry.container)  # lists write it as people do
    if declared == "":
        return _undeclared(read)
    if read is None or read.text == "":
        return FiredRule("R05", "REFER_REMOTE", "CONTAINER_UNCERTAIN", declared, "unreadable")
    if read.against != "":
        return FiredRule("R05", "REFER_REMOTE", "CONTAINER_UNCERTAIN", declared, f"{read.text} / {read.against}")
    if read.text == declared:
        if read.form != "VALID":
            return FiredRule("R05", "PASS_FLAG", "CONTAINER_CHECK_DIGIT", declared, read.text)
        if read.verdict != "ACCEPTED":
            return FiredRule("R05", "PASS_FLAG", "CONTAINER_REVIEW", declared, read.text)
        return None
    if read.verdict != "ACCEPTED" or plates.is_look_alike(read.text, declared):
        return FiredRule("R05", "REFER_REMOTE", "CONTAINER_UNCERTAIN", declared, read.text)
    return FiredRule("R05", "HOLD", "CONTAINER_MISMATCH", declared, read.text)


def _undeclared(read: Container | None) -> Fired:
    """A container on a truck whose declaration names none; a guess is remarked on, since it may be any other text."""
    if read is None or read.text == "":
        return None
    is_sure = read.verdict == "ACCEPTED" or read.against != ""
    verdict: Verdict = "REFER_REMOTE" if is_sure else "PASS_FLAG"
    return FiredRule("R05", verdict, "CONTAINER_UNDECLARED", "", read.text)


def _declared_empty(e: Evidence) -> Fired:
    """R10: a container declared without goods whose scan does not look empty: advice that only adds control."""
    if e.entry is None or e.entry.container == "" or e.entry.goods > 0 or not e.scans:
        return None
    if "NOT_EMPTY" in e.scans:
        return FiredRule("R10", "REFER_REMOTE", "EMPTY_NOT_EMPTY", "EMPTY_LIKELY", "NOT_EMPTY")
    if "EMPTY_LIKELY" in e.scans:
        return None
    return FiredRule("R10", "PASS_FLAG", "EMPTY_UNPROVEN", "EMPTY_LIKELY", e.scans[-1])


def _weight(e: Evidence) -> Fired:
    """R07b: gross against the declared goods and the known tares; policy, not instrument error."""
    if e.entry is None or e.weight is None or e.entry.goods <= 0:
        return None
    deviation = e.weight.gross - e.entry.tare - e.entry.goods
    share = abs(deviation) * PERMILLE // e.entry.goods
    expected = f"{(e.entry.tare + e.entry.goods) // GRAMS_PER_KILOGRAM} kg"
    measured = f"{e.weight.gross // GRAMS_PER_KILOGRAM} kg ({deviation // GRAMS_PER_KILOGRAM:+d} kg, {share} permille)"
    if share > e.limits.weight_refer or abs(deviation) > e.limits.weight_refer_mass:
        return FiredRule("R07b", "REFER_XRAY", "WEIGHT_DEVIATION", expected, measured)
    if share > e.limits.weight_review:
        return FiredRule("R07b", "REFER_REMOTE", "WEIGHT_DEVIATION", expected, measured)
    return None


def _weighing(e: Evidence) -> Fired:
    """R09: no weight that counts."""
    if e.weight is None:
        return FiredRule("R09", "REFER_REMOTE", "WEIGHT_NOT_LEGAL", "stable weight", "none")
    if e.weight.gross > e.limits.gross_maximum:
        return FiredRule("R09", "REFER_REMOTE", "WEIGHT_NOT_LEGAL", str(e.limits.gross_maximum), str(e.weight.gross))
    return None


def _instruction(e: Evidence) -> Fired:
    """R11: the centre's instruction. Nothing says what it looks for, not even which text of the vehicle it met."""
    return FiredRule("R11", "REFER_PHYSICAL", "SYSTEM_INSTRUCTION", "", "") if e.instructed else None


def _clock(e: Evidence) -> Fired:
    """R19: calendar rules are worth what the clock is worth."""
    if e.quality == "unsynced":
        return FiredRule("R19", "REFER_REMOTE", "CLOCK_UNSYNCED", "synced", e.quality)
    if e.quality == "holdover":
        return FiredRule("R19", "PASS_FLAG", "CLOCK_HOLDOVER", "synced", e.quality)
    return None


RULES: tuple[Callable[[Evidence], Fired], ...] = (
    _eligibility,
    _suspension,
    _spent,
    _identity,
    _second_opinion,
    _camera,
    _colour,
    _trailer,
    _container,
    _weight,
    _weighing,
    _declared_empty,
    _instruction,
    _clock,
)
