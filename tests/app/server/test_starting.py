"""Starting: what cannot be is refused in one sentence with an exit code, before anything runs."""

import gzip
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.workers.supervisor import BLAS_THREADS
from tests.app.serving import SECONDS_TO_START

REFUSED = {1, 2}


def refused(start_server, *arguments: str, **named) -> str:
    """Start a server that should not start; return what it says, held to be one sentence and no traceback."""
    server = start_server(*arguments, ready=False, **named)
    assert server.wait(SECONDS_TO_START) in REFUSED
    said = server.output()
    assert "Traceback" not in said
    assert 'File "' not in said
    assert len(said.strip().splitlines()) == 1, said
    return said


def test_a_folder_without_the_digits_is_refused(start_server, tmp_path):
    assert "train-images-idx3-ubyte" in refused(start_server, "--mnist-dir", str(tmp_path))


def test_a_folder_with_other_files_of_the_same_names_is_refused(start_server, tmp_path):
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"\0\0\x08\x01\0\0\0\x01x"))
    said = refused(start_server, "--mnist-dir", str(tmp_path))
    assert "train-images-idx3-ubyte is not the file it should be" in said


def test_a_data_directory_that_cannot_be_made_is_refused(start_server, tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = refused(start_server, "--data-dir", str(tmp_path / "file" / "data"))
    assert str(tmp_path / "file" / "data") in said


def test_a_port_that_is_taken_is_refused(start_server):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(start_server, "--port", str(port))
        assert f"Cannot listen on 127.0.0.1:{port}" in said
        assert "--port" in said


def test_the_whole_network_is_not_let_in_by_mistake(start_server):
    said = refused(start_server, "--host", "0.0.0.0")  # noqa: S104 - that is what is refused
    assert "The profile local listens on this machine only" in said
    assert "--profile lan" in said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BACKSCOPE_MOST_VIEWERS", "0", "most_viewers: "),
        ("BACKSCOPE_PROFILE", "world", "profile: "),
        ("BACKSCOPE_PORT", "x", "port: "),
        ("BACKSCOPE_FRAMES_ON_THE_WAY", "1000", "frames_on_the_way: "),
    ],
)
def test_a_setting_that_is_not_acceptable_is_named(start_server, name, value, said):
    arguments = [] if name != "BACKSCOPE_PORT" else ["--host", "127.0.0.1"]
    command = [sys.executable, "-m", "app", "serve", "--no-open", *arguments]
    ended = subprocess.run(command, env={**os.environ, name: value}, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2
    assert ended.stderr.startswith(said)
    assert "Traceback" not in ended.stderr


def test_with_the_lan_profile_addresses_of_this_machine_are_answered_and_other_names_are_not(start_server, data_dir):
    server = start_server("--profile", "lan", "--host", "127.0.0.1", "--data-dir", str(data_dir))
    statuses = {
        host: server.get("/healthz", {"Host": host}).status
        for host in ("192.168.1.5:8000", "[fe80::1]:8000", "class.local", "localhost", "evil.example", "x;y.local")
    }
    assert statuses == {
        "192.168.1.5:8000": 200,
        "[fe80::1]:8000": 200,
        "class.local": 200,
        "localhost": 200,
        "evil.example": 400,
        "x;y.local": 400,
    }


def test_in_a_worker_s_environment_linear_algebra_has_one_thread(server):
    read = Path(f"/proc/{server.worker_pids()[0]}/environ").read_bytes().decode()
    environment = dict(line.partition("=")[::2] for line in read.split("\0") if line)
    assert {environment[name] for name in BLAS_THREADS} == {"1"}
    program = "import json, numpy, threadpoolctl; print(json.dumps(threadpoolctl.threadpool_info()))"
    said = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=30
    )
    pools = json.loads(said.stdout)
    assert pools
    assert {pool["num_threads"] for pool in pools} == {1}
