"""What `station trust` says, and the printed letter, which stands in both languages on one sheet."""

from station.words.language import Words

LETTER = (
    "DẤU VÂN TAY CỦA KHÓA GỐC / FINGERPRINT OF THE ROOT KEY",
    "",
    "Gửi thư này bằng đường khác với tệp cấp phát. Hai công chức đối chiếu tại trạm,",
    "mỗi người bằng khóa của mình: station trust accept. Thư không phải là bí mật.",
    "Send this letter by another way than the provisioning file. Two officers compare it at the station,",
    "each with a key of their own: station trust accept. The letter is no secret.",
)

TRUST: dict[str, Words] = {
    "trust-grant-form": (
        "cần đúng một trong --public và --new-key; --scope là: {scopes}",
        "give exactly one of --public and --new-key; --scope is one of: {scopes}",
    ),
    "trust-stated": ("văn bản số {serial} của khóa gốc: {file}", "statement {serial} of the root: {file}"),
    "trust-published": (
        "văn bản số {serial} được gửi đến mọi trạm ngay khi trạm kết nối",
        "statement {serial} goes to every station as soon as it connects",
    ),
    "trust-officers-published": (
        "danh sách công chức số {number} được gửi đến các làn của trạm {station}",
        "officers file {number} goes to the lanes of station {station}",
    ),
    "trust-provisioned": (
        "{file} cấp phát cho trạm {station}; gửi dấu vân tay bằng thư riêng: station trust letter",
        "{file} provisions station {station}; send the fingerprint by a letter of its own: station trust letter",
    ),
    "trust-type-fingerprint": (
        "Dấu vân tay của trạm {station} như trạm đọc qua điện thoại hoặc thư (các từ hoặc số hex)",
        "Fingerprint of station {station} as it was read out or written by the station (words or hex)",
    ),
    "trust-enrolled": ("trạm {station} đã được ghi danh với khóa {key_id}", "station {station} enrolled, key {key_id}"),
    "trust-struck": ("đã xóa {count} khóa của trạm {station}", "{count} keys of station {station} struck off"),
    "trust-person": ("Người giữ khóa {file}", "The holder of {file}"),
    "trust-compare": (
        "Khóa gốc trong tệp cấp phát của trạm {station}, lúc {until}. Điền các từ còn thiếu theo thư in:",
        "The root in the provisioning file of station {station}, at {until}. Fill the gaps from the printed letter:",
    ),
    "trust-gap": ("Từ số {number} trong thư", "Word {number} of the letter"),
    "trust-accepted": (
        "trạm {station} tin khóa gốc này; đã đối chiếu: {persons}",
        "station {station} believes this root; compared by: {persons}",
    ),
    "trust-link": (
        "ghi vào [link] của cấu hình: host = {host}, port = {port}",
        "enter under [link] in the settings: host = {host}, port = {port}",
    ),
    "trust-taken-in": (
        "văn bản số {serial} của khóa gốc có hiệu lực: {file}",
        "statement {serial} of the root is in force: {file}",
    ),
    "trust-root-is": ("khóa gốc {key_id}", "root {key_id}"),
    "trust-station-is": ("khóa của trạm {key_id}", "station's key {key_id}"),
    "trust-serial": (
        "văn bản số {serial}; khóa bị thu hồi: {revoked}",
        "statement {serial}; revoked keys: {revoked}",
    ),
    "trust-asked": (
        "{file} gửi cho trung tâm; đọc dấu vân tay của trạm cho trung tâm bằng đường khác",
        "send {file} to the centre; read them the station's fingerprint over another way",
    ),
    "trust-renewed": (
        "khởi động lại các làn; khóa cũ được giữ và cả hai khóa đã ký việc thay",
        "restart the lanes; the old key is kept, and both keys have signed the change",
    ),
}

