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
    "reconcile-agrees": ("khớp", "agrees"),
    "reconcile-missing": ("thiếu {n}", "missing {n}"),
    "reconcile-differs": ("khác", "differs"),
    "reconcile-silent": ("làn chưa kê", "silent"),
    "reconcile-range": (
        "{lane}: bản ghi {first}..{last}, kỳ {epoch}: {what}",
        "{lane}: records {first}..{last} of epoch {epoch}: {what}",
    ),
    "reconcile-whole": ("{lane}: {what}", "{lane}: {what}"),
    "reconcile-next": (
        "Việc cần làm: {lane}: chạy `station day --send` ở làn, rồi đối chiếu lại",
        "Next: {lane}: run `station day --send` at the lane, then reconcile again",
    ),
    "difference-missing": ("làn có, trung tâm không có", "the lane has them, the centre has not"),
    "difference-altered": ("nội dung không phải cái đã băm", "the content is not what was hashed"),
    "difference-unlinked": ("không nối với bản ghi trước nó", "does not follow the record before it"),
    "difference-other-hash": ("ở đây làn có bản ghi khác", "somewhere in here the lane has another record"),
    "difference-extra": ("trung tâm có, làn không kê", "the centre has them, the lane does not state them"),
    "difference-counts": ("số đếm khác (làn / trung tâm)", "other counts (lane / centre)"),
    "difference-unsigned": ("bản kê không do khóa của trạm ký", "the statement is not under the station's key"),
}
