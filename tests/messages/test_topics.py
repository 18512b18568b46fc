import pytest

from station.messages.topics import LaneTopics, lane_of


def test_topics_of_a_lane() -> None:
    topics = LaneTopics("VNHUN1", "L1")
    assert topics.records == "bgs/1/VNHUN1/L1/up/records"
    assert topics.receipt == "bgs/1/VNHUN1/L1/down/receipt"
    assert topics.state == "bgs/1/VNHUN1/L1/state"
    assert lane_of(topics.notice) == (topics, "up/notice")


@pytest.mark.parametrize("name", ["", "a/b", "+", "#", "$x", "a b", "x" * 64])
def test_a_name_that_cannot_stand_in_a_topic_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name"):
        LaneTopics(name, "L1")


@pytest.mark.parametrize("topic", ["", "bgs/1", "bgs/2/S/L/state", "bgs/1/S/L", "bgs/1/S p/L/state", "$SYS/x/y/z/w"])
def test_a_foreign_topic_is_no_lane(topic: str) -> None:
    assert lane_of(topic) is None
