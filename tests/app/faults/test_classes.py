"""What a class does: all come at once, somebody opens every tab there is."""

import asyncio
import json

import pytest

from benchmarks.crowd import Crowd, join
from tests.app import classroom

MEMBERS = 300
SECONDS = 60.0
WATCH = {"units_rate": 4}


async def taking_a_seat(port: int, code: str, name: str) -> dict[str, str]:
    """Join by HTTP, and return the seat."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"name": name}).encode()
    head = (
        f"POST /api/workshops/{code}/members HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 201"), answer[:200]
    entry: dict[str, str] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return entry


async def test_three_hundred_who_come_at_once_all_get_a_seat_of_their_own_and_see_the_run(start_server, data_dir):
    server = start_server("--data-dir", str(data_dir))
    entry = classroom.begin(server)
    code = entry["code"]

    async def come(number: int):
        seat = await taking_a_seat(server.port, code, "Otter")
        return seat, await join(server.port, "studio", WATCH, token=seat["token"])

    async with asyncio.timeout(SECONDS):
        came = await asyncio.gather(*(come(number) for number in range(MEMBERS)))
    assert len({seat["name"] for seat, _ in came}) == MEMBERS
    assert len({seat["token"] for seat, _ in came}) == MEMBERS
    look = json.loads(server.get(f"/api/workshops/{code}").body)
    assert look["members"] == MEMBERS
    await Crowd([member for _, member in came]).leave()
    assert "Traceback" not in server.output()


async def test_fifty_tabs_of_one_person_are_four_and_the_others_are_told_why(start_server, data_dir):
    server = start_server("--data-dir", str(data_dir))
    entry = classroom.begin(server)
    otter = classroom.join(server, entry["code"], "Otter")
    lynx = classroom.join(server, entry["code"], "Lynx")
    codes, opened = [], []

    async def open_tab() -> None:
        try:
            opened.append(await join(server.port, "studio", WATCH, token=otter["token"]))
        except RuntimeError as closed:
            codes.append(str(closed))

    async with classroom.visit(server, lynx) as other:
        await asyncio.gather(*(open_tab() for _ in range(50)))
        assert len(opened) == 4
        assert len(codes) == 46
        assert set(codes) == {"a viewer saw no frame; the socket was closed with 4106"}
        await other.next_frame()
    await Crowd(opened).leave()
    assert "Traceback" not in server.output()


@pytest.mark.parametrize("presses", [60])
async def test_thirty_presses_a_second_on_one_button_are_one_answer_each(server, presses):
    entry = classroom.begin(server)
    async with classroom.visit(server, entry) as host:
        numbers = [await host.tell("pause" if turn % 2 else "play") for turn in range(presses)]
        for number in numbers:
            answer = await host.until("each is answered", lambda number=number: host.answer_to(number))
            assert answer["type"] in ("done", "error")
        await host.ask("close_workshop")
