"""What a class does together, on a real server: a wall of drawings, votes that the run decides, a challenge."""

import base64
from typing import Any

import pytest

from engine.data.mnist import PACKAGED, load_mnist
from tests.app.classroom import begin, join, seat, seated, state, visit

DIGITS = load_mnist(PACKAGED).test
assert DIGITS.labels is not None
LABELS = DIGITS.labels
BLANK = [0] * 784


def drawing(index: int) -> dict[str, Any]:
    """A digit that nobody trained on, as somebody drew it, with what it is."""
    return {"pixels": [int(grey) for grey in DIGITS.inputs[index]], "label": int(LABELS[index])}


def wall_of(viewer) -> dict[str, dict[str, Any]]:
    """The drawings that a page shows by what it was told."""
    shown: dict[str, dict[str, Any]] = {}
    for event in viewer.of_type("wall"):
        shown = {} if event["whole"] else shown
        shown.update({one["id"]: one for one in event["drawings"]})
        for gone in event["gone"]:
            shown.pop(gone, None)
    return shown


def asked(viewer) -> dict[str, Any] | None:
    return viewer.of_type("vote")[-1]["asked"]


def challenge(viewer) -> dict[str, Any] | None:
    return viewer.of_type("contest")[-1]["challenge"]


async def test_drawings_are_hung_read_admitted_learned_from_and_measured(start_server, data_dir):
    server = start_server("--data-dir", str(data_dir))
    entry = begin(server)
    people = [join(server, entry["code"], name) for name in ("Otter", "Lynx")]
    async with visit(server, entry) as host, visit(server, people[0]) as otter, visit(server, people[1]) as lynx:
        assert (await otter.ask("hang_drawing", **drawing(0)))["code"] == "wall_closed"
        assert (await otter.ask("open_wall", open=True))["code"] == "hosts_only"
        assert (await host.ask("open_wall", open=True))["type"] == "done"
        for viewer in (host, otter, lynx):
            assert (await viewer.ask("look_at_wall", looking=True))["type"] == "done"
        assert (await otter.ask("hang_drawing", pixels=BLANK, label=3))["code"] == "empty_drawing"
        for index in range(9):
            assert (await otter.ask("hang_drawing", **drawing(index)))["type"] == "done"
        assert (await lynx.ask("hang_drawing", **drawing(9)))["type"] == "done"

        # The host sees all, each read by the host's run; a member their own until the host admits some.
        await host.until(
            "all are read", lambda: sum(one["reading"] is not None for one in wall_of(host).values()) == 10
        )
        await lynx.until("their own is there", lambda: len(wall_of(lynx)) == 1)
        first = wall_of(host)
        named = {one["label"]: one for one in first.values()}
        assert base64.b64decode(named[int(LABELS[0])]["image"]) == DIGITS.inputs[0].tobytes()
        confusion = host.of_type("wall")[-1]["confusion"]
        assert sum(map(sum, confusion)) == 10
        assert (await host.ask("train_on_wall", steps=5, learning_rate=0.05, mnist_share=0.5))[
            "code"
        ] == "nothing_admitted"
        (mine,) = wall_of(lynx)
        others = [one for one in first if one != mine]
        assert (await lynx.ask("admit", drawings=others, admitted=True))["code"] == "hosts_only"
        assert (await lynx.ask("take_down", drawing=others[0]))["code"] == "no_such_drawing"
        assert (await host.ask("admit", drawings=others, admitted=True))["type"] == "done"
        await lynx.until("the admitted are there", lambda: len(wall_of(lynx)) == 10)
        assert (await host.ask("admit", drawings=others[:1], admitted=False))["type"] == "done"
        await lynx.until("one is not for them any more", lambda: len(wall_of(lynx)) == 9)

        # Trained on a copy: nothing changes in the run before the host says so.
        assert (await host.ask("pause"))["type"] == "done"
        before = (await host.ask("open_network", network="run"))["checksum"]
        assert (await host.ask("train_on_wall", steps=40, learning_rate=0.05, mnist_share=0.5))["type"] == "done"
        trained = await host.until("it was trained", lambda: host.of_type("wall")[-1]["trained"])
        way = [one["progress"] for one in host.of_type("wall") if one["progress"]]
        assert {one["steps"] for one in way} == {40}
        assert [len(one["curve"]) for one in way] == sorted(len(one["curve"]) for one in way)
        assert way[-1]["curve"] == trained["curve"][: len(way[-1]["curve"])] != []
        assert host.of_type("wall")[-1]["progress"] is None
        assert trained["trained_on"]["count"] == 6
        assert trained["held_out"]["count"] == 2
        assert trained["mnist"]["count"] == 10_000
        assert trained["trained_on_after"]["correct"] >= trained["trained_on"]["correct"]
        assert trained["checksum_before"] == before
        assert (await host.ask("open_network", network="run"))["checksum"] == before
        assert (await host.ask("adopt_wall"))["type"] == "done"
        assert (await host.ask("open_network", network="run"))["checksum"] == trained["checksum"]
        assert (await host.ask("adopt_wall"))["code"] == "nothing_trained"

        assert (await lynx.ask("take_down", drawing=mine))["type"] == "done"
        assert (await host.ask("take_down", drawing=others[0]))["type"] == "done"
        await host.until("two are down", lambda: state(host)["wall"]["count"] == 8)
        assert state(host)["wall"]["admitted"] == 8
    server.process.terminate()
    server.wait()

    again = start_server("--data-dir", str(data_dir))
    async with visit(again, entry) as host:
        assert (state(host)["wall"]["open"], state(host)["wall"]["count"]) == (True, 8)
        await host.ask("look_at_wall", looking=True)
        assert wall_of(host).keys() == first.keys() - {mine, others[0]}
        assert host.of_type("wall")[-1]["trained"]["adopted"]


