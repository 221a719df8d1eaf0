"""The end: runs are saved, viewers told, nothing is left behind; and what was saved goes on, to the bit."""

import asyncio
import contextlib
import os
import select
import signal
from pathlib import Path

import pytest

from engine.spec import DEFAULT_SPEC
from tests.app.server.straight import straight_run
from tests.app.serving import exists
from tests.app.viewing import visit

SECONDS_TO_END = 8.0
CLEAN = (0, -signal.SIGTERM, 128 + signal.SIGTERM)


def wait_for_the_end_of(pid: int) -> None:
    """Wait until a process that is not our child has ended."""
    with contextlib.suppress(ProcessLookupError), os.fdopen(os.pidfd_open(pid)) as ending:
        ended, _, _ = select.select([ending], [], [], SECONDS_TO_END)
        assert ended, f"process {pid} is still there after {SECONDS_TO_END} s"


async def test_a_server_that_is_told_to_end_saves_says_so_and_goes_on_from_the_same_bits(
    start_server, data_dir, unpacked
):
    server = start_server("--data-dir", str(data_dir))
    workers = server.worker_pids()
    async with visit(server.socket_address) as viewer, visit(server.socket_address, paints=False) as stalled:
        await viewer.until("it trains", lambda: viewer.frames and viewer.frames[-1].step >= 20)
        server.process.terminate()
        assert (await viewer.until_closed(SECONDS_TO_END))[0] == 1012
        assert (await stalled.until_closed(SECONDS_TO_END))[0] == 1012
        assert "draining" in [event["code"] for event in viewer.of_type("notice")]
        seen = viewer.frames[-1].step
    assert await asyncio.to_thread(server.wait, SECONDS_TO_END) in CLEAN
    assert not any(exists(pid) for pid in workers)
    assert "Traceback" not in server.output()

    server = start_server("--data-dir", str(data_dir))
    async with visit(server.socket_address) as viewer:
        assert viewer.welcome["state"]["step"] >= seen
        assert viewer.welcome["state"]["status"] == "running"
        await viewer.ask("pause")
        state = await viewer.next_state(status="paused")
        await viewer.ask("step", count=3)
        state = await viewer.next_state(status="paused", step=state["step"] + 3)
        reply = await viewer.ask("inspect", slices=[{"tensor": "dense2.W"}, {"tensor": "dense1.b"}])
    trainer, _ = straight_run(unpacked, DEFAULT_SPEC, state["step"])
    assert reply["slices"][0]["values"] == trainer.network.layers[1].W.reshape(-1).tolist()
    assert reply["slices"][1]["values"] == trainer.network.layers[0].b.tolist()


def test_a_server_that_is_interrupted_ends_without_a_word_of_alarm(start_server, data_dir):
    server = start_server("--data-dir", str(data_dir), "--workers", "2")
    workers = server.worker_pids()
    assert len(workers) == 2
    server.process.send_signal(signal.SIGINT)
    assert server.wait(SECONDS_TO_END) in (0, -signal.SIGINT, 128 + signal.SIGINT)
    assert "Traceback" not in server.output()
    assert not any(exists(pid) for pid in workers)


async def test_workers_of_a_server_that_was_killed_save_and_end(start_server, data_dir):
    server = start_server("--data-dir", str(data_dir))
    (pid,) = server.worker_pids()
    async with visit(server.socket_address) as viewer:
        await viewer.until("it trains", lambda: viewer.frames and viewer.frames[-1].step >= 5)
        server.process.kill()
        await viewer.until_closed()
    server.wait()
    wait_for_the_end_of(pid)
    assert (data_dir / "runs" / "studio.safetensors").exists()


def test_without_a_data_directory_nothing_is_left_on_the_disk(start_server, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    server = start_server(environment={"TMPDIR": str(temporary)})
    assert list(temporary.iterdir())
    server.process.terminate()
    assert server.wait(SECONDS_TO_END) in CLEAN
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", [1, 2])
def test_a_worker_has_one_thread_of_linear_algebra_and_a_low_priority(server, number):
    pid = server.worker_pids()[number - 1]
    assert os.getpriority(os.PRIO_PROCESS, pid) == min(19, os.getpriority(os.PRIO_PROCESS, server.process.pid) + 10)
    threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    assert threads <= 5, f"the loop, the inbox, the outlet, the saver, the sight, and no others: {threads}"
