"""`python -m tests.proof record`: the issue of record, evidence, link and centre, what it must show, in its order.

Kills at named points are `python -m tests.proof lane_kills`.
"""

from tests.proof.frame import Promise
from tests.proof.measures import (
    chaos_lines,
    clip_lines,
    disk_lines,
    downlink_lines,
    drain_lines,
    durability_lines,
    key_lines,
    migration_lines,
    outage_lines,
    picture_lines,
    proposal_lines,
    trust_lines,
)

PROMISES: dict[str, Promise] = {
    "1. Power cuts (G1)": durability_lines.power_cut,
    "1. Recorded before acted (G2)": durability_lines.recorded_before_acted,
    "1. Kills at any moment (G1, G2)": chaos_lines.kills,
    "1. Chaos of edge, broker, centre and database (G3, G4, G12)": chaos_lines.chaos,
    "1. A full disk (G6)": disk_lines.full_disk,
    "1. Black-holed ways (G12)": chaos_lines.black_holes,
    "1. Jumps of the clock (G7)": chaos_lines.jumps,
    "1. Damage (G8)": durability_lines.damaged,
    "1. Tamper evidence (G9)": trust_lines.tamper_evidence,
    "1. Orders at most once (G11)": downlink_lines.at_most_once,
    "1. Hostile payloads (G13)": durability_lines.hostile_payloads,
    "1. Keys and peers (G14)": key_lines.whom_it_believes,
    "2. Thirty days without a link (G5)": outage_lines.without_a_link,
    "3. A printed ticket": trust_lines.printed_ticket,
    "4. Appending": drain_lines.appending_a_turn,
    "4. Draining": drain_lines.draining,
    "5. Erasing a person's data": trust_lines.erasing,
    "Expand-only migrations": migration_lines.expand_only,
    "Evidence bundles": trust_lines.evidence_bundles,
    "Clips of events": clip_lines.clips,
    "Pictures to the centre": picture_lines.pictures,
    "Conformance of receivers": trust_lines.receivers,
    "Downlinks": downlink_lines.downlinks,
    "Settings proposals": proposal_lines.proposals,
}
"""In the issue's order."""
