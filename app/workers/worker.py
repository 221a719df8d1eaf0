"""A worker process: many runs in one process, by time slices, commands first.

    python -m app.workers.worker text|json BOUNDS DATA_DIRECTORY CHECKPOINT_DIRECTORY [FILE_OR_FOLDER ...]

It talks through its standard input and output; when the server goes, it saves its runs and ends.
"""

import logging
import os
import queue
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from app import logs
from app.datasets.library import Library, by_name
from app.protocol import commands, values
from app.protocol.message import Reply
from app.protocol.reading import PackagedName
from app.protocol.values import Status
from app.runs.channels import Channel
from app.runs.glance import glance_at
from app.runs.manifest import limits
from app.runs.memory import Memory
from app.runs.pictures import read_pixels
from app.runs.practising import Later
from app.runs.refusal import RunRefusal
from app.runs.run import Run
from app.runs.shelf import Shelf
from app.store.checkpoints import CheckpointStore, Unreadable, from_bytes, to_bytes
from app.workers import link
from app.workers.bounds import Bounds
from app.workers.pipes import Inbox, Outlet
from app.workers.saver import EXTRA, SECONDS_BETWEEN_CHECKPOINTS, Saver
from app.workers.shares import Shares, slice_seconds
from app.workers.sight import Sight
from engine.checkpoint import Checkpoint
from engine.data.mnist import open_mnist
from engine.errors import DataError, Refusal
from engine.spec import DEFAULT_SPEC, OptimizerSpec, RunSpec

logger = logging.getLogger("backscope.worker")

NICENESS = 10
"""Training is never as urgent as answering."""

SECONDS_BETWEEN_BEATS = 1.0
SECONDS_TO_END = 3.0
SECONDS_TO_STOP_LOOKING = 0.5

STEPS_ONE_CAN_FOLLOW = 20.0
"""A second: a run that goes slower, while somebody watches, is watched step by step."""

Kept = tuple[int, bool, Status, RunSpec, OptimizerSpec, float | None, int]
"""What tells whether there is anything new to keep: which run it is, what it was told, and the step last."""

RUN_COMMAND: TypeAdapter[commands.RunCommand] = TypeAdapter(commands.RunCommand)


