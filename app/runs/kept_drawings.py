"""Drawings that somebody gave a copy to practise on."""

import base64
import binascii
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.protocol import drawing
from app.runs.refusal import RunRefusal
from engine.data.dataset import Split
from engine.tensors import Bytes

MOST_DRAWINGS = 2000
"""Of a copy, 1.6 MB: more than a person draws, and enough for a class that puts its own together."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptDrawings:
    """Some drawings, what they are, and which of them are only tested with."""

    images: Bytes  # (n, 784)
    labels: Bytes  # (n,)
    held_out: NDArray[np.bool_]  # (n,)

    @classmethod
    def read(cls, asked: drawing.KeepDrawings, classes: int) -> Self:
        """Read them from a command; raise `RunRefusal` for what can't be read."""
        count = len(asked.labels)
        try:
            data = base64.b64decode(asked.images, validate=True)
        except (binascii.Error, ValueError) as broken:  # ValueError: not ASCII
            raise RunRefusal("unreadable_drawings", "images") from broken
        if len(data) != count * drawing.PIXELS or len(asked.held_out) != count:
            raise RunRefusal("unreadable_drawings", "images")
        for label in asked.labels:
            if label >= classes:
                raise RunRefusal("no_such_class", "labels", label=label, most=classes - 1)
        images = np.frombuffer(data, np.uint8).reshape(count, drawing.PIXELS)
        return cls(images, np.array(asked.labels, np.uint8), np.array(asked.held_out, np.bool_))

    def and_more(self, more: "KeptDrawings") -> "KeptDrawings":
        """Return these with others after them; raise `RunRefusal` if they are too many."""
        if len(self) + len(more) > MOST_DRAWINGS:
            raise RunRefusal("too_many_drawings", most=MOST_DRAWINGS)
        return KeptDrawings(
            np.concatenate([self.images, more.images]),
            np.concatenate([self.labels, more.labels]),
            np.concatenate([self.held_out, more.held_out]),
        )

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def nbytes(self) -> int:
        """How much memory they take."""
        return self.images.nbytes + self.labels.nbytes + self.held_out.nbytes

    def split(self, *, held_out: bool) -> Split:
        """Return those that are only tested with, or the others."""
        chosen = self.held_out == held_out
        return Split(self.images[chosen], self.labels[chosen])

    def counts(self, classes: int, *, held_out: bool) -> list[int]:
        """Return how many of each class they are."""
        return [int(count) for count in np.bincount(self.labels[self.held_out == held_out], minlength=classes)]
