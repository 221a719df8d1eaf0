"""Too little of something: files, memory of a worker, disk. What is there goes on, and who comes is told."""

import asyncio
import json
import os
import resource

import pytest

from app.protocol import PROTOCOL_VERSION, commands
from engine.spec import DenseSpec, RunSpec
from tests.app.viewing import Viewer, knock, visit

LARGE = RunSpec(layers=(DenseSpec(700), DenseSpec(500)), batch_size=1024).to_dict()


async def mount(*arguments: str) -> int:
    """Return the exit code of `mount`."""
    return await (await asyncio.create_subprocess_exec("mount", *arguments)).wait()


def notices(viewer: Viewer) -> list[str]:
    return [event["code"] for event in viewer.of_type("notice")]


async def test_with_few_files_some_viewers_come_in_the_others_are_told_and_those_there_stay(start_server, data_dir):
    few = 100

    def few_files() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, few))

    server = start_server("--data-dir", str(data_dir), before=few_files)
    address = server.socket_address
    async with visit(address, "files") as first:
        inside, told = [], []
        for _ in range(few):
            knocking = knock(address)
            viewer = await knocking.__aenter__()
            await viewer.say(commands.Hello(protocol=first.welcome["protocol"], room="files").model_dump_json())
            await viewer.until("there is an answer", lambda viewer=viewer: viewer.events)
            (inside if viewer.events[0]["type"] == "welcome" else told).append((knocking, viewer))
            if len(told) == 3:
                break
        assert len(inside) > 10
        assert [viewer.events[0]["code"] for _, viewer in told] == ["full"] * 3
        await first.next_frame()
        for knocking, _ in inside + told:
            await knocking.__aexit__(None, None, None)
    assert "Traceback" not in server.output()


async def test_a_soft_limit_of_files_is_raised_at_the_start(start_server, data_dir):
    def a_soft_limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 1024))

    server = start_server("--data-dir", str(data_dir), before=a_soft_limit)
    assert resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)[0] == 1024


async def test_a_run_for_which_a_worker_has_no_memory_fails_alone(start_server, data_dir):
    """The system gives the worker little more than it has: what arithmetic allows may still be too much."""
    environment = {"BACKSCOPE_MOST_MEGABYTES_OF_A_WORKER": "620", "BACKSCOPE_MOST_MEGABYTES_OF_A_RUN": "500"}
    server = start_server("--data-dir", str(data_dir), environment=environment)
    async with visit(server.socket_address, "small") as small, visit(server.socket_address, "large") as large:
        refused = [await large.ask("configure", spec=LARGE) for _ in range(1)]
        for number in range(6):  # as many as it takes
            if refused[-1]["type"] == "error":
                break
            async with knock(server.socket_address) as another:
                await another.say(
                    json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION, "room": f"large-{number}"})
                )
                await another.until("it is let in or told why not", lambda another=another: another.events)
                inside = another.events[0]["type"] == "welcome"
                refused.append(await another.ask("configure", spec=LARGE) if inside else another.events[0])
        assert refused[-1]["type"] == "error", refused
        assert refused[-1]["code"] in ("run_failed", "memory_full", "no_run")
        await small.next_frame()
        assert (await small.ask("pause"))["type"] == "done"
    assert len(server.worker_pids()) == 1


async def test_when_a_disk_that_was_full_has_room_again_all_are_told(start_server, data_dir):
    def no_file_larger_than_a_checkpoint() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))

    server = start_server("--data-dir", str(data_dir), before=no_file_larger_than_a_checkpoint)
    async with visit(server.socket_address) as viewer:
        await viewer.until("it is told", lambda: not viewer.welcome["saving"] or "checkpoint_failed" in notices(viewer))
        step = viewer.frames[-1].step if viewer.frames else 0
        await viewer.until("it trains on", lambda: viewer.frames and viewer.frames[-1].step > step + 20)
        for pid in await asyncio.to_thread(server.worker_pids):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await viewer.until("it is told", lambda: notices(viewer)[-1:] == ["checkpoint_works"])
    assert "Traceback" not in server.output()
    assert list((data_dir / "runs").glob("studio*.safetensors"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk")
async def test_a_disk_that_is_read_only_for_a_while_holds_up_no_training(start_server, data_dir):
    runs = data_dir / "runs"
    runs.mkdir()
    if await mount("-t", "tmpfs", "-o", "size=8m", "tmpfs", str(runs)):
        pytest.skip("this machine mounts nothing")
    try:
        server = start_server("--data-dir", str(data_dir))
        async with visit(server.socket_address) as viewer:
            await viewer.until("it trains", lambda: viewer.frames and viewer.frames[-1].step > 5)
            assert await mount("-o", "remount,ro", str(runs)) == 0
            await viewer.until("it is told", lambda: "checkpoint_failed" in notices(viewer))
            step = viewer.frames[-1].step
            await viewer.until("it trains on", lambda: viewer.frames[-1].step > step + 20)
            assert await mount("-o", "remount,rw", str(runs)) == 0
            await viewer.until("it is told", lambda: notices(viewer)[-1] == "checkpoint_works")
        server.process.terminate()
        server.wait()
        assert "Traceback" not in server.output()
    finally:
        await (await asyncio.create_subprocess_exec("umount", "-l", str(runs))).wait()
