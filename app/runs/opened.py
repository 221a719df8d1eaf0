"""One step of a run, opened: what can be asked about it, each question answered by the engine (`engine.explain`)."""

import base64
import math
from dataclasses import fields
from typing import Any

import numpy as np

from app.protocol import commands, events, values
from app.runs.plain import plain
from app.runs.refusal import RunRefusal
from engine.data.dataset import WHITE
from engine.errors import Diverged, Refusal
from engine.explain.anatomy import update_anatomy
from engine.explain.cost import step_cost
from engine.explain.factors import factors_of
from engine.explain.forces import softmax_forces
from engine.explain.frozen import FrozenStep
from engine.explain.gains import ladder_of
from engine.explain.gradient_check import check_gradient, random_parameters
from engine.explain.outer_products import outer_product_of
from engine.explain.paths import blame_of_input
from engine.explain.promise import promise_of
from engine.explain.slices import LineSlice, gradient_direction, line_slice, random_direction, update_direction
from engine.explain.votes import votes_on
from engine.trainer import Trainer

MOST_EXAMPLES = 64
"""Examples of the minibatch that are told of: what a page can show."""

DIRECTIONS = {"update": update_direction, "gradient": gradient_direction}


class LastOpened:
    """The step of a run that was opened last: to open another ends the questions about it."""

    def __init__(self) -> None:
        self._step: OpenedStep | None = None

    def open(self, trainer: Trainer) -> events.Opened:
        """Open the step that comes next; raises `RunRefusal` if it has no update."""
        try:
            self._step = OpenedStep(trainer)
        except Diverged as diverged:
            raise RunRefusal("run_diverged") from diverged
        return self._step.summary()

    def answer(self, step: int, question: commands.AnyQuestion) -> events.Answer:
        """Answer a question about this step; raises `RunRefusal` if another one is open, or none."""
        if self._step is None or self._step.step != step:
            raise RunRefusal("not_opened", opened=step)
        return events.Answer(step=step, about=question.about, answer=self._step.answer(question))


class OpenedStep:
    """The step that comes next in a run, made apart from it and kept for questions."""

    def __init__(self, trainer: Trainer) -> None:
        """Open it; raises Diverged if it has no update."""
        self._frozen = FrozenStep(trainer.checkpoint(), trainer.dataset)

    @property
    def step(self) -> int:
        """The number of updates once it is done."""
        return self._frozen.record.step

    def summary(self) -> events.Opened:
        """Say what the step was: its minibatch, its parameters, its loss before and after."""
        frozen = self._frozen
        work, record = frozen.work, frozen.record
        count = min(len(frozen), MOST_EXAMPLES)
        loss = work.loss
        dataset = frozen.trainer.dataset
        images = "" if dataset.image_shape is None else _grey(work.x[:count])
        classes = loss.classification
        return events.Opened(
            step=record.step,
            loss=record.loss,
            learning_rate=record.learning_rate,
            examples=[
                values.OpenedExample(
                    index=int(frozen.indices[number]),
                    label=int(loss.labels[number]) if classes else None,
                    prediction=int(loss.predictions[number]) if classes else None,
                    loss=_finite(float(loss.example_losses[number])),
                )
                for number in range(count)
            ],
            batch_size=len(frozen),
            images=images,
            parameters=[
                values.ParameterInfo(address=address, shape=list(shape))
                for address, shape in frozen.network.parameters.layout.items()
            ],
        )

    def answer(self, question: commands.Question) -> dict[str, Any]:
        """Answer, as plain data; raise `RunRefusal` for what there isn't."""
        try:
            answer: dict[str, Any] = plain(self._answer(question))
        except (KeyError, IndexError, ValueError) as nothing:
            raise RunRefusal("nothing_there", getattr(question, "address", "")) from nothing
        except Refusal as refusal:
            raise RunRefusal("nothing_there", refusal.where) from refusal
        return answer

    def _answer(self, question: commands.Question) -> object:
        frozen = self._frozen
        match question:
            case commands.AskFactors(address=address, index=index, example=example):
                return factors_of(frozen, address, tuple(index), example)
            case commands.AskVotes(address=address, index=index):
                return votes_on(frozen, address, tuple(index))
            case commands.AskAnatomy(address=address, index=index):
                return update_anatomy(frozen, address, tuple(index))
            case commands.AskCheck(address=address, index=index, count=count, seed=seed):
                at = random_parameters(frozen, count, seed) if address is None else [(address, tuple(index))]
                return {"checks": check_gradient(frozen, at)}
            case commands.AskPromise():
                return promise_of(frozen)
            case commands.AskLadder():
                return ladder_of(frozen)
            case commands.AskCost():
                return step_cost(frozen.network.architecture, len(frozen), frozen.before.settings)
            case commands.AskBlame(input=index, example=example):
                return blame_of_input(frozen, index, example)
            case commands.AskOuterProduct(layer=layer, unit=unit, example=example):
                return outer_product_of(frozen, layer, unit, example)
            case commands.AskForces(example=example):
                loss = frozen.work.loss
                self._check_example(example)
                return softmax_forces(frozen.network.loss, loss.outputs[example], int(loss.labels[example]))
            case commands.AskSlice(direction=direction, seed=seed):
                along = random_direction(frozen, seed) if direction == "random" else DIRECTIONS[direction](frozen)
                return _without_vector(line_slice(frozen, along))
        raise TypeError(f"no answer to {question!r}")

    def _check_example(self, example: int) -> None:
        if example >= len(self._frozen):
            raise IndexError(example)


def _without_vector(line: LineSlice) -> dict[str, Any]:
    """Return a slice without the direction it goes along: as many numbers as there are parameters, half a megabyte."""
    direction = {"name": line.direction.name, "seed": line.direction.seed}
    return {field.name: getattr(line, field.name) for field in fields(line)} | {"direction": direction}


def _grey(x: np.ndarray) -> str:
    return base64.b64encode(np.rint(np.clip(x, 0, 1) * WHITE).astype(np.uint8).tobytes()).decode()


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
