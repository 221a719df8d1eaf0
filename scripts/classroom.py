"""A class for pictures and for looking at one's pages: members that join, fork the host's run, change it, and learn."""

import argparse
import asyncio
import contextlib
import itertools
import json
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from app.protocol import PROTOCOL_VERSION

NAMES = [
    *("otter", "finch", "lynx", "heron", "panda", "tern", "ibex", "newt", "crane", "mole", "stoat", "wren"),
    *("carp", "dingo", "egret", "gecko", "hare", "koala", "lemur", "moth", "okapi", "quail", "raven", "shrew"),
]
SECONDS_TO_FILL = 240.0
HIDDEN = itertools.cycle([(8, 16), (16, 16), (32, 16), (64, 16)])
ACTIVATIONS = itertools.cycle(["relu", "tanh", "sigmoid", "relu", "tanh"])
SLOWLY = 8.0  # steps a second of each, when they have learned
RATES = itertools.cycle([0.02, 0.05, 0.1, 0.2, 0.5, 1.0])


def main() -> None:
    """Send a class into a workshop and keep it there until interrupted."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("address", help="http://localhost:8000/")
    parser.add_argument("token", help="the host's")
    parser.add_argument("--members", type=int, default=24)
    parser.add_argument("--followers", type=int, default=0, help="who only look on")
    given = parser.parse_args()

    async def stay() -> None:
        async with Classroom(given.address, given.token) as classroom:
            await classroom.fill(given.members, given.followers)
            print("all are there")
            await asyncio.Event().wait()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(stay())


@contextlib.contextmanager
def full_class(address: str, token: str, members: int) -> Iterator[None]:
    """Have a class in a workshop for as long as one is in this context, beside whatever one does there."""
    filled, over = threading.Event(), threading.Event()

    async def stay() -> None:
        async with Classroom(address, token) as classroom:
            await classroom.fill(members)
            filled.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(stay()), name="class")
    thread.start()
    try:
        assert filled.wait(SECONDS_TO_FILL), "the class did not come"
        yield
    finally:
        over.set()
        thread.join()


class Member:
    """One socket: answers come back to whom they answer, everything else but the run's step is dropped."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._told = asyncio.Condition()
        self.welcome: dict[str, Any] = {}
        self.step = 0
        self.seat: dict[str, Any] = {}
        self.state: dict[str, Any] = {}
        self._reader = asyncio.create_task(self._read())

    async def ask(self, kind: str, **fields: object) -> dict[str, Any]:
        """Send a command; return the answer."""
        number = next(self._ids)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({"type": kind, "id": number, **fields}))
        return await self._waiting[number]

    async def reached(self, what: str, value: object) -> None:
        """Wait until the place, the mode or the step is that (of the step: or more)."""
        async with self._told:
            await self._told.wait_for(lambda: self._is(what, value))

    def _is(self, what: str, value: object) -> bool:
        if what == "step":
            return self.step >= int(str(value))
        return (self.seat if what == "place" else self.state).get(what) == value

    async def _read(self) -> None:
        async for message in self._socket:
            if not isinstance(message, str):
                continue
            event = json.loads(message)
            if event.get("reply_to") in self._waiting:
                self._waiting.pop(event["reply_to"]).set_result(event)
            async with self._told:
                match event["type"]:
                    case "welcome":
                        self.welcome, self.step = event, 0
                    case "metrics" if event["training"]:
                        self.step = event["training"][-1]["step"]
                    case "workshop":
                        self.seat, self.state = event["seat"], event["state"]
                self._told.notify_all()


class Classroom:
    """Members of one workshop, for as long as one is in it."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address.rstrip("/")
        self._token = token
        self._sockets = contextlib.AsyncExitStack()

    async def __aenter__(self) -> "Classroom":
        """Come in as the host."""
        self._host = await self._sit_down(self._token)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave."""
        await self._sockets.aclose()

    async def fill(self, members: int, followers: int = 0, steps: int = 300) -> None:
        """Let members come, each with another set-up, learn for so many steps or more, and go on slowly.

        Followers only look on.
        """
        await self._host.ask("set_mode", mode="explore")
        code = self._host.state["code"]
        names = itertools.islice(_names(), members + followers)
        seats = [await asyncio.to_thread(self._join, code, name) for name in names]
        here = [await self._sit_down(seat["token"]) for seat in seats]
        for number, member in enumerate(here[:members]):
            await member.reached("mode", "explore")
            await member.ask("fork")
            await member.reached("place", "own")
            spec = member.welcome["state"]["spec"]
            activation = next(ACTIVATIONS)
            spec["layers"] = [{**spec["layers"][0], "units": units, "activation": activation} for units in next(HIDDEN)]
            spec["optimizer"]["learning_rate"] = next(RATES)
            await member.ask("configure", spec={**spec, "seed": number})
            await member.ask("pace", steps_per_second=None)
            await member.ask("play")
            await member.reached("step", steps + 37 * number)
            await member.ask("pace", steps_per_second=SLOWLY)

    async def _sit_down(self, token: str) -> Member:
        socket = await self._sockets.enter_async_context(connect(self._address.replace("http", "ws", 1) + "/ws"))
        await socket.send(json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION, "token": token}))
        member = Member(socket)
        await member.reached("place", "host")
        return member

    def _join(self, code: str, name: str) -> dict[str, Any]:
        return post(f"{self._address}/api/workshops/{code}/members", {"name": name})


def post(address: str, body: object) -> dict[str, Any]:
    """Return what a server of ours answers to this."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        found: dict[str, Any] = json.loads(answer.read())
        return found


def _names() -> Iterator[str]:
    yield from NAMES
    yield from (f"{name} {number}" for number in itertools.count(2) for name in NAMES)


if __name__ == "__main__":
    main()
