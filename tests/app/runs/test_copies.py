"""Copies that people teach: whatever is taught and taken back in whatever order, every bit comes back."""

import itertools

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.datasets.library import Library
from app.protocol import commands, drawing
from app.protocol.values import Status
from app.runs import copies as limits
from app.runs.copies import Copies, Copy, Origin
from app.runs.refusal import RunRefusal
from app.runs.run import Run
from app.runs.shelf import Shelf
from app.runs.weights import Weights, checksum_of
from engine.checkpoint import Checkpoint
from engine.trainer import Trainer
from tests.app.small import RUNAWAY, SMALL, Clock, make_toy

A, B, GONE = "copy-aaaaaaaa", "copy-bbbbbbbb", "copy-never-made"
SHELF = Shelf(Library(make_toy()))

images = st.integers(0, 5).map(lambda index: make_toy().test.inputs[index].tolist())
labels = st.integers(0, 9)
rates = st.sampled_from([1e-3, 0.05, 0.5])
names = st.sampled_from([A, B])


class CopyMachine(RuleBasedStateMachine):
    """Remembers the checksum before each lesson of each copy."""

    @initialize()
    def begin(self):
        SHELF.copies.forget("r")
        self.run = Run("r", Library(make_toy()), SMALL, clock=Clock(), shelf=SHELF)
        self.before: dict[str, list[str]] = {}
        self.now: dict[str, str] = {}

    def open(self, network):
        return self.run.carry_out(drawing.OpenNetwork(network=network))

    def refusal(self, command) -> str:
        with pytest.raises(RunRefusal) as refused:
            self.run.carry_out(command)
        return refused.value.code

    @rule(name=names, network=st.sampled_from(["run", "dense", A, B]), image=images, label=labels, rate=rates)
    def teach(self, name, network, image, label, rate):
        command = drawing.Teach(pixels=image, label=label, learning_rate=rate, network=network, copy_name=name)
        if network in (A, B) and network not in self.now:
            assert self.refusal(command) == "copy_gone"
            return
        start = self.open(network).checksum
        preview = drawing.PreviewLesson(pixels=image, label=label, learning_rate=rate, network=network)
        seen = self.run.carry_out(preview)
        assert (seen.checksum, self.open(network).checksum) == (start, start)
        taught = self.run.carry_out(command)
        assert (taught.before, taught.after) == (seen.before, seen.after)
        assert taught.checksum_before == start
        assert not seen.weights or taught.checksum != start  # a step may be too short for float32
        if network != name:
            assert self.open(network).checksum == start
            self.before[name] = []
        self.before[name].append(start)
        self.now[name] = taught.checksum
        assert (taught.steps, taught.lessons, taught.undoable) == (1, len(self.before[name]), len(self.before[name]))

    @rule(name=names, image=images, label=labels)
    def teach_until_it_agrees(self, name, image, label):
        if name not in self.now:
            return
        command = drawing.Teach(
            pixels=image, label=label, learning_rate=0.5, network=name, copy_name=name, steps=50, until_agrees=True
        )
        taught = self.run.carry_out(command)
        if taught.steps:
            self.before[name].append(self.now[name])
            self.now[name] = taught.checksum
        assert taught.lessons == len(self.before[name])
        assert taught.agrees == (np.argmax(taught.after) == label)

    @rule(name=names, lessons=st.none() | st.integers(1, 4))
    def take_back(self, name, lessons):
        command = drawing.TakeBack(copy_name=name, lessons=lessons)
        if name not in self.now:
            assert self.refusal(command) == "copy_gone"
            return
        past = self.before[name]
        if not past:
            assert self.refusal(command) == "nothing_learned"
            return
        count = len(past) if lessons is None else min(lessons, len(past))
        expected = past[-count]
        taken = self.run.carry_out(command)
        assert (taken.checksum_before, taken.checksum) == (self.now[name], expected)
        del past[-count:]
        self.now[name] = expected
        assert (taken.agrees, taken.before, taken.lessons) == (None, [], len(past))

    @rule(image=images)
    def read(self, image):
        for name in self.now:
            read = self.run.carry_out(drawing.Predict(pixels=image, network=name))
            assert read.checksum == self.now[name]

    @rule()
    def train_the_run(self):
        self.run.carry_out(commands.Step())
        self.run.advance(self.run._clock() + 1)

    @precondition(lambda self: self.now)
    @rule(data=st.data())
    def adopt(self, data):
        name = data.draw(st.sampled_from(sorted(self.now)))
        opened = self.open(name)
        self.run.carry_out(drawing.Adopt(copy_name=name))
        assert self.run.status in (Status.IDLE, Status.PAUSED)
        assert checksum_of(self.run.trainer.network) == self.now[name]
        assert self.run.state().step == opened.step
        self.run.take_events()

    @invariant()
    def every_copy_has_the_bits_it_should_have(self):
        for name, checksum in getattr(self, "now", {}).items():
            opened = self.open(name)
            assert (opened.checksum, opened.lessons) == (checksum, len(self.before[name]))


CopyMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=20)
TestCopies = CopyMachine.TestCase


@pytest.fixture
def run(toy) -> Run:
    return Run("r", Library(toy), SMALL, clock=Clock(a_look=0.0001))


def lesson(network="run", name=A, **fields) -> drawing.Teach:
    image = make_toy().test.inputs[0].tolist()
    return drawing.Teach(
        **{"pixels": image, "label": 4, "learning_rate": 0.1, "network": network, "copy_name": name, **fields}
    )


