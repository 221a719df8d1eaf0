"""Seen: probes say what is so, /metrics counts, and a host is told how the server does."""

import json
import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.app import classroom
from tests.app.viewing import visit


def numbers(server, headers=None) -> dict[str, float]:
    """All samples of /metrics by name, those of all labels together."""
    text = server.get("/metrics", headers).body.decode()
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0.0) + sample.value
    return found


async def test_what_is_sent_is_counted(server, room):
    before = numbers(server)
    async with visit(server.socket_address, room) as viewer:
        await viewer.until("frames come", lambda: len(viewer.frames) >= 5)
        during = numbers(server)
    assert during["backscope_viewers"] >= 1
    assert during["backscope_frames_sent_total"] >= before["backscope_frames_sent_total"] + 5
    assert during["backscope_frame_bytes_sent_total"] > before["backscope_frame_bytes_sent_total"]
    assert during["backscope_events_sent_total"] > before["backscope_events_sent_total"]
    assert during["backscope_frame_age_at_send_seconds_count"] == during["backscope_frames_sent_total"]
    assert during["backscope_worker_runs"] >= 1
    assert 0 <= during["backscope_event_loop_lag_seconds"] < 30
    assert during["backscope_web_memory_bytes"] > 1 << 20


def test_the_probes_say_what_is_so(server):
    health = json.loads(server.get("/healthz").body)
    assert health["status"] in ("ok", "late")
    assert health["lag_seconds"] >= 0
    assert json.loads(server.get("/readyz").body)["status"] == "ready"


def test_a_server_that_is_short_of_memory_or_cannot_keep_anything_is_not_ready(start_server, tmp_path):
    server = start_server(environment={"BACKSCOPE_MEMORY_FOR_NO_NEW_RUN": "0.000001"}, ready=False)
    said = server.eventually("it says why", lambda: why_not_ready(server) == "short of memory")
    assert said


def why_not_ready(server) -> str:
    spoken = re.search(r"Backscope is at http://[^ ]*:(\d+)/", server.output())
    if not spoken:
        return ""
    server._port = int(spoken[1])
    return str(json.loads(server.get("/readyz").body)["status"])


@pytest.mark.parametrize("profile", ["lan"])
def test_elsewhere_than_at_home_the_metrics_take_a_token(start_server, data_dir, profile):
    server = start_server("--profile", profile, "--data-dir", str(data_dir))
    assert server.get("/metrics").status == 404
    guarded = start_server("--profile", profile, environment={"BACKSCOPE_METRICS_TOKEN": "a-token"})
    assert guarded.get("/metrics").status == 404
    assert guarded.get("/metrics", {"Authorization": "Bearer guess"}).status == 404
    assert guarded.get("/metrics", {"Authorization": "Bearer a-token"}).status == 200
    assert "a-token" not in guarded.output()


async def test_a_host_is_told_how_the_server_does_and_a_member_is_not(server):
    entry = classroom.begin(server)
    otter = classroom.join(server, entry["code"], "Otter")
    async with classroom.visit(server, entry) as host, classroom.visit(server, otter) as member:
        told = await host.until(
            "frames are counted", lambda: [one for one in host.of_type("server_status") if one["frames_per_second"] > 0]
        )
        assert told[-1]["viewers"] >= 2
        assert told[-1]["frame_age"] is not None
        assert 0 <= told[-1]["training_share"] <= 1
        assert 0 < told[-1]["memory_share"] < 1
        assert member.of_type("server_status") == []
        await host.ask("close_workshop")
