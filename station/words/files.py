"""What has become of an evidence file on its way to the centre, and why one will not come."""

from station.words.language import Words

FILE_STATES: dict[str, Words] = {
    "here": ("ở đây", "here"),
    "gone": ("sẽ không đến: {reason}", "will not come: {reason}"),
    "missing": ("chưa đến", "not yet come"),
}

FILE_REASONS: dict[str, Words] = {
    "missing": ("làn không còn tệp", "the lane no longer has it"),
    "damaged": ("ở làn tệp đã hỏng", "it is damaged at the lane"),
    "unreadable": ("đĩa của làn không đọc được", "the lane's disk cannot read it"),
    "too-large": ("lớn quá 64 MiB", "larger than 64 MiB"),
    "given-up": ("trung tâm không nhận sau nhiều lần", "the centre did not take it, several times"),
    "other": ("lý do của bản mới hơn", "a reason of a newer release"),
}
