"""Questions are remembered over a restart, and what a workshop came to is given to its host, and to nobody else."""

import csv
import io
from typing import Any

from tests.app.classroom import begin, join, post, seat, seated, state, visit

OWN = {"about": "own_words", "text": "=Which?", "options": ["this", "that"]}


def earlier(host) -> list[dict[str, Any]]:
    return host.of_type("earlier_questions")[-1]["questions"]


async def ask(host, question: dict[str, Any] = OWN) -> str:
    before = host.of_type("vote")[-1]["asked"]
    assert (await host.ask("ask_class", question=question))["type"] == "done"
    return await host.until(
        "it is asked",
        lambda: (now := host.of_type("vote")[-1]["asked"]) and now["id"] != (before or {}).get("id") and now["id"],
    )


def finished(viewer, attempts: int) -> dict[str, Any] | None:
    """The best entry of the board, once so many attempts of its owner are done."""
    challenge = viewer.of_type("contest")[-1]["challenge"]
    board = challenge["board"] if challenge else []
    return board[0] if board and board[0]["attempts"] == attempts else None


def results(server, token: str, code: str, language: str = "en"):
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
    return server.get(f"/api/workshops/{code}/results.csv", headers)


def table(answer) -> list[list[str]]:
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))[1:]


async def test_questions_and_attempts_are_remembered_over_a_restart_and_taken_home(start_server, data_dir):
    server = start_server("--data-dir", str(data_dir))
    entry = begin(server)
    otter = join(server, entry["code"], "@水獭")
    async with visit(server, entry) as host, visit(server, otter) as member:
        assert earlier(host) == []
        # Answered, closed and decided; then one replaced while it is open, one taken back, one that nobody answered.
        first = await ask(host)
        await member.ask("answer_class", question=first, option=1)
        await host.ask("close_answers", question=first)
        await host.ask("decide", question=first, option=1)
        second = await ask(host, {**OWN, "text": "Again?"})
        await host.until("the first is remembered", lambda: [one["id"] for one in earlier(host)] == [first])
        await member.ask("answer_class", question=second, option=0)
        third = await ask(host, {**OWN, "text": "Oops"})
        await member.ask("answer_class", question=third, option=0)
        await host.ask("drop_question", question=third)
        fourth = await ask(host, {**OWN, "text": "Nobody?"})
        assert (await host.ask("close_answers", question=fourth))["type"] == "done"
        assert (await host.ask("drop_question", question=fourth))["type"] == "done"
        assert [one["id"] for one in earlier(host)] == [first, second]
        assert earlier(host)[0]["histogram"] == [0, 1]
        assert earlier(host)[0]["decision"]["right"] == 1
        assert not member.of_type("earlier_questions")

        assert (await host.ask("set_mode", mode="explore"))["type"] == "done"
        await member.until("they may explore", lambda: state(member)["mode"] == "explore")
        assert (await host.ask("begin_challenge", steps=100))["type"] == "done"
        assert (await member.ask("fork"))["type"] == "done"
        await seated(member, "own")
        for number in (1, 2):
            assert (await member.ask("attempt"))["type"] == "done"
            best = await member.until("it is on the board", lambda number=number: finished(member, number))
    server.process.terminate()
    server.wait()

    server = start_server("--data-dir", str(data_dir))
    async with visit(server, entry) as host:
        assert [(one["id"], one["histogram"]) for one in earlier(host)] == [(first, [0, 1]), (second, [1, 0])]
        assert host.of_type("vote")[-1]["asked"] is None
        found = table(results(server, entry["token"], entry["code"].lower()))
        assert [row[2] for row in found] == ["'@水獭"] * 4
        assert [row[3:7] for row in found[:2]] == [
            ["'=Which?", "that", "that", "right"],
            ["Again?", "this", "", ""],
        ]
        assert [row[0] for row in found] == ["question", "question", "attempt", "attempt"]
        assert {row[9] for row in found[2:]} == {str(best["correct"])}, "the same set-up and seed came to the same"
        assert (
            results(server, entry["token"], entry["code"], "zh-CN").body
            != results(server, entry["token"], entry["code"]).body
        )

        # Who is removed leaves their answers and no name, and no attempts.
        assert (await host.ask("remove", person=otter["person"]))["type"] == "done"
        found = table(results(server, entry["token"], entry["code"]))
        assert [(row[0], row[2]) for row in found] == [("question", "")] * 2


async def test_results_are_the_hosts_alone_and_go_with_the_role(server):
    entry, other = begin(server), begin(server, "Mr Wu")
    otter = join(server, entry["code"], "Otter")
    code = entry["code"]
    for token in (otter["token"], other["token"], entry["token"] + "x", ""):
        refused = results(server, token, code)
        assert refused.status == 403
        assert b"hosts_only" in refused.body
    assert server.get(f"/api/workshops/{code}/results.csv").status == 403
    assert results(server, entry["token"], other["code"]).status == 403
    assert results(server, entry["token"], "ZZZZZZ").status == 403
    assert results(server, entry["token"], code).status == 200
    async with visit(server, entry) as host, visit(server, otter) as member:
        question = await ask(host)
        assert (await member.ask("answer_class", question=question, option=0))["type"] == "done"
        assert (await host.ask("close_answers", question=question))["type"] == "done"
        assert (await host.ask("drop_question", question=question))["type"] == "done"
        assert (await host.ask("hand_over", person=otter["person"]))["type"] == "done"
        await member.until("they are the host", lambda: seat(member)["person"]["role"] == "host")
        assert [one["id"] for one in earlier(member)] == [question]
        assert results(server, entry["token"], code).status == 403
        assert len(table(results(server, otter["token"], code))) == 1


async def test_as_many_questions_are_remembered_as_the_setting_says(start_server):
    server = start_server(environment={"BACKSCOPE_MOST_QUESTIONS": "3"})
    entry = begin(server)
    otter = join(server, entry["code"], "Otter")
    async with visit(server, entry) as host, visit(server, otter) as member:
        asked = []
        for _ in range(5):
            asked.append(await ask(host))
            assert (await member.ask("answer_class", question=asked[-1], option=0))["type"] == "done"
            assert (await host.ask("close_answers", question=asked[-1]))["type"] == "done"
        assert (await host.ask("drop_question", question=asked[-1]))["type"] == "done"
        assert [one["id"] for one in earlier(host)] == asked[-3:]
    assert post(server, f"/api/workshops/{entry['code']}/results.csv", {})[0] == 405
