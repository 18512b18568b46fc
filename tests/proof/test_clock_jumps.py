"""The wall clock jumps while a truck passes and while records flow; the whole measure is in the proof of the record."""

from pathlib import Path

import pytest

from tests.proof.measures.clock_jumps import TEN_YEARS_MS, crossing, link


@pytest.mark.parametrize(("jump_ms", "reason"), [(TEN_YEARS_MS, "LIST_STALE"), (-TEN_YEARS_MS, "CLOCK_BEHIND_LIST")])
def test_by_a_clock_ten_years_off_nothing_is_released(tmp_path: Path, jump_ms: int, reason: str) -> None:
    seen = crossing(tmp_path / "gate", jump_ms, 3.0)
    assert (seen.ends, seen.holds) == ([], [reason])
    assert [round(ms / 1_000) for ms in seen.jumps_told] == [jump_ms // 1_000]
    assert seen.is_in_order
    assert seen.late_orders == 0


def test_a_lane_ten_years_ahead_refuses_receipts_by_name_and_loses_nothing(tmp_path: Path) -> None:
    seen = link(tmp_path, "lane", TEN_YEARS_MS)
    assert seen.refused == {"key-expired"}
    assert not seen.delivered_meanwhile
    assert seen.equal
