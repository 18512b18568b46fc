"""What a verifier of evidence says: part, verdict or code -> (Vietnamese, English). Reasons of trust have their own."""

from station.words.language import Words

PARTS: dict[str, Words] = {
    "file": ("tệp", "file"),
    "manifest": ("bản kê", "manifest"),
    "signature": ("chữ ký của trạm", "station's signature"),
    "in-force": ("phần mềm và cấu hình khi đó", "software and settings then"),
    "facts": ("sự kiện", "facts"),
    "records": ("bản ghi", "records"),
    "links": ("bản ghi với sự kiện gây ra nó", "records with their facts"),
    "complete": ("trọn vẹn từ đầu đến cuối", "complete from first to last"),
    "evidence-file": ("ảnh", "picture"),
    "clip": ("đoạn hình", "clip"),
    "weight": ("khối lượng", "weight"),
    "officers": ("danh sách công chức", "officers' file"),
    "act": ("hành vi của công chức", "officer's act"),
}

VERDICTS: dict[str, Words] = {
    "holds": ("ĐÚNG", "HOLDS"),
    "fails": ("SAI", "FAILS"),
    "missing": ("KHÔNG CÒN", "MISSING"),
    "not-checked": ("CHƯA KIỂM TRA", "NOT CHECKED"),
}

FINDINGS: dict[str, Words] = {
    # of the file
    "not-a-file": ("không phải tệp thường", "no plain file"),
    "not-a-zip": ("không phải tệp zip", "no zip"),
    "cut-off": ("tệp bị cắt cụt", "cut off"),
    "too-big": ("quá lớn", "too big"),
    "too-many-members": ("quá nhiều thành phần", "too many members"),
    "bad-name": ("tên thành phần không được phép", "a member's name is not allowed"),
    "members-out-of-order": ("thành phần sai thứ tự hoặc lặp lại", "members out of order, or one twice"),
    "other-zip-form": ("không đúng dạng zip của gói", "another form of zip than that of a bundle"),
    "bad-checksum": ("tổng kiểm tra của thành phần không khớp", "a member's checksum does not fit"),
    "bad-directory": ("mục lục zip sai", "the zip's directory is wrong"),
    "member-gone": ("thiếu thành phần này", "this member is not there"),
    "nobody-names-it": ("không có gì nêu tên nó", "nothing names it"),
    "other-content": ("nội dung khác với mã băm đã ghi", "another content than its hash says"),
    "other-size": ("kích thước khác", "another size"),
    "other-json-form": ("không ở dạng chuẩn", "not in canonical form"),
    # of the signature
    "other-manifest": ("chữ ký cho bản kê khác", "signed for another manifest"),
    "other-key": ("ký bằng khóa khác với khóa của trạm", "signed by another key than the station's"),
    "key-not-given": (
        "chưa ai xác nhận khóa này: so dấu vân tay hoặc dùng --key",
        "nobody vouches for this key: compare its fingerprint, or give --key",
    ),
    # of the rows
    "empty-run": ("đoạn không có dòng nào", "a run without rows"),
    "rows-out-of-order": ("dòng sai thứ tự", "rows out of order"),
    "does-not-follow": ("không nối tiếp dòng trước", "does not follow the row before"),
    "gap": ("thiếu dòng", "a row is missing"),
    "hash-differs": ("nội dung khác với mã băm", "its bytes are not what was hashed"),
    "other-fact": ("nêu sự kiện khác", "names another fact"),
    "no-record-of-it": ("không có bản ghi nào của lượt xe", "no record of the crossing"),
    "no-beginning-or-end": ("thiếu bản ghi đầu hoặc cuối", "its first or last record is not there"),
    "facts-elsewhere": ("sự kiện nằm trong tệp sổ khác", "the fact lies in another journal file"),
    "still-open": ("lượt xe chưa kết thúc", "the crossing had no end yet"),
    "too-long": ("quá nhiều dòng: chỉ có những dòng nêu lượt xe", "too many rows: only those that name the crossing"),
    "with-epoch": ("sổ được bắt đầu lại ở giữa", "the journal was begun anew in between"),
    "starts-elsewhere": ("lần khởi động nằm trong tệp sổ khác", "the lane's start lies in another journal file"),
    "differs-from-rows": ("khác với các dòng đã băm", "differs from the hashed rows"),
    # of pictures
    "left-out": ("được nêu nhưng bị bỏ qua không nói", "named by a row and silently left out"),
    "listed-twice": ("kê hai lần", "listed twice"),
    "file-missing": (
        "trạm ghi là không còn, thí dụ đã hết hạn lưu",
        "the station states it as gone, as after its term",
    ),
    "file-damaged": ("trạm ghi là tệp đã hỏng", "the station states it as damaged"),
    "file-too-big": ("trạm ghi là quá lớn cho gói", "the station states it as too big for a bundle"),
    # of clips
    "no-index": ("không phải bảng kê khung hình", "no index of frames"),
    "frames-out-of-order": ("khung hình sai thứ tự hoặc ngoài khoảng", "frames out of order or out of the window"),
    "clip-differs": ("bảng kê khác với bản ghi", "the index says otherwise than the record"),
    # of weights
    "no-weighing": ("sự kiện không phải lần cân", "the fact is no weighing"),
    "scale-unknown": ("không biết cân được mở thế nào", "how the scale was opened is not known"),
    "frames-not-readable": (
        "khung của loại cân này không đọc lại được từ những gì đã lưu",
        "frames of this scale cannot be read again from what is stored",
    ),
    "weighed-twice": ("hai khối lượng từ cùng một lần cân", "two weights out of one weighing"),
    "no-frame": ("khung không đọc được", "a frame that cannot be read"),
    "frames-say-otherwise": ("các khung cho khối lượng khác", "the frames say another weight"),
    # of acts
    "no-trust-files": ("gói không có tệp tin cậy", "the bundle has no files of trust"),
    "root-not-given": (
        "theo khóa gốc mà gói nêu: so dấu vân tay hoặc dùng --root",
        "by the root that the bundle states: compare its fingerprint, or give --root",
    ),
    "other-root": ("theo khóa gốc khác", "by another root"),
    "officers-changed-since": ("danh sách khác với danh sách khi đó", "another file than was in force then"),
    "officer-unknown": ("khóa không có trong danh sách này", "the key is not in this file"),
    "no-act": ("sự kiện không phải hành vi", "the fact is no act"),
}
"""Codes that are not also reasons of `station.trust.refusal`."""
