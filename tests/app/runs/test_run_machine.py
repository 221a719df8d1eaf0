"""A run under arbitrary commands, at arbitrary times: what holds whatever is done to it."""

import base64
import json
from dataclasses import replace

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.datasets.library import Library
from app.protocol import commands, drawing, frames
from app.protocol.values import Slice, Status
from app.runs.channels import Channel
from app.runs.refusal import RunRefusal
from app.runs.run import Run
from engine.errors import Refusal
from engine.spec import DenseSpec
from tests.app.small import RUNAWAY, SMALL, Clock, make_toy

STOPPED_FOR_GOOD = {Status.FINISHED, Status.DIVERGED, Status.FAILED}

channels = st.sampled_from(
    [
        Channel("units@30", "units", frozenset(), 30.0),
        Channel("units@2", "units", frozenset(), 2.0),
        Channel("W@8", "matrices", frozenset({"W"}), 8.0),
        Channel("W+dL_dW@8", "matrices", frozenset({"W", "dL_dW"}), 8.0),
    ]
)
COPY = "copy-of-a-run"
networks = st.sampled_from(["run", COPY])
specs = st.builds(
    replace,
    st.just(SMALL),
    layers=st.sampled_from([(), (DenseSpec(4),), SMALL.layers, RUNAWAY.layers]),
    seed=st.integers(0, 3),
    max_steps=st.sampled_from([None, None, 7]),
)
bad_specs = st.sampled_from(
    [{}, {**SMALL.to_dict(), "batch_size": 0}, {**SMALL.to_dict(), "batch_size": 1024}, {**SMALL.to_dict(), "x": 1}]
)
bad_values = st.sampled_from(
    [{"momentum": 1.0}, {"learning_rate": 0.0}, {"name": 1.0}, {"self": 1.0}, {"changes": 1.0}]
)


