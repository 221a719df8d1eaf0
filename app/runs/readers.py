"""Readers: networks that read drawings, be it a run's own as it is at this moment, or one apart from all runs."""

import base64
import math
import time
from collections.abc import Sequence
from functools import cached_property
from typing import Self

import numpy as np

from app.protocol import drawing
from app.protocol.values import Manifest
from app.runs.framing import Framer
from app.runs.manifest import build_manifest
from app.runs.refusal import RunRefusal
from app.runs.weights import Weights, checksum_of
from engine.data.dataset import WHITE, Dataset, Rows, scale_grey
from engine.explain.certainty import entropy
from engine.explain.lesson import Lesson
from engine.explain.runner_up import RunnerUps
from engine.explain.saliency import Saliency
from engine.network import Network
from engine.spec import RunSpec
from engine.tensors import Tensor, zeros
from engine.trainer import Trainer

SALIENCY_CHUNK = 16
"""Images at a time: few enough that the maps of a convolution stay in the cache."""


class Reader:
    """Reads drawings with a trainer's network, with the parameters as they are at each call."""

    def __init__(self, trainer: Trainer, framer: Framer, manifest: Manifest) -> None:
        self.manifest = manifest
        self._trainer = trainer
        self._framer = framer
        self._checksum = (-1, "")

    @property
    def network(self) -> Network:
        """The network that reads."""
        return self._trainer.network

    @property
    def dataset(self) -> Dataset:
        """What it learns from."""
        return self._trainer.dataset

    @property
    def step(self) -> int:
        """The step whose parameters it reads with."""
        return self._trainer.step_count

    @property
    def checksum(self) -> str:
        """That of the network; made once a step, since 60 drawings a second may ask for it."""
        if self._checksum[0] != self.step:
            self._checksum = (self.step, checksum_of(self.network))
        return self._checksum[1]

    def check(self, label: int | None = None) -> None:
        """Raise `RunRefusal` if it does not read digits of 28 x 28 pixels, or has no such class."""
        dataset = self.dataset
        if dataset.image_shape != (28, 28) or dataset.inputs != drawing.PIXELS or dataset.is_regression:
            raise RunRefusal("reads_no_digits")
        if label is not None and label >= dataset.outputs:
            raise RunRefusal("no_such_class", "label", label=label, most=dataset.outputs - 1)

    def image(self, pixels: Sequence[int]) -> Rows:
        """Return an image (inputs,) as its data set has them: grey values, or numbers from 0 to 1."""
        grey = np.array(pixels, np.uint8)
        return grey if self.dataset.train.is_grey else (grey / WHITE).astype(np.float32)

    def x_of(self, pixels: Sequence[int]) -> Tensor:
        """Return an image (inputs,) as it enters the network."""
        x = zeros(len(pixels), self.network.parameters.flat.dtype)
        scale_grey(np.array(pixels, np.uint8), out=x)
        return x

    def weights_frame(self, n: int) -> bytes:
        """Return a frame with W between the shown units."""
        return self._framer.matrices(n, _milliseconds(), 0.0, ["W"])

    def probs(self, pixels: Sequence[int]) -> Tensor:
        """Return what the network says of each class (classes,); raise `RunRefusal` where that is not finite."""
        probs: Tensor = self._framer.probe.predict(self.image(pixels)[None])[0]
        if not np.isfinite(probs).all():
            raise RunRefusal("not_finite")
        return probs

    def read(self, asked: drawing.Predict, n: int) -> drawing.Prediction:
        """Say what the network reads in an image; the frame, if one is asked for, gets the number n."""
        self.check(asked.label)
        probe, image = self._framer.probe, self.image(asked.pixels)
        label, loss, frame = asked.label, None, ""
        probs = self.probs(asked.pixels)
        if asked.frame or label is not None:
            trace = probe.example(image, int(probs.argmax()) if label is None else label)
            loss = trace.loss if label is not None and math.isfinite(trace.loss) else None
            if asked.frame:
                frame = base64.b64encode(self._framer.drawing(n, _milliseconds(), image, trace)).decode()
        return drawing.Prediction(
            network=asked.network,
            step=self.step,
            prediction=int(probs.argmax()),
            probs=[float(prob) for prob in probs],
            entropy=self._entropy(probs),
            loss=loss,
            checksum=self.checksum,
            frame=frame,
        )

    def _entropy(self, probs: Tensor) -> float:
        # Scores that are no probabilities say nothing of certainty.
        return entropy(probs) if self.manifest.probabilities else math.log2(len(probs))


class Bench(Reader):
    """A reader apart from all runs: it takes on any weights of its architecture, so that many copies need only one."""

    def __init__(self, name: str, spec: RunSpec, dataset: Dataset) -> None:
        """Make it for a network of this spec. Its manifest says that its frames are of `name`."""
        trainer = Trainer(spec, dataset)
        manifest = build_manifest(name, trainer)
        super().__init__(trainer, Framer(name, manifest, trainer), manifest)
        self.spec = spec
        # What was last added to the parameters is not known here, and shown as such.
        trainer.update.flat.fill(np.nan)
        self._weights: Weights | None = None

    @cached_property
    def lesson(self) -> Lesson:
        """What teaches its network."""
        return Lesson(self.network)

    @cached_property
    def saliency(self) -> Saliency:
        """What explains its network."""
        return Saliency(self.network, chunk=SALIENCY_CHUNK)

    @cached_property
    def runner_ups(self) -> RunnerUps:
        """What finds images like one that its network reads as something else."""
        return RunnerUps(self.network)

    @property
    def checksum(self) -> str:
        """That of the weights it took on."""
        return self.weights.checksum

    @property
    def weights(self) -> Weights:
        """What it took on."""
        if self._weights is None:
            raise RuntimeError("expected weights to be taken on first")
        return self._weights

    def take(self, weights: Weights, step: int) -> Self:
        """Take on weights, and return itself; `step` is that of the training run they come from."""
        self._trainer.step_count = step
        if weights is not self._weights:
            self._weights = weights
            self.network.parameters.copy_from(weights.parameters)
            self.network.buffers.copy_from(weights.buffers)
        return self

    def taught(self) -> Weights:
        """Return what its network has become by a lesson, and take that for the weights it took on."""
        self._weights = Weights.of(self.network)
        return self._weights


def _milliseconds() -> float:
    return time.time() * 1000
