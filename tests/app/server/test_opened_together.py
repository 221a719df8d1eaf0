"""A step that the host opens on a real server is the step that all see, with the host's place in it."""

import contextlib
from typing import Any

from tests.app.classroom import begin, join, seat, seated, state, visit


def place(idea: str = "minibatch", example: int = 0, **more: Any) -> dict[str, Any]:
    somewhere = {"address": "dense1.W", "index": [0, 300], "input": None, "rope": None}
    return {**somewhere, "direction": "update", "seed": None, "idea": idea, "example": example, **more}


async def opened(host) -> dict[str, Any]:
    """Open a step as a page does: then say where in it one is."""
    step = await host.ask("open_step")
    assert step["type"] == "opened", step
    assert (await host.ask("show_step", opening=step["opening"], place=place()))["type"] == "done"
    return step


def asked(viewer) -> dict[str, Any] | None:
    votes = viewer.of_type("vote")
    return votes[-1]["asked"] if votes else None


def bare(reply: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in reply.items() if name != "reply_to"}


async def test_all_who_follow_see_the_step_that_the_host_opened_and_ask_about_the_same(server):
    entry = begin(server)
    otter = join(server, entry["code"], "Otter")
    async with visit(server, entry) as host, visit(server, otter) as member:
        assert (await host.ask("pause"))["type"] == "done"
        assert (await member.ask("open_step"))["code"] == "host_steers"
        assert (await member.ask("look_at_step"))["code"] == "no_step_shown"
        step = await opened(host)
        await member.until("it is shown", lambda: state(member)["opened"])
        shown = state(member)["opened"]
        assert (shown["opening"], shown["step"], shown["gone"]) == (step["opening"], step["step"], False)
        assert shown["manifest"] == member.welcome["manifest"]["id"]
        assert bare(await member.ask("look_at_step")) == bare(step)

        # What one asks the other gets as well, whoever asked first.
        questions = [
            {"about": "forces", "example": 3},
            {"about": "promise"},
            {"about": "blame", "input": 0, "example": 9},
        ]
        for question in questions:
            told = await member.ask("ask", step=step["step"], question=question)
            assert told["type"] == "answer", told
            assert bare(await host.ask("ask", step=step["step"], question=question)) == bare(told)
        refused = await member.ask("ask", step=step["step"], question={"about": "forces", "example": 4000})
        assert (refused["type"], refused["code"]) == ("error", "nothing_there")
        assert (await member.ask("ask", step=step["step"] + 1, question=questions[0]))["code"] == "no_step_shown"

        # They go on with the host, and only with the host; who comes late is there at once.
        there = place("chain", example=7, address="dense2.W", index=[2, 5])
        assert (await host.ask("show_step", opening=step["opening"], place=there))["type"] == "done"
        await member.until("they went on", lambda: state(member)["opened"]["place"] == there)
        assert (await member.ask("show_step", opening=step["opening"], place=place()))["code"] == "host_steers"
        async with visit(server, join(server, entry["code"], "Late")) as late:
            assert state(late)["opened"]["place"] == there
            assert bare(await late.ask("look_at_step")) == bare(step)

        # Nothing is shown while nothing is presented; then it is there again, until it is closed.
        assert (await host.ask("present", lens=None))["type"] == "done"
        await member.until("nothing is presented", lambda: state(member)["opened"] is None)
        assert (await member.ask("ask", step=step["step"], question=questions[0]))["code"] == "no_step_shown"
        assert (await host.ask("ask", step=step["step"], question=questions[0]))["type"] == "answer"
        assert (await host.ask("present", lens="weights", layer=None, unit=None))["type"] == "done"
        await member.until("it is there again", lambda: state(member)["opened"])
        assert (await host.ask("show_step", opening=step["opening"], place=None))["type"] == "done"
        await member.until("it is closed", lambda: state(member)["opened"] is None)

        # Another one takes its place: what was meant for the one before is not taken for it.
        second = await opened(host)
        assert second["opening"] != step["opening"]
        assert (await host.ask("show_step", opening=step["opening"], place=place()))["code"] == "no_step_shown"


async def test_a_step_of_ones_own_run_is_ones_own_until_one_is_in_the_spotlight(server):
    entry = begin(server)
    async with (
        visit(server, entry) as host,
        visit(server, join(server, entry["code"], "Otter")) as otter,
        visit(server, join(server, entry["code"], "Finch")) as finch,
    ):
        await host.ask("pause")
        await host.ask("set_mode", mode="explore")
        await otter.until("they may explore", lambda: state(otter)["mode"] == "explore")
        assert (await otter.ask("fork"))["type"] == "done"
        await seated(otter, "own")
        own = await otter.ask("open_step")
        assert (own["type"], own["opening"]) == ("opened", "")
        assert (await otter.ask("ask", step=own["step"], question={"about": "promise"}))["type"] == "answer"
        shown = await opened(host)
        await finch.until("the host's is shown", lambda: state(finch)["opened"])
        assert (await otter.ask("look_at_step"))["code"] == "no_step_shown", "not in a room of one's own"

        assert (await host.ask("spotlight", person=seat(otter)["person"]["id"]))["type"] == "done"
        await seated(finch, "spotlight")
        assert state(finch)["opened"] is None
        step = await opened(otter)
        for viewer in (host, finch):
            await viewer.until("it is shown", lambda viewer=viewer: state(viewer)["opened"])
            assert bare(await viewer.ask("look_at_step")) == bare(step)
        assert (await host.ask("show_step", opening=step["opening"], place=None))["code"] == "host_steers"
        assert (await host.ask("spotlight", person=None))["type"] == "done"
        await finch.until("it is over", lambda: state(finch)["opened"] is None)
        assert shown["opening"] != step["opening"]


