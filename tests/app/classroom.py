"""A workshop as its people are in it: seats over HTTP, then sockets, and what these were told last."""

import contextlib
import http.client
import json
from collections.abc import AsyncIterator
from typing import Any

from app.protocol import PROTOCOL_VERSION
from tests.app.serving import ServerProcess
from tests.app.viewing import Viewer, knock


def post(
    server: ServerProcess, path: str, body: object, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **(headers or {})})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def begin(server: ServerProcess, name: str = "Ms Lin") -> dict[str, Any]:
    status, entry = post(server, "/api/workshops", {"name": name})
    assert status == 201, entry
    return entry


def join(server: ServerProcess, code: str, name: str) -> dict[str, Any]:
    status, entry = post(server, f"/api/workshops/{code}/members", {"name": name})
    assert status == 201, entry
    return entry


@contextlib.asynccontextmanager
async def visit(server: ServerProcess, entry: dict[str, Any]) -> AsyncIterator[Viewer]:
    async with knock(server.socket_address) as viewer:
        await viewer.say(json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION, "token": entry["token"]}))
        await viewer.until("the workshop is told", lambda: viewer.of_type("workshop"))
        await viewer.ask("watch")
        yield viewer


def seat(viewer: Viewer) -> dict[str, Any]:
    return viewer.of_type("workshop")[-1]["seat"]


def state(viewer: Viewer) -> dict[str, Any]:
    return viewer.of_type("workshop")[-1]["state"]


async def seated(viewer: Viewer, place: str) -> None:
    await viewer.until(f"they are at {place}", lambda: seat(viewer)["place"] == place)


def room_of(viewer: Viewer) -> str:
    return viewer.of_type("welcome")[-1]["room"]
