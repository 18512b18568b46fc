"""Does a camera still see? What is learned of its view, and how one picture's measures are judged against that.

The reference is learned from good pictures alone: the plate was read surely and nothing is suspected. Day and night
have one each, since lamps and shadows draw other edges. After that it follows slowly and only so far, so that no fault,
however slowly it grows, is ever learned. Integers only.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from drivers.contract.quantities import Permille
from drivers.contract.readings import ViewMeasured
from station.core import edge_map
from station.core.camera_reads import ReadShare

Cause = Literal["DARK", "BURNT_OUT", "BLURRED", "OBSTRUCTED", "MOVED", "FROZEN", "READS_FALLING"]

Vote = Cause | Literal[""]
"""A cause, or none."""

LEARNED_FROM = 16
"""Good pictures that make a reference."""

_USUAL_FROM = 10
"""From this one of them on, it is also learned how much of the edges is gone in a good picture."""

WINDOW, RAISE_AT = 5, 3
"""Of the newest 5 pictures 3 must be suspicious to raise an alarm; none may be, to clear it."""

DIM_BELOW = 60
"""A picture whose mean is below this is judged by the reference of the night."""

_LASTS_AT = 7
"""Counts from which an edge belongs to the view: after 16 pictures those that show it in three of four."""

_FOLLOW_EVERY = 8
"""Of the good pictures after learning every so many is followed."""

_SAME_CELLS = 10
"""A frozen picture, coded anew and with its clock running, differs in fewer cells; the next truck in 100 and more."""

_TELLS_COVER, _TELLS_PLACE = 12, 30
"""Least blocks with lasting edges. Where trucks fill the view there are few, and it tells a cover at best; whether it
has moved takes more of them, since the edges of one truck seem to have moved into the next."""

_BETTER = Permille(80)
"""By so much edges must agree better elsewhere than in place: the best of many places is a little better by chance."""

_FEWEST_SEEN = 100
"""A picture with fewer edges is no proof that the camera is frozen."""

_LIGHTS_OWN = frozenset({"DARK", "BURNT_OUT", "OBSTRUCTED"})
"""What an unknown light may feign: a plate that is read surely proves that the camera sees."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What good pictures of one light have in common. `covered` and `displaced` are the most of a good picture.

    `counts` is kept by `edge_map.counted`; `first` and `first_sharpness` are what was learned at first, in hex.
    """

    pictures: int = 0
    sharpness: Permille = Permille(0)
    first_sharpness: Permille = Permille(0)
    dark: Permille = Permille(0)
    burnt: Permille = Permille(0)
    covered: Permille = Permille(0)
    displaced: Permille = Permille(0)
    counts: str = ""
    first: str = ""

    @property
    def is_learned(self) -> bool:
        return self.pictures >= LEARNED_FROM


@dataclass(frozen=True, slots=True)
class CameraView:
    """What is known of one camera. `epoch` is the one of the settings under which it was learned.

    `votes` holds what was suspected of the newest pictures, "" for nothing; `cause` stands until they clear it; `told`
    is the cause for which the alarm stands. `last` are the edges of the last truck's picture.
    """

    camera: str = ""
    epoch: int = 0
    day: Reference = field(default_factory=Reference)
    night: Reference = field(default_factory=Reference)
    last: str = ""
    votes: tuple[Vote, ...] = ()
    cause: Cause | Literal[""] = ""
    reads: ReadShare = field(default_factory=ReadShare)
    told: Cause | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What may be wrong: `measured` and the `limit` that it is past."""

    cause: Cause
    measured: int
    limit: int


def look(view: CameraView, seen: ViewMeasured, *, surely_read: bool) -> tuple[CameraView, Suspicion | None]:
    """The view after one more picture, and what is suspected of that picture.

    At most one picture of a truck: the next one must show another truck, or the camera is frozen.
    """
    own = _own(view, seen)
    found = suspect(view, seen)
    if found is not None and surely_read and not own.is_learned and found.cause in _LIGHTS_OWN:
        found = None
    vote: Vote = found.cause if found is not None else ""
    votes = (*view.votes, vote)[-WINDOW:]
    view = replace(view, votes=votes, cause=_standing(view.cause, votes), last=seen.edges)
    if surely_read and not any(votes) and view.cause == "":
        learned = _learned(own, seen)
        view = replace(view, night=learned) if seen.mean < DIM_BELOW else replace(view, day=learned)
    return view, found


def suspect(view: CameraView, seen: ViewMeasured) -> Suspicion | None:
    """The strongest explanation of what is wrong with a picture; None if nothing is."""
    reference = _own(view, seen)
    if not reference.is_learned:  # better the other light's than none
        reference = next((known for known in (view.day, view.night) if known.is_learned), Reference())
    return (
        _light(reference, seen)
        or _frozen(view, seen)
        or (_sharp_and_in_place(reference, seen) if reference.is_learned else None)
    )


def _own(view: CameraView, seen: ViewMeasured) -> Reference:
    return view.night if seen.mean < DIM_BELOW else view.day


