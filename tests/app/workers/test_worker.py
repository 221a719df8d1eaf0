"""A worker: obeys first, keeps runs apart, and loses nothing that a person did."""

import json
import queue

import pytest

from app.datasets.library import Library
from app.protocol import commands, drawing, events, values
from app.protocol.message import Command
from app.protocol.values import Status
from app.runs.run import Run
from app.store.checkpoints import CheckpointStore
from app.workers import link
from app.workers.worker import Worker
from engine.spec import DEFAULT_SPEC, DenseSpec, RunSpec
from engine.trainer import Trainer


class Script:
    """An inbox with all messages there from the beginning; then the server is gone."""

    def __init__(self, messages):
        self._messages = list(messages)

    def get(self, timeout):
        return self._messages.pop(0) if self._messages else None


class Collected(list[link.FromWorker]):
    """An outlet that keeps what is put."""

    broken = False
    put = list.append

    def close(self, timeout):
        pass


def work(toy, tmp_path, *messages):
    """Have a worker carry out messages and end; return what it said."""
    outlet = Collected()
    Worker(Library(toy), CheckpointStore(tmp_path), Script(messages), outlet).work()
    return outlet


def told(run: str, command: Command, viewer: str = "v") -> link.Deliver:
    return link.Deliver(run, viewer, command.model_dump_json().encode())


def state_of(outlet: Collected, run: str = "a") -> values.RunState:
    opened = [message for message in outlet if isinstance(message, link.Opened) and message.run == run]
    return values.RunState.model_validate_json(opened[-1].state)


def test_a_new_run_is_the_default_one_and_waits(toy, tmp_path):
    outlet = work(toy, tmp_path, link.Open("a"))
    assert isinstance(outlet[0], link.Ready)
    state = state_of(outlet)
    assert (state.status, state.step, state.spec.model_dump()) == (Status.IDLE, 0, DEFAULT_SPEC.to_dict())


def test_an_answer_goes_to_who_asked_after_what_the_command_changed(toy, tmp_path):
    outlet = work(toy, tmp_path, link.Open("a"), told("a", commands.Pace(id=7, steps_per_second=3.0), "someone"))
    at = next(position for position, message in enumerate(outlet) if isinstance(message, link.Replied))
    assert outlet[at].viewer == "someone"
    assert json.loads(outlet[at].reply) == {"type": "done", "reply_to": 7}
    said = [events.EVENT.validate_json(message.event) for message in outlet[:at] if isinstance(message, link.Said)]
    assert said[-1].state.steps_per_second == 3.0


def test_a_refusal_carries_the_facts(toy, tmp_path):
    outlet = work(toy, tmp_path, link.Open("a"), told("a", commands.Show(id=2, index=10**6)))
    refused = next(message for message in outlet if isinstance(message, link.RefusedIt))
    assert (refused.reply_to, refused.code, refused.params["count"]) == (2, "no_such_example", 60)
    assert link.unpack_from_worker(link.pack(refused)[4:]) == refused