TRUST_HELP: dict[str, Words] = {
    "trust": ("Khóa gốc, văn bản của nó, và việc ghi danh các trạm.", "The root, what it states, and enrolment."),
    "trust-folder": ("thư mục có root.pub và centre.signed", "the folder with root.pub and centre.signed"),
    "trust-root-key": ("khóa riêng của gốc, niêm bằng mật khẩu", "the root's private key, sealed by a password"),
    "trust-root": (
        "Tạo khóa gốc, niêm bằng mật khẩu; cất root.key ngoài mạng.",
        "Make a root, sealed by a password; keep root.key offline.",
    ),
    "trust-grant": (
        "Khóa gốc cho một khóa trung tâm quyền ký, đến một ngày; văn bản có số tiếp theo.",
        "The root lets a centre key sign, for scopes and until a day; a statement with the next serial.",
    ),
    "trust-scope": ("việc được ký; lặp lại được", "what it may sign; may be repeated"),
    "trust-public": ("khóa công khai đã có, để cấp hoặc gia hạn", "a public key that exists, to grant or to renew"),
    "trust-new-key": ("tạo khóa mới vào tệp này", "make a new key in this file"),
    "trust-revoke": (
        "Khóa gốc thu hồi vĩnh viễn một khóa trung tâm.",
        "The root takes a centre key back, for good.",
    ),
    "trust-key-id": ("mã khóa, 16 chữ số hex", "the key's id, 16 hex digits"),
    "trust-publish": (
        "Giao văn bản mới nhất cho trung tâm, để gửi đến mọi trạm.",
        "Give the newest statement to the centre, which sends it to every station.",
    ),
    "trust-publish-officers": (
        "Giao danh sách công chức cho trung tâm, để gửi đến các làn của trạm.",
        "Give an officers file to the centre, which sends it to the lanes of its station.",
    ),
    "trust-provision": (
        "Viết tệp cấp phát đã ký cho một trạm mới.",
        "Write the signed provisioning file of a new station.",
    ),
    "trust-provision-out": ("tệp cấp phát", "the provisioning file"),
    "trust-ca": ("chứng chỉ của broker (PEM)", "the authority of the broker's certificate (PEM)"),
    "trust-letter": (
        "In thư có dấu vân tay của khóa gốc, bằng hai thứ tiếng.",
        "Print the letter with the root's fingerprint, in both languages.",
    ),
    "trust-accept": (
        "Hai công chức đối chiếu khóa gốc của tệp cấp phát với thư in.",
        "Two officers compare the root of a provisioning file with the printed letter.",
    ),
    "trust-accept-file": ("tệp cấp phát", "the provisioning file"),
    "trust-accept-folder": ("thư mục nhận các tệp khóa", "the folder that receives the files of keys"),
    "trust-accept-key": ("khóa của một công chức; đúng hai lần", "an officer's key; exactly twice"),
    "trust-import": (
        "Nhận văn bản của khóa gốc từ tệp, ví dụ từ USB.",
        "Take in a statement of the root from a file, from a USB stick for instance.",
    ),
    "trust-import-file": ("tệp centre.signed", "the file centre.signed"),
    "trust-show": ("Trạm tin ai; dấu vân tay của trạm.", "Whom this station believes; its own fingerprint."),
    "trust-show-out": ("viết yêu cầu ghi danh vào tệp này", "write the request for enrolment to this file"),
    "trust-renew-key": (
        "Thay khóa của trạm; khóa cũ và khóa mới cùng ký.",
        "Replace the station's key; the old and the new one both sign.",
    ),
    "trust-enrol": (
        "Ghi danh một trạm tại trung tâm theo dấu vân tay.",
        "Enrol a station at the centre by fingerprint.",
    ),
    "trust-enrol-file": ("yêu cầu của trạm (trust show --out)", "the station's request (trust show --out)"),
    "trust-fingerprint": ("dấu vân tay; không có thì sẽ hỏi", "the fingerprint; asked for if not given"),
    "trust-strike": ("Xóa khóa của một trạm khỏi danh sách ghi danh.", "Strike a station's key off the roll."),
    "trust-strike-key": ("chỉ khóa này", "only this key"),
}