class Worker:
    """The loop and the runs it keeps."""

    def __init__(
        self, library: Library, store: CheckpointStore, inbox: Inbox, outlet: Outlet, bounds: Bounds | None = None
    ) -> None:
        self._library = library
        self._inbox = inbox
        self._outlet = outlet
        self._saver = Saver(store, lambda run, ok: outlet.put(link.Saved(run, ok)))
        self._shelf = Shelf(library)
        self._sight = Sight(lambda seen: inbox.put(seen), outlet.put)
        held = bounds or Bounds()
        self._memory = Memory(most=held.runs, most_of_a_run=held.run, history=held.history)
        self._shares = Shares()
        self._shared: dict[str, tuple[int, int]] = {}
        """What was last told of each run's share: among how many, and per cent."""
        self._runs: dict[str, Run] = {}
        self._later: dict[tuple[str, int], tuple[str, int | None]] = {}
        """Who waits for which answer, of those that come later."""
        self._saved: dict[str, tuple[float, Kept]] = {}
        self._ending = False
        self._beat_due = 0.0
        self._steps_then = (time.monotonic(), 0)

    def work(self) -> None:
        """Work until the server says to end, or is gone; then save."""
        self._outlet.put(link.Ready(limits(self._library).model_dump_json().encode()))
        while not self._ending and not self._outlet.broken:
            self._obey(self._idle_time())
            self._train()
            self._say()
            self._save()
        self._save(at_once=True)
        self._saver.close(SECONDS_TO_END)
        self._sight.close(SECONDS_TO_STOP_LOOKING)
        self._outlet.close(SECONDS_TO_END)

    def end(self) -> None:
        """Have the loop end after what it is doing."""
        self._ending = True

    # Commands first

    def _obey(self, timeout: float = 0.0) -> None:
        """Carry out what came, and wait for so many seconds if nothing did."""
        while not self._ending:
            try:
                message = self._inbox.get(timeout)
            except queue.Empty:
                return
            timeout = 0.0
            try:
                self._take(message)
            except MemoryError:  # whoever waits for an answer is told that there is none; all runs go on
                logger.exception("there was no memory for what was asked")

    def _take(self, message: link.ToWorker | None) -> None:
        match message:
            case None | link.Drain():
                self.end()
            case link.Open(run=name):
                self._open(name)
            case link.Close(run=name, forget=forget):
                self._close(name, forget=forget)
            case link.Deliver():
                self._deliver(message)
            case link.Export(run=name, request=request) if name in self._runs:
                checkpoint = self._runs[name].trainer.checkpoint()
                self._outlet.put(link.Exported(name, request, checkpoint.step, to_bytes(*checkpoint.to_tensors())))
            case link.Import(run=name) if name in self._runs:
                self._import(message)
            case link.ReadImage(is_file=True):
                self._sight.see(message)
            case link.Glance(run=name) if name in self._runs:
                seen = glance_at(self._runs[name].trainer)
                self._outlet.put(link.Glanced(name, seen.data, seen.scale, seen.shape))
            case link.ReadImage():
                self._read_image(message)
            case link.Watch(run=name, channels=channels) if name in self._runs:
                self._runs[name].watch(list(_channels(channels)))

    def _open(self, name: str) -> None:
        if name not in self._runs:
            try:
                self._runs[name] = self._begun(name)
            except (RunRefusal, Refusal, MemoryError) as refusal:
                logger.error("the run %s was not opened: %s", name, refusal)
                self._outlet.put(link.NotOpened(name))
                return
            self._share_history()
        run = self._runs[name]
        run.take_events()  # all that was said so far is in the state
        manifest, state = run.manifest().model_dump_json(), run.state().model_dump_json()
        self._outlet.put(link.Opened(name, manifest.encode(), state.encode(), run.told))

    def _begun(self, name: str) -> Run:
        """Return the run as it was left, or a new one; raises a refusal where there is no memory for it."""
        resumed = self._saver.load(name)
        if resumed is None:
            return Run(name, self._library, DEFAULT_SPEC, shelf=self._shelf, memory=self._memory)
        start, rate = resumed.checkpoint, resumed.steps_per_second
        run = Run(name, self._library, start, steps_per_second=rate, shelf=self._shelf, memory=self._memory)
        run.told = resumed.told
        if resumed.playing:
            run.carry_out(commands.Play())
        return run

    def _share_history(self) -> None:
        for run in self._runs.values():
            run.bound_history()

    def _close(self, name: str, *, forget: bool) -> None:
        if not forget and name in self._runs:
            self._save(only=name, at_once=True)
        if name in self._runs:
            self._runs.pop(name).close()
            self._shares.leave(name)
            self._shared.pop(name, None)
            self._share_history()
            self._later = {key: who for key, who in self._later.items() if key[0] != name}
        self._saved.pop(name, None)
        if forget:
            self._saver.forget(name)

    def _deliver(self, message: link.Deliver) -> None:
        run = self._runs.get(message.run)
        if run is None:
            return
        try:
            command = RUN_COMMAND.validate_json(message.command)
        except ValidationError:  # the room passes on nothing else; no single message may end all runs
            logger.error("the run %s was sent a command that is for no run", message.run)
            return
        began = time.thread_time()
        try:
            reply = run.carry_out(command)
        except (RunRefusal, Refusal) as refusal:
            self._refuse(message.run, message.viewer, command.id, refusal)
        except Exception as error:  # whatever it was, the other runs of this worker go on
            self._fail(run, error)
            self._refuse(message.run, message.viewer, command.id, RunRefusal("run_failed"))
        else:
            for event in run.take_events():  # what a command changes is known before its reply
                self._outlet.put(link.Said(message.run, event.model_dump_json().encode()))
            if isinstance(reply, Later):
                self._later[message.run, reply.ticket] = (message.viewer, command.id)
            else:
                self._reply(message.run, message.viewer, command.id, reply)
        if run.status is Status.RUNNING:  # what it asks for is its own time
            self._shares.charge(run.run, time.thread_time() - began, len(self._running()))

    def _import(self, message: link.Import) -> None:
        run = self._runs[message.run]
        try:
            stored = from_bytes(message.data)
            metadata = {name: text for name, text in stored.metadata.items() if name != EXTRA}
            run.go_on_from(Checkpoint.from_tensors(dict(stored.tensors), metadata))
        except Unreadable:
            refusal: RunRefusal | Refusal = RunRefusal("unreadable_file")
        except (RunRefusal, Refusal) as refused:
            refusal = refused
        else:
            for event in run.take_events():
                self._outlet.put(link.Said(message.run, event.model_dump_json().encode()))
            self._outlet.put(link.Imported(message.run, message.request))
            return
        facts = (refusal.code, refusal.where, refusal.template, link.plain(refusal.params))
        self._outlet.put(link.Imported(message.run, message.request, *facts))

    def _read_image(self, message: link.ReadImage) -> None:
        network: PackagedName = "dense" if message.network == "dense" else "conv"
        try:
            reading = read_pixels(self._shelf, network, message.data, message.ink).model_dump_json().encode()
        except Refusal as refusal:
            facts = (refusal.code, refusal.where, refusal.template, link.plain(refusal.params))
            self._outlet.put(link.ImageRead(message.request, b"", *facts))
        else:
            self._outlet.put(link.ImageRead(message.request, reading))

    def _reply(self, run: str, viewer: str, reply_to: int | None, reply: Reply) -> None:
        payload = reply.model_copy(update={"reply_to": reply_to}).model_dump_json()
        self._outlet.put(link.Replied(run, viewer, payload.encode()))

    def _refuse(self, run: str, viewer: str, reply_to: int | None, refusal: RunRefusal | Refusal) -> None:
        facts = (refusal.code, refusal.where, refusal.template, link.plain(refusal.params))
        self._outlet.put(link.RefusedIt(run, viewer, reply_to, *facts))

    def _fail(self, run: Run, error: Exception) -> None:
        """Stop a run after an error that should not have been, which must not take the other runs along."""
        logger.error("the run %s failed", run.run, exc_info=error)
        run.fail()

    # Then training, by slices

    def _train(self) -> None:
        active = {name: run for name, run in self._runs.items() if _due(run)}
        if not active:
            return
        self._shares.join(active)
        followed = {name for name, run in active.items() if run.watched and _can_be_followed(run)}
        seconds = slice_seconds(len(active))
        for run in active.values():
            run.share(len(active))
        round_ends = time.monotonic() + seconds * len(active)
        while active and time.monotonic() < round_ends:
            self._obey()  # who asks does not wait for all runs, only for the one whose slice it is
            if self._ending:
                return
            active = {name: run for name, run in active.items() if self._runs.get(name) is run}  # the others are closed
            if not active:
                return
            name = self._shares.next(active, followed)
            # What counts is the processor's time: that others on this machine take time away is no run's fault.
            run, began = active[name], time.thread_time()
            try:
                run.advance(time.monotonic() + seconds)
                for frame in run.frames():
                    self._outlet.put(link.FrameMade(name, frame.key, frame.part, frame.n, frame.data, time.time()))
            except Exception as error:  # whatever it was, the other runs of this worker go on
                self._fail(run, error)
            self._shares.charge(name, time.thread_time() - began, len(active))
            if not _due(run):
                del active[name]

    def _idle_time(self) -> float:
        times = [due for run in self._runs.values() if (due := run.next_due()) is not None]
        now = time.monotonic()
        return max(0.0, min([*times, self._beat_due]) - now)

    def _say(self) -> None:
        for run in self._runs.values():
            for event in run.take_events():
                self._outlet.put(link.Said(run.run, event.model_dump_json().encode()))
            for ticket, progress in run.take_progress():
                viewer, _ = self._later[run.run, ticket]
                self._outlet.put(link.Told(run.run, viewer, progress.model_dump_json().encode()))
            for ticket, answer in run.take_answers():
                viewer, reply_to = self._later.pop((run.run, ticket))
                if isinstance(answer, RunRefusal):
                    self._refuse(run.run, viewer, reply_to, answer)
                else:
                    self._reply(run.run, viewer, reply_to, answer)
        now = time.monotonic()
        if now >= self._beat_due:
            self._beat_due = now + SECONDS_BETWEEN_BEATS
            then, before = self._steps_then
            steps = sum(run.trainer.step_count for run in self._runs.values())
            rate = max(0.0, (steps - before) / (now - then)) if now > then else 0.0
            self._steps_then = (now, steps)
            running = self._running()
            used, passed = self._shares.take_used(), max(now - then, 1e-9)
            busy = min(1.0, sum(used.values()) / passed)
            self._outlet.put(link.Beat(len(self._runs), len(running), rate, self._memory.taken, busy))
            self._say_shares(running, used, passed)

    def _running(self) -> list[str]:
        return [name for name, run in self._runs.items() if run.status is Status.RUNNING]

    def _say_shares(self, running: list[str], used: dict[str, float], seconds: float) -> None:
        """Tell the runs what part of this worker's time they had, where that changed."""
        for name in self._runs:
            told = (len(running), round(100 * used.get(name, 0.0) / seconds))
            before = self._shared.get(name)
            if told != before and (name in running or before is not None):
                self._shared[name] = told
                self._outlet.put(link.Shared(name, told[0], min(1.0, told[1] / 100)))

    def _save(self, *, only: str | None = None, at_once: bool = False) -> None:
        now = time.monotonic()
        for name, run in self._runs.items():
            if only not in (None, name):
                continue
            if run.visiting:
                continue  # what is kept is the present, which was saved when it was left
            trainer, kept = run.trainer, self._saved.get(name)
            told = (run.begun, run.told, run.status, trainer.spec, trainer.settings, run.steps_per_second)
            what: Kept = (*told, trainer.step_count)
            if kept is not None and kept[1] == what:
                continue
            # Training goes on and on; anything else is a person's doing, which is never lost.
            only_trained = kept is not None and kept[1][:-1] == what[:-1]
            if at_once or not only_trained or (kept and now - kept[0] >= SECONDS_BETWEEN_CHECKPOINTS):
                self._saver.save(run, playing=run.status is Status.RUNNING)
                self._saved[name] = (now, what)


