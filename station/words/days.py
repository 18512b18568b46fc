"""How a lane's day compares with the centre's, and each way in which it differs."""

from station.words.language import Words

VERDICTS: dict[str, Words] = {
    "agrees": ("khớp", "agrees"),
    "missing": ("thiếu {n}", "missing {n}"),
    "differs": ("khác", "differs"),
    "silent": ("làn chưa kê", "silent"),
}
"""`{n}`: how many records are missing."""

DIFFERENCES: dict[str, Words] = {
    "missing": ("làn có, trung tâm không có", "the lane has them, the centre has not"),
    "altered": ("nội dung không phải cái đã băm", "the content is not what was hashed"),
    "unlinked": ("không nối với bản ghi trước nó", "does not follow the record before it"),
    "other-hash": ("ở đây làn có bản ghi khác", "somewhere in here the lane has another record"),
    "extra": ("trung tâm có, làn không kê", "the centre has them, the lane does not state them"),
    "counts": ("số đếm khác (làn / trung tâm)", "other counts (lane / centre)"),
    "unsigned": ("bản kê không do khóa của trạm ký", "the statement is not under the station's key"),
}