async def test_a_step_that_is_gone_with_its_run_says_so_to_all_and_what_was_known_stays(server):
    entry = begin(server)
    async with contextlib.AsyncExitStack() as stack:
        host = await stack.enter_async_context(visit(server, entry))
        otter = await stack.enter_async_context(visit(server, join(server, entry["code"], "Otter")))
        await host.ask("pause")
        step = await opened(host)
        known = await host.ask("ask", step=step["step"], question={"about": "promise"})
        assert (await host.ask("reset"))["type"] == "done"
        await otter.until("it is shown", lambda: state(otter)["opened"])
        assert bare(await otter.ask("ask", step=step["step"], question={"about": "promise"})) == bare(known)
        refused = await otter.ask("ask", step=step["step"], question={"about": "cost"})
        assert (refused["code"], str(step["step"]) in refused["message"]) == ("not_opened", True)
        for viewer in (host, otter):
            await viewer.until("it is said to be gone", lambda viewer=viewer: state(viewer)["opened"]["gone"])
        await opened(host)
        await otter.until("another one is there", lambda: not state(otter)["opened"]["gone"])


async def test_what_the_opened_step_will_do_is_asked_answered_and_decided_by_its_own_numbers(start_server, data_dir):
    server = start_server("--data-dir", str(data_dir))
    entry = begin(server)
    people = [join(server, entry["code"], name) for name in ("Otter", "Finch")]
    async with visit(server, entry) as host, visit(server, people[0]) as otter, visit(server, people[1]) as finch:
        await host.ask("pause")
        weight: dict[str, Any] = {"about": "weight_moves", "address": "dense2.W", "index": [2, 5]}
        assert (await host.ask("ask_class", question={**weight, "step": 5}))["code"] == "no_step_shown"
        step = await opened(host)
        number = step["step"]
        nowhere = {**weight, "step": number, "index": [2000, 5]}
        assert (await host.ask("ask_class", question=nowhere))["code"] == "nothing_there"
        assert (await host.ask("ask_class", question={**weight, "step": number + 1}))["code"] == "no_step_shown"
        assert (await host.ask("ask_class", question={**weight, "step": number}))["type"] == "done"
        question = await otter.until("it is asked", lambda: asked(otter))
        assert (question["decision"], question["histogram"]) == (None, None)
        for member, option in ((otter, 0), (finch, 1)):
            assert (await member.ask("answer_class", question=question["id"], option=option))["type"] == "done"
        assert (await otter.ask("answer_class", question=question["id"], option=3))["code"] == "no_such_option"
        assert (await host.ask("close_answers", question=question["id"]))["type"] == "done"
        closed = await otter.until("it is closed", lambda: (now := asked(otter)) and not now["open"] and now)
        assert (closed["histogram"], closed["decision"]) == ([1, 1, 0], None)
    server.process.terminate()
    server.wait()

    # The step is gone with the server; what it says was known when it was asked.
    server = start_server("--data-dir", str(data_dir))
    async with visit(server, entry) as host, visit(server, people[0]) as otter:
        assert (await host.ask("decide", question=question["id"], option=None))["type"] == "done"
        decision = await otter.until("it is revealed", lambda: (now := asked(otter)) and now["decision"])
        step = await opened(host)
        assert step["step"] == number
        about = {"about": "anatomy", "address": "dense2.W", "index": [2, 5]}
        told = (await host.ask("ask", step=number, question=about))["answer"]
        assert (decision["before"], decision["measured"]) == (told["parameter_before"], told["parameter_after"])
        assert decision["gradient"] == told["dL_dp"]
        moved = told["parameter_after"] - told["parameter_before"]
        assert decision["option"] == (0 if moved > 0 else 1 if moved < 0 else 2)
        assert decision["right"] == 1

        assert (await host.ask("ask_class", question={"about": "loss_falls", "step": number}))["type"] == "done"
        falls = await host.until("it is asked", lambda: (now := asked(host)) and now["id"] != question["id"] and now)
        assert (await host.ask("decide", question=falls["id"], option=0))["type"] == "done"
        decision = await host.until("it is revealed", lambda: (now := asked(host)) and now["decision"])
        promise = (await host.ask("ask", step=number, question={"about": "promise"}))["answer"]
        assert (decision["before"], decision["measured"]) == (promise["loss_before"], promise["loss_after"])
        assert decision["option"] == (0 if promise["delivered"] < 0 else 1)
