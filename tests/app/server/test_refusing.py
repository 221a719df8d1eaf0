"""What is refused: each time one clear answer to the one who asked, and nobody else notices."""

import asyncio
import base64
import json
from collections.abc import Iterator

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from app.languages import Languages
from app.protocol import PROTOCOL_VERSION
from app.protocol.drawing import MOST_DRAWINGS_AT_ONCE
from app.runs.kept_drawings import MOST_DRAWINGS
from app.web.parsing import TEMPLATES
from tests.app.serving import ServerProcess
from tests.app.viewing import knock, visit

HELLO = json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION, "room": "strict"})

MALFORMED = {
    "no JSON": ("{", "not_json"),
    "an empty text": ("", "not_json"),
    "ten thousand brackets": ("[" * 10_000, "not_json"),
    "a lone surrogate": (r'{"type":"\ud800"}', "not_json"),
    "not an object": ("[1]", "unknown_command"),
    "an unknown command": ('{"type":"dance","id":1}', "unknown_command"),
    "an unknown field": ('{"type":"play","speed":2}', "unknown_field"),
    "a missing field": ('{"type":"predict"}', "missing_field"),
    "true for a number": ('{"type":"step","count":true}', "wrong_value"),
    "a number too large": (f'{{"type":"show","index":{10**30}}}', "wrong_value"),
    "no number": ('{"type":"clock","sent":NaN}', "wrong_value"),
    "infinity": ('{"type":"set","values":{"learning_rate":1e400}}', "wrong_value"),
    "a binary message": (b'{"type":"play"}', "not_text"),
    "a second hello": (json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION}), "already_greeted"),
}


@pytest.mark.parametrize("what", MALFORMED)
async def test_a_malformed_command_has_one_clear_answer_while_the_run_and_the_others_go_on(server, room, what):
    message, code = MALFORMED[what]
    async with visit(server.socket_address, room) as sender, visit(server.socket_address, room) as other:
        await sender.say(message)
        refused = await sender.until("it is refused", lambda: sender.of_type("error"))
        assert refused[0]["code"] == code
        assert refused[0]["message"]
        await sender.next_frame()
        await other.next_frame()
        assert (await sender.ask("clock", sent=0))["type"] == "clock"
        assert len(sender.of_type("error")) == 1
        assert other.of_type("error") == []


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
async def test_a_refusal_is_in_the_language_of_who_is_refused(server, room, language):
    async with visit(server.socket_address, room, language=language) as viewer:
        refused = await viewer.ask("predict")
        template = TEMPLATES["missing_field"]
        assert refused["message"] == Languages().sentence(language, template, {"where": "pixels"})
        assert (refused["message"] == "pixels is missing.") is (language == "en")
        by_the_run = await viewer.ask("reset", seed=-1)
        assert by_the_run["message"].isascii() is (language == "en")


async def test_a_message_longer_than_any_command_closes_only_its_own_socket(server, room):
    async with visit(server.socket_address, room) as other:
        async with visit(server.socket_address, room) as sender:
            await sender.say(" " * (64 * 1024 + 1))
            code, _ = await sender.until_closed()
            assert code == 1009
        await other.next_frame()
        assert other.closed is None


@pytest.fixture(scope="module")
def strict_server(unpacked, tmp_path_factory) -> Iterator[ServerProcess]:
    """A server with so little patience that its limits are soon reached."""
    directory = tmp_path_factory.mktemp("strict")
    (directory / "mnist").symlink_to(unpacked)
    limits = {"SECONDS_TO_HELLO": "0.5", "MOST_VIEWERS": "2", "COMMANDS_PER_SECOND": "5", "COMMANDS_AT_ONCE": "40"}
    environment = {f"BACKSCOPE_{name}": value for name, value in limits.items()}
    with ServerProcess(directory / "log", "--data-dir", str(directory), environment=environment) as server:
        server.wait_until_ready()
        yield server


@pytest.mark.parametrize(
    "first",
    [
        None,
        '{"type":"play"}',
        "{",
        b"",
        '{"type":"hello"}',
        json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION, "room": "../x"}),
    ],
)
async def test_who_does_not_say_hello_first_is_told_and_sent_away(strict_server, first):
    async with knock(strict_server.socket_address) as stranger:
        if first is not None:
            await stranger.say(first)
        assert await stranger.until_closed() == (1008, "no hello")
        assert [event["code"] for event in stranger.events] == ["no_hello"]


