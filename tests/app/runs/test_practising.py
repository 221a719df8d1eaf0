"""Practice of a copy goes on beside everything else, is answered once, and can be taken back like any lesson."""

import base64
import json
import queue
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pytest

from app.datasets.library import Library
from app.protocol import commands, drawing
from app.protocol.values import Status
from app.runs.kept_drawings import MOST_DRAWINGS
from app.runs.practising import Later
from app.runs.refusal import RunRefusal
from app.runs.run import Run
from app.runs.shelf import Shelf
from app.runs.weights import checksum_of
from app.store.checkpoints import CheckpointStore
from app.workers import link
from app.workers.pipes import Inbox, Outlet
from app.workers.worker import Worker
from engine.practice import Practice
from engine.trainer import Trainer
from tests.app.small import RUNAWAY, SMALL, Clock

A, B = "copy-aaaaaaaa", "copy-bbbbbbbb"


def drawings(count: int, *, name: str = A, network: str = "run", first: bool = True, **fields) -> drawing.KeepDrawings:
    """So many drawings, every third of them held out."""
    images = np.random.default_rng(count).integers(0, 256, (count, 784)).astype(np.uint8)
    return drawing.KeepDrawings(
        **{
            "copy_name": name,
            "network": network,
            "first": first,
            "images": base64.b64encode(images.tobytes()).decode(),
            "labels": [index % 10 for index in range(count)],
            "held_out": [index % 3 == 2 for index in range(count)],
            **fields,
        }
    )


def practise(name: str = A, **fields) -> drawing.Practise:
    return drawing.Practise(**{"copy_name": name, "steps": 20, "learning_rate": 0.1, "mnist_share": 0.5, **fields})


def lesson(name: str = A, network: str = A) -> drawing.Teach:
    return drawing.Teach(pixels=[99] * 784, label=4, learning_rate=0.1, network=network, copy_name=name)


@pytest.fixture
def shelf(toy) -> Shelf:
    return Shelf(Library(toy))


@pytest.fixture
def run(toy, shelf) -> Run:
    return Run("r", Library(toy), SMALL, clock=Clock(a_look=0.001), shelf=shelf)


def answers(run: Run, most: int = 5000) -> list[tuple[int, Any]]:
    """Have it go on, in slices of one look at the clock, until there is an answer."""
    for _ in range(most):
        run.advance(run._clock())
        if found := run.take_answers():
            return found
    raise AssertionError("there is no answer")


def refusal(run: Run, command) -> str:
    with pytest.raises(RunRefusal) as refused:
        run.carry_out(command)
    assert refused.value.template.format(**refused.value.params)
    return refused.value.code


def checksum(run: Run, network: str = A) -> str:
    opened = run.carry_out(drawing.OpenNetwork(network=network))
    assert isinstance(opened, drawing.NetworkOpened)
    return opened.checksum


def test_drawings_are_counted_by_class_and_come_in_pieces(run):
    kept = run.carry_out(drawings(20))
    assert kept.held_out_counts == [0, 1, 1, 0, 1, 1, 0, 1, 1, 0]  # numbers 2, 5, 8, 11, 14, 17
    assert kept.train_counts == [2, 1, 1, 2, 1, 1, 2, 1, 1, 2]
    more = run.carry_out(drawings(10, first=False))
    assert sum(more.train_counts + more.held_out_counts) == 30
    anew = run.carry_out(drawings(5))
    assert sum(anew.train_counts + anew.held_out_counts) == 5


def test_drawings_are_given_to_the_copy_that_is_there_or_to_a_new_one_of_another_network(run):
    before = checksum(run, "run")
    run.carry_out(drawings(3))
    assert checksum(run) == before
    taught = run.carry_out(lesson()).checksum
    run.carry_out(drawings(3, network=A))
    run.carry_out(drawings(3, network="run", first=False))
    assert checksum(run) == taught
    run.carry_out(drawings(3, network="run"))
    assert checksum(run) == before
    assert refusal(run, drawings(3, name=B, network=B)) == "copy_gone"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"images": "!" * 4}, "unreadable_drawings"),
        ({"images": "ä" * 4}, "unreadable_drawings"),
        ({"images": ""}, "unreadable_drawings"),
        ({"images": base64.b64encode(bytes(3 * 784 - 1)).decode()}, "unreadable_drawings"),
        ({"labels": [1, 2]}, "unreadable_drawings"),
        ({"held_out": [True]}, "unreadable_drawings"),
        ({"labels": [1, 2, 10]}, "no_such_class"),
    ],
)
def test_drawings_that_cannot_be_read_are_refused_and_change_nothing(run, fields, code):
    assert refusal(run, drawings(3, **fields)) == code
    assert refusal(run, drawing.OpenNetwork(network=A)) == "copy_gone"
    run.carry_out(drawings(3))
    assert refusal(run, drawings(3, **fields)) == code
    assert sum(run.carry_out(drawings(0, first=False)).train_counts) == 2


