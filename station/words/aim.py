"""What the codes of a camera's aim mean, for people: code -> (Vietnamese, English)."""

from station.words.language import Words

CAUSES: dict[str, Words] = {
    "BURNT": ("biển số cháy sáng", "the plate is burnt out"),
    "DARK": ("biển số quá tối", "the plate is too dark"),
    "GLARE": ("chói trên một phần biển số", "glare on a part of the plate"),
    "HAZY": ("ảnh mờ như sương: kính bẩn hoặc ngược sáng", "a veil over the picture: dirty glass or light from behind"),
    "MOTION": ("biển số nhòe vì xe chạy", "the plate is smeared by motion"),
    "UNSHARP": ("biển số mất nét", "the plate is out of focus"),
    "SMALL": ("biển số quá nhỏ", "the plate is too small"),
    "LARGE": ("biển số quá lớn, xe dừng lệch là mất", "the plate is too large: a truck that stops aside is missed"),
    "HIGH": ("biển số sát mép trên", "the plate is near the upper edge"),
    "LOW": ("biển số sát mép dưới", "the plate is near the lower edge"),
    "LEFT": ("biển số sát mép trái", "the plate is near the left edge"),
    "RIGHT": ("biển số sát mép phải", "the plate is near the right edge"),
    "ROLLED": ("camera bị nghiêng", "the camera is rolled"),
    "ASKEW": ("camera nhìn biển số từ bên cạnh", "the plate is seen from the side"),
    "STEEP": ("camera nhìn biển số từ quá cao", "the plate is seen from too high"),
    "NO_PLATE": ("không thấy biển số trong nhiều ảnh", "no plate is found in many pictures"),
    "UNREAD": (
        "đo đều tốt nhưng nhiều biển số không đọc chắc",
        "all measures are good, but many plates are not read surely",
    ),
}

CHANGES: dict[str, Words] = {
    "expose-less": ("giảm phơi sáng hoặc đèn", "expose less, or dim the lamp"),
    "expose-more": ("tăng phơi sáng", "expose more"),
    "light-at-night": ("thêm đèn ban đêm", "add a lamp for the night"),
    "shade": ("che nắng hoặc đổi hướng đèn, camera", "shade the lens, or turn lamp or camera out of the light"),
    "clean": ("lau kính, tránh ngược sáng", "clean the glass; keep light out of the lens"),
    "shutter-shorter": ("màn trập 1/{amount}", "shutter 1/{amount}"),
    "focus": ("chỉnh lại nét tại chỗ xe dừng", "focus where the truck stands"),
    "zoom-in": ("phóng to đến {amount} %", "zoom in to {amount} %"),
    "zoom-out": ("thu nhỏ còn {amount} %", "zoom out to {amount} %"),
    "tilt-up": ("ngẩng camera lên, {share} % chiều cao ảnh", "tilt up by {share} % of the picture's height"),
    "tilt-down": ("cúi camera xuống, {share} % chiều cao ảnh", "tilt down by {share} % of the picture's height"),
    "turn-left": ("quay camera sang trái, {share} % chiều rộng ảnh", "turn left by {share} % of the picture's width"),
    "turn-right": ("quay camera sang phải, {share} % chiều rộng ảnh", "turn right by {share} % of the picture's width"),
    "roll-clockwise": ("xoay camera {amount}° theo chiều kim đồng hồ", "roll the camera {amount}° clockwise"),
    "roll-anticlockwise": ("xoay camera {amount}° ngược chiều kim đồng hồ", "roll the camera {amount}° anticlockwise"),
    "nearer-axis": ("đặt camera gần trục làn hơn", "mount the camera nearer to the lane's axis"),
    "mount-lower": ("đặt camera thấp hơn hoặc xa hơn", "mount the camera lower or farther away"),
    "show-plate": (
        "hướng camera vào chỗ biển số khi xe dừng",
        "point the camera at where the plates are when trucks stand",
    ),
    "look-at-pictures": (
        "xem các ảnh: biển bẩn, bị che, loại lạ?",
        "look at the pictures: dirty, covered, foreign plates?",
    ),
}

MEASURES: dict[str, Words] = {
    "burnt": ("phần biển số cháy sáng, ‰", "burnt share of the plate, permille"),
    "ground": ("độ sáng nền biển số", "gray value of the plate's ground"),
    "glare": ("chói lệch một bên, ‰", "glare on one side, permille"),
    "veil": ("màn sương trên ảnh, ‰", "veil over the picture, permille"),
    "smear": ("nhòe chuyển động so với chữ, ‰", "motion blur against the letters, permille"),
    "soft": ("mất nét so với chữ, ‰", "softness against the letters, permille"),
    "letter": ("chiều cao chữ, px", "height of the letters, px"),
    "fill": ("bề rộng biển số so với ảnh, ‰", "plate's share of the picture's width, permille"),
    "top": ("khoảng trống phía trên, mm", "room above, mm"),
    "bottom": ("khoảng trống phía dưới, mm", "room below, mm"),
    "left": ("khoảng trống bên trái, mm", "room on the left, mm"),
    "right": ("khoảng trống bên phải, mm", "room on the right, mm"),
    "roll": ("góc nghiêng camera, độ", "roll, degrees clockwise"),
    "shear": ("góc xiên của dòng chữ, độ", "slant of the lines, degrees"),
    "narrow": ("rộng so với tỷ lệ thật, ‰", "width against the true proportions, permille"),
    "flat": ("dẹt so với tỷ lệ thật, ‰", "flatness against the true proportions, permille"),
    "found": ("ảnh thấy biển số, ‰", "passes with a plate found, permille"),
    "read": ("lượt đọc chắc chắn, ‰", "passes read surely, permille"),
}

VERDICTS: dict[str, Words] = {
    "GOOD": ("tốt", "good"),
    "POOR": ("kém", "poor"),
    "BAD": ("hỏng", "bad"),
}
