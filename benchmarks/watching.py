"""Many viewers at once: how many frames they get, how old those are, and what that costs, on this machine with both.

Clients and server share the cores, so each figure is rather too bad than too good; those that vary are medians.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from app import machine
from benchmarks.crowd import Crowd, Member, gather, join, median, percentile
from benchmarks.measurement import Measurement
from benchmarks.server import Server, served

ROUNDS = 3
SECONDS_A_ROUND = 5.0
SECONDS_TO_SETTLE = 1.5
MANY = {"BACKSCOPE_MOST_VIEWERS": "1500", "BACKSCOPE_MOST_VIEWERS_OF_A_ROOM": "1500", "BACKSCOPE_MOST_ROOMS": "128"}
RUNS = 100
SLOW_PAINT = 0.5  # seconds: a fifth of ten frames a second


def measure() -> Iterator[Measurement]:
    """Yield the figures of the crowd, of many runs, and of viewers that are slow."""
    machine.allow_many_files()
    with served(environment=MANY) as server:
        yield from asyncio.run(collected(_crowds(server)))
    with served(environment=MANY) as server:
        yield from asyncio.run(collected(_many_runs(server)))
    with served(environment=MANY) as server:
        yield from asyncio.run(collected(_slow_viewer(server)))
    with served(environment=MANY) as server:
        yield from asyncio.run(collected(_deaf_viewer(server)))


async def collected(measurements: AsyncIterator[Measurement]) -> list[Measurement]:
    """Return all of them."""
    return [measurement async for measurement in measurements]


@asynccontextmanager
async def two_training(server: Server) -> AsyncIterator[tuple[Member, Member]]:
    """Have both workers train as fast as they can; yield the hands that steer the watched run and the other one."""
    watch = {"units_rate": 1}
    watched = await join(server.port, "watched", watch)
    other = await join(server.port, "other", watch)
    for hand in (watched, other):
        await hand.ask(type="pace", steps_per_second=None)
    try:
        yield watched, other
    finally:
        await Crowd([watched, other]).leave()


async def _crowds(server: Server) -> AsyncIterator[Measurement]:
    async with two_training(server) as (watched, other):
        for viewers, rate, enough, share_reach, age_reach in (
            (300, 10, 9.5, ">= 99", "<= 150"),
            (300, 30, 28.0, ">= 95", "<= 200"),
            (1000, 10, 9.5, None, "<= 500"),
        ):
            crowd = await gather(server.port, ["watched"] * viewers, {"units_rate": rate})
            await asyncio.sleep(SECONDS_TO_SETTLE)
            name = f"{viewers} viewers at {rate} frames/s"
            rates, p50, p99, cores = [], [], [], []
            for _ in range(ROUNDS):
                before = server.cpu_seconds()
                got = await crowd.count(SECONDS_A_ROUND)
                cores.append((server.cpu_seconds() - before) / SECONDS_A_ROUND)
                rates.append(sum(one >= enough for one in got) / len(got))
                p50.append(percentile(crowd.ages, 50))
                p99.append(percentile(crowd.ages, 99))
            yield Measurement(f"{name}: those with {enough} or more", 100 * median(rates), "%", share_reach)
            yield Measurement(f"{name}: age of frames, median", median(p50), "ms")
            yield Measurement(f"{name}: age of frames, p99", median(p99), "ms", age_reach)
            reach = "<= 40" if (viewers, rate) == (300, 10) else None
            yield Measurement(f"{name}: the web process", 100 * median(cores), "% of a core", reach)
            if (viewers, rate) == (300, 10):
                async for figure in _under_load(name, watched, other):
                    yield figure
            await crowd.leave()


async def _under_load(name: str, watched: Member, other: Member) -> AsyncIterator[Measurement]:
    """Measure what a hand waits for while the crowd watches."""
    commands = [{"type": "pause"}, {"type": "step"}, {"type": "play"}]
    trips = sorted([await other.trip(**command) for _ in range(50) for command in commands])
    yield Measurement(f"{name}: play, pause, step, round trip, median", percentile(trips, 50), "ms")
    yield Measurement(f"{name}: play, pause, step, round trip, p99", percentile(trips, 99), "ms", "<= 200")
    draws = sorted([await watched.trip(type="predict", pixels=_drawing(turn)) for turn in range(150)])
    yield Measurement(f"{name}: drawing to prediction, median", percentile(draws, 50), "ms")
    yield Measurement(f"{name}: drawing to prediction, p99", percentile(draws, 99), "ms", "<= 100")


def _drawing(turn: int) -> list[int]:
    """Return a bar that moves with the turn, as 784 grey values."""
    column = turn % 20 + 4
    return [255 if at % 28 in (column, column + 1) and 4 <= at // 28 < 24 else 0 for at in range(784)]


async def _many_runs(server: Server) -> AsyncIterator[Measurement]:
    rooms = [f"run-{number}" for number in range(RUNS)]
    crowd = await gather(server.port, rooms, {"units_rate": 10})
    for member in crowd.members:
        await member.ask(type="pace", steps_per_second=None)
    await asyncio.sleep(SECONDS_TO_SETTLE)
    worst_rates, fairness, gaps, steps, ages = [], [], [], [], []
    for _ in range(ROUNDS):
        got = await crowd.count(SECONDS_A_ROUND, steps=True)
        made = [_steps(member) for member in crowd.members]
        worst_rates.append(percentile(sorted(got), 1))
        fairness.append(jain(made))
        gaps.append(max(_longest_gap(member) for member in crowd.members))
        steps.append(sum(made) / SECONDS_A_ROUND)
        ages.append(percentile(crowd.ages, 99))
    name = f"{RUNS} runs at once, each watched"
    yield Measurement(f"{name}: frames a second of the worst but one", median(worst_rates), "frames/s", ">= 8")
    yield Measurement(f"{name}: fairness of steps (Jain)", median(fairness), "", ">= 0.95")
    yield Measurement(f"{name}: longest that one made no step", max(gaps), "s", "<= 2")
    yield Measurement(f"{name}: age of frames, p99", median(ages), "ms")
    yield Measurement(f"{name}: steps of all", median(steps), "steps/s")
    async for figure in _beside_a_large_one(crowd):
        yield figure
    await crowd.leave()


async def _beside_a_large_one(crowd: Crowd) -> AsyncIterator[Measurement]:
    """Give one run the largest convolution there may be, and see what share its neighbours keep."""
    before = [max(_rate(member), 1e-9) for member in crowd.members]
    refused = await crowd.members[0].ask(type="configure", spec=largest())
    if refused["type"] == "error":
        raise RuntimeError(refused["message"])
    await asyncio.sleep(2 * SECONDS_TO_SETTLE)
    await crowd.count(2 * SECONDS_A_ROUND, steps=True)
    after = [_rate(member) for member in crowd.members]
    kept = sorted(now / then for now, then in zip(after[1:], before[1:], strict=True))
    name = "beside the largest convolution, a small run keeps of its steps"
    yield Measurement(f"{name}, median", median(kept), "", ">= 0.5")
    yield Measurement(f"{name}, the worst but 5 %", percentile(kept, 5), "", ">= 0.5")


def largest() -> dict[str, object]:
    """Return the spec of about the longest step that is not refused: 8 thousand million multiplications."""
    from engine.spec import Conv2DSpec, FlattenSpec, RunSpec

    layers = (Conv2DSpec(64, 5, padding=2), Conv2DSpec(64, 5, padding=2), Conv2DSpec(1, 1), FlattenSpec())
    return RunSpec(layers=layers, batch_size=32).to_dict()


async def _slow_viewer(server: Server) -> AsyncIterator[Measurement]:
    """Compare a crowd with and without one who paints a fifth of what there is."""
    async with two_training(server):
        crowd = await gather(server.port, ["watched"] * 300, {"units_rate": 10})
        await asyncio.sleep(SECONDS_TO_SETTLE)
        slow_ages, others = [], []
        for _ in range(ROUNDS):
            await crowd.count(SECONDS_A_ROUND)
            alone = percentile(crowd.ages, 95)
            slow = await join(server.port, "watched", {"units_rate": 10}, paint_seconds=SLOW_PAINT)
            await asyncio.sleep(2 * SECONDS_TO_SETTLE)
            slow.begin_to_count()
            await crowd.count(SECONDS_A_ROUND)
            slow_ages += slow.seen.ages
            others.append(percentile(crowd.ages, 95) / alone)
            await Crowd([slow]).leave()
        await crowd.leave()
    slow_ages.sort()
    yield Measurement(
        "a viewer at a fifth of the rate: age of its frames, p95", percentile(slow_ages, 95), "ms", "<= 1000"
    )
    yield Measurement("the others' age of frames, p95, beside it / without", median(others), "", "<= 1.2")


async def _deaf_viewer(server: Server) -> AsyncIterator[Measurement]:
    """Have viewers stop reading, and see when the server has let them go and whether others notice."""
    crowd = await gather(server.port, ["watched"] * 250, {"units_rate": 10})
    await crowd.count(SECONDS_A_ROUND)
    alone = percentile(crowd.ages, 95)
    deaf = await gather(server.port, ["watched"] * 50, {"units_rate": 30, "matrices": ["W"]})
    for member in deaf.members:
        assert member.transport is not None  # noqa: S101 - it is connected
        member.transport.pause_reading()
    loop = asyncio.get_running_loop()
    began = loop.time()
    before = server.megabytes()
    await crowd.count(SECONDS_A_ROUND)
    beside = percentile(crowd.ages, 95)
    grown = 0.0
    while (said := await asyncio.to_thread(server.readiness))["viewers"] > 250:
        grown = max(grown, server.megabytes() - before)
        if loop.time() - began > 60:
            break
        await asyncio.sleep(0.5)
    left = said["viewers"] - 250
    gone = None if left else loop.time() - began
    yield Measurement(
        "50 viewers that never read: gone after (ping 15 + 15, and 5)",
        gone,
        "s" if gone else f"{left} still there",
        "<= 35",
    )
    yield Measurement("50 viewers that never read: growth of the web process", grown, "MB", "<= 5")
    yield Measurement("the others' age of frames, p95, beside them / without", beside / alone, "", "<= 1.2")
    await deaf.leave()
    await crowd.leave()


def jain(amounts: list[float]) -> float:
    """Return Jain's index of fairness: 1 where all have the same, 1/n where one has everything."""
    squares = sum(amount * amount for amount in amounts)
    return sum(amounts) ** 2 / (len(amounts) * squares) if squares else 0.0


def _steps(member: Member) -> float:
    steps = member.seen.steps
    return float(steps[-1][1] - steps[0][1]) if len(steps) > 1 else 0.0


def _rate(member: Member) -> float:
    steps = member.seen.steps
    return _steps(member) / (steps[-1][0] - steps[0][0]) if len(steps) > 1 else 0.0


def _longest_gap(member: Member) -> float:
    """Return the longest time in which no step was seen to be made."""
    longest, since, at = SECONDS_A_ROUND, 0.0, -1
    found = 0.0
    for now, step in member.seen.steps:
        if step != at:
            found = max(found, now - since) if since else found
            since, at = now, step
    return found if since else longest
