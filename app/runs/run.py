"""One run, from spec to frames: obeys commands, trains when there is time, says what changed.

A run does nothing by itself: the worker's loop calls `advance` with a deadline, then takes its events and frames.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from app.datasets.library import Library
from app.protocol import commands, drawing, events, values
from app.protocol.message import Event, Reply, RoomEvent
from app.protocol.values import Status
from app.runs.admission import admitted
from app.runs.channels import Channel, OutgoingFrame
from app.runs.description import describe, describe_mistakes
from app.runs.drawings import Drawings
from app.runs.framing import Framer
from app.runs.inspection import inspect
from app.runs.life import Happening, NotPossible, after, at_rest
from app.runs.manifest import build_manifest
from app.runs.measures import Measures
from app.runs.memory import Memory
from app.runs.opened import LastOpened
from app.runs.pace import Pace
from app.runs.past import Past
from app.runs.practising import Later
from app.runs.readers import Reader
from app.runs.refusal import RunRefusal
from app.runs.shelf import Shelf
from app.runs.showing import Showing
from app.runs.stream import Stream
from engine.checkpoint import Checkpoint
from engine.errors import Diverged
from engine.spec import RunSpec
from engine.trainer import Trainer

DEFAULT_STEPS_PER_SECOND = 64.0
"""A pace at which the default network goes from noise to about 95 % in a minute: a story one can watch."""

TELLING = (commands.Play, commands.Pause, commands.Step, commands.Seek, commands.Configure, commands.Reset)
"""Commands after which a run is somebody's, and does nothing by itself."""

STEPS_NOT_WORTH_A_WORD = 64
"""A command to do no more steps than this is done before a page could show that it is under way."""

STEPS_BETWEEN_CLOCKS = 4
"""At full speed the clock is read once for so many steps."""


