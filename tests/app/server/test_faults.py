"""Faults: a worker that dies or hangs, a full disk, damaged checkpoints: the run goes on, and everyone is told."""

import asyncio
import json
import os
import resource
import signal
from pathlib import Path
from typing import Any

import pytest

from app.store.checkpoints import CheckpointStore
from engine.data.mnist import open_mnist
from engine.spec import DEFAULT_SPEC
from engine.trainer import Trainer
from tests.app.serving import exists
from tests.app.viewing import Viewer, visit

MOST_STEPS_LOST = 5 * 64
"""Five seconds of training at the pace that is set."""


def notices(viewer: Viewer) -> list[str]:
    return [event["code"] for event in viewer.of_type("notice")]


def saved_settings(data_dir: Path) -> dict[str, Any]:
    """The hyper-parameters in the newest checkpoint of the studio's run."""
    for checkpoint in CheckpointStore(data_dir / "runs").load("studio"):
        settings: dict[str, Any] = json.loads(checkpoint.metadata["state"])["settings"]
        return settings
    return {}


@pytest.fixture
def lone_server(start_server, data_dir):
    return start_server("--data-dir", str(data_dir))


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hanging"])
async def test_when_a_worker_is_gone_its_viewers_stay_are_told_and_the_run_goes_on(lone_server, end):
    async with visit(lone_server.socket_address) as viewer, visit(lone_server.socket_address) as other:
        await viewer.until("it trains", lambda: viewer.frames and viewer.frames[-1].step >= 30)
        (pid,) = await asyncio.to_thread(lone_server.worker_pids)
        os.kill(pid, end)
        await viewer.until("the loss is told", lambda: "worker_lost" in notices(viewer), seconds=15)
        before = max(frame.step for frame in viewer.frames)
        await viewer.until("the return is told", lambda: "worker_restarted" in notices(viewer), seconds=15)
        resumed = viewer.of_type("rewound")[-1]["step"] - 1
        assert before - MOST_STEPS_LOST <= resumed <= before + 64
        assert viewer.of_type("state")[-1]["state"]["status"] == "running"
        await viewer.until("it trains on", lambda: viewer.frames[-1].step > before + 5, seconds=20)
        assert viewer.frames[-1].n == max(frame.n for frame in viewer.frames)
        assert (await viewer.ask("pause"))["type"] == "done"
        await other.next_state(status="paused")
        assert [viewer.closed, other.closed] == [None, None]
        assert viewer.seqs() == list(range(viewer.seqs()[0], viewer.seqs()[-1] + 1))
        assert not exists(pid)
        assert await asyncio.to_thread(lone_server.worker_pids) != [pid]


async def test_what_a_person_set_is_not_lost_with_the_worker(lone_server, data_dir):
    async with visit(lone_server.socket_address) as viewer:
        await viewer.ask("pause")
        await viewer.ask("reset", seed=4)
        await viewer.ask("pace", steps_per_second=7.0)
        await viewer.ask("set", values={"learning_rate": 0.3})
        before = viewer.state
        await asyncio.to_thread(
            lone_server.eventually, "it is saved", lambda: saved_settings(data_dir).get("learning_rate") == 0.3
        )
        (pid,) = await asyncio.to_thread(lone_server.worker_pids)
        os.kill(pid, signal.SIGKILL)
        await viewer.until("the return is told", lambda: "worker_restarted" in notices(viewer), seconds=15)
        assert viewer.state == {**before, "shown": viewer.state["shown"]}


async def test_with_a_full_disk_training_goes_on_and_everyone_is_told(start_server, data_dir):
    def no_file_larger_than_a_checkpoint() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    server = start_server("--data-dir", str(data_dir), before=no_file_larger_than_a_checkpoint)
    async with visit(server.socket_address) as viewer:
        await viewer.until("it is told", lambda: not viewer.welcome["saving"] or "checkpoint_failed" in notices(viewer))
        step = viewer.frames[-1].step if viewer.frames else 0
        await viewer.until("it trains on", lambda: viewer.frames and viewer.frames[-1].step > step + 20)
        assert notices(viewer).count("checkpoint_failed") == viewer.welcome["saving"]
        async with visit(server.socket_address) as late:
            assert not late.welcome["saving"]
    assert "could not be saved" in server.output()
    assert "Traceback" not in server.output()
    assert list((data_dir / "runs").iterdir()) == []


async def test_of_damaged_checkpoints_the_one_before_is_used_and_without_any_the_run_begins_anew(
    start_server, data_dir, unpacked
):
    store = CheckpointStore(data_dir / "runs")
    trainer = Trainer(DEFAULT_SPEC, open_mnist(unpacked))
    for step in range(1, 10):
        trainer.step()
        if step in (5, 9):
            tensors, metadata = trainer.checkpoint().to_tensors()
            for room in ("whole", "newest-torn", "both-torn", "lying"):
                store.save(room, tensors, metadata)
    for room, files in (("newest-torn", [""]), ("both-torn", ["", ".previous"])):
        for which in files:
            path = data_dir / "runs" / f"{room}{which}.safetensors"
            path.write_bytes(path.read_bytes()[:1000])
    store.save("lying", tensors, {**metadata, "state": metadata["state"].replace('"seed": 0', '"seed": true')})
    server = start_server("--data-dir", str(data_dir))
    for room, step in (("whole", 9), ("newest-torn", 5), ("lying", 9)):
        async with visit(server.socket_address, room) as viewer:
            assert (viewer.welcome["state"]["status"], viewer.welcome["state"]["step"]) == ("paused", step)
    async with visit(server.socket_address, "both-torn") as viewer:
        assert viewer.welcome["state"]["step"] == 0
        await viewer.until("it trains", lambda: viewer.frames and viewer.frames[-1].step > 0)
    assert "Traceback" not in server.output()
