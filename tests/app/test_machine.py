"""What the machine has: a container's limit counts before the machine's, and what the system gives back does not."""

import resource
import subprocess
import sys

import pytest

from app import machine
from app.machine import Used, memory

MEMINFO = "MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    400 kB\n"


@pytest.fixture
def meminfo(tmp_path):
    path = tmp_path / "meminfo"
    path.write_text(MEMINFO)
    return path


def test_without_a_container_it_is_the_machine_s_memory(tmp_path, meminfo):
    assert memory(tmp_path, meminfo) == Used(600 * 1024, 1000 * 1024)
    assert memory(tmp_path, meminfo).share == pytest.approx(0.6)


def test_a_container_s_limit_counts_without_what_files_take(tmp_path, meminfo):
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("900\n")
    (tmp_path / "memory.stat").write_text("anon 500\ninactive_file 300\n")
    assert memory(tmp_path, meminfo) == Used(600, 1000)


def test_a_container_without_a_limit_has_the_machine_s(tmp_path, meminfo):
    (tmp_path / "memory.max").write_text("max\n")
    assert memory(tmp_path, meminfo) == Used(600 * 1024, 1000 * 1024)


def test_a_container_of_the_older_kind_is_understood(tmp_path, meminfo):
    folder = tmp_path / "memory"
    folder.mkdir()
    (folder / "memory.limit_in_bytes").write_text("1000")
    (folder / "memory.usage_in_bytes").write_text("900")
    (folder / "memory.stat").write_text("total_inactive_file 400")
    assert memory(tmp_path, meminfo) == Used(500, 1000)
    (folder / "memory.limit_in_bytes").write_text(str(2**63 - 4096))
    assert memory(tmp_path, meminfo) == Used(600 * 1024, 1000 * 1024)


def test_where_nobody_knows_there_is_no_answer(tmp_path):
    assert memory(tmp_path, tmp_path / "none") is None
    assert machine.resident(tmp_path / "none") == 0


def test_this_process_takes_some_memory():
    assert machine.resident() > 1 << 20


def test_a_process_allows_itself_as_many_files_as_it_may():
    code = "from app.machine import *; allow_many_files(); print(most_files())"

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 1024))

    ran = subprocess.run([sys.executable, "-c", code], preexec_fn=few, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "1024"