def test_a_copy_takes_no_more_drawings_than_so_many(run):
    for number in range(MOST_DRAWINGS // 40):
        run.carry_out(drawings(40, first=number == 0))
    assert refusal(run, drawings(1, first=False)) == "too_many_drawings"
    assert sum(run.carry_out(drawings(1)).train_counts) == 1


def test_practice_is_a_lesson_that_can_be_taken_back_and_is_the_same_again(run, toy):
    run.carry_out(drawings(30))
    before = checksum(run)
    ends = []
    for _ in range(2):
        later = run.carry_out(practise())
        ((ticket, done),) = answers(run)
        assert ticket == later.ticket
        assert (done.checksum_before, done.checksum, done.lessons) == (before, checksum(run), 1)
        assert (done.drawings_before.count, done.held_out_before.count, done.mnist_before.count) == (20, 10, 60)
        assert done.drawings_after.correct > done.drawings_before.correct
        assert [point.step for point in done.curve] == list(range(0, 21, 2))
        ends.append(done)
        assert run.carry_out(drawing.TakeBack(copy_name=A)).checksum == before
    assert ends[0] == ends[1]
    assert checksum_of(run.trainer.network) == before


def test_a_run_that_trains_and_a_copy_that_practises_do_not_disturb_each_other(run, toy):
    run.carry_out(drawings(30))
    run.carry_out(practise())
    ((_, alone),) = answers(run)
    run.carry_out(drawing.TakeBack(copy_name=A))
    run.carry_out(commands.Pace(steps_per_second=None))
    run.carry_out(commands.Play())
    run.carry_out(practise())
    steps = run.trainer.step_count
    ((_, beside),) = answers(run)
    assert beside == alone
    assert run.trainer.step_count > steps
    engine = Trainer(SMALL, toy)
    for _ in range(run.trainer.step_count):
        engine.step()
    assert checksum_of(run.trainer.network) == checksum_of(engine.network)


def test_while_one_practises_others_wait_for_their_turn(toy, shelf, run):
    other = Run("other", Library(toy), SMALL, clock=Clock(a_look=0.001), shelf=shelf)
    for one in (run, other):
        one.carry_out(drawings(30))
        one.carry_out(practise())
    assert refusal(run, practise()) == "practising"
    for _ in range(50):
        other.advance(other._clock())
    assert other.take_answers() == []
    assert [len(answers(one)) for one in (run, other)] == [1, 1]


def test_who_asked_for_practice_is_told_how_far_it_is_and_who_comes_first(toy, shelf, run):
    other = Run("other", Library(toy), SMALL, clock=Clock(a_look=0.001), shelf=shelf)
    told: dict[Run, list[drawing.PracticeProgress]] = {run: [], other: []}
    for one in told:
        one.carry_out(drawings(30))
        ticket = one.carry_out(practise()).ticket
    done: list[Any] = []
    while len(done) < 2:
        for one, said in told.items():
            one.advance(one._clock())
            progress = one.take_progress()
            assert all(name == ticket for name, _ in progress)
            assert one.take_progress() == []
            said += [event for _, event in progress]
            done += one.take_answers()
    for one, said in told.items():
        assert [event.before for event in said] == sorted((event.before for event in said), reverse=True)
        assert said[0].before == (one is other)
        curves = [event.curve for event in said if event.before == 0]
        assert curves[0] == []
        assert [len(curve) for curve in curves] == list(range(12))
        assert all(longer[: len(shorter)] == shorter for shorter, longer in pairwise(curves))
    assert [said[-1].curve for said in told.values()] == [answer.curve for _, answer in done]


@pytest.mark.parametrize(
    ("meanwhile", "code"),
    [
        (lesson(), "practice_ended"),
        (drawing.TakeBack(copy_name=A), "practice_ended"),
        (lesson(network="run"), "copy_gone"),
    ],
    ids=["taught", "taken back", "made anew"],
)
def test_practice_of_a_copy_that_changes_meanwhile_is_given_up(run, meanwhile, code):
    run.carry_out(drawings(30))
    run.carry_out(lesson())
    run.carry_out(practise())
    run.advance(run._clock())
    changed = run.carry_out(meanwhile).checksum
    ((_, answer),) = answers(run)
    assert answer.code == code
    assert checksum(run) == changed
    assert run.next_due() != 0.0 or run.status is Status.RUNNING


def test_a_room_that_closes_ends_its_practice_and_the_next_one_begins(toy, shelf, run):
    other = Run("other", Library(toy), SMALL, clock=Clock(a_look=0.001), shelf=shelf)
    for one in (run, other):
        one.carry_out(drawings(30))
        one.carry_out(practise())
    run.advance(run._clock())
    run.close()
    assert len(answers(other)) == 1
    run.advance(run._clock())
    assert run.take_answers() == []


def test_practice_that_leads_to_infinity_is_refused_and_changes_nothing(run):
    run.carry_out(commands.Configure(spec=RUNAWAY.to_dict()))
    run.trainer.network.parameters.flat[:] *= 1e13
    run.carry_out(drawings(30))
    before = checksum(run)
    run.carry_out(practise(learning_rate=10.0, steps=200))
    ((_, answer),) = answers(run)
    assert answer.code == "lesson_diverges"
    assert checksum(run) == before


def test_without_drawings_there_is_nothing_to_practise_on(run):
    assert refusal(run, practise()) == "copy_gone"
    run.carry_out(lesson(network="run"))
    assert refusal(run, practise()) == "no_drawings"
    run.carry_out(drawings(1, held_out=[True]))
    assert refusal(run, practise()) == "no_drawings"


class Server:
    """What a worker talks to: gives it messages, and once all is answered goes away."""

    broken = False

    def __init__(self, *messages, until: int):
        self.said: list[link.FromWorker] = []
        self._messages = list(messages)
        self._until = until

    def get(self, timeout):
        if self._messages:
            return self._messages.pop(0)
        if len(self.answers) >= self._until:
            return None
        raise queue.Empty

    def put(self, message):
        self.said.append(message)

    def close(self, timeout):
        pass

    @property
    def answers(self):
        return [message for message in self.said if isinstance(message, (link.Replied, link.RefusedIt))]


def told(run: str, command, viewer: str) -> link.Deliver:
    return link.Deliver(run, viewer, command.model_dump_json().encode())


def work(toy, tmp_path, *messages, until: int) -> Server:
    server = Server(*messages, until=until)
    Worker(Library(toy), CheckpointStore(tmp_path), cast(Inbox, server), cast(Outlet, server)).work()
    return server


def test_who_asked_for_practice_gets_the_answer_when_it_is_done(toy, tmp_path):
    server = work(
        toy,
        tmp_path,
        link.Open("a"),
        told("a", drawings(30, network="dense"), "one"),
        told("a", practise().model_copy(update={"id": 8}), "one"),
        told("a", practise().model_copy(update={"id": 9}), "other"),
        until=3,
    )
    kept, refused, done = server.answers
    assert json.loads(kept.reply)["type"] == "drawings_kept"
    assert (refused.viewer, refused.reply_to, refused.code) == ("other", 9, "practising")
    reply = json.loads(done.reply)
    assert (done.viewer, reply["type"], reply["reply_to"]) == ("one", "practised", 8)


def test_practice_that_fails_unexpectedly_is_answered_too(toy, tmp_path, monkeypatch, caplog):
    def fail(self):
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(Practice, "advance", fail)
    command = practise().model_copy(update={"id": 8})
    server = work(toy, tmp_path, link.Open("a"), told("a", drawings(30), "v"), told("a", command, "v"), until=2)
    refused = server.answers[-1]
    assert (refused.viewer, refused.reply_to, refused.code) == ("v", 8, "practice_ended")
    assert "a fault of ours" in caplog.text


def test_what_comes_later_has_a_number_of_its_own(run):
    tickets = []
    for name in (A, B):
        run.carry_out(drawings(3, name=name))
        later = run.carry_out(practise(name))
        assert isinstance(later, Later)
        tickets.append(later.ticket)
    assert len(set(tickets)) == 2