async def test_a_question_is_answered_in_secret_then_shown_and_decided_by_the_host(server):
    entry = begin(server)
    people = [join(server, entry["code"], name) for name in ("Otter", "Lynx")]
    async with visit(server, entry) as host, visit(server, people[0]) as otter, visit(server, people[1]) as lynx:
        question = {"about": "own_words", "text": "Which way does the gradient point?", "options": ["up", "down"]}
        assert (await otter.ask("ask_class", question=question))["code"] == "hosts_only"
        assert (await host.ask("ask_class", question={**question, "text": " "}))["code"] == "empty_question"
        assert (await host.ask("ask_class", question=question))["type"] == "done"
        poll = (await otter.until("the question is there", lambda: asked(otter)))["id"]
        assert (await host.ask("answer_class", question=poll, option=0))["code"] == "members_only"
        assert (await otter.ask("answer_class", question=poll, option=2))["code"] == "no_such_option"
        assert (await otter.ask("answer_class", question="00000000", option=0))["code"] == "no_such_question"
        for option in (1, 0):
            assert (await otter.ask("answer_class", question=poll, option=option))["type"] == "done"
        assert (await lynx.ask("answer_class", question=poll, option=1))["type"] == "done"
        await host.until("both have answered", lambda: asked(host)["answers"] == 2)
        assert asked(host)["histogram"] is None
        assert (await host.ask("close_answers", question=poll))["type"] == "done"
        shown = await otter.until("the histogram shows", lambda: asked(otter)["histogram"] and asked(otter))
        assert (shown["histogram"], shown["mine"]) == ([1, 1], 0)
        assert (await lynx.ask("answer_class", question=poll, option=0))["code"] == "answers_closed"
        assert (await host.ask("decide", question=poll, option=0))["type"] == "done"
        decision = await lynx.until("it is decided", lambda: asked(lynx)["decision"])
        assert (decision["option"], decision["right"]) == (0, 1)
        assert (await host.ask("drop_question", question=poll))["type"] == "done"
        await lynx.until("it is gone", lambda: asked(lynx) is None)


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ({"about": "loss_below", "threshold": 1e-5}, 1),
        ({"about": "accuracy_above", "threshold": 0.01}, 0),
        ({"about": "most_confused"}, None),
    ],
)
async def test_the_run_decides_what_was_asked_about_it(server, question, right):
    entry = begin(server)
    otter = join(server, entry["code"], "Otter")
    async with visit(server, entry) as host, visit(server, otter) as member:
        await host.until("it trains", lambda: host.frames and host.frames[-1].step >= 1)
        await host.ask("pause")
        step = (await host.next_state(status="paused"))["step"]
        assert (await host.ask("ask_class", question={**question, "step": step}))["code"] == "step_passed"
        assert (await host.ask("ask_class", question={**question, "step": step + 30}))["type"] == "done"
        poll = (await member.until("the question is there", lambda: asked(member)))["id"]
        assert (await member.ask("answer_class", question=poll, option=0))["type"] == "done"
        assert (await host.ask("decide", question=poll, option=0))["code"] == "run_decides"
        assert asked(member)["decision"] is None
        # As fast as it can, so that not every step is on the curve by itself.
        assert (await host.ask("pace", steps_per_second=None))["type"] == "done"
        assert (await host.ask("play"))["type"] == "done"
        decision = await member.until("the run has decided", lambda: asked(member)["decision"])
        assert decision["step"] >= step + 30
        assert decision["step"] == step + 30 or question["about"] != "loss_below"
        assert not asked(member)["open"]
        if right is None:
            assert decision["counts"][decision["option"]] == max(decision["counts"]) == decision["measured"]
        else:
            assert decision["option"] == right
        assert decision["right"] == (decision["option"] == 0)