CHANGES = {
    "configured": (commands.Configure(spec=RunSpec(layers=(DenseSpec(4),), batch_size=16).to_dict()), "spec"),
    "reset with another seed": (commands.Reset(seed=77), "spec"),
    "set": (commands.Set(values={"learning_rate": 0.3}), "spec"),
    "paced": (commands.Pace(steps_per_second=3.0), "steps_per_second"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_person_did_to_a_run_is_still_so_in_the_next_worker(toy, tmp_path, what):
    command, field = CHANGES[what]
    before = state_of(work(toy, tmp_path, link.Open("a")))
    work(toy, tmp_path, link.Open("a"), told("a", command))
    after = state_of(work(toy, tmp_path, link.Open("a")))
    assert getattr(after, field) != getattr(before, field)
    assert after.step == 0


def test_an_adopted_copy_is_the_run_of_the_next_worker_too(toy, tmp_path):
    lesson = drawing.Teach(
        pixels=[99] * 784, label=3, learning_rate=0.1, network="run", copy_name="copy-12345678", steps=5
    )
    adopt = drawing.Adopt(copy_name="copy-12345678")
    before = work(toy, tmp_path, link.Open("a"), told("a", drawing.OpenNetwork()), told("a", lesson), told("a", adopt))
    after = work(toy, tmp_path, link.Open("a"), told("a", drawing.OpenNetwork()))
    opened, taught, _ = (json.loads(message.reply) for message in before if isinstance(message, link.Replied))
    (again,) = (json.loads(message.reply) for message in after if isinstance(message, link.Replied))
    assert again["checksum"] == taught["checksum"] != opened["checksum"]


def test_a_run_that_played_plays_on_in_the_next_worker(toy, tmp_path):
    work(toy, tmp_path, link.Open("a"), told("a", commands.Play()))
    assert state_of(work(toy, tmp_path, link.Open("a"))).status is Status.RUNNING


@pytest.mark.parametrize(
    ("commands_", "resumed"),
    [
        ([], False),
        ([commands.Play(), commands.Pause()], True),
        ([commands.Reset()], True),
        ([commands.DescribeData()], False),
    ],
    ids=["nothing", "paused before its first step", "reset", "looked at"],
)
def test_a_run_that_was_told_to_wait_at_its_beginning_waits_in_the_next_worker(toy, tmp_path, commands_, resumed):
    work(toy, tmp_path, link.Open("a"), *(told("a", command) for command in commands_))
    outlet = work(toy, tmp_path, link.Open("a"))
    opened = [message for message in outlet if isinstance(message, link.Opened)]
    assert [message.resumed for message in opened] == [resumed]
    assert state_of(outlet).step == 0


def test_a_command_that_fails_unexpectedly_fails_its_run_and_no_other(toy, tmp_path, monkeypatch, caplog):
    carry_out = Run.carry_out

    def fail_for_one(self, command):
        if self.run == "a" and isinstance(command, drawing.Predict):
            raise ZeroDivisionError("a fault of ours")
        return carry_out(self, command)

    monkeypatch.setattr(Run, "carry_out", fail_for_one)
    predict = drawing.Predict(id=5, pixels=[0] * 784)
    outlet = work(toy, tmp_path, link.Open("a"), link.Open("b"), told("a", predict), told("b", predict))
    refused = [message for message in outlet if isinstance(message, link.RefusedIt)]
    assert [(message.run, message.reply_to, message.code) for message in refused] == [("a", 5, "run_failed")]
    said = [events.EVENT.validate_json(message.event) for message in outlet if isinstance(message, link.Said)]
    assert [event.state.status for event in said if isinstance(event, events.StateChanged)] == [Status.FAILED]
    assert [message.run for message in outlet if isinstance(message, link.Replied)] == ["b"]
    assert "a fault of ours" in caplog.text


def test_where_there_is_no_memory_to_keep_a_run_or_to_send_it_all_go_on(toy, tmp_path, monkeypatch):
    checkpoint, full = Trainer.checkpoint, False

    class Filling(Script):
        def get(self, timeout):
            nonlocal full
            message = super().get(timeout)
            full |= isinstance(message, link.Export)
            return message

    def no_memory_for_one(self):
        if full and self.step_count == 1:
            raise MemoryError
        return checkpoint(self)

    monkeypatch.setattr(Trainer, "checkpoint", no_memory_for_one)
    store = CheckpointStore(tmp_path)
    for run, steps in (("a", 1), ("b", 2)):
        trainer = Trainer(DEFAULT_SPEC, toy)
        for _ in range(steps):
            trainer.step()
        store.save(run, *checkpoint(trainer).to_tensors())
    outlet = Collected()
    script = Filling([link.Open("a"), link.Open("b"), link.Export("a", "1"), link.Export("b", "2")])
    Worker(Library(toy), store, script, outlet).work()
    assert [message.run for message in outlet if isinstance(message, link.Opened)] == ["a", "b"]
    assert [message.request for message in outlet if isinstance(message, link.Exported)] == ["2"]
    assert {message.run: message.ok for message in outlet if isinstance(message, link.Saved)} == {"a": False, "b": True}


def test_messages_for_a_run_that_is_not_there_change_nothing(toy, tmp_path):
    outlet = work(toy, tmp_path, told("ghost", commands.Play()), link.Watch("ghost", ()), link.Close("ghost"))
    assert {type(message) for message in outlet} <= {link.Ready, link.Beat}


def test_who_asks_waits_for_one_run_s_slice_and_not_for_all(toy, tmp_path, monkeypatch):
    """Three runs train; while the first has its slice a question comes; it is answered before the second has its."""
    messages = [link.Open(name) for name in "abc"] + [told(name, commands.Play()) for name in "abc"]
    outlet = Collected()
    happened = []

    class Live(Script):
        def get(self, timeout):
            if not self._messages:
                raise queue.Empty
            return super().get(timeout)

    inbox = Live(messages)

    def advance(self, until):
        happened.append((self.run, sum(isinstance(message, link.Replied) for message in outlet)))
        if len(happened) == 1:
            inbox._messages.append(told("c", drawing.Predict(pixels=[0] * 784)))
        if len(happened) == 3:
            inbox._messages.append(link.Drain())

    monkeypatch.setattr(Run, "advance", advance)
    Worker(Library(toy), CheckpointStore(tmp_path), inbox, outlet).work()
    assert [answered for _, answered in happened] == [3, 4, 4]


def test_a_message_that_is_no_command_of_a_run_ends_nothing(toy, tmp_path):
    odd = [
        link.Deliver("a", "v", text)
        for text in (b'{"type":"fork"}', b"{", b"", b"[]", b"\xff", b'{"type":"ack","frame":1}')
    ]
    outlet = work(toy, tmp_path, link.Open("a"), *odd, told("a", commands.Pause(id=9)))
    assert json.loads(next(message for message in outlet if isinstance(message, link.Replied)).reply)["reply_to"] == 9
