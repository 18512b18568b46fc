"""What `station audit` says: its sentences, and the cause of each finding."""

from station.words.language import Words

AUDIT: dict[str, Words] = {
    "audit-lane": (
        "{kind} {name}: {facts} sự kiện, {records} bản ghi",
        "{kind} {name}: {facts} facts, {records} records",
    ),
    "audit-journal": ("nhật ký", "journal"),
    "audit-centre": ("trung tâm", "centre"),
    "audit-range": ("bản ghi {first}..{last}", "records {first}..{last}"),
    "audit-checkpoints": (
        "{count} mốc ký, {witnessed} được trung tâm chứng kiến; {behind} bản ghi sau mốc chứng kiến cuối",
        "{count} checkpoints, {witnessed} witnessed by the centre; {behind} records behind the last witnessed one",
    ),
    "audit-no-checkpoints": (
        "không có bảng mốc ký: bản phát hành cũ chưa có, hoặc có người đã xóa; không chữ ký nào ở đây bảo đảm cho các"
        " dòng (thêm --against với nguồn khác)",
        "no table of checkpoints: an old release made none, or somebody removed it; no signature here speaks for the"
        " rows (give --against another source)",
    ),
    "audit-older": (
        "{count} mốc ký thuộc phần trước bản ghi đầu tiên ở đây",
        "{count} checkpoints are of records before the first one here",
    ),
    "audit-gap": (
        "kỷ nguyên sau khai mất bản ghi {first}..{last}",
        "a later epoch declares records {first}..{last} lost",
    ),
    "audit-no-keys": (
        "CHƯA kiểm tra chữ ký: thêm --station-key và --centre-key",
        "signatures were NOT checked: give --station-key and --centre-key",
    ),
    "audit-whole": ("Nguyên vẹn.", "Whole."),
    "audit-broken": (
        "HỎNG tại {table} {row}: {cause}: {detail}",
        "BROKEN at {table} {row}: {cause}: {detail}",
    ),
    "audit-more": ("và {count} chỗ khác", "and {count} more"),
    "audit-exported": ("{file}: {facts} sự kiện, {records} bản ghi", "{file}: {facts} facts, {records} records"),
    "audit-ticket": (
        "Phiếu của lượt {crossing}, in {utc}, bản ghi {seq} (kỷ nguyên {epoch})",
        "Ticket of crossing {crossing}, printed {utc}, record {seq} (epoch {epoch})",
    ),
    "audit-agrees": (
        "Cơ sở dữ liệu đúng như phiếu đã in.",
        "The database is what was printed.",
    ),
    "audit-disagrees": (
        "KHÔNG PHẢI như phiếu đã in: giữ phiếu, sao lưu cả hai cơ sở dữ liệu và báo thanh tra.",
        "NOT what was printed: keep the ticket, copy both databases, tell the inspectorate.",
    ),
}

CAUSES: dict[str, Words] = {
    "gap": ("thiếu dòng", "a row is missing"),
    "previous": ("không nối với dòng trước", "does not follow the row before it"),
    "hash": ("nội dung đã bị đổi", "its content was changed"),
    "epoch": ("kỷ nguyên không đúng", "its epoch does not begin so"),
    "facts-hash": ("sự kiện gây ra đã khác hoặc mất", "the fact that caused it is another one, or gone"),
    "truncated": ("phần cuối đã bị cắt", "the end was cut off"),
    "lost": ("mất một bản ghi có mốc ký", "a row under a checkpoint is lost"),
    "checkpoint": ("trái với mốc ký", "contradicts a checkpoint"),
    "signature": ("khóa của trạm không ký", "not signed with the station's key"),
    "witness": ("khóa của trung tâm không chứng kiến", "not witnessed with the centre's key"),
    "foreign": ("của làn khác", "of another lane"),
    "unreadable": ("không đọc được", "cannot be read"),
    "older": ("trước phần có ở đây", "before what is held here"),
    "missing": ("không có ở đây", "is not here"),
    "not-as-printed": ("khác với phiếu đã in", "is not as printed"),
}
"""Of findings; the closed sets are in station.audit.walk and ticket_check."""
