"""What `station day` and `station centre reconcile` say."""

from station.words.language import Words

DAY: dict[str, Words] = {
    "day-stated": (
        "{station}/{lane}, ngày {day}: {records} bản ghi, {crossings} lượt kết thúc; đã ký",
        "{station}/{lane}, {day}: {records} records, {crossings} crossings ended; signed",
    ),
    "day-sent": ("Máy chủ MQTT đã nhận bản kê.", "The broker has taken the statement."),
    "day-not-over": (
        "{day} không phải một ngày đã qua, dạng YYYY-MM-DD",
        "{day} is no day that is over, as YYYY-MM-DD",
    ),
    "reconcile-title": (
        "Đối chiếu ngày {day}: {agree} trên {lanes} làn khớp",
        "Reconciled {day}: {agree} of {lanes} lanes agree",
    ),
    "reconcile-stated": ("làn kê", "stated"),
    "reconcile-stored": ("trung tâm có", "stored"),
    "reconcile-verdict": ("kết quả", "verdict"),
    "reconcile-range": (
        "{lane}: bản ghi {first}..{last}, kỳ {epoch}: {what}",
        "{lane}: records {first}..{last} of epoch {epoch}: {what}",
    ),
    "reconcile-whole": ("{lane}: {what}", "{lane}: {what}"),
    "reconcile-next": (
        "Việc cần làm: {lane}: chạy `station day --send` ở làn, rồi đối chiếu lại",
        "Next: {lane}: run `station day --send` at the lane, then reconcile again",
    ),
}
