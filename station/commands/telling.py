"""One record as a sentence for a person."""

from drivers.contract.plain import to_plain
from drivers.contract.quantities import Millis
from station.commands.output import kilograms, seconds
from station.commands.words import phrase
from station.core.advice_records import ScanAssessed, SealAssessed
from station.core.clip_records import ClipFailed, ClipKept
from station.core.presented_records import (
    ContainerIdentified,
    DriverIdentified,
    ReaderDiffered,
    TagPresented,
    TrailerIdentified,
)
from station.core.records import (
    TYPES,
    ActRecorded,
    AlarmRaised,
    CaseOpened,
    CrossingCompleted,
    CrossingDecided,
    CrossingHeld,
    CrossingOpened,
    CrossingReleased,
    DeclarationPresented,
    OrderEnded,
    OrderIssued,
    PlateIdentified,
    Record,
    RefusalRecorded,
    WeightRecorded,
)
from station.core.retention_records import DiskChanged, EvidenceDropped
from station.words.meanings import code, coded, record_type
from station.words.meanings import next_step as what_to_do


def sentence(record: Record) -> str:
    """What happened, with its figures."""
    name = record_type(TYPES[type(record)])
    return f"{name}: {_told(record)}"


def _told(record: Record) -> str:  # noqa: C901, PLR0912 - one row per record
    match record:
        case CrossingOpened(previous=previous):
            return phrase("told-opened-again", previous=previous) if previous else phrase("told-opened")
        case PlateIdentified(colour=colour):
            return _plate(record) + ("" if colour == "UNSURE" else f", {coded(colour)}")
        case TrailerIdentified():
            return _plate(record)
        case ContainerIdentified():
            return _container(record)
        case ScanAssessed():
            return _scan(record)
        case SealAssessed():
            return _seal(record)
        case ClipKept():
            return _clip(record)
        case ClipFailed(camera=camera, reason=reason):
            return f"{_events(record)}: {camera} {coded(reason)}"
        case DeclarationPresented(declaration=declaration):
            return declaration
        case TagPresented(device=device, epc=epc):
            return f"{epc} ({device})"
        case DriverIdentified(device=device, document=document):
            return f"{code(document)} ({device})"
        case ReaderDiffered(fault=fault) if fault:
            return fault
        case ReaderDiffered(text=text, shadow_text=other, compared=compared, differed=differed):
            return phrase("told-differed", text=text or "-", other=other or "-", compared=compared, differed=differed)
        case RefusalRecorded(thing=thing, reason=reason, next_step=step):
            return "; ".join(part for part in (f"{thing}: {coded(reason)}", what_to_do(reason, step)) if part)
        case WeightRecorded(gross=gross, spread=spread, frames=frames, took=took, attempt=attempt):
            return phrase(
                "told-weight",
                gross=kilograms(gross),
                spread=kilograms(spread),
                frames=frames,
                took=seconds(took),
                attempt=attempt,
            )
        case CrossingDecided(verdict=verdict, reason=reason):
            return ", ".join(coded(part) for part in (verdict, reason) if part)
        case CrossingHeld(reason=reason, owner=owner, reminder=reminder):
            key = "told-reminded" if reminder else "told-held"
            return phrase(key, reason=coded(reason), owner=code(owner), reminder=reminder)
        case ActRecorded(action=action, actor=actor, role=role, reason=reason, text=text, outcome=outcome):
            told = phrase(
                "told-act", actor=actor, role=code(role), action=coded(action), reason=reason, outcome=coded(outcome)
            )
            afar = phrase("told-remote") if record.remote else ""
            return ". ".join(part for part in (told, afar, coded(record.refusal), text) if part)
        case CrossingReleased(basis=basis, acts=acts):
            return coded(basis) + (f" [{', '.join(acts)}]" if acts else "")
        case OrderIssued(order=order, order_id=order_id, device=device):
            return phrase("told-order", order=coded(order), device=device, order_id=order_id)
        case OrderEnded(order_id=order_id, outcome=outcome, detail=detail):
            return phrase("told-ended", order_id=order_id, outcome=coded(outcome)) + (f" ({detail})" if detail else "")
        case AlarmRaised(code="CAMERA_VIEW", thing=thing, detail=detail):
            cause, _, measured = detail.partition(" ")
            told = " ".join(part for part in (coded("CAMERA_VIEW"), thing, coded(cause), measured) if part)
            return f"{told}; {what_to_do(cause)}"
        case AlarmRaised(code="NO_SECOND_COPY", thing=thing, detail=detail):
            return f"{coded('NO_SECOND_COPY')} {thing}: {coded(detail)}; {what_to_do(detail)}"
        case AlarmRaised(code=alarm, thing=thing, detail=detail):
            told = " ".join(part for part in (coded(alarm), thing, detail) if part)
            return "; ".join(part for part in (told, what_to_do(alarm)) if part)
        case DiskChanged(level=level, free_mib=free_mib, days_left=days_left):
            return f"{coded(level)}, {free_space(free_mib, days_left)}"
        case EvidenceDropped(evidence=evidence, reason=reason, files=files, bytes=size, first=first, last=last):
            what = phrase("told-dropped", what=code(evidence), files=files, mib=-(-size // (1 << 20)))
            return ", ".join(part for part in (what, coded(reason), f"{first} - {last}" if first else "") if part)
        case CaseOpened(case=case, reason=reason, owner=owner):
            return phrase("told-case", case=case, reason=coded(reason), owner=code(owner))
        case CrossingCompleted(end=end, reason=reason):
            return ", ".join(coded(part) for part in (end, reason) if part)
        case _:
            body = {name: value for name, value in to_plain(record).items() if name != "is" and value not in ("", None)}
            return ", ".join(f"{name} {value}" for name, value in body.items())


def free_space(free_mib: int, days_left: int) -> str:
    """Free space, and the days left as far as they are known."""
    left = phrase("days-unknown") if days_left < 0 else phrase("days-left", days=days_left)
    return f"{phrase('free-mib', mib=free_mib)}, {left}"


def _plate(told: PlateIdentified | TrailerIdentified) -> str:
    shown = {"verdict": coded(told.verdict), "percent": _percent(told.confidence), "frames": told.frames}
    return phrase("told-plate", plate=told.plate or "-", **shown)


def _container(told: ContainerIdentified) -> str:
    more = phrase("told-container-against", against=told.against) if told.against else ""
    if told.form == "WRONG_CHECK_DIGIT":
        more += f", {coded(told.form)}"
    shown = {"verdict": coded(told.verdict), "percent": _percent(told.confidence), "views": told.views}
    return phrase("told-container", container=told.container or "-", more=more, **shown)


def _scan(told: ScanAssessed) -> str:
    if told.verdict == "IMPOSSIBLE":
        return "; ".join(
            part for part in (f"{coded(told.verdict)}: {coded(told.reason)}", what_to_do(told.reason)) if part
        )
    flaws = "".join(f", {coded(flaw)}" for flaw in told.flaws)
    shown = {"excess": _percent(told.excess), "largest": told.largest, "opaque": _percent(told.opaque)}
    return phrase("told-scan", verdict=coded(told.verdict), scan=told.scan, flaws=flaws, **shown)


def _seal(told: SealAssessed) -> str:
    each = "; ".join(f"{camera} {coded(said)} {distance / 10:.1f}" for camera, said, distance in told.said)
    shown = {"verdict": coded(told.verdict), "percent": _percent(told.confidence), "views": told.views}
    return phrase("told-seal", each=each, **shown)


def _clip(told: ClipKept) -> str:
    """How far it reaches before and behind its window's beginning is in the record; here its figures."""
    length = Millis(told.until - told.since)
    shown = {"length": seconds(length), "missing": seconds(told.missing), "frames": told.frames}
    return phrase("told-clip", events=_events(told), camera=told.camera, **shown)


def _events(told: ClipKept | ClipFailed) -> str:
    return ", ".join(dict.fromkeys(coded(event) for event, _ in told.events))


def _percent(permille: int) -> str:
    return f"{permille / 10:.1f} %"