class Run:
    """A training run as its room knows it: the trainer behind it is replaced when it is configured or reset."""

    def __init__(
        self,
        run: str,
        library: Library,
        start: RunSpec | Checkpoint,
        *,
        steps_per_second: float | None = DEFAULT_STEPS_PER_SECOND,
        clock: Callable[[], float] = time.monotonic,
        shelf: Shelf | None = None,
        memory: Memory | None = None,
    ) -> None:
        """`shelf` and `memory` are what runs in one process share; without them the run has its own.

        Raises a refusal where the start is more than the memory, or the data, allow.
        """
        self.run = run
        self._said: list[RoomEvent] = []
        self._library = library
        self._clock = clock
        self._status = Status.IDLE
        self._pace = Pace(steps_per_second)
        self._memory = memory or Memory()
        self._stream = Stream()
        self._measures = Measures(self._say)
        self._drawings = Drawings(run, shelf or Shelf(library), self._stream.next_number)
        self._begun = 0
        self.told = False
        """Whether anybody ever told it to train, to wait or to begin anew."""
        self._stop_at: int | None = None
        self._showing = Showing()
        self._divergence: values.Divergence | None = None
        self._begin(self._admitted(start))
        self._status = at_rest(self._trainer.step_count, finished=self._trainer.finished)

    # What it is

    @property
    def status(self) -> Status:
        """Where the run is in its life."""
        return self._status

    @property
    def trainer(self) -> Trainer:
        """The trainer at this time."""
        return self._trainer

    @property
    def steps_per_second(self) -> float | None:
        """The pace that is set."""
        return self._pace.steps_per_second

    @property
    def begun(self) -> int:
        """How often a run began here: another number, another run, be it the same in all that one could tell."""
        return self._begun

    @property
    def watched(self) -> bool:
        """Whether anybody is sent its frames."""
        return self._stream.watched

    @property
    def visiting(self) -> bool:
        """Whether it stands at a step of its past."""
        return self._past.visiting

    def manifest(self) -> values.Manifest:
        """What its frames hold."""
        return self._manifest

    def state(self) -> values.RunState:
        """The run as viewers see it."""
        spec = replace(self._trainer.spec, optimizer=self._trainer.settings)
        return values.RunState(
            run=self.run,
            status=self._status,
            step=self._trainer.step_count,
            epoch=self._trainer.epoch,
            spec=values.RunSpec.model_validate(spec.to_dict()),
            parameters=self._trainer.network.parameters.flat.size,
            steps_per_second=self._pace.steps_per_second,
            divergence=self._divergence,
            shown=self._showing.shown,
            history=values.History(
                beginning=self._past.timeline.beginning,
                # The timeline hears of the present now and then; the trainer is there.
                present=max(self._past.timeline.present, self._trainer.step_count),
                visiting=self._past.visiting,
            ),
        )

    # What it is told

    def carry_out(self, command: commands.RunCommand) -> Reply | Later:
        """Obey a command; raise `RunRefusal` or the engine's `SpecError`, with nothing changed, for what can't be.

        Of one that takes longer the answer comes `Later`, from `take_answers`.
        """
        try:
            reply = self._carry_out(command)
        except NotPossible as impossible:
            raise RunRefusal(f"run_{impossible.status}") from impossible
        self.told |= isinstance(command, TELLING)
        return reply

    def _carry_out(self, command: commands.RunCommand) -> Reply | Later:
        match command:
            case commands.Play():
                self._play(stop_at=None)
            case commands.Pause():
                self._past.stay()
                self._become(Happening.PAUSE)
            case commands.Step(unit=unit, count=count):
                self._play(stop_at=self._trainer.step_count + self._steps(unit, count))
            case commands.Pace(steps_per_second=rate):
                self._pace.start(self._clock(), rate)
                self._measures.change_pace()
                self._say_state()
            case commands.Set(values=changes):
                if self._past.set(self._trainer, **changes):
                    self._say_branch()
                self._say_state()
            case commands.Seek(step=step):
                self._seek(step)
            case commands.OpenStep():
                return self._opened.open(self._trainer)
            case commands.Ask(step=step, question=question):
                return self._opened.answer(step, question)
            case commands.Configure(spec=plain):
                self._replace(RunSpec.from_dict(plain), go_on=self._status not in (Status.IDLE, Status.PAUSED))
            case commands.Reset(seed=seed):
                spec = replace(self._trainer.spec, optimizer=self._trainer.settings)
                if seed is not None:
                    spec = RunSpec.from_dict({**spec.to_dict(), "seed": seed})
                self._replace(spec, go_on=False)
            case commands.Show(split=split, index=index):
                self._showing.pin(self._trainer, split, index)
                self._say_state()
            case commands.Inspect(slices=slices):
                step, inspected = inspect(self._trainer, self._framer.probe, self._showing.shown, slices)
                return events.Inspection(step=step, slices=inspected)
            case commands.DescribeData():
                return describe(self._trainer.dataset)
            case commands.Mark(step=step):
                self._measures.mark(step)
            case commands.DescribeMistakes():
                return describe_mistakes(self._measures.tested)
            case drawing.Adopt(copy_name=name):
                self.go_on_from(self._drawings.adopted(name))
            case _:
                return self._drawings.carry_out(command, self._measures.tested)
        return events.Done()

    def go_on_from(self, checkpoint: Checkpoint) -> None:
        """Put the run of a checkpoint in the place of this one, paused; raise a refusal for one that has other data."""
        dataset = self._library.open(checkpoint.spec.dataset)
        if (dataset.input_shape, dataset.outputs) != (checkpoint.input_shape, checkpoint.outputs):
            raise RunRefusal("other_data", dataset=dataset.name)
        self._begin(self._admitted(checkpoint))
        self._status = at_rest(self._trainer.step_count, finished=self._trainer.finished)
        self._say(events.ManifestChanged(manifest=self._manifest))
        self._say_state()

    def watch(self, channels: list[Channel]) -> None:
        """Make frames for these channels and no others; one that is already made goes on."""
        self._stream.watch(channels)

    def share(self, among: int) -> None:
        """Note among how many runs the processor is shared."""
        self._measures.share(among)

    def bound_history(self) -> None:
        """Keep no more history than there is memory for, now that there are more runs, or fewer."""
        self._past.bound(self._memory.history_of_a_run)

    def close(self) -> None:
        """Forget what people made of it."""
        self._drawings.forget()
        self._memory.give_back(self.run)

    def fail(self) -> None:
        """Stop for good, after an error that should not have been; a reset begins anew."""
        self._become(Happening.FAIL)

    # What it does

    def advance(self, until: float) -> None:
        """Train while steps are due and it is before `until`; then test on held-out digits if that is due.

        Copies that practise get as much time again.
        """
        if self._drawings.under_way:
            began = self._clock()
            self._drawings.advance(until, self._clock)
            until += self._clock() - began
        if self._past.under_way:
            self._travel(until)
        if self._status is Status.RUNNING:
            self._train(until)
        if not self._past.visiting:  # there its points are on the curves already
            self._measures.advance(self._clock())

    def take_events(self) -> list[RoomEvent]:
        """Return what the run has to say since it was last asked."""
        said, self._said = self._said, []
        return said

    def take_answers(self) -> list[tuple[int, Reply | RunRefusal]]:
        """Return the answers that come later, since it was last asked, by the numbers that were given for them."""
        return self._drawings.take_answers()

    def take_progress(self) -> list[tuple[int, Event]]:
        """Return how far the way to these answers is, where that changed, by the same numbers."""
        return [*self._drawings.take_progress()]

    def next_due(self) -> float | None:
        """When there is something to do; None when it waits for a command. The past means now."""
        times = [0.0] if self._past.under_way or self._drawings.under_way else []
        if self._status is Status.RUNNING:
            times.append(0.0 if self._stop_at is not None else self._pace.next_due(self._clock()))
        due = [self._stream.next_due(self._trainer.step_count, self._showing.shown)]
        if not self._past.visiting:
            due.append(self._measures.next_due())
        return min([*times, *(time for time in due if time is not None)], default=None)

    def frames(self) -> Iterator[OutgoingFrame]:
        """Make the frames that are due, each once however many channels carry it."""
        now = self._clock()
        rate = self._measures.steps_per_second(now) if self._status is Status.RUNNING else 0.0
        return self._stream.frames(now, self._trainer.step_count, self._showing.shown, rate)

    # How

    def _train(self, until: float) -> None:
        trainer, step, add, note = self._trainer, self._trainer.step, self._measures.add, self._past.timeline.note
        stepping = self._stop_at is not None
        now = self._clock()
        while stepping or self._pace.due(now):
            try:
                add(step())
                note(trainer)
            except Diverged as diverged:
                self._divergence = values.Divergence(step=diverged.step, tensor=diverged.tensor)
                self._become(Happening.DIVERGE)
                break
            self._pace.stepped(now)
            if self._trainer.finished:
                self._become(Happening.FINISH)
                break
            if self._trainer.step_count == self._stop_at:
                self._become(Happening.PAUSE)
                break
            if self._trainer.step_count % STEPS_BETWEEN_CLOCKS == 0 or not stepping:
                now = self._clock()
                if now >= until:
                    break
        now = self._clock()
        self._measures.time(now)
        self._showing.move_on(self._trainer, now)

    def _steps(self, unit: str, count: int) -> int:
        return count * (self._trainer.steps_per_epoch if unit == "epoch" else 1)

    def _play(self, stop_at: int | None) -> None:
        self._past.stay()
        soon_over = stop_at is not None and stop_at - self._trainer.step_count <= STEPS_NOT_WORTH_A_WORD
        after(self._status, Happening.PLAY)  # may refuse: then nothing is left behind
        if self._past.branch(self._trainer):
            self._say_branch()
        self._become(Happening.PLAY, quietly=soon_over)
        self._stop_at = stop_at
        now = self._clock()
        self._pace.start(now, self._pace.steps_per_second)
        # Of a few steps that somebody asked for every one is on the curve, however quickly they were made.
        self._measures.set_out(now, every_step=soon_over)

    def _become(self, happening: Happening, *, quietly: bool = False) -> None:
        before, self._status = self._status, after(self._status, happening)
        if self._status is not Status.RUNNING:
            self._stop_at = None
            self._showing.move_on(self._trainer, self._clock(), at_once=before is Status.RUNNING)
            self._measures.stop(self._clock())
        if not quietly:
            self._say_state()

    def _replace(self, spec: RunSpec, *, go_on: bool) -> None:
        self._begin(self._admitted(spec))  # may refuse: then the old one stays
        self._status = after(self._status, Happening.RESET)
        self._say(events.ManifestChanged(manifest=self._manifest))
        if go_on:
            self._play(stop_at=None)
        else:
            self._say_state()

    def _seek(self, step: int) -> None:
        after(self._status, Happening.SEEK)  # may refuse, as may the next
        self._past.seek(step)
        if self._status is Status.RUNNING:
            self._become(Happening.PAUSE)

    def _travel(self, until: float) -> None:
        """Go on to the step of the past that is sought, and stand there once it is reached."""
        trainer = self._past.advance(until, self._clock)
        if trainer is None:
            return
        self._divergence = None
        self._status = after(self._status, Happening.SEEK)
        if trainer.finished:
            self._status = after(self._status, Happening.FINISH)
        self._measures.look_through(trainer)
        self._look_through(trainer)
        self._showing.move_on(trainer, self._clock(), at_once=True)
        self._say_state()

    def _say_branch(self) -> None:
        """What came after this step no longer holds."""
        self._measures.branch()
        self._say(events.HistoryCleared(step=self._trainer.step_count + 1))

    def _admitted(self, start: RunSpec | Checkpoint) -> Trainer:
        return admitted(self.run, start, self._library, self._memory)

    def _begin(self, trainer: Trainer) -> None:
        self._begun += 1
        self._manifest = build_manifest(self.run, trainer)
        self._past = Past(trainer, self._memory.history_of_a_run)
        self._opened = LastOpened()
        self._measures.begin(trainer)
        self._look_through(trainer)
        self._divergence = None
        self._stop_at = None
        self._showing.begin(trainer, self._clock())

    def _look_through(self, trainer: Trainer) -> None:
        """Take this trainer, of the same network, for the run's."""
        self._trainer = trainer
        self._framer = Framer(self.run, self._manifest, trainer)
        self._stream.look_through(self._framer)
        self._drawings.look_through(trainer, Reader(trainer, self._framer, self._manifest))

    def _say(self, event: RoomEvent) -> None:
        self._said.append(event)

    def _say_state(self) -> None:
        self._say(events.StateChanged(state=self.state()))
