"""A workshop over a real server: begun, joined, followed, forked, spotlighted, closed, and there after a restart."""

import asyncio
import contextlib
import json
from typing import Any

import pytest

from app.protocol import PROTOCOL_VERSION
from tests.app.classroom import begin, join, post, room_of, seat, seated, state, visit
from tests.app.viewing import knock


async def sees(viewer, step: int) -> None:
    """Wait for a frame of a step, whenever it came."""
    await viewer.until(f"step {step} is seen", lambda: any(frame.step == step for frame in viewer.frames))


def card_of(host, person: str) -> dict[str, Any] | None:
    """The newest card of somebody, once it shows the first weights of a run of their own that is paused."""
    whole: dict[str, Any] = {}
    for event in host.of_type("members"):
        for card in event["cards"]:
            if card["person"]["id"] == person:
                whole |= {**card, "tiles": whole["tiles"] if card["tiles"] is None else card["tiles"]}
    return whole if whole.get("tiles") and whole["run"] == "paused" and whole["curve"] else None


async def test_a_lesson_is_followed_forked_spotlighted_and_closed(server):
    entry = begin(server)
    code = entry["code"].lower()
    async with (
        visit(server, entry) as host,
        visit(server, join(server, f"{code[:3]}-{code[3:]}", "Otter")) as otter,
        visit(server, join(server, code, "otter")) as second,
    ):
        assert seat(host)["person"]["role"] == "host"
        assert seat(second)["person"]["name"] == "otter 2"
        await host.until("both are counted", lambda: state(host)["members"] == 2)
        assert {room_of(one) for one in (host, otter, second)} == {code}

        # The host steers, members don't.
        refused = await otter.ask("pause")
        assert (refused["type"], refused["code"]) == ("error", "host_steers")
        assert (await otter.ask("set_task", text="mine"))["code"] == "hosts_only"
        assert (await otter.ask("fork"))["code"] == "follow_now"
        assert (await host.ask("pause"))["type"] == "done"
        await otter.next_state(status="paused")
        assert (await host.ask("step", count=3))["type"] == "done"
        await second.until("all see the host's step", lambda: any(f.step == otter.state["step"] for f in second.frames))

        # Exploring: a copy of the host's run, exactly as it was, in a room of one's own.
        await host.ask("set_mode", mode="explore")
        await otter.until("they may explore", lambda: state(otter)["mode"] == "explore")
        before = await host.next_state(status="paused")
        assert (await otter.ask("fork"))["type"] == "done"
        await seated(otter, "own")
        assert room_of(otter) == f"{code}-{seat(otter)['person']['id']}"
        assert otter.of_type("welcome")[-1]["state"]["step"] == before["step"]
        assert (await otter.ask("step", count=2))["type"] == "done"
        await sees(otter, before["step"] + 2)
        assert (await host.ask("pause"))["type"] == "done"
        assert host.state["step"] == before["step"]

        # The host sees how the members do.
        card = await host.until("the fork is on the host's page", lambda: card_of(host, seat(otter)["person"]["id"]))
        assert card["step"] == before["step"] + 2
        assert card["layers"] == ["32 elu", "16 elu"]
        assert card["tile_shape"] == [4, 28, 28]
        assert not otter.of_type("members")

        # Everyone sees the one in the spotlight, who goes on steering.
        who = seat(otter)["person"]["id"]
        assert (await host.ask("spotlight", person=seat(second)["person"]["id"]))["code"] == "nothing_to_show"
        assert (await host.ask("spotlight", person=who))["type"] == "done"
        await seated(second, "spotlight")
        await seated(host, "spotlight")
        assert room_of(second) == room_of(host) == room_of(otter)
        assert (await second.ask("play"))["code"] == "host_steers"
        assert (await otter.ask("step"))["type"] == "done"
        await sees(second, before["step"] + 3)

        # And back with one press each.
        assert (await host.ask("spotlight", person=None))["type"] == "done"
        await seated(host, "host")
        assert (await otter.ask("follow"))["type"] == "done"
        await seated(otter, "host")
        assert seat(otter)["has_own"]
        assert room_of(otter) == code

        assert (await host.ask("close_workshop"))["type"] == "done"
        assert (await otter.until_closed())[0] == 4102
        assert otter.of_type("sent_away")[-1]["reason"] == "closed"
    status, _ = post(server, f"/api/workshops/{code}/members", {"name": "late"})
    assert status == 404


async def test_nobody_without_a_seat_sees_a_workshops_room(server):
    entry = begin(server)
    for hello in (
        {"room": entry["code"].lower()},
        {"room": entry["code"].lower() + "-0a1b2c3d"},
        {"token": entry["token"][:-2] + "xx"},
        {"token": ""},
    ):
        async with knock(server.socket_address) as viewer:
            await viewer.say(json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION, **hello}))
            assert (await viewer.until_closed())[0] == 4103
            assert not viewer.of_type("welcome")
            assert not viewer.frames
    assert server.get(f"/api/rooms/{entry['code'].lower()}/checkpoint").status == 404