class RunMachine(RuleBasedStateMachine):
    """Remembers little: the step it was told to stop at, and what came out last."""

    @initialize(spec=specs, pace=st.sampled_from([None, 10.0, 64.0]))
    def begin(self, spec, pace):
        self.clock = Clock(a_look=0.0005)
        self.run = Run("r", Library(make_toy()), spec, steps_per_second=pace, clock=self.clock)
        self.target = None
        self.watched = {}
        self.newest = {}
        self.curve_step = 0
        self.sought = None
        self.answers = 0

    @property
    def step(self) -> int:
        return self.run.trainer.step_count

    def tell(self, command) -> bool:
        """Carry out a command; return whether it was, and hold a refusal to changing nothing."""
        before, parameters = self.run.state(), self.run.trainer.network.parameters.flat.copy()
        self.take_in(self.run.take_events())
        refusal: RunRefusal | Refusal | None = None
        try:
            self.run.carry_out(command)
        except (RunRefusal, Refusal) as refused:
            refusal = refused
        events = self.run.take_events()
        self.take_in(events)
        if refusal:
            assert refusal.template.format(**refusal.params)
            assert events == []
            assert self.run.state() == before
            assert np.array_equal(self.run.trainer.network.parameters.flat, parameters)
        return refusal is None

    def take_in(self, events):
        for event in events:
            json.loads(event.model_dump_json(), parse_constant=lambda name: self.fail(f"{name} in an event"))
            if event.type == "manifest":
                self.curve_step = 0
                self.newest.clear()
            if event.type == "rewound":
                self.curve_step = min(self.curve_step, event.step - 1)
            if event.type == "metrics":
                for point in event.training:
                    assert point.step > self.curve_step
                    self.curve_step = point.step
        known = [event.state for event in events if event.type == "state"]
        if known:
            assert known[-1].status == self.run.status
            assert known[-1].spec == self.run.state().spec

    def fail(self, reason: str):
        raise AssertionError(reason)

    @rule()
    def play(self):
        self.sought = None
        refused = self.run.status in STOPPED_FOR_GOOD
        assert self.tell(commands.Play()) is not refused
        if not refused:
            assert self.run.status is Status.RUNNING
            self.target = None

    @rule()
    def pause(self):
        self.sought = None
        step = self.step
        assert self.tell(commands.Pause())
        assert self.run.status is not Status.RUNNING
        assert self.step == step
        self.target = None

    @rule(count=st.integers(1, 9))
    def step_some(self, count):
        self.sought = None
        refused = self.run.status in STOPPED_FOR_GOOD
        step = self.step
        assert self.tell(commands.Step(count=count)) is not refused
        assert self.step == step
        if not refused:
            self.target = step + count

    @rule(back=st.integers(0, 60))
    def seek(self, back):
        history = self.run.state().history
        step = max(history.beginning, history.present - back)
        assert self.tell(commands.Seek(step=step))
        assert self.run.status is not Status.RUNNING
        self.sought, self.target = step, None
        self.newest.clear()

    @rule(ahead=st.integers(1, 2**53))
    def seek_the_future(self, ahead):
        step = self.run.state().history.present + ahead
        assert not self.tell(commands.Seek(step=min(step, 2**53)))

    @precondition(lambda self: self.sought is not None)
    @rule()
    def arrive(self):
        sought, parameters = self.sought, self.run.trainer.network.parameters.flat.copy()
        before = self.step
        for _ in range(200):
            if self.sought is None:
                break
            self.advance(0.0)
        assert self.step == sought
        if before == sought:
            assert np.array_equal(self.run.trainer.network.parameters.flat, parameters), "it is the very step again"

    @rule(example=st.integers(0, 20))
    def open_the_next_step(self, example):
        if self.tell(commands.OpenStep()):
            question = commands.AskForces(about="forces", example=example)
            assert self.tell(commands.Ask(step=self.step + 1, question=question)) is (example < 16)

    @rule()
    def ask_about_a_step_that_is_not_open(self):
        assert not self.tell(commands.Ask(step=10**9, question=commands.AskPromise(about="promise")))

    @rule(seed=st.none() | st.integers(0, 3) | st.just(-1))
    def reset(self, seed):
        before = self.run.state().spec
        if self.tell(commands.Reset(seed=seed)):
            assert (self.run.status, self.step) == (Status.IDLE, 0)
            assert self.run.state().spec == before.model_copy(update={} if seed is None else {"seed": seed})
            assert self.run.state().divergence is None
            self.target = self.sought = None
        else:
            assert seed == -1

    @rule(spec=specs)
    def configure(self, spec):
        waited = self.run.status in (Status.IDLE, Status.PAUSED)
        assert self.tell(commands.Configure(spec=spec.to_dict()))
        assert self.step == 0
        assert self.run.status is (Status.IDLE if waited else Status.RUNNING)
        assert self.run.trainer.spec == spec
        self.target = self.sought = None

    @rule(spec=bad_specs)
    def configure_badly(self, spec):
        assert not self.tell(commands.Configure(spec=spec))

    @rule(rate=st.sampled_from([0.01, 0.5, 10.0]), decay=st.sampled_from([0.0, 0.01]))
    def set(self, rate, decay):
        assert self.tell(commands.Set(values={"learning_rate": rate, "weight_decay": decay}))
        optimizer = self.run.state().spec.optimizer
        assert (optimizer.learning_rate, optimizer.weight_decay) == (rate, decay)
        self.sought = None  # who changes something wants to be here

    @rule(values=bad_values)
    def set_badly(self, values):
        assert not self.tell(commands.Set(values=values))

    @rule(rate=st.sampled_from([None, 10.0, 64.0]))
    def pace(self, rate):
        assert self.tell(commands.Pace(steps_per_second=rate))
        assert self.run.state().steps_per_second == rate

    @rule(split=st.sampled_from(["train", "test"]), index=st.none() | st.integers(0, 59))
    def show(self, split, index):
        assert self.tell(commands.Show(split=split, index=index))
        shown = self.run.state().shown
        assert shown.pinned is (index is not None)
        if index is not None:
            assert (shown.split, shown.index) == (split, index)

    @rule(split=st.sampled_from(["train", "test"]), index=st.sampled_from([200, 2**53]))
    def show_what_is_not_there(self, split, index):
        assert not self.tell(commands.Show(split=split, index=index))

    @rule(tensor=st.sampled_from(["x", "probs", "dense1.b", "dense1.dL_dW", "dense9.W", "nothing", "dense1.z"]))
    def inspect(self, tensor):
        self.tell(commands.Inspect(slices=[Slice(tensor=tensor)]))

    @rule(grey=st.integers(0, 255), network=networks, label=st.none() | st.integers(0, 11), frame=st.booleans())
    def predict(self, grey, network, label, frame):
        self.tell(drawing.Predict(pixels=[grey] * 784, network=network, label=label, frame=frame))

    @rule(grey=st.integers(0, 255), network=networks, label=st.integers(0, 11), rate=st.sampled_from([0.01, 10.0]))
    def teach(self, grey, network, label, rate):
        lesson = {"pixels": [grey] * 784, "network": network, "label": label, "learning_rate": rate}
        self.tell(drawing.Explain(pixels=[grey] * 784, network=network))
        self.tell(drawing.PreviewLesson(**lesson))
        self.tell(drawing.Teach(**lesson, copy_name=COPY, steps=2))

    @rule(lessons=st.none() | st.integers(1, 3))
    def take_back(self, lessons):
        self.tell(drawing.TakeBack(copy_name=COPY, lessons=lessons))

    @rule(network=networks, label=st.integers(0, 11))
    def practise(self, network, label):
        images = base64.b64encode(bytes(range(256)) * 3 + bytes(16)).decode()
        given = {"copy_name": COPY, "network": network, "images": images, "labels": [label], "held_out": [False]}
        self.tell(drawing.KeepDrawings(**given, first=False))
        if self.tell(drawing.Practise(copy_name=COPY, steps=3, learning_rate=0.1, mnist_share=0.5)):
            self.answers += 1

    def take_answers(self):
        for _, answer in self.run.take_answers():
            self.answers -= 1
            assert isinstance(answer, RunRefusal) or answer.type == "practised"

    def teardown(self):
        """Whatever happened meanwhile, each practice is answered once."""
        while self.run._drawings.under_way:
            self.run._drawings.advance(self.clock.now, self.clock)
        self.take_answers()
        assert self.answers == 0

    @rule()
    def adopt(self):
        if self.tell(drawing.Adopt(copy_name=COPY)):
            self.sought = self.target = None
            assert self.run.status in (Status.IDLE, Status.PAUSED, Status.FINISHED)

    @rule(chosen=st.lists(channels, max_size=3))
    def watch(self, chosen):
        self.watched = {channel.key: channel for channel in chosen}
        self.newest = {key: frame for key, frame in self.newest.items() if key in self.watched}
        self.run.watch([replace(channel) for channel in self.watched.values()])

    @rule(seconds=st.sampled_from([0.0, 0.01, 0.1, 1.0, 5.0]))
    def advance(self, seconds):
        self.clock.now += seconds
        if self.sought is not None:
            self.travel()
            return
        running, step = self.run.status is Status.RUNNING, self.step
        parameters = self.run.trainer.network.parameters.flat.copy()
        self.run.advance(self.clock.now + 0.005)
        assert self.step >= step
        if not running:
            assert self.step == step
            assert np.array_equal(self.run.trainer.network.parameters.flat, parameters)
        if self.target is not None:
            assert self.step <= self.target
            if self.step == self.target and self.run.status not in STOPPED_FOR_GOOD:
                assert self.run.status is Status.PAUSED
        if self.run.status is not Status.RUNNING:
            self.target = None
        self.take_in(self.run.take_events())
        self.take_frames()

    def travel(self):
        step = self.step
        self.run.advance(self.clock.now + 0.005)
        self.take_in(self.run.take_events())
        self.take_frames()
        if not self.run._past.under_way:
            assert self.step == self.sought
            assert self.run.state().history.visiting is (self.step != self.run.state().history.present)
            self.sought = None
        else:
            assert self.step == step

    def take_frames(self):
        manifest = self.run.manifest()
        parts = {tensor.id: (tensor.part, tensor.quantity) for tensor in manifest.tensors}
        for outgoing in self.run.frames():
            frame = frames.decode(outgoing.data)
            channel = self.watched[outgoing.key]
            assert frame.n == outgoing.n
            assert frame.part == channel.part
            assert frame.manifest == manifest.id
            assert frame.step == self.step
            assert {parts[tensor.id][0] for tensor in frame.tensors} == {channel.part}
            if channel.part == "matrices":
                assert {parts[tensor.id][1] for tensor in frame.tensors} <= channel.matrices
            before = self.newest.get(outgoing.key)
            if before is not None:
                assert before.n < frame.n
                assert before.step <= frame.step
                assert (before.step, before.example) != (frame.step, frame.example)  # only when something changed
            self.newest[outgoing.key] = frame

    @precondition(lambda self: self.target is not None and self.run.status is Status.RUNNING)
    @rule()
    def wait_for_the_steps_to_be_done(self):
        target = self.target
        for _ in range(50):
            self.clock.now += 0.01
            self.run.advance(self.clock.now + 0.005)
            if self.run.status is not Status.RUNNING:
                break
        if self.run.status is Status.PAUSED:
            assert self.step == target
        else:
            assert self.run.status in STOPPED_FOR_GOOD
            assert self.step <= target
        self.target = None
        self.take_in(self.run.take_events())

    @invariant()
    def parameters_are_finite(self):
        assert np.isfinite(self.run.trainer.network.parameters.flat).all()

    @invariant()
    def a_divergence_is_told_with_its_tensor_and_only_then(self):
        state = self.run.state()
        assert (state.divergence is not None) is (state.status is Status.DIVERGED)
        if state.divergence:
            assert state.divergence.step == state.step
            names = {layer.name for layer in self.run.manifest().layers}
            address, _, quantity = state.divergence.tensor.rpartition(".")
            assert address in names or quantity in ("loss", "probs", "update", "gradient")

    @invariant()
    def a_finished_run_did_all_its_steps_and_no_more(self):
        most = self.run.trainer.spec.max_steps
        assert (self.run.status is Status.FINISHED) is (most is not None and self.step == most)
        assert most is None or self.step <= most

    @invariant()
    def the_state_is_json_that_every_browser_reads(self):
        json.loads(self.run.state().model_dump_json(), parse_constant=self.fail)


RunMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=40)
test_whatever_is_done_to_a_run_its_laws_hold = RunMachine.TestCase
