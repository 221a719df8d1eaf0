"""The order in which training sees the examples: in each epoch a fresh permutation of the whole training set.

The order is a function of (seed, step) and of nothing else: the permutation of an epoch is drawn from a generator
seeded with (seed, epoch). So the minibatch of any step can be named at any time, and a checkpoint needs no position and
no generator state beyond the number of the step.
"""

import numpy as np

from engine.tensors import Indices

INITIALIZATION_STREAM = 0
MINIBATCH_STREAM = 1
AUGMENTATION_STREAM = 2
DROPOUT_STREAM = 3
PROBLEM_STREAM = 4
HOLD_OUT_STREAM = 5
PRACTICE_STREAM = 6


def random_stream(seed: int, *key: int) -> np.random.Generator:
    """Return the generator for one use of a run's seed; streams with different keys are independent."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


class Minibatches:
    """Indices of the examples of every step's minibatch, always `batch_size` of them.

    The last, shorter minibatch of an epoch is dropped: the examples left out are others in every epoch, because each
    epoch has its own permutation, and an epoch is a whole number of steps.
    """

    def __init__(self, count: int, batch_size: int, *, seed: int) -> None:
        if not 1 <= batch_size <= count:
            raise ValueError(f"expected a minibatch size between 1 and {count}, got {batch_size}")
        self.batch_size = batch_size
        self.steps_per_epoch = count // batch_size
        self._seed = seed
        self._order: Indices = np.arange(count, dtype=np.intp)
        self._epoch = -1

    def indices(self, step: int) -> Indices:
        """Return a view of the indices of the minibatch that makes step `step` into step `step + 1`."""
        epoch, position = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            self._order[:] = np.arange(len(self._order))
            random_stream(self._seed, MINIBATCH_STREAM, epoch).shuffle(self._order)
            self._epoch = epoch
        start = position * self.batch_size
        return self._order[start : start + self.batch_size]