async def test_a_removed_member_is_out_and_a_locked_door_keeps_new_ones_out(server):
    entry = begin(server)
    otter = join(server, entry["code"], "Otter")
    async with visit(server, entry) as host, visit(server, otter) as member:
        await host.ask("lock", locked=True)
        status, refused = post(server, f"/api/workshops/{entry['code']}/members", {"name": "late"})
        assert (status, refused["code"]) == (403, "workshop_locked")
        await host.ask("remove", person=otter["person"])
        assert (await member.until_closed())[0] == 4102
    async with knock(server.socket_address) as again:
        await again.say(json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION, "token": otter["token"]}))
        assert (await again.until_closed())[0] == 4103


async def test_the_hosts_role_is_handed_over_and_the_next_command_knows(server):
    entry = begin(server)
    otter = join(server, entry["code"], "Otter")
    async with visit(server, entry) as host, visit(server, otter) as member:
        assert (await host.ask("hand_over", person=otter["person"]))["type"] == "done"
        assert (await host.ask("set_task", text="too late"))["code"] == "hosts_only"
        assert (await member.ask("set_task", text="now mine"))["type"] == "done"
        await host.until("all read the task", lambda: state(host)["task"] == "now mine")
        assert state(host)["host"]["name"] == "Otter"


async def test_workshops_people_and_runs_are_there_after_a_restart(start_server, data_dir):
    first = start_server("--data-dir", str(data_dir))
    entry = begin(first)
    otter = join(first, entry["code"], "Otter")
    async with visit(first, entry) as host, visit(first, otter) as member:
        await host.ask("set_mode", mode="explore")
        await host.ask("set_task", text="Reach 90 %")
        assert (await member.ask("fork"))["type"] == "done"
        await seated(member, "own")
        assert (await member.ask("pause"))["type"] == "done"
        before = (await member.next_state(status="paused"))["step"]
        assert (await member.ask("step", count=7))["type"] == "done"
        steps = (await member.next_state(step=before + 7))["step"]
        assert (await host.ask("spotlight", person=otter["person"]))["type"] == "done"
        await seated(host, "spotlight")
    first.process.terminate()
    assert first.wait() in (0, 143, -15)

    second = start_server("--data-dir", str(data_dir))
    async with visit(second, entry) as host, visit(second, otter) as member:
        assert state(member)["task"] == "Reach 90 %"
        assert state(member)["host"]["name"] == "Ms Lin"
        assert seat(member)["has_own"]
        assert seat(host)["person"]["role"] == "host"
        assert state(host)["spotlight"]["name"] == "Otter"
        assert (seat(host)["place"], seat(member)["place"]) == ("spotlight", "own"), "all are where they were"
        assert room_of(host) == room_of(member)
        assert member.of_type("welcome")[-1]["state"]["step"] == steps


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/api/workshops", {"name": " \u200b "}, 422, "no_name"),
        ("/api/workshops/KX47QP/members", {"name": "Otter"}, 404, "no_such_workshop"),
        ("/api/workshops/..%2f..%2fetc/members", {"name": "Otter"}, 404, None),
        ("/api/workshops", {"name": "a" * 201}, 422, None),
        ("/api/workshops", {"name": 7}, 422, None),
        ("/api/workshops", [], 422, None),
    ],
)
def test_bad_requests_are_refused_with_a_reason(server, path, body, status, code):
    answered, refused = post(server, path, body)
    assert answered == status
    assert code is None or (refused["code"] == code and refused["message"])


def test_refusals_are_in_the_language_of_the_browser(server):
    _, refused = post(server, "/api/workshops/KX47QP/members", {"name": "x"}, {"Accept-Language": "zh-CN"})
    assert any("\u4e00" <= character <= "\u9fff" for character in refused["message"])


def test_only_the_host_key_begins_a_workshop_where_there_is_one(start_server):
    server = start_server(environment={"BACKSCOPE_HOST_KEY": "correct horse"})
    status, refused = post(server, "/api/workshops", {"name": "Eve"})
    assert (status, refused["code"]) == (403, "wrong_key")
    status, _ = post(server, "/api/workshops", {"name": "Ms Lin", "key": " correct horse "})
    assert status == 201


def test_who_guesses_codes_has_to_wait_and_who_never_failed_has_not(start_server):
    server = start_server()
    entry = begin(server)
    seen = {post(server, "/api/workshops/ZZZZZZ/members", {"name": "Eve"})[0] for _ in range(40)}
    assert seen == {404, 429}
    assert post(server, "/api/workshops/ZZZZZZ/members", {"name": "Eve"})[1]["code"] == "too_many_attempts"
    assert entry["code"]


