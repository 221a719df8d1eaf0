"""What `backscope predict` does: reads a picture of a digit with a trained network, and says how sure that is."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from app.datasets.picture import MOST_BYTES, grey_of
from app.networks.packaged import PACKAGED, Packaged, load
from app.store.checkpoints import MOST_CHECKPOINT_BYTES, Unreadable, from_bytes
from engine.checkpoint import Checkpoint
from engine.data.dataset import scale_grey
from engine.data.mnist import load_mnist
from engine.data.sketch import SIDE, see
from engine.errors import Refusal
from engine.explain.certainty import entropy
from engine.explain.neighbours import Neighbours, unlikeness
from engine.network import Network
from engine.tensors import Bytes

SUFFIX = ".safetensors"


class CannotPredict(Exception):
    """Why no digit can be read, in a sentence."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a network reads in a picture."""

    digit: int
    probability: float
    probabilities: tuple[float, ...]
    entropy: float  # of the probabilities, in bits
    distance: float  # from the nearest training digit, Euclidean, grey values 0 to 1
    unlikeness: float  # the distance as a share of the drawing's own length
    nearest: int  # what the nearest training digit is
    like_a_digit: bool

    def sentences(self) -> str:
        """Return it for people."""
        rows = "\n".join(
            f"  {digit}  {probability:7.2%}  {'█' * round(40 * probability)}".rstrip()
            for digit, probability in enumerate(self.probabilities)
        )
        ends = f"the nearest training digit, a {self.nearest}, is at a distance of {self.distance:.2f}"
        if self.like_a_digit:
            likeness = f"Like a digit: {ends}, as held-out digits are."
        else:
            likeness = (
                f"Not much like a digit: {ends}, which is farther, for its ink, than held-out digits usually are."
            )
        return (
            f"{self.digit}, with a probability of {self.probability:.2%}\n{rows}\n"
            f"Entropy {self.entropy:.2f} bits: 0 is certain, 3.32 knows nothing of ten.\n{likeness}"
        )

    def to_json(self) -> str:
        """Return it for programs, in one line."""
        return json.dumps(asdict(self), allow_nan=False)


def predict(image: Path, network: str) -> Reading:
    """Read a PNG, JPEG or WebP file with a packaged network or one in a safetensors file; raises `CannotPredict`."""
    try:
        seen = see(grey_of(_content(image, MOST_BYTES), image.name))
        return _read(seen.pixels, _checkpoint(network), load(PACKAGED[0]))
    except Refusal as refusal:
        raise CannotPredict(refusal.message) from None


def _content(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most + 1)  # one more tells that there are too many
    except OSError as error:
        raise CannotPredict(f"{path} cannot be read: {error.strerror}.") from None


def _checkpoint(network: str) -> Checkpoint:
    """Return a packaged network or one from a file that is not trusted."""
    if network in PACKAGED:
        return load(network).checkpoint
    if not network.endswith(SUFFIX):
        raise CannotPredict(f"There is no network {network}; there are {', '.join(PACKAGED)}, and files *{SUFFIX}.")
    try:
        stored = from_bytes(_content(Path(network), MOST_CHECKPOINT_BYTES))
    except Unreadable:
        raise CannotPredict(f"{network} is not a safetensors file that can be read.") from None
    checkpoint = Checkpoint.from_tensors(stored.tensors, stored.metadata)
    if checkpoint.input_shape != (1, SIDE, SIDE) or checkpoint.outputs != 10:
        raise CannotPredict(f"The network in {network} does not tell ten digits of {SIDE} × {SIDE} pixels apart.")
    if checkpoint.spec.loss.name != "mean_softmax_cross_entropy":
        raise CannotPredict(f"The network in {network} was trained without softmax: its outputs are no probabilities.")
    return checkpoint


def _read(pixels: Bytes, checkpoint: Checkpoint, measured: Packaged) -> Reading:
    network = Network(checkpoint.architecture, checkpoint.spec.precision, loss=checkpoint.spec.loss)
    network.parameters.copy_from(checkpoint.parameters)
    network.buffers.copy_from(checkpoint.buffers)
    work = network.workspace(1)
    scale_grey(pixels[None], out=work.x)
    with np.errstate(over="ignore", invalid="ignore"):
        network.forward(work)
        work.loss.labels.fill(0)  # the probabilities are the same for any label
        work.loss.forward()
    probs = work.loss.probs[0]
    if not np.isfinite(probs).all():
        raise CannotPredict("What the network computes is not finite.")
    train = load_mnist().train
    [nearest] = Neighbours(train.grey).nearest(pixels)
    unlike = unlikeness(pixels, nearest.distance)
    return Reading(
        digit=int(probs.argmax()),
        probability=float(probs.max()),
        probabilities=tuple(float(probability) for probability in probs),
        entropy=entropy(probs),
        distance=nearest.distance,
        unlikeness=unlike,
        nearest=train.label(nearest.index),
        like_a_digit=measured.is_like_a_digit(nearest.distance, unlike),
    )
