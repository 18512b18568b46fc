"""What a process costs: its proportional share of memory, in which pages shared by several are divided among them."""

from pathlib import Path

_KIB_PER_MIB = 1024


def pss_mib(pid: int) -> float:
    """PSS in MiB, from the kernel. Raises OSError if the process is gone or not ours."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / _KIB_PER_MIB
    raise OSError(f"/proc/{pid}/smaps_rollup has no Pss")
