"""A class that comes and goes while things go wrong: `python -m benchmarks.soak --seconds 120`.

People join a workshop, watch, draw, fork, follow and leave; some stop reading, some say nonsense; a worker is killed or
stopped now and then. It ends with 0 if the server logged no fault, lost no more than it was made to, and neither its
memory, nor its open files, nor its tasks grew.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.crowd import Crowd, Member, join
from benchmarks.fuzz import throw_at_server
from benchmarks.server import Server, free_port

JOINS_A_SECOND = 5.0
SECONDS_TO_STAY = (1.0, 8.0)
SECONDS_BETWEEN_FAULTS = 8.0
SECONDS_TO_CALM_DOWN = 12.0
SECONDS_TO_WARM_UP = 40.0
MEGABYTES_THAT_ARE_NO_GROWTH = 16.0
"""What an allocator keeps for the next: what grows with the visits is more after two minutes of them."""
FILES_THAT_ARE_NO_GROWTH = 3
PIXELS = [0] * 300 + [255] * 60 + [0] * 424
WATCH = {"units_rate": 8}
ENVIRONMENT = {
    "BACKSCOPE_SECONDS_BETWEEN_PINGS": "2",
    "BACKSCOPE_SECONDS_UNWRITTEN": "4",
    "BACKSCOPE_SECONDS_TO_ASK": "3",
    "BACKSCOPE_SECONDS_BETWEEN_SWEEPS": "2",
    "BACKSCOPE_SECONDS_TO_PAUSE": "3",
    "BACKSCOPE_SECONDS_TO_UNLOAD": "6",
}


class Soak:
    """One class, and what happens to it."""

    def __init__(self, server: Server, chance: random.Random) -> None:
        self._server = server
        self._chance = chance
        self._seats: list[str] = []
        self._code = ""
        self.joined = self.turned_away = self.faults = 0

    async def live(self, seconds: float) -> None:
        """Have people come and go, and things go wrong, for so long."""
        host = await self._seat("/api/workshops", "Host")
        self._code = host["code"]
        teacher = await join(self._server.port, "studio", WATCH, token=host["token"])
        teacher.tell(type="set_mode", mode="explore")
        ends = time.monotonic() + seconds
        wrong = asyncio.create_task(self._go_wrong(ends))
        people: set[asyncio.Task[None]] = set()
        try:
            while time.monotonic() < ends:
                task = asyncio.create_task(self._visit())
                people.add(task)
                task.add_done_callback(people.discard)
                await asyncio.sleep(self._chance.expovariate(JOINS_A_SECOND))
            await asyncio.gather(wrong, *people)
        finally:
            for task in (wrong, *people):
                task.cancel()
            await asyncio.gather(wrong, *people, return_exceptions=True)
        await Crowd([teacher]).leave()

    async def _visit(self) -> None:
        """Be somebody for a while."""
        chance = self._chance
        try:
            member = await self._member()
        except (OSError, RuntimeError, ValueError):
            self.turned_away += 1
            return
        self.joined += 1
        leaves = time.monotonic() + chance.uniform(*SECONDS_TO_STAY)
        if chance.random() < 0.1 and member.transport is not None:
            member.transport.pause_reading()
        while time.monotonic() < leaves and not member.gone.is_set():
            match chance.randrange(7):
                case 0:
                    member.tell(type="fork")
                case 1:
                    member.tell(type="follow")
                case 2:
                    member.tell(type="dance", id=-1)
                case 3:
                    member.tell(type=chance.choice(["play", "pause", "step"]))
                case _:
                    member.tell(type="predict", pixels=PIXELS)
            await asyncio.sleep(chance.uniform(0.05, 0.6))
        await Crowd([member]).leave()

    async def _member(self) -> Member:
        """Join with a new seat, or with one that was left."""
        if self._chance.random() < 0.15:
            return await join(self._server.port, f"alone-{self._chance.randrange(5)}", WATCH)
        if len(self._seats) < 40 and (not self._seats or self._chance.random() < 0.5):
            entry = await self._seat(f"/api/workshops/{self._code}/members", "Otter")
            self._seats.append(entry["token"])
        return await join(self._server.port, "studio", WATCH, token=self._chance.choice(self._seats))

    async def _seat(self, path: str, name: str) -> dict[str, str]:
        def post() -> dict[str, str]:
            address = f"http://127.0.0.1:{self._server.port}{path}"
            body, kind = json.dumps({"name": name}).encode(), {"Content-Type": "application/json"}
            with urllib.request.urlopen(urllib.request.Request(address, body, kind), timeout=20) as answer:
                entry: dict[str, str] = json.load(answer)
                return entry

        return await asyncio.to_thread(post)

    async def _go_wrong(self, ends: float) -> None:
        """Do something to the server now and then."""
        while time.monotonic() + SECONDS_BETWEEN_FAULTS < ends:
            await asyncio.sleep(SECONDS_BETWEEN_FAULTS)
            self.faults += 1
            if self.faults % 2:
                await throw_at_server(self._server, self.faults, 40)
                continue
            try:
                workers = (await asyncio.to_thread(self._server.readiness))["workers"]
            except OSError:  # one is just being replaced
                continue
            end = signal.SIGKILL if self.faults % 4 else signal.SIGSTOP
            os.kill(self._chance.choice(workers)["pid"], end)


def look(server: Server) -> tuple[float, int, float]:
    """Return the memory in MB, the open files, and the tasks of the server."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=20) as answer:
        lines = answer.read().decode().splitlines()
    tasks = next(float(line.split()[1]) for line in lines if line.startswith("backscope_tasks "))
    return server.megabytes(), server.open_files(), tasks


