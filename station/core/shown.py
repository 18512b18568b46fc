"""What an officer is shown of a crossing, as one hash: an act counts only for what was seen."""

import hashlib

from drivers.contract.plain import canonical, to_plain
from station.core.state import Crossing


def pictures_of(crossing: Crossing) -> tuple[str, ...]:
    """Every picture that was taken of it (SHA-256)."""
    looks = crossing.container_looks.pictures + crossing.trailer_looks.pictures + crossing.seal_looks.pictures
    return crossing.pictures + looks


def evidence_digest(crossing: Crossing) -> str:
    """SHA-256 (hex) over what an officer is shown before acting: who, what, how heavy, what was decided and why."""
    shown = {
        "crossing": crossing.crossing,
        "plate": crossing.plate and to_plain(crossing.plate),
        "weight": crossing.weight and to_plain(crossing.weight),
        "declaration": crossing.declaration,
        "decision": crossing.decision and to_plain(crossing.decision),
        "hold": crossing.hold.reason if crossing.hold else "",
        "pictures": list(pictures_of(crossing)),
    }
    if crossing.plate is not None and crossing.plate.colour == "UNSURE":  # so that older acts keep their digest
        shown["plate"] = {name: value for name, value in to_plain(crossing.plate).items() if name != "colour"}
    if crossing.trailer is not None:
        shown["trailer"] = to_plain(crossing.trailer)
    if crossing.container is not None:  # acts of lanes without container cameras keep their digest
        shown["container"] = to_plain(crossing.container)
    if crossing.scan_looks.verdicts:
        shown["scans"] = list(crossing.scan_looks.verdicts)
    if crossing.seal_looks.verdict:
        shown["seal"] = crossing.seal_looks.verdict
    return hashlib.sha256(canonical(shown)).hexdigest()
