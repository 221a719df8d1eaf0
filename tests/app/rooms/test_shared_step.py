"""What many ask about one opened step is asked once, and what is kept of the answers is bounded."""

import asyncio
import json

import pytest

from app.protocol import commands, events
from app.rooms import shared_step
from app.rooms.asking import RunRefused
from app.rooms.shared_step import SharedStep, TooManyQuestions

OPENED = events.Opened(
    step=8, opening="0a1b2c3d", loss=1.0, learning_rate=0.1, batch_size=1, examples=[], images="", parameters=[]
)


class AnsweringRoom:
    """Stands where a room does: answers when it is let, and remembers what it was asked."""

    manifest = None

    def __init__(self):
        self.asked = []
        self.most_at_once = self.now = 0
        self.open = asyncio.Event()
        self.refuses = False

    async def answer_to(self, command):
        self.asked.append(command.question)
        self.now += 1
        self.most_at_once = max(self.most_at_once, self.now)
        await self.open.wait()
        self.now -= 1
        if self.refuses:
            raise RunRefused("not_opened", "gone", {})
        answer = {"filler": "x" * 1000, "of": command.question.model_dump()}
        return events.Answer(reply_to=0, step=command.step, about=command.question.about, answer=answer)


def forces(example):
    return commands.AskForces(about="forces", example=example)


async def test_three_hundred_who_ask_the_same_are_answered_by_one_question_each_by_their_own_number():
    room = AnsweringRoom()
    step = SharedStep(room, OPENED)
    asking = [asyncio.create_task(step.answer(forces(3), number, at_once=False)) for number in range(300)]
    await asyncio.sleep(0)
    room.open.set()
    replies = [json.loads(reply) for reply in await asyncio.gather(*asking)]
    assert [reply["reply_to"] for reply in replies] == list(range(300))
    assert all(events.EVENT.validate_python(reply).answer["of"]["example"] == 3 for reply in replies)
    assert len(room.asked) == 1
    await step.answer(forces(3), 301, at_once=True)
    assert len(room.asked) == 1, "and whoever asks later gets what is known"


async def test_those_who_follow_wait_for_their_turn_and_who_steers_does_not():
    room = AnsweringRoom()
    step = SharedStep(room, OPENED)
    asking = [asyncio.create_task(step.answer(forces(number), number, at_once=False)) for number in range(20)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert room.most_at_once == shared_step.MOST_AT_ONCE
    steering = asyncio.create_task(step.answer(forces(99), 99, at_once=True))
    for _ in range(5):
        await asyncio.sleep(0)
    assert room.asked[-1] == forces(99)
    room.open.set()
    await asyncio.gather(*asking, steering)
    assert room.most_at_once == shared_step.MOST_AT_ONCE + 1
    assert len(room.asked) == 21


async def test_more_questions_than_can_wait_are_refused_and_the_others_answered(monkeypatch):
    monkeypatch.setattr(shared_step, "MOST_WAITING", 4)
    room = AnsweringRoom()
    step = SharedStep(room, OPENED)
    asking = [asyncio.create_task(step.answer(forces(number), number, at_once=False)) for number in range(4)]
    for _ in range(3):
        await asyncio.sleep(0)
    with pytest.raises(TooManyQuestions):
        await step.answer(forces(4), 4, at_once=False)
    again = asyncio.create_task(step.answer(forces(2), 5, at_once=False))
    room.open.set()
    await asyncio.gather(*asking, again)


async def test_what_was_refused_is_refused_to_all_who_wait_and_asked_anew_the_next_time():
    room = AnsweringRoom()
    room.refuses = True
    room.open.set()
    step = SharedStep(room, OPENED)
    found = await asyncio.gather(
        *(step.answer(forces(1), number, at_once=False) for number in range(3)), return_exceptions=True
    )
    assert all(isinstance(one, RunRefused) for one in found)
    room.refuses = False
    assert json.loads(await step.answer(forces(1), 9, at_once=False))["reply_to"] == 9
    assert len(room.asked) == 2


async def test_answers_are_kept_within_a_bound_the_one_asked_for_last_the_longest(monkeypatch):
    monkeypatch.setattr(shared_step, "MOST_BYTES", 5_000)
    room = AnsweringRoom()
    room.open.set()
    step = SharedStep(room, OPENED)
    for number in range(4):
        await step.answer(forces(number), 0, at_once=True)
    await step.answer(forces(0), 0, at_once=True)
    for number in range(4, 7):
        await step.answer(forces(number), 0, at_once=True)
    asked = len(room.asked)
    await step.answer(forces(0), 0, at_once=True)
    assert len(room.asked) == asked, "it was used lately"
    await step.answer(forces(1), 0, at_once=True)
    assert len(room.asked) == asked + 1, "it was let go"
    assert sum(len(one.result()) for one in step._asked.values()) == step._kept_bytes <= 5_000