def _standing(cause: Vote, votes: tuple[Vote, ...]) -> Vote:
    """Hysteresis: the most frequent cause once enough are against it, until a whole window is clean."""
    against = [vote for vote in votes if vote]
    if len(against) >= RAISE_AT:
        named = max(against, key=lambda vote: (against.count(vote), vote))
        return named if cause == "" or against.count(named) >= RAISE_AT else cause
    return "" if len(votes) == WINDOW and not against else cause


def _light(reference: Reference, seen: ViewMeasured) -> Suspicion | None:
    """Nothing to be seen for want or excess of light. A camera that sees by its own flash is dark by nature."""
    least_dark = max(500, (1000 + reference.dark) // 2) if reference.is_learned else 980
    if seen.dark >= least_dark and seen.contrast < 20:
        return Suspicion("DARK", seen.dark, least_dark)
    least_burnt = max(200, reference.burnt + 150) if reference.is_learned else 800
    if seen.burnt >= least_burnt:
        return Suspicion("BURNT_OUT", seen.burnt, least_burnt)
    return None


def _frozen(view: CameraView, seen: ViewMeasured) -> Suspicion | None:
    edges = edge_map.read_map(seen.edges)
    differ = (edges ^ edge_map.read_map(view.last)).bit_count()
    if view.last and edges.bit_count() >= _FEWEST_SEEN and differ <= _SAME_CELLS:
        return Suspicion("FROZEN", differ, _SAME_CELLS)
    return None


def _sharp_and_in_place(reference: Reference, seen: ViewMeasured) -> Suspicion | None:
    """Covered all over comes first, since it leaves nothing sharp either; then blur, which also takes edges away."""
    edges, known = edge_map.read_map(seen.edges), edge_map.lasting(reference.counts, _LASTS_AT)
    gone = edge_map.gone(known, edges)
    covered = max(220, reference.covered + 120)
    is_covered = gone.judged >= _TELLS_COVER and gone.covered >= covered
    least_sharp = reference.sharpness * 3 // 4
    if is_covered and gone.covered >= 600:
        return Suspicion("OBSTRUCTED", gone.covered, covered)
    if seen.sharpness < least_sharp:
        return Suspicion("BLURRED", seen.sharpness, least_sharp)
    moved = _moved(reference, known, edges, gone) if gone.judged >= _TELLS_PLACE else None
    return moved or (Suspicion("OBSTRUCTED", gone.covered, covered) if is_covered else None)


def _moved(
    reference: Reference, known: edge_map.EdgeMap, edges: edge_map.EdgeMap, gone: edge_map.Gone
) -> Suspicion | None:
    """Other edges stand where the lasting ones were, or these are found elsewhere."""
    displaced = max(110, reference.displaced + 60)
    if gone.displaced >= displaced and 3 * gone.displaced >= gone.covered:
        return Suspicion("MOVED", gone.displaced, displaced)
    if gone.displaced >= 40 or gone.covered >= 120:
        here, there = edge_map.agreements(known, edges)
        if there >= max(350, here + _BETTER):
            return Suspicion("MOVED", there, here + _BETTER)
    return None


def _learned(old: Reference, seen: ViewMeasured) -> Reference:
    """The reference after a good picture."""
    edges = edge_map.read_map(seen.edges)
    if old.is_learned:
        return _followed(old, seen, edges)
    pictures = old.pictures + 1
    new = replace(
        old,
        pictures=pictures,
        sharpness=Permille(old.sharpness + (seen.sharpness - old.sharpness) // pictures),
        dark=max(old.dark, seen.dark),
        burnt=max(old.burnt, seen.burnt),
        counts=edge_map.counted(old.counts, edges),
    )
    if pictures > _USUAL_FROM:
        gone = edge_map.gone(edge_map.lasting(old.counts, _LASTS_AT * old.pictures // LEARNED_FROM), edges)
        new = replace(new, covered=max(old.covered, gone.covered), displaced=max(old.displaced, gone.displaced))
    if pictures == LEARNED_FROM:
        first = edge_map.write_map(edge_map.lasting(new.counts, _LASTS_AT))
        new = replace(new, first=first, first_sharpness=new.sharpness)
    return new


def _followed(old: Reference, seen: ViewMeasured, edges: edge_map.EdgeMap) -> Reference:
    """A learned reference follows in small steps, and no farther than an eighth in sharpness and a third in edges."""
    pictures = LEARNED_FROM + (old.pictures - LEARNED_FROM + 1) % _FOLLOW_EVERY
    new = replace(old, pictures=pictures)
    if pictures != LEARNED_FROM:
        return new
    eighth = old.first_sharpness // 8
    aim = min(max(seen.sharpness, old.first_sharpness - eighth), old.first_sharpness + eighth)
    new = replace(new, sharpness=Permille(old.sharpness + (aim > old.sharpness) - (aim < old.sharpness)))
    counts, first = edge_map.counted(old.counts, edges), edge_map.read_map(old.first)
    kept = (edge_map.lasting(counts, _LASTS_AT) & first).bit_count()
    return replace(new, counts=counts) if 3 * kept >= 2 * first.bit_count() else new
