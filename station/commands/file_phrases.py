"""What `station centre evidence` says."""

from station.words.language import Words

FILES: dict[str, Words] = {
    "files-title": (
        "Tệp bằng chứng của {crossing}: {here} trên {named} đã ở trung tâm",
        "Evidence files of {crossing}: {here} of {named} are at the centre",
    ),
    "files-none": ("Không bản ghi nào của {crossing} nêu tệp.", "No record of {crossing} names a file."),
    "files-file": ("tệp (SHA-256)", "file (SHA-256)"),
    "files-named-by": ("do bản ghi nêu", "named by record"),
    "files-state": ("tình trạng", "state"),
    "files-size": ("số byte", "bytes"),
    "files-frame": ("khung hình của {clip}", "frame of {clip}"),
    "reconcile-files": (
        "{lane}: {named} tệp bằng chứng được nêu, {here} ở đây, {missing} chưa đến, {gone} sẽ không đến",
        "{lane}: {named} evidence files named, {here} here, {missing} not yet come, {gone} will not come",
    ),
}
