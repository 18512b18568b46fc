"""Where a lane's evidence lies: files named by their content."""

from pathlib import Path


def stored_file(evidence: Path, sha256: str) -> Path | None:
    """Where drivers put a file of this content: pictures by their hash, scans below `scans`. None: not there."""
    if len(sha256) != 64 or not sha256.isalnum():
        return None
    for folder in (evidence / sha256[:2], evidence / "scans" / sha256[:2]):
        for path in sorted(folder.glob(f"{sha256}*")):
            if path.is_file():
                return path
    return None
