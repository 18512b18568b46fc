"""Clips: which events keep what the cameras showed around them, in which window, and what came of it.

The order to a camera is an ordinary effect after the commit, and not one that is in flight for the lane: nothing ever
waits for it. Events that overlap extend one clip; how long one may get, how many run at once and how much an hour may
cost is bounded, and what does not fit is recorded.
"""

from collections.abc import Iterable
from dataclasses import replace

from drivers.contract.clips import ClipNotStored, ClipStored
from drivers.contract.orders import KeepClip
from drivers.contract.quantities import Millis, Tick
from station.core.clip_records import ClipFailed, ClipKept
from station.core.clip_windows import Clip, ClipView, Footage
from station.core.effects import Send
from station.core.facts import LaneStarted, OrderAnswered
from station.core.records import ActRecorded, AlarmRaised, CrossingHeld, Record, Stamped
from station.core.state import NEVER, LaneState, is_fit, utc_at
from station.core.turn import Turn

ALARMS = frozenset({"GATE_OPEN", "SAFETY_STOP", "BOOM_FAULT", "UNAUTHORISED_PASSAGE"})
"""A boom that is opened by hand or moves unexplained, one that does not obey, a stop, a passage nobody allowed."""

ACTS = {"release": "OVERRIDE", "set-mode": "MODE_CHANGED"}
"""Acts that let a truck go against the rules, or change what the lane does by itself."""

ORDINARY_HOLD = "ASSISTED"
"""In this mode a person lets each truck go: neither the hold nor the release is against the rules."""

LONGEST = Millis(180_000)
MOST_OPEN = 3
MOST_EVENTS = 8
HOUR = Millis(3_600_000)
MOST_AN_HOUR = Millis(1_800_000)
"""Of windows: an alarm that comes and goes all day must not fill the disk."""

ASK_AGAIN = Millis(5_000)
GIVE_UP = Millis(60_000)
"""How long after the window a camera may come back and say what it has."""


def event_of(record: Record, before: LaneState) -> str:
    """The code of the event if a record wants a clip, else ""; `before` is the state before its fact."""
    match record:
        case AlarmRaised(code=code) if code in ALARMS:
            return code
        case CrossingHeld(reason=reason, reminder=0) if reason != ORDINARY_HOLD:
            return "HOLD"
        case ActRecorded(action="release", outcome="effective"):
            hold = before.crossing.hold if before.crossing is not None else None
            return "" if hold is not None and hold.reason == ORDINARY_HOLD else ACTS["release"]
        case ActRecorded(action=action, outcome="effective"):
            return ACTS.get(action, "")
        case _:
            return ""


def advance(turn: Turn, before: LaneState, records: Iterable[Stamped]) -> None:
    """After each fact: open or extend what its `records` want, ask the cameras, give up what is overdue."""
    if turn.parameters.clips.cameras:
        for stamped in records:
            event = event_of(stamped.record, before)
            if event:
                _want(turn, (event, stamped.seq), getattr(stamped.record, "crossing", ""))
    for clip in turn.state.clips:
        for view in clip.views:
            _pursue(turn, clip, view)


def due(state: LaneState) -> tuple[int, ...]:
    """When time alone may change something."""
    asked = (view.ask_at for clip in state.clips for view in clip.views if view.told < clip.until)
    return (*(clip.given_up for clip in state.clips), *asked)


def answered(turn: Turn, fact: OrderAnswered) -> None:
    """A camera took the order, or did not: then it is asked again."""
    for clip in turn.state.clips:
        for view in clip.views:
            if view.order_id == fact.order_id and fact.answer != "accepted":
                _change(turn, clip, replace(view, told=NEVER, ask_at=Tick(turn.now + ASK_AGAIN)))


def told(turn: Turn, camera: str, reading: ClipStored | ClipNotStored) -> None:
    """A camera has stored something, or will not."""
    clip = next((one for one in turn.state.clips if one.clip == reading.clip), None)
    view = next((one for one in clip.views if one.camera == camera), None) if clip is not None else None
    if clip is None or view is None:
        return
    if isinstance(reading, ClipStored):
        _change(turn, clip, replace(view, stored=reading))
        if reading.whole and reading.until >= clip.until:
            _end(turn, clip, view.camera, "")
    elif reading.order_id == view.order_id:
        _end(turn, clip, view.camera, reading.reason)


