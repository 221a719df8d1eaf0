"""The watchdog ends what hangs, and neither what speaks, nor what gets no core, nor what was not heard meanwhile."""

import asyncio
import os
import time

import pytest

from app.workers import watchdog
from app.workers.watchdog import Watchdog, waited_for_a_core

SECONDS = 30.0


class Worker:
    """Stands where a process does."""

    pid = os.getpid()

    def __init__(self):
        self.killed = asyncio.Event()

    def kill(self):
        self.killed.set()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Everything happens a hundred times sooner."""
    for name, seconds in {
        "BETWEEN_LOOKS": 0.01,
        "MOST_SILENCE": 0.05,
        "MOST_STARVED": 0.6,
        "SECONDS_TO_START": 0.2,
    }.items():
        monkeypatch.setattr(watchdog, name, seconds)


async def test_a_worker_that_says_nothing_though_it_could_is_killed(monkeypatch):
    monkeypatch.setattr(watchdog, "waited_for_a_core", lambda pid: 0.0)
    worker = Worker()
    dog = Watchdog("worker 1", worker)
    dog.heard()
    await asyncio.wait_for(worker.killed.wait(), SECONDS)
    dog.end()


async def test_a_worker_that_speaks_lives(monkeypatch):
    monkeypatch.setattr(watchdog, "waited_for_a_core", lambda pid: 0.0)
    worker = Worker()
    dog = Watchdog("worker 1", worker)
    for _ in range(100):
        dog.heard()
        await asyncio.sleep(0)
        assert not worker.killed.is_set()
    dog.end()


async def test_a_worker_that_gets_no_core_is_left_to_wait_but_not_for_ever(monkeypatch):
    began = time.monotonic()
    monkeypatch.setattr(watchdog, "waited_for_a_core", lambda pid: time.monotonic() - began)
    worker = Worker()
    dog = Watchdog("worker 1", worker)
    dog.heard()
    await asyncio.wait_for(worker.killed.wait(), SECONDS)
    assert time.monotonic() - began >= watchdog.MOST_STARVED - watchdog.BETWEEN_LOOKS
    dog.end()


async def test_a_server_that_was_held_up_itself_blames_nobody(monkeypatch):
    monkeypatch.setattr(watchdog, "waited_for_a_core", lambda pid: 0.0)
    worker = Worker()
    dog = Watchdog("worker 1", worker)
    dog.heard()
    await asyncio.sleep(0)
    deadline = time.monotonic() + 0.3
    while time.monotonic() < deadline:
        pass  # the event loop stands still for six times the longest silence
    await asyncio.sleep(0.015)
    assert not worker.killed.is_set()
    dog.end()


def test_a_process_waits_for_a_core_no_longer_than_it_lives():
    assert 0 <= waited_for_a_core(os.getpid()) < time.monotonic()
    assert waited_for_a_core(2**30) == 0.0