@pytest.mark.parametrize("other", [{}, {"a_field_of_another_version": 1}])
async def test_an_old_page_is_told_to_load_itself_again(strict_server, other):
    async with knock(strict_server.socket_address) as page:
        await page.say(json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION - 1, "language": "zh-Hans", **other}))
        assert await page.until_closed() == (4105, "reload")
        assert page.events[0]["code"] == "old_page"
        assert page.events[0]["message"].isascii() is bool(other)  # its language could be read, or not


async def test_one_viewer_too_many_is_told_and_a_place_that_gets_free_is_given_again(strict_server):
    address = strict_server.socket_address
    async with visit(address, "strict") as first:
        async with visit(address, "strict"), knock(address) as third:
            await third.say(HELLO)
            assert await third.until_closed() == (4104, "full")
            assert third.events[0]["code"] == "full"
            assert json.loads(strict_server.get("/readyz").body)["viewers"] == 2
            await first.next_frame()
        await first.until(
            "one is counted", lambda: first.of_type("viewers") and first.of_type("viewers")[-1]["count"] == 1
        )
        async with visit(address, "strict") as again:
            assert again.welcome


async def test_who_floods_is_told_why_and_cut_off_while_the_others_go_on(strict_server):
    address = strict_server.socket_address
    nobody = "nobody is left of the test before"
    await asyncio.to_thread(strict_server.eventually, nobody, lambda: strict_server.readiness()["viewers"] == 0)
    async with visit(address, "strict") as other, visit(address, "strict", paints=False) as flooding:
        await asyncio.gather(*(flooding.say('{"type":"clock","sent":1}') for _ in range(60)), return_exceptions=True)
        assert await flooding.until_closed() == (1008, "too many commands")
        assert flooding.of_type("error")[-1]["code"] == "too_many_commands"
        await other.until("events go on", lambda: len(other.of_type("metrics")) >= 2)
        assert other.closed is None


async def test_a_flood_of_pings_is_cut_off_while_the_others_go_on(server, room):
    async with visit(server.socket_address, room) as other, visit(server.socket_address, room) as flooding:
        for _ in range(200):
            if flooding.closed is None and not flooding.socket.transport.is_closing():
                flooding.socket.transport.write(b"\x89\x80\x00\x00\x00\x00")
        await flooding.until_closed()
        await other.next_frame()
        assert other.closed is None


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1", "http://127.0.0.1"])
async def test_a_page_of_another_site_may_not_open_a_socket(server, origin):
    with pytest.raises(InvalidStatus) as refused:
        async with connect(server.socket_address, origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_the_server_s_own_page_may(server, room):
    async with knock(server.socket_address, origin=f"http://127.0.0.1:{server.port}") as viewer:
        await viewer.say(json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION, "room": room}))
        await viewer.until("welcome comes", lambda: viewer.events)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.168.1.5", "printer.local", ""])
async def test_a_request_for_another_host_is_refused(server, host):
    answer = server.get("/", {"Host": host})
    assert answer.status == 400
    assert b"<script" not in answer.body
    port = server.port
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"ws://{host or 'x'}:{port}/ws", host="127.0.0.1", port=port):
            pass
    assert refused.value.response.status_code == 403


async def test_who_draws_for_long_and_brings_all_their_drawings_is_not_taken_for_a_flood(server, room):
    pixels = [255] * 784
    piece = {
        "copy_name": "copy-12345678",
        "network": "dense",
        "images": base64.b64encode(bytes(pixels) * MOST_DRAWINGS_AT_ONCE).decode(),
        "labels": [1] * MOST_DRAWINGS_AT_ONCE,
        "held_out": [False] * MOST_DRAWINGS_AT_ONCE,
    }
    async with visit(server.socket_address, room) as viewer:
        for _ in range(5 * 60):  # five seconds of drawing, as fast as it is answered
            assert (await viewer.ask("predict", pixels=pixels, network="dense"))["type"] == "prediction"
        for number in range(MOST_DRAWINGS // MOST_DRAWINGS_AT_ONCE):
            kept = await viewer.ask("keep_drawings", first=number == 0, **piece)
            assert kept["type"] == "drawings_kept"
        assert kept["train_counts"][1] == MOST_DRAWINGS