async def _calm(server: Server) -> tuple[float, int, float]:
    """Wait until those who stopped reading are gone, and look."""
    await asyncio.sleep(SECONDS_TO_CALM_DOWN)
    return await asyncio.to_thread(look, server)


def soak(seconds: float, seed: int) -> list[str]:
    """Return what was not as it should be."""
    chance = random.Random(seed)  # noqa: S311 - what people do, no secrets
    with tempfile.TemporaryDirectory() as kept:
        log = Path(kept) / "log"
        server = Server(free_port(), "--data-dir", kept, "--workers", "2", environment=ENVIRONMENT, log=log)
        try:
            server.wait_until_ready()
            life = Soak(server, chance)
            # What is made once is made now, however short the soak: memory stops growing only after half a minute.
            asyncio.run(life.live(SECONDS_TO_WARM_UP))
            before = asyncio.run(_calm(server))
            asyncio.run(life.live(seconds))
            after = asyncio.run(_calm(server))
            said = log.read_text(errors="replace")
        finally:
            server.end()
    print(f"{life.joined} visits, {life.turned_away} turned away, {life.faults} things went wrong")
    for name, then, now in zip(("MB", "open files", "tasks"), before, after, strict=True):
        print(f"{name:<10} {then:8.1f} before {now:8.1f} after")
    wrong = []
    if "Traceback" in said or "fault " in said:
        wrong.append(f"the server logged a fault:\n{said[-4000:]}")
    if after[0] - before[0] > MEGABYTES_THAT_ARE_NO_GROWTH:
        wrong.append(f"its memory grew by {after[0] - before[0]:.1f} MB")
    if after[1] - before[1] > FILES_THAT_ARE_NO_GROWTH:
        wrong.append(f"{after[1] - before[1]} files more are open")
    if after[2] - before[2] > FILES_THAT_ARE_NO_GROWTH:
        wrong.append(f"{after[2] - before[2]:.0f} tasks more are there")
    if life.joined < seconds:
        wrong.append(f"only {life.joined} could come")
    return wrong


def main(arguments: list[str]) -> int:
    """Soak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args(arguments)
    print(f"seed {asked.seed}", flush=True)
    wrong = soak(asked.seconds, asked.seed)
    for one in wrong:
        print(one, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
