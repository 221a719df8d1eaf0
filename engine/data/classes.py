"""The classes of what somebody brought: enough of them, not too many, each with a name that can be shown."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from engine.data.dataset import MOST_CLASSES
from engine.data.minibatches import HOLD_OUT_STREAM, random_stream
from engine.errors import DataError
from engine.tensors import Bytes, Indices

MOST_NAME = 40
"""Characters of the name of a class."""


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return the classes in the order of their numbers if all are numbers ("9" before "10"), else of the alphabet."""
    known = list(names)
    try:
        numbers = {name: float(name) for name in known}
    except ValueError:
        numbers = {}
    # Something that is not finite has no place among numbers.
    numeric = bool(numbers) and all(math.isfinite(number) for number in numbers.values())
    return tuple(sorted(known, key=lambda name: (numbers[name] if numeric else 0.0, name)))


def check_names(names: Sequence[str], where: str) -> None:
    """Refuse fewer than two classes, too many, and names that are empty, long, not printable or given twice."""
    if len(names) < 2:
        raise DataError("one_class", where)
    if len(names) > MOST_CLASSES:
        raise DataError("too_many_classes", where, most=MOST_CLASSES)
    for position, name in enumerate(names):
        if not name.strip() or len(name) > MOST_NAME or not name.isprintable():
            raise DataError("bad_class_name", where, name=ascii(name[:MOST_NAME]), most=MOST_NAME)
        if name in names[:position]:
            raise DataError("repeated_class_name", where, name=name)


def hold_out(count: int, labels: Bytes | None, share: float, seed: int) -> tuple[Indices, Indices]:
    """Choose which examples are held out: (training, held out), each in the order they came in.

    With labels the share is taken of each class, at least one example and never all; each class needs two for that.
    """
    rng = random_stream(seed, HOLD_OUT_STREAM)
    groups = [np.arange(count)] if labels is None else [np.flatnonzero(labels == one) for one in np.unique(labels)]
    held = np.zeros(count, np.bool_)
    for group in groups:
        size = min(max(round(len(group) * share), 1), len(group) - 1)
        held[rng.permutation(group)[:size]] = True
    return np.flatnonzero(~held), np.flatnonzero(held)
