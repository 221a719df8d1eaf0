"""Joining a run that goes on: everything at once, the same for all, and nobody slows anybody."""

import json

import pytest

from app.protocol import PROTOCOL_VERSION
from tests.app.viewing import knock, visit


async def test_a_late_joiner_has_the_whole_state_and_a_frame_though_nothing_moves(server, room):
    async with visit(server.socket_address, room) as first:
        await first.until("the curve has points", lambda: first.of_type("metrics"))
        await first.next_frame()
        await first.ask("pause")
        state = await first.next_state(status="paused")
        await first.until(
            "the test on held-out digits is told",
            lambda: any(
                point["step"] == state["step"] for event in first.of_type("metrics") for point in event["held_out"]
            ),
        )
        async with visit(server.socket_address, room, watch={"matrices": ["W"]}) as late:
            welcome = late.welcome
            assert welcome["state"] == first.state
            assert welcome["manifest"]["id"] == first.welcome["manifest"]["id"]
            assert welcome["limits"]["layers"] == 16
            assert not welcome["resumed"]
            steps = [point["step"] for point in welcome["training"]]
            assert steps[0] == 1
            assert steps[-1] == state["step"]
            assert welcome["held_out"][-1]["step"] == state["step"]
            assert (await late.until("units", lambda: late.frames))[0].step == state["step"]
            await late.until("matrices", lambda: [frame for frame in late.frames if frame.part == "matrices"])


async def test_all_viewers_see_the_same_steps(server, room):
    async with visit(server.socket_address, room) as one, visit(server.socket_address, room) as other:
        await one.until("twenty frames came", lambda: len(one.frames) >= 20)
        await other.until("twenty frames came", lambda: len(other.frames) >= 20)
        seen = {frame.n: frame for frame in one.frames}
        common = [frame for frame in other.frames if frame.n in seen]
        assert len(common) >= 10
        assert all(seen[frame.n] == frame for frame in common)
        for viewer in (one, other):
            steps = [frame.step for frame in viewer.frames]
            assert steps == sorted(steps)
            assert {frame.manifest for frame in viewer.frames} == {viewer.welcome["manifest"]["id"]}


async def test_a_frame_has_the_loss_of_its_step(server, room):
    async with visit(server.socket_address, room) as viewer:
        await viewer.until("frames came", lambda: len(viewer.frames) >= 10)
        await viewer.until("the curve got as far", lambda: max(curve(viewer), default=0) > viewer.frames[9].step)
        points = {point["step"]: point for event in viewer.of_type("metrics") for point in event["training"]}
        points.update({point["step"]: point for point in viewer.welcome["training"]})
        known = [frame for frame in viewer.frames if frame.step in points]
        assert known
        assert all(frame.loss == pytest.approx(points[frame.step]["loss"], abs=1e-6) for frame in known)


def curve(viewer) -> list[int]:
    return [point["step"] for event in viewer.of_type("metrics") for point in event["training"]]


async def test_who_comes_back_gets_exactly_what_was_missed(server, room):
    async with visit(server.socket_address, room) as staying:
        async with visit(server.socket_address, room) as leaving:
            await leaving.until("some metrics came", lambda: len(leaving.of_type("metrics")) >= 3)
            await leaving.vanish()
        for rate in (11.0, 12.0, 13.0):
            await staying.ask("pace", steps_per_second=rate)
        known = {"epoch": leaving.welcome["epoch"], "seq": leaving.seqs()[-1]}
        async with visit(server.socket_address, room, **known) as back:
            assert back.welcome["resumed"]
            assert back.welcome["training"] == []
            await back.until("more metrics came", lambda: len(back.of_type("metrics")) >= 3)
            seqs = leaving.seqs() + back.seqs()
            assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
            paces = [event["state"]["steps_per_second"] for event in back.of_type("state")]
            assert paces[:3] == [11.0, 12.0, 13.0]
            steps = curve(leaving) + curve(back)
            assert steps == sorted(set(steps))
            for event in back.events:
                if "seq" in event and event["type"] != "welcome":
                    same = [known for known in staying.events if known.get("seq") == event["seq"]]
                    assert same in ([], [event])