def forget(turn: Turn, device: str) -> None:
    """The camera was lost or has come back: what it was told is void."""
    for clip in turn.state.clips:
        for view in clip.views:
            if view.camera == device:
                _change(turn, clip, replace(view, order_id="", told=NEVER, ask_at=NEVER))


def restarted(turn: Turn, fact: LaneStarted) -> None:
    """The workers are new. After another boot ticks begin anew, and the window is over, whatever its ticks say."""
    clips = tuple(
        replace(
            clip,
            given_up=Tick(min(clip.given_up, fact.tick + LONGEST + GIVE_UP)),
            views=tuple(ClipView(view.camera, stored=view.stored) for view in clip.views),
        )
        for clip in turn.state.clips
    )
    turn.set(clips=clips)
    if fact.tick < turn.state.footage.hour:
        turn.set(footage=Footage())


def _want(turn: Turn, event: tuple[str, int], crossing: str) -> None:
    state, rules = turn.state, turn.parameters.clips
    since, until = Tick(max(0, turn.now - rules.before)), Tick(turn.now + rules.after)
    newest = next((clip for clip in reversed(state.clips) if clip.crossing == crossing), None)
    if newest is not None and turn.now <= newest.until and until - newest.since <= LONGEST:
        if _may_cost(turn, Millis(max(0, until - newest.until))):
            _replace(
                turn,
                replace(
                    newest,
                    events=(*newest.events, event)[:MOST_EVENTS],
                    until=max(newest.until, until),
                    given_up=max(newest.given_up, Tick(until + GIVE_UP)),
                ),
            )
            return
    elif len(state.clips) < MOST_OPEN and _may_cost(turn, Millis(until - since)):
        views = tuple(ClipView(camera) for camera in rules.cameras)
        given_up = Tick(until + GIVE_UP)
        clip = Clip(turn.new_id("k"), (event,), crossing, since, until, utc_at(turn.state, since), given_up, views)
        turn.set(clips=(*turn.state.clips, clip))
        return
    if not turn.state.footage.refused:
        turn.set(footage=replace(_footage(turn), refused=True))
        turn.record(ClipFailed("", (event,), crossing, "", "too-much"))


def _footage(turn: Turn) -> Footage:
    """Of this hour."""
    known = turn.state.footage
    return known if known.hour != NEVER and turn.now < known.hour + HOUR else Footage(turn.now)


def _may_cost(turn: Turn, more: Millis) -> bool:
    footage = _footage(turn)
    fits = footage.used + more <= MOST_AN_HOUR
    turn.set(footage=replace(footage, used=Millis(footage.used + more)) if fits else footage)
    return fits


def _pursue(turn: Turn, clip: Clip, view: ClipView) -> None:
    if turn.now >= clip.given_up:
        _end(turn, clip, view.camera, "no-answer")
    elif view.told < clip.until and turn.now >= view.ask_at and is_fit(turn.state, view.camera):
        until = Tick(turn.now + turn.parameters.patience.order)
        order = KeepClip(turn.new_id("k"), until, clip.clip, clip.since, clip.until)
        turn.wish(Send(view.camera, order))
        _change(turn, clip, replace(view, order_id=order.order_id, told=clip.until))


def _end(turn: Turn, clip: Clip, camera: str, reason: str) -> None:
    """The last word of one camera: what it has stored, or why it has nothing."""
    now = next(one for one in turn.state.clips if one.clip == clip.clip)
    view = next(one for one in now.views if one.camera == camera)
    views = tuple(one for one in now.views if one.camera != camera)
    others = tuple(one for one in turn.state.clips if one.clip != clip.clip or views)
    turn.set(clips=tuple(replace(one, views=views) if one.clip == clip.clip else one for one in others))
    stored = view.stored
    if stored is None:
        turn.record(ClipFailed(now.clip, now.events, now.crossing, camera, reason))
        return
    span = (stored.sha256, now.since, now.until, now.since_ms, stored.first, stored.last, stored.frames)
    missing = Millis(stored.missing + max(0, now.until - stored.until))
    turn.record(ClipKept(now.clip, now.events, now.crossing, camera, *span, missing))


def _change(turn: Turn, clip: Clip, view: ClipView) -> None:
    now = next(one for one in turn.state.clips if one.clip == clip.clip)
    _replace(turn, replace(now, views=tuple(view if one.camera == view.camera else one for one in now.views)))


def _replace(turn: Turn, clip: Clip) -> None:
    turn.set(clips=tuple(clip if one.clip == clip.clip else one for one in turn.state.clips))