def _due(run: Run) -> bool:
    due = run.next_due()
    return due is not None and due <= time.monotonic()


def _can_be_followed(run: Run) -> bool:
    return run.steps_per_second is not None and run.steps_per_second <= STEPS_ONE_CAN_FOLLOW


def _channels(wanted: tuple[link.ChannelWanted, ...]) -> Iterator[Channel]:
    matrices: dict[str, values.Matrix] = {"W": "W", "dL_dW": "dL_dW", "update": "update"}
    for channel in wanted:
        part: values.Part = "units" if channel.part == "units" else "matrices"
        yield Channel(channel.key, part, frozenset(matrices[name] for name in channel.matrices), channel.rate)


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take standard input and output for the link, and send anything printed by mistake to standard error."""
    inbound, outbound = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return inbound, outbound


def main() -> None:
    """Run a worker."""
    logs.begin("json" if sys.argv[1] == "json" else "text")
    logs.catch()
    bounds = Bounds.read(sys.argv[2])
    data, checkpoints, *brought = (Path(argument) for argument in sys.argv[3:])
    # Ctrl-C goes to the whole group of processes; the server tells its workers itself what to do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    bounds.bind()
    inbound, outbound = _private_pipes()
    try:
        library = Library(open_mnist(data), by_name(brought))
    except DataError as refusal:
        logger.error("%s", refusal.message)
        raise SystemExit(2) from None
    worker = Worker(library, CheckpointStore(checkpoints), Inbox(inbound), Outlet(outbound), bounds)
    signal.signal(signal.SIGTERM, lambda *_: worker.end())
    worker.work()


if __name__ == "__main__":
    main()
