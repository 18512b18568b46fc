"""What each reading of a device is called: class name -> (Vietnamese, English)."""

from station.words.language import Words

READINGS: dict[str, Words] = {
    "LoopEdge": ("vòng từ", "loop"),
    "BoomMoved": ("vị trí cần chắn", "boom position"),
    "OutputsRead": ("đầu ra đọc lại", "outputs as read back"),
    "BeamEdge": ("tia quang", "light barrier"),
    "ButtonEdge": ("nút bấm", "button"),
    "ContactEdge": ("tiếp điểm", "contact"),
    "TagSeen": ("thẻ UHF", "UHF tag"),
    "IdentityRead": ("giấy tờ tùy thân", "identity document"),
    "IdentityRefused": ("giấy tờ không dùng được", "identity document refused"),
    "PlateSeen": ("camera đọc biển số", "plate read by the camera"),
    "PortalOccupied": ("xe trong cổng phóng xạ", "vehicle in the radiation portal"),
    "PortalAlarm": ("báo động phóng xạ", "radiation alarm"),
    "PortalPassed": ("xe đã qua cổng phóng xạ", "radiation portal passed"),
    "PortalTrouble": ("sự cố cổng phóng xạ", "state of the radiation portal"),
    "ScanArrived": ("ảnh soi chiếu", "X-ray scan"),
    "ScanRefused": ("ảnh soi chiếu không dùng được", "X-ray scan refused"),
    "PaperState": ("giấy in", "paper"),
    "DeckSample": ("tải trên bàn cân", "load on the deck"),
    "WeighingWindow": ("kết quả cân", "weight"),
    "WeighingFailed": ("không cân được", "no weight"),
    "CodeScanned": ("mã đọc được", "code"),
    "PictureTaken": ("ảnh đã chụp", "picture"),
    "PictureFailed": ("không chụp được ảnh", "no picture"),
    "PlateRead": ("biển số đọc từ ảnh", "plate read from a picture"),
    "PictureRefused": ("ảnh không dùng được", "picture refused"),
    "BytesRefused": ("byte không hiểu được", "bytes that make no frame"),
}