async def test_who_comes_back_from_another_epoch_or_with_numbers_never_given_begins_anew(server, room):
    async with visit(server.socket_address, room) as first:
        await first.until("metrics came", lambda: curve(first))
        strange = [
            {"epoch": "another", "seq": 1},
            {"epoch": first.welcome["epoch"], "seq": 2**50},
            {"epoch": first.welcome["epoch"]},
            {"seq": 1},
        ]
        for known in strange:
            async with visit(server.socket_address, room, **known) as back:
                assert not back.welcome["resumed"]
                assert back.welcome["training"]


async def test_a_viewer_that_never_paints_has_few_frames_on_the_way_and_slows_nobody(server, room):
    async with (
        visit(server.socket_address, room, paints=False) as slow,
        visit(server.socket_address, room) as quick,
    ):
        await quick.until("many frames came", lambda: len(quick.frames) >= 30)
        assert 1 <= len(slow.frames) <= 3
        await slow.until("events go on", lambda: len(slow.of_type("metrics")) >= 3)
        newest, last = quick.frames[-1], slow.frames[-1]
        before = len(slow.frames)
        await slow.tell("ack", frame=last.n)
        await slow.until("frames go on", lambda: len(slow.frames) > before)
        assert slow.frames[before].step >= newest.step - 64  # the newest one, not the next one
        assert slow.frames[before].step > last.step + 5


async def test_when_a_viewer_vanishes_the_others_go_on_and_are_told_how_many_are_left(server, room):
    async with visit(server.socket_address, room) as staying:
        async with visit(server.socket_address, room) as vanishing:
            await staying.until("two are counted", lambda: staying.of_type("viewers")[-1:] and counted(staying) == 2)
            await vanishing.vanish()
        await staying.until("one is counted", lambda: counted(staying) == 1)
        await staying.next_frame()


def counted(viewer) -> int:
    return int(viewer.of_type("viewers")[-1]["count"])


async def test_frames_hold_what_a_viewer_looks_at_and_no_more(server, room):
    async with visit(server.socket_address, room) as viewer:
        quantities = {tensor["id"]: tensor["quantity"] for tensor in viewer.welcome["manifest"]["tensors"]}
        await viewer.until("frames came", lambda: len(viewer.frames) >= 5)
        assert {frame.part for frame in viewer.frames} == {"units"}
        await viewer.ask("watch", matrices=["update", "W"])
        frame = await viewer.next_frame("matrices")
        assert {quantities[tensor.id] for tensor in frame.tensors} == {"W", "update"}
        await viewer.ask("watch", matrices=["dL_dW"])
        begun = len(viewer.frames)
        await viewer.until(
            "the other matrices come",
            lambda: [
                frame
                for frame in viewer.frames[begun:]
                if {quantities[tensor.id] for tensor in frame.tensors} == {"dL_dW"}
            ],
        )


async def test_rooms_are_apart(server, room):
    async with visit(server.socket_address, room) as here, visit(server.socket_address, f"{room}-next") as there:
        await here.ask("pause")
        await there.ask("pace", steps_per_second=5.0)
        await there.ask("pause")
        assert here.state["steps_per_second"] == 64
        assert {frame.run for frame in here.frames} <= {room}
        assert {frame.run for frame in there.frames} <= {f"{room}-next"}


async def test_a_page_that_only_says_hello_gets_events_but_no_frames(server, room):
    async with knock(server.socket_address) as viewer:
        await viewer.say(json.dumps({"type": "hello", "protocol": PROTOCOL_VERSION, "room": room, "id": 9}))
        await viewer.until("metrics come", lambda: len(viewer.of_type("metrics")) >= 3)
        assert viewer.welcome["reply_to"] == 9
        assert viewer.frames == []