async def test_attempts_of_the_same_steps_are_measured_alike_and_no_others_count(start_server, data_dir):
    server = start_server("--data-dir", str(data_dir))
    entry = begin(server)
    people = [join(server, entry["code"], name) for name in ("Otter", "Lynx")]
    async with visit(server, entry) as host, visit(server, people[0]) as otter, visit(server, people[1]) as lynx:
        await host.ask("pause")
        await host.ask("set_mode", mode="explore")
        await lynx.until("they may explore", lambda: state(lynx)["mode"] == "explore")
        assert (await otter.ask("attempt"))["code"] == "no_challenge"
        assert (await otter.ask("begin_challenge", steps=150))["code"] == "hosts_only"
        assert (await host.ask("begin_challenge", steps=150))["type"] == "done"
        assert (await otter.ask("attempt"))["code"] == "fork_first"
        for viewer in (otter, lynx):
            assert (await viewer.ask("fork"))["type"] == "done"
            await seated(viewer, "own")
        assert (await otter.ask("attempt"))["type"] == "done"
        board = await host.until("the attempt is on the board", lambda: (challenge(host) or {}).get("board"))
        (best,) = board
        assert (best["person"]["name"], best["attempts"], best["count"]) == ("Otter", 1, 10_000)
        point = otter.of_type("metrics")
        tested = [one for event in point for one in event["held_out"] if one["step"] == 150]
        assert best["correct"] == tested[-1]["correct"]

        # The same set-up and seed: the same network bit for bit, so the same number.
        assert (await lynx.ask("attempt"))["type"] == "done"
        board = await host.until(
            "both are on the board", lambda: len(challenge(host)["board"]) == 2 and challenge(host)["board"]
        )
        assert board[0]["correct"] == board[1]["correct"] == best["correct"]
        assert challenge(otter)["mine"]["rank"] == 1

        # An attempt in which the run was begun anew is none.
        assert (await lynx.ask("attempt"))["type"] == "done"
        assert (await lynx.ask("reset"))["type"] == "done"
        await lynx.until("it did not count", lambda: challenge(lynx)["mine"]["failed"] == "changed")
        assert {one["person"]["name"]: one["attempts"] for one in challenge(host)["board"]} == {"Otter": 1, "Lynx": 1}

        spec = lynx.state["spec"]
        other = {**spec, "dataset": {**spec["dataset"], "name": "circles"}, "batch_size": 10}
        configured = await lynx.ask("configure", spec=other)
        assert configured["type"] == "done", configured
        assert (await lynx.ask("attempt"))["code"] == "other_data_than_challenge"
        assert (await host.ask("end_challenge"))["type"] == "done"
        assert (await otter.ask("attempt"))["code"] == "no_challenge"
        assert seat(otter)["place"] == "own"
    server.process.terminate()
    server.wait()

    again = start_server("--data-dir", str(data_dir))
    async with visit(again, entry) as host:
        board = challenge(host)["board"]
        assert [(one["person"]["name"], one["correct"]) for one in board] == [
            ("Otter", best["correct"]),
            ("Lynx", best["correct"]),
        ]
        assert (await host.ask("end_challenge"))["type"] == "done"
        await host.until("the board is away", lambda: challenge(host) is None)