async def test_three_hundred_come_at_once(start_server):
    server = start_server()
    entry = begin(server)
    entries = await asyncio.to_thread(lambda: [join(server, entry["code"], f"m{number}") for number in range(300)])
    async with contextlib.AsyncExitStack() as stack, visit(server, entry) as host:
        await asyncio.gather(*(stack.enter_async_context(visit(server, one)) for one in entries))
        await host.until("all are counted", lambda: state(host)["members"] == 300)


async def test_what_the_host_looks_at_is_told_until_nothing_is_presented(server):
    entry = begin(server)
    async with visit(server, entry) as host, visit(server, join(server, entry["code"], "Otter")) as otter:
        assert state(otter)["presented"] == {"lens": "gradients", "layer": None, "unit": None}
        assert (await host.ask("present", lens="weights", layer="hidden 1", unit=3))["type"] == "done"
        await otter.until("it is told", lambda: state(otter)["presented"]["unit"] == 3)
        assert (await otter.ask("present", lens="weights", layer=None, unit=None))["code"] == "hosts_only"
        assert (await host.ask("present", lens=None))["type"] == "done"
        await otter.until("nothing is presented", lambda: state(otter)["presented"] is None)


def test_the_door_says_whether_it_wants_a_key_and_where_others_join(server):
    assert json.loads(server.get("/api/workshops").body) == {"needs_key": False}
    entry = begin(server)
    known = json.loads(server.get(f"/api/workshops/{entry['code']}").body)
    assert known == {
        "code": entry["code"],
        "host": "Ms Lin",
        "locked": False,
        "members": 0,
        "address": f"127.0.0.1:{server.port}",
        "for_others": False,
    }


async def test_who_opens_too_many_pages_is_told_so(server):
    entry = begin(server)
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(visit(server, entry))
        async with knock(server.socket_address) as fifth:
            await fifth.say(json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION, "token": entry["token"]}))
            assert (await fifth.until_closed())[0] == 4106
            assert fifth.of_type("error")[-1]["code"] == "many_pages"


async def test_who_looked_at_the_spotlight_from_their_own_run_is_back_there_when_it_ends(server):
    entry = begin(server)
    async with (
        visit(server, entry) as host,
        visit(server, join(server, entry["code"], "Otter")) as otter,
        visit(server, join(server, entry["code"], "Finch")) as finch,
        visit(server, join(server, entry["code"], "Lynx")) as lynx,
    ):
        await host.ask("set_mode", mode="explore")
        for member in (otter, finch):
            await member.until("they may explore", lambda member=member: state(member)["mode"] == "explore")
            assert (await member.ask("fork"))["type"] == "done"
            await seated(member, "own")
        assert (await host.ask("spotlight", person=seat(otter)["person"]["id"]))["type"] == "done"
        for member in (finch, lynx):
            await seated(member, "spotlight")
        assert (await host.ask("spotlight", person=None))["type"] == "done"
        await seated(finch, "own")
        await seated(lynx, "host")


async def test_after_a_restart_the_host_sees_how_runs_did_that_nobody_has_loaded_yet(start_server, data_dir):
    first = start_server("--data-dir", str(data_dir))
    entry = begin(first)
    otter = join(first, entry["code"], "Otter")
    async with visit(first, entry) as host, visit(first, otter) as member:
        await host.ask("set_mode", mode="explore")
        await member.until("they may explore", lambda: state(member)["mode"] == "explore")
        assert (await member.ask("fork"))["type"] == "done"
        await seated(member, "own")
        assert (await member.ask("pause"))["type"] == "done"
        assert (await member.ask("step", count=7))["type"] == "done"
        await member.next_state(status="paused")
        card = await host.until("it is on the host's page", lambda: card_of(host, otter["person"]))
        assert not card["asleep"]
    first.process.terminate()
    first.wait()

    second = start_server("--data-dir", str(data_dir))
    async with visit(second, entry) as host:
        kept = await host.until("it is there", lambda: card_of(host, otter["person"]))
        assert kept["asleep"]
        assert not kept["here"]
        same = ("step", "loss", "accuracy", "curve", "tiles", "layers", "learning_rate")
        assert {name: kept[name] for name in same} == {name: card[name] for name in same}
        # Put before all, it is loaded, and goes on from there.
        assert (await host.ask("spotlight", person=otter["person"]))["type"] == "done"
        await host.until("they are in its room", lambda: room_of(host).endswith(otter["person"]))
        assert host.of_type("welcome")[-1]["state"]["step"] == kept["step"]
        await host.until("it is awake", lambda: not card_of(host, otter["person"])["asleep"])
