"""What `station evidence` says: key -> (Vietnamese, English). Filled in with `str.format`."""

from station.words.language import Words

EVIDENCE: dict[str, Words] = {
    "evidence-needs-source": (
        "cho biết --settings của làn, hoặc --journal (và --key để ký)",
        "name the lane's --settings, or --journal (and --key to sign)",
    ),
    "evidence-bundled": (
        "{file}: {records} bản ghi, {facts} sự kiện, {held} ảnh; {size} byte, sha256 {sha256}",
        "{file}: {records} records, {facts} facts, {held} pictures; {size} bytes, sha256 {sha256}",
    ),
    "evidence-absent": ("Không có trong gói: {sha256}, {why}", "Not in it: {sha256}, {why}"),
    "evidence-gap": ("Chưa trọn vẹn: {why}", "Not complete: {why}"),
    "evidence-item": ("{verdict}  {part} {thing}", "{verdict}  {part} {thing}"),
    "evidence-sound": (
        "Gói đứng vững: {holds} mục đúng, {missing} ảnh không còn, {unchecked} mục chưa kiểm tra.",
        "The bundle holds: {holds} items hold, {missing} pictures are gone, {unchecked} not checked.",
    ),
    "evidence-unsound": (
        "GÓI KHÔNG ĐÁNG TIN: {fails} mục sai. Đừng dùng nó; xin trạm gói khác.",
        "THE BUNDLE DOES NOT HOLD: {fails} items fail. Do not rely on it; ask the station for another.",
    ),
    "evidence-weight": (
        "{weight}: {gross}, dao động {spread}, {frames} khung, {time}, lượt xe {crossing}",
        "{weight}: {gross}, spread {spread}, {frames} frames, {time}, crossing {crossing}",
    ),
    "evidence-weight-rows": (
        "bản ghi {record} {record_hash}\nsự kiện {fact} {fact_hash}",
        "record {record} {record_hash}\nfact {fact} {fact_hash}",
    ),
    "evidence-weight-altered": (
        "CÁC DÒNG NÀY ĐÃ BỊ THAY ĐỔI: chúng không còn là những gì đã được băm",
        "THESE ROWS WERE ALTERED: they are not what was hashed",
    ),
    "evidence-frame": ("khung {number}: {raw}", "frame {number}: {raw}"),
}
