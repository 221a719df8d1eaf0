"""Practice: a trained network learns a few examples of its own, alone or mixed with what it was trained on.

Plain gradient descent on minibatches, W <- W - rate * dL/dW, without momentum or weight decay. A minibatch of 32 has a
share of examples of the training split and the rest of the new ones, each drawn in an order of its own: every example
once, then all again in another order. To learn new examples alone makes a network forget the old ones (McCloskey and
Cohen, Catastrophic Interference in Connectionist Networks, 1989); to mix the old ones in is the simplest remedy
(rehearsal: Robins, Catastrophic Forgetting, Rehearsal and Pseudorehearsal, Connection Science 1995). So what is
learned and what is forgotten are measured before, during and after.

It is done piece by piece, so that others can work in between, and the same seed gives the same bits.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from engine.data.dataset import Dataset, Minibatcher, Split
from engine.data.minibatches import DROPOUT_STREAM, PRACTICE_STREAM, random_stream
from engine.divergence import first_bad_tensor
from engine.errors import Diverged
from engine.network import Network, Workspace
from engine.tensors import Bytes, Indices, Tensor

BATCH_SIZE = 32
POINTS = 10
"""Of the curve, after its beginning: tests on the way, which cost as much as some steps each."""

FIRST_HELD_OUT = 500
"""Held-out examples of the old data that are tested on the way; all of them before and after."""

CHUNK = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """How to practise."""

    steps: int
    learning_rate: float
    old_share: float  # of each minibatch, from 0 to less than 1
    seed: int


@dataclass(frozen=True, slots=True)
class Score:
    """How many examples are read rightly."""

    correct: int
    count: int


@dataclass(frozen=True, slots=True)
class Scores:
    """What a network can at one moment."""

    learned: Score  # of the new examples, those that are practised
    held_out: Score  # of the new examples, the others
    old: Score  # of the old data's held-out examples


@dataclass(frozen=True, slots=True)
class PracticePoint:
    """Where practice was after a step, the first of them before any."""

    step: int
    loss: float | None  # mean over the step's minibatch, before its update; None before the first step
    held_out: Score
    old: Score  # of the first held-out examples of the old data


@dataclass(frozen=True, slots=True)
class PracticeResult:
    """What practice did."""

    before: Scores
    curve: tuple[PracticePoint, ...]
    after: Scores


class Practice:
    """Trains one network of classes, which it may change until it is done, on new examples and old ones."""

    def __init__(self, network: Network, new: Split, held_out: Split, old: Dataset, plan: Plan) -> None:
        if plan.steps < 1 or not 0 <= plan.old_share < 1 or len(new) == 0:
            raise ValueError(f"expected new examples, steps and a share of less than 1, got {len(new)} and {plan}")
        self.network = network
        self._new, self._held_out, self._old = new, held_out, old
        self._plan = plan
        self._work: Workspace = network.workspace(BATCH_SIZE, training=True)
        self._look: Workspace = network.workspace(CHUNK)
        old_rows = min(round(BATCH_SIZE * plan.old_share), BATCH_SIZE - 1)
        x, loss = self._work.x, self._work.loss
        old_part = _Part(loss.labels[:old_rows], loss.targets[:old_rows])
        new_part = _Part(loss.labels[old_rows:], loss.targets[old_rows:])
        self._sources = (
            (Minibatcher(old.train, x[:old_rows], old_part), Rounds(len(old.train), old_rows, plan.seed, 0)),
            (Minibatcher(new, x[old_rows:], new_part), Rounds(len(new), BATCH_SIZE - old_rows, plan.seed, 1)),
        )
        self._curve: list[PracticePoint] = []
        self._pieces = self._practise()
        self.result: PracticeResult | None = None

    @property
    def curve(self) -> tuple[PracticePoint, ...]:
        """Where practice was so far: nothing yet while the network is tested before the first step."""
        return tuple(self._curve)

    def advance(self) -> bool:
        """Do a piece, of a few milliseconds; return whether all is done. Raises Diverged."""
        try:
            next(self._pieces)
        except StopIteration as done:
            self.result = done.value or self.result
        return self.result is not None

    def _practise(self) -> Generator[None, None, PracticeResult]:
        steps = self._plan.steps
        before = yield from self._scores()
        told = {math.ceil(steps * point / POINTS) for point in range(1, POINTS + 1)}
        first = Split(self._old.test.inputs[:FIRST_HELD_OUT], self._old.test.answers[:FIRST_HELD_OUT].astype(np.uint8))
        self._curve.append(PracticePoint(0, None, before.held_out, (yield from self._score(first))))
        for step in range(1, steps + 1):
            loss = self._step(step)
            yield
            if step in told:
                held_out = yield from self._score(self._held_out)
                old = yield from self._score(first)
                self._curve.append(PracticePoint(step, loss, held_out, old))
        after = yield from self._scores()
        return PracticeResult(before, self.curve, after)

    @np.errstate(over="ignore", invalid="ignore")
    def _step(self, step: int) -> float:
        """Learn from one minibatch, as in training; return its loss."""
        work, network = self._work, self.network
        for minibatcher, order in self._sources:
            minibatcher.gather(order.of_step(step - 1))
        rng = random_stream(self._plan.seed, DROPOUT_STREAM, step)
        for layer, kept in zip(network.layers, work.layers, strict=True):
            layer.draw(kept, rng)
        network.forward(work)
        loss = work.loss.forward()
        work.loss.backward()
        network.backward(work)
        gradient, parameters = work.gradient.flat, network.parameters.flat
        if not math.isfinite(loss + float(gradient.dot(gradient))):
            raise Diverged(step - 1, first_bad_tensor(network, work, loss))
        np.multiply(gradient, -self._plan.learning_rate, out=gradient)
        np.add(parameters, gradient, out=parameters)
        # Training relies on parameters that are small enough to be squared (see Trainer.step).
        if not math.isfinite(float(parameters.dot(parameters))):
            raise Diverged(step - 1, "update")
        for layer, kept in zip(network.layers, work.layers, strict=True):
            layer.track(kept)
        return loss

    def _scores(self) -> Generator[None, None, Scores]:
        learned = yield from self._score(self._new)
        held_out = yield from self._score(self._held_out)
        old = yield from self._score(self._old.test)
        return Scores(learned, held_out, old)

    def _score(self, split: Split) -> Generator[None, None, Score]:
        """Read all examples of a split, as a network is used and not as it is trained."""
        loss, correct = self._look.loss, 0
        if len(split):
            minibatcher = Minibatcher(split, self._look.x, loss)
        for start in range(0, len(split), CHUNK):
            indices = np.arange(start, start + CHUNK)
            counted = min(CHUNK, len(split) - start)
            with np.errstate(over="ignore", invalid="ignore"):
                minibatcher.gather(np.minimum(indices, len(split) - 1))  # the last one again, which isn't counted
                self.network.forward(self._look)
                loss.forward()
            correct += int(np.count_nonzero(loss.predictions[:counted] == loss.labels[:counted]))
            yield
        return Score(correct, len(split))


@dataclass(slots=True, eq=False)
class _Part:
    """Where the answers of some of a minibatch's examples go."""

    labels: Bytes
    targets: Tensor


class Rounds:
    """Positions of `count` examples, `batch` of them a step: all in some order, then all in another."""

    def __init__(self, count: int, batch: int, seed: int, use: int) -> None:
        self._count, self._batch = count, batch
        self._seed, self._use = seed, use
        self._round, self._order = -1, np.zeros(0, np.intp)

    def of_step(self, step: int) -> Indices:
        """Return the positions of one step, counted from 0."""
        places = range(step * self._batch, (step + 1) * self._batch)
        return np.array([self._at(place) for place in places], np.intp)

    def _at(self, place: int) -> int:
        turn, position = divmod(place, self._count)
        if turn != self._round:
            self._round = turn
            self._order = random_stream(self._seed, PRACTICE_STREAM, self._use, turn).permutation(self._count)
        return int(self._order[position])