def test_a_copy_of_the_run_is_never_the_run(run):
    run.carry_out(commands.Step(count=3))
    run.advance(run._clock() + 10)
    before = checksum_of(run.trainer.network)
    taught = run.carry_out(lesson())
    assert taught.checksum_before == before == checksum_of(run.trainer.network)
    run.carry_out(commands.Step(count=3))
    run.advance(run._clock() + 10)
    engine = Trainer(SMALL, run.trainer.dataset)
    for _ in range(6):
        engine.step()
    assert checksum_of(run.trainer.network) == checksum_of(engine.network)
    assert run.carry_out(drawing.OpenNetwork(network=A)).checksum == taught.checksum


def test_a_copy_outlives_the_run_it_was_made_of(run):
    taught = run.carry_out(lesson())
    run.carry_out(commands.Configure(spec=RUNAWAY.to_dict()))
    assert run.carry_out(lesson(A)).checksum_before == taught.checksum
    taken = run.carry_out(drawing.TakeBack(copy_name=A, lessons=None))
    assert taken.checksum == taught.checksum_before


def test_a_lesson_that_diverges_is_refused_and_makes_no_copy(run):
    run.carry_out(commands.Configure(spec=RUNAWAY.to_dict()))
    run.trainer.network.parameters.flat[:] *= 1e15
    for command in (lesson(learning_rate=10.0), drawing.PreviewLesson(pixels=[9] * 784, label=1, learning_rate=10.0)):
        with pytest.raises(RunRefusal, match="smaller learning rate") as refused:
            run.carry_out(command)
        assert refused.value.code == "lesson_diverges"
    with pytest.raises(RunRefusal, match="not there"):
        run.carry_out(drawing.OpenNetwork(network=A))


def test_a_run_that_reads_no_digits_has_no_copies(library_of_points):
    with pytest.raises(RunRefusal, match="cannot read a drawing"):
        library_of_points.carry_out(lesson())


@pytest.fixture
def library_of_points(run) -> Run:
    plain = {**SMALL.to_dict(), "dataset": {**SMALL.to_dict()["dataset"], "name": "spirals"}}
    run.carry_out(commands.Configure(spec=plain))
    return run


def test_copies_of_one_run_are_unknown_to_another(toy):
    shelf = Shelf(Library(toy))
    one, other = (Run(name, Library(toy), SMALL, shelf=shelf) for name in ("one", "other"))
    one.carry_out(lesson())
    with pytest.raises(RunRefusal, match="not there"):
        other.carry_out(drawing.OpenNetwork(network=A))
    other.carry_out(lesson())
    other.close()
    assert one.carry_out(drawing.OpenNetwork(network=A)).lessons == 1


def test_an_adopted_copy_trains_on_like_a_checkpoint_of_it(run):
    run.carry_out(commands.Step(count=3))
    run.advance(run._clock() + 10)
    run.carry_out(lesson())
    run.take_events()
    run.carry_out(drawing.Adopt(copy_name=A))
    assert [event.type for event in run.take_events()] == ["manifest", "state"]
    assert (run.status, run.state().step) == (Status.PAUSED, 3)
    again = Trainer.from_checkpoint(
        Checkpoint.from_tensors(*run.trainer.checkpoint().to_tensors()), run.trainer.dataset
    )
    run.carry_out(commands.Step(count=2))
    run.advance(run._clock() + 10)
    for _ in range(2):
        again.step()
    assert checksum_of(run.trainer.network) == checksum_of(again.network)
    assert run.carry_out(drawing.OpenNetwork(network=A)).lessons == 1


def a_copy(size: int) -> Copy:
    weights = Weights(np.zeros(size, np.float32), np.zeros(0, np.float32))
    checkpoint = Trainer(SMALL, make_toy()).checkpoint()
    return Copy.of(Origin("r", checkpoint, weights, nbytes=0))


def learned(copy: Copy, lessons: int) -> list[str]:
    checksums = []
    for number in range(copy.lessons, copy.lessons + lessons):
        checksums.append(copy.weights.checksum)
        size = len(copy.weights.parameters)
        copy.learn(Weights(np.full(size, number + 1, np.float32), copy.weights.buffers))
    return checksums


def test_a_copy_forgets_its_oldest_lessons_but_never_what_it_was_made_from(monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES_OF_A_COPY", 4000)  # the present one and nine more
    copy = a_copy(100)
    checksums = learned(copy, 15)
    assert (copy.lessons, copy.undoable) == (15, 9)
    with pytest.raises(RunRefusal, match="last 9 lessons"):
        copy.take_back(10)
    copy.take_back(9)
    assert (copy.weights.checksum, copy.lessons, copy.undoable) == (checksums[6], 6, 0)
    copy.take_back(None)
    assert (copy.weights.checksum, copy.lessons) == (checksums[0], 0)


def test_one_lesson_can_be_taken_back_however_large_the_network(monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES_OF_A_COPY", 10)
    copy = a_copy(100)
    checksums = learned(copy, 3)
    copy.take_back(1)
    assert copy.weights.checksum == checksums[-1]


def test_all_copies_together_are_bounded_and_those_in_use_stay(monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 4000)  # ten times the weights
    copies = Copies()
    for number, (lessons, _) in enumerate(itertools.product((2, 3), range(3))):
        copy = a_copy(100)
        copies.put("r", f"{number}", copy)
        learned(copy, lessons)
        copies.put("r", f"{number}", copy)
        if number:
            copies.get("r", "0")
    kept = [copies.get("r", str(number)) for number in range(6) if copies.has("r", str(number))]
    assert sum(copy.nbytes for copy in kept) <= 4000
    assert copies.get("r", "0") is kept[0]
    assert copies.has("r", "5")
    assert not copies.has("r", "1")


def test_a_copy_that_is_too_large_for_the_others_is_there_alone(monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 100)
    copies = Copies()
    for name in (A, B):
        copies.put("r", name, a_copy(100))
    assert (copies.has("r", A), copies.has("r", B)) == (False, True)
