"""What a run is told about drawings: who reads, what it reads, why, and what it would learn."""

import base64
from collections.abc import Callable

from app.protocol import drawing
from app.protocol.message import Reply
from app.runs.copies import Copy, Origin
from app.runs.explanations import explain
from app.runs.kept_drawings import KeptDrawings
from app.runs.lessons import preview, take_back, teach
from app.runs.practising import Later, Practising
from app.runs.readers import Bench, Reader
from app.runs.refusal import RunRefusal
from app.runs.shelf import Shelf
from app.runs.weights import Weights
from engine.checkpoint import Checkpoint
from engine.evaluation import EvaluationResult
from engine.trainer import Trainer

DrawingCommand = (
    drawing.OpenNetwork
    | drawing.Predict
    | drawing.Explain
    | drawing.PreviewLesson
    | drawing.Teach
    | drawing.TakeBack
    | drawing.KeepDrawings
    | drawing.Practise
)
"""Those that leave the run itself as it is."""

PACKAGED = ("dense", "conv")


class Drawings:
    """Reads drawings for the people of one run, with the run's network or with others, and teaches copies of these."""

    def __init__(self, run: str, shelf: Shelf, number: Callable[[], int]) -> None:
        """`number` gives each frame its own."""
        self._run = run
        self._shelf = shelf
        self._number = number
        self._tickets = 0
        self._answers: list[tuple[int, Reply | RunRefusal]] = []
        self._live: tuple[Trainer, Reader] | None = None

    def look_through(self, trainer: Trainer, reader: Reader) -> None:
        """Take this for the run's own network from now on."""
        self._live = (trainer, reader)

    def carry_out(self, command: DrawingCommand, tested: EvaluationResult | None) -> Reply | Later:
        """Obey, or raise `RunRefusal` with nothing changed; `tested` is the last test of the run on held-out digits."""
        match command:
            case drawing.OpenNetwork(network=network):
                return self._open(network, tested)
            case drawing.Predict(network=network):
                return self._reader(network).read(command, self._number())
            case drawing.Explain(network=network):
                bench = self._apart(network)
                return explain(bench, command, self._shelf.training_digits(bench.spec))
            case drawing.PreviewLesson(network=network):
                return preview(self._apart(network), command)
            case drawing.Teach(copy_name=name, network=network):
                copy = self._shelf.copies.get(self._run, name) if network == name else Copy.of(self._origin(network))
                taught = teach(self._bench(copy), copy, command)
                self._shelf.copies.put(self._run, name, copy)
                return taught
            case drawing.TakeBack(copy_name=name, lessons=lessons):
                return take_back(self._shelf.copies.get(self._run, name), name, lessons)
            case drawing.KeepDrawings():
                return self._keep(command)
            case drawing.Practise(copy_name=name):
                self._tickets += 1
                copy = self._shelf.copies.get(self._run, name)
                self._shelf.practices.add(Practising(self._tickets, self._run, copy, command))
                return Later(self._tickets)

    @property
    def under_way(self) -> bool:
        """Whether there is something to do."""
        return self._shelf.practices.turn_of(self._run) is not None

    def advance(self, until: float, clock: Callable[[], float]) -> None:
        """Go on with what takes longer, if it is this run's turn."""
        practising = self._shelf.practices.turn_of(self._run)
        if practising is None:
            return
        answer: Reply | RunRefusal | None
        try:
            if not self._shelf.copies.holds(practising.copy):
                raise RunRefusal("copy_gone")
            answer = practising.advance(self._bench, until, clock)
        except RunRefusal as refusal:
            answer = refusal
        except Exception:  # whoever asked is told; what becomes of the run its worker decides
            self._shelf.practices.remove(practising)
            self._answers.append((practising.ticket, RunRefusal("practice_ended")))
            raise
        if answer is not None:
            self._shelf.practices.remove(practising)
            self._answers.append((practising.ticket, answer))

    def take_answers(self) -> list[tuple[int, Reply | RunRefusal]]:
        """Return what was answered since the last time, by the numbers that were given for it."""
        answers, self._answers = self._answers, []
        return answers

    def take_progress(self) -> list[tuple[int, drawing.PracticeProgress]]:
        """Return how far the practices are, where that changed since the last time, by the same numbers."""
        return self._shelf.practices.progress(self._run)

    def adopted(self, name: str) -> Checkpoint:
        """Return a copy as a run that can be trained on; raise `RunRefusal` if it is not there."""
        return self._shelf.copies.get(self._run, name).checkpoint()

    def forget(self) -> None:
        """Drop the copies that people made."""
        self._shelf.practices.forget(self._run)
        self._shelf.copies.forget(self._run)

    @property
    def _own(self) -> tuple[Trainer, Reader]:
        if self._live is None:
            raise RuntimeError("expected a run to look through first")
        return self._live

    def _reader(self, network: str) -> Reader:
        """Return who reads: for the run its own network, which needs no copying."""
        return self._own[1] if network == "run" else self._apart(network)

    def _apart(self, network: str) -> Bench:
        """Return who reads apart from the run, with the weights of this moment."""
        if network == "run":
            trainer, reader = self._own
            reader.check()
            return self._shelf.bench(self._run, trainer.spec).take(Weights.of(trainer.network), trainer.step_count)
        if network in PACKAGED:
            return self._bench(Copy.of(self._shelf.packaged(network)[1]))
        return self._bench(self._shelf.copies.get(self._run, network))

    def _bench(self, copy: Copy) -> Bench:
        return self._shelf.bench(copy.origin.name, copy.origin.checkpoint.spec).take(copy.weights, copy.step)

    def _origin(self, network: str) -> Origin:
        """Return what a new copy is made from."""
        if network in PACKAGED:
            return self._shelf.packaged(network)[1]
        if network == "run":
            trainer, reader = self._own
            reader.check()
            name, checkpoint = self._run, trainer.checkpoint()
        else:
            other = self._shelf.copies.get(self._run, network)
            name, checkpoint = other.origin.name, other.checkpoint()
        weights = Weights(checkpoint.parameters, checkpoint.buffers)
        return Origin(name, checkpoint, weights, checkpoint.nbytes)

    def _keep(self, command: drawing.KeepDrawings) -> drawing.DrawingsKept:
        copies, name = self._shelf.copies, command.copy_name
        if command.network == name or (copies.has(self._run, name) and not command.first):
            copy = copies.get(self._run, name)
        else:
            copy = Copy.of(self._origin(command.network))
        classes = copy.origin.checkpoint.outputs
        drawings = KeptDrawings.read(command, classes)
        if copy.drawings is not None and not command.first:
            drawings = copy.drawings.and_more(drawings)
        copy.drawings = drawings
        copies.put(self._run, name, copy)
        return drawing.DrawingsKept(
            copy_name=name,
            train_counts=drawings.counts(classes, held_out=False),
            held_out_counts=drawings.counts(classes, held_out=True),
        )

    def _open(self, network: str, tested: EvaluationResult | None) -> drawing.NetworkOpened:
        reader = self._reader(network)
        reader.check()
        correct = count = None
        lessons = undoable = 0
        if network in PACKAGED:
            packaged, _ = self._shelf.packaged(network)
            correct, count = packaged.correct, packaged.count
        elif network != "run":
            copy = self._shelf.copies.get(self._run, network)
            lessons, undoable = copy.lessons, copy.undoable
        elif tested is not None and tested.step == reader.step:
            correct, count = tested.correct, tested.count
        return drawing.NetworkOpened(
            network=network,
            step=reader.step,
            manifest=reader.manifest,
            matrices=base64.b64encode(reader.weights_frame(self._number())).decode(),
            checksum=reader.checksum,
            parameters=reader.network.parameters.flat.size,
            correct=correct,
            count=count,
            lessons=lessons,
            undoable=undoable,
        )
