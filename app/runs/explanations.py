"""Why a network answers as it does to a drawing: what speaks for the answer, and what the drawing is like."""

import base64
from collections.abc import Sequence

import numpy as np

from app.protocol import drawing
from app.runs.framing import quantize
from app.runs.readers import Bench
from app.runs.refusal import RunRefusal
from app.runs.shelf import TrainingDigits
from engine.data.dataset import WHITE
from engine.explain.neighbours import Neighbour
from engine.explain.saliency import Logit
from engine.tensors import Tensor

PIECES = 32
"""Of the way from a blank image along which gradients are added up."""

NEAREST = 5


def explain(bench: Bench, asked: drawing.Explain, digits: TrainingDigits | None) -> drawing.Explanation:
    """Explain what the network on the bench reads; raise `RunRefusal` where its numbers are not finite.

    `digits` are those that it was trained with, where these are MNIST's.
    """
    bench.check()
    x, of = bench.x_of(asked.pixels), Logit(int(bench.probs(asked.pixels).argmax()))
    gradient = bench.saliency.gradient(x, of)
    attribution = bench.saliency.integrated_gradients(x, of, steps=PIECES)
    if not (np.isfinite(gradient.values).all() and np.isfinite(attribution.completeness_gap)):
        raise RunRefusal("not_finite")
    nearest = () if digits is None else digits.neighbours.nearest(np.array(asked.pixels, np.uint8), NEAREST)
    return drawing.Explanation(
        network=asked.network,
        step=bench.step,
        prediction=of.output,
        saliency=_map(attribution.values),
        completeness_gap=attribution.completeness_gap,
        logit=attribution.at_input,
        blank_logit=attribution.at_baseline,
        gradient=_map(gradient.values),
        nearest=[] if digits is None else _near(nearest, digits),
        farther_than=None if digits is None else farther_than(nearest[0].distance, digits.distances),
        runner_up=_runner_up(bench, x),
    )


def farther_than(distance: float, known: Sequence[tuple[float, float]]) -> float:
    """Return the largest known share of held-out digits that are nearer than this; 0 if no known share is.

    `known` are pairs (share, distance that is the quantile of that share); nothing is made up in between.
    """
    return max((share for share, quantile in known if distance > quantile), default=0.0)


def _runner_up(bench: Bench, x: Tensor) -> drawing.RunnerUp | None:
    found = bench.runner_ups.find(x)
    if found is None or not np.isfinite(found.probs).all():
        return None
    grey = np.rint(found.image * WHITE).astype(np.uint8)
    return drawing.RunnerUp(
        prediction=found.prediction,
        image=base64.b64encode(grey.tobytes()).decode(),
        size=found.size,
        pixels=found.noticeable,
        probs=[float(prob) for prob in found.probs],
    )


def _map(values: Tensor) -> drawing.PixelMap:
    scale, data = quantize(values)
    return drawing.PixelMap(data=base64.b64encode(data).decode(), scale=scale)


def _near(found: Sequence[Neighbour], digits: TrainingDigits) -> list[drawing.NearDigit]:
    train = digits.train
    return [
        drawing.NearDigit(
            index=neighbour.index,
            label=train.label(neighbour.index),
            distance=neighbour.distance,
            image=base64.b64encode(train.inputs[neighbour.index].tobytes()).decode(),
        )
        for neighbour in found
    ]
