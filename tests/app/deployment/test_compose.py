"""compose.yaml keeps a container as small as the image was made for, whatever else is changed in it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def service() -> dict[str, Any]:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert list(services) == ["backscope"]
    found: dict[str, Any] = services["backscope"]
    return found


def test_it_runs_as_nobody_in_particular_and_can_become_nobody_else(service):
    assert service["user"] == "10001:10001"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "cap_add" not in service


def test_it_writes_to_its_data_and_to_memory_only(service):
    assert service["read_only"] is True
    assert service["volumes"] == ["data:/data"]
    assert [place.split(":")[0] for place in service["tmpfs"]] == ["/tmp"]  # noqa: S108 - the container's


def test_processes_memory_and_logs_have_limits(service):
    assert service["pids_limit"] <= 256
    assert service["mem_limit"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


def test_it_has_the_time_to_save_and_say_goodbye(service):
    assert service["stop_signal"] == "SIGTERM"
    assert service["stop_grace_period"] == "10s"
    assert service["init"] is True
