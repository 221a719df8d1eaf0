"""A data set at a glance, for people: how many of each class, and the mean image of each."""

import base64
from functools import lru_cache

import numpy as np

from app.protocol import events
from app.runs.refusal import RunRefusal
from engine.data.dataset import WHITE, Dataset
from engine.data.summary import summarize
from engine.evaluation import EvaluationResult


@lru_cache(maxsize=4)
def describe(dataset: Dataset) -> events.DataDescribed:
    """Count and average; a pass over all examples, made once for each data set."""
    summary = summarize(dataset)
    means = np.rint(np.clip(summary.means, 0, 1) * WHITE).astype(np.uint8)
    return events.DataDescribed(
        dataset=dataset.name,
        train_counts=[int(count) for count in summary.train.counts],
        test_counts=[int(count) for count in summary.test.counts],
        means=base64.b64encode(means.tobytes()).decode() if dataset.image_shape else "",
    )


def describe_mistakes(tested: EvaluationResult | None) -> events.MistakesDescribed:
    """Tell what was read as what in the last test on held-out examples; raise `RunRefusal` if there was none."""
    if tested is None:
        raise RunRefusal("not_tested_yet")
    confusion = [] if tested.confusion is None else [[int(count) for count in row] for row in tested.confusion]
    return events.MistakesDescribed(step=tested.step, confusion=confusion)
