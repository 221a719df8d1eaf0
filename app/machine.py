"""What the machine has: memory, as the container or the machine limits it, and how many files may be open."""

from dataclasses import dataclass
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
MEMINFO = Path("/proc/meminfo")
STATUS = Path("/proc/self/statm")
PAGE = 4096
KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class Used:
    """Bytes in use, of so many."""

    used: int
    limit: int

    @property
    def share(self) -> float:
        """The part of the limit that is in use."""
        return self.used / self.limit


def memory(cgroup: Path = CGROUP, meminfo: Path = MEMINFO) -> Used | None:
    """Return how much memory is in use: of the container if it has a limit, else of the machine; None: nobody knows.

    What the system would give back at once, such as copies of files, does not count.
    """
    return _of_container(cgroup) or _of_machine(meminfo)


def resident(status: Path = STATUS) -> int:
    """Return the bytes of memory that this process has now; 0 where the system does not say."""
    try:
        return int(status.read_text().split()[1]) * PAGE
    except (OSError, ValueError, IndexError):
        return 0


def allow_many_files() -> None:
    """Raise the number of files this process may have open as far as it may itself: each viewer is one."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def most_files() -> int | None:
    """Return how many files this process may have open; None: as many as it likes."""
    try:
        import resource
    except ImportError:
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft


def _of_container(cgroup: Path) -> Used | None:
    for limit, used, stat, inactive in (
        ("memory.max", "memory.current", "memory.stat", "inactive_file"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat", "total_inactive_file"),
    ):
        try:
            most = int((cgroup / limit).read_text())
            taken = int((cgroup / used).read_text())
            files = _numbers(cgroup / stat).get(inactive, 0)
        except (OSError, ValueError):  # "max": the container has no limit
            continue
        if 0 < most < 1 << 60:  # of old, no limit is written as a very large one
            return Used(max(0, taken - files), most)
    return None


def _of_machine(meminfo: Path) -> Used | None:
    try:
        found = _numbers(meminfo)
        total, available = found["MemTotal"] * KILOBYTE, found["MemAvailable"] * KILOBYTE
    except (OSError, ValueError, KeyError):
        return None
    return Used(max(0, total - available), total) if total else None


def _numbers(path: Path) -> dict[str, int]:
    """Read lines such as `MemTotal: 1024 kB`."""
    lines = (line.replace(":", "").split() for line in path.read_text().splitlines())
    return {words[0]: int(words[1]) for words in lines if len(words) > 1 and words[1].isdigit()}
