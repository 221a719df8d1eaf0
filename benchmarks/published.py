"""Three figures that others have published, repeated: the held-out error that we reach beside the one they did.

Nielsen: M. Nielsen, Neural Networks and Deep Learning (2015), chapter 1, "Implementing our network to classify
digits". 784-30-10, sigmoid everywhere, quadratic cost, minibatches of 10, learning rate 3.0, 30 epochs of the first
50,000 digits, weights and biases drawn from N(0, 1). He reports the best epoch, in which 95.42 % are read. All of this
is done as there.

LeCun: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-Based Learning Applied to Document Recognition (Proceedings
of the IEEE 86, 1998), section III.C and figure 9, trained without distortions.

    784-300-10: 4.7 % with mean squared error. Ours has tanh in the middle and sigmoid outputs, whose targets are 0 and
    1, and is trained by plain SGD with a falling learning rate, for 6 epochs.

    LeNet-5: 0.95 %; its smaller predecessor LeNet-4 1.1 %. Ours has the layers of LeNet-5 with tanh, but each map of
    the second convolution sees all maps before it, pooling is the plain mean, and softmax with cross-entropy stands in
    the place of the radial basis functions; with Nesterov's momentum and one cycle of the learning rate, for 4 epochs.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from benchmarks.learning import looks
from benchmarks.measurement import Measurement, in_fresh_process
from engine.data.dataset import Split
from engine.data.minibatches import INITIALIZATION_STREAM, random_stream
from engine.data.mnist import load_mnist
from engine.spec import AveragePool2DSpec, Conv2DSpec, DenseSpec, FlattenSpec, LossSpec, OptimizerSpec, RunSpec
from engine.trainer import Trainer

NIELSEN = RunSpec(
    layers=(DenseSpec(30, "sigmoid"),),
    output_activation="sigmoid",
    loss=LossSpec("mean_quadratic"),
    optimizer=OptimizerSpec("sgd", 3.0),
    batch_size=10,
)
NIELSENS_EXAMPLES, NIELSENS_EPOCHS = 50_000, 30

TWO_LAYERS_STEPS = 6 * 1875
TWO_LAYERS = RunSpec(
    layers=(DenseSpec(300, "tanh"),),
    output_activation="sigmoid",
    loss=LossSpec("mean_squared_error"),
    initializer="lecun",
    optimizer=OptimizerSpec("sgd", 6.0, schedule="cosine", schedule_steps=TWO_LAYERS_STEPS, schedule_factor=0.05),
    batch_size=32,
)

LENET_STEPS = 4 * 937
LENET = RunSpec(
    layers=(
        Conv2DSpec(6, padding=2, activation="tanh"),
        AveragePool2DSpec(),
        Conv2DSpec(16, activation="tanh"),
        AveragePool2DSpec(),
        FlattenSpec(),
        DenseSpec(120, "tanh"),
        DenseSpec(84, "tanh"),
    ),
    initializer="lecun",
    optimizer=OptimizerSpec("nesterov", 0.1, schedule="one_cycle", schedule_steps=LENET_STEPS, schedule_factor=0.1),
    batch_size=64,
)


def measure() -> Iterator[Measurement]:
    """Train each network once, with seed 0."""
    for name, published, reach, error_of in TABLE:
        error = in_fresh_process(error_of)
        yield Measurement(f"{name}: held-out error (published: {published} %)", error, "%", reach)


def nielsen() -> float:
    """Return the error in % of the best epoch, as he does."""
    dataset = load_mnist()
    first = np.s_[:NIELSENS_EXAMPLES]
    train = Split(dataset.train.inputs[first], np.asarray(dataset.train.labels)[first])
    trainer = Trainer(NIELSEN, replace(dataset, train=train))
    flat = trainer.network.parameters.flat
    flat[:] = random_stream(NIELSEN.seed, INITIALIZATION_STREAM).standard_normal(flat.size)
    steps = trainer.steps_per_epoch
    return min(100 - look.accuracy for look in looks(trainer, range(steps, NIELSENS_EPOCHS * steps + 1, steps)))


def two_layers() -> float:
    """Return the error in % at the end."""
    return error_after(TWO_LAYERS, TWO_LAYERS_STEPS)


def lenet() -> float:
    """Return the error in % at the end."""
    return error_after(LENET, LENET_STEPS)


def error_after(spec: RunSpec, steps: int) -> float:
    """Train so many steps and return the error in % then."""
    [look] = looks(Trainer(spec, load_mnist()), [steps])
    return 100 - look.accuracy


TABLE: list[tuple[str, float, str, Callable[[], float]]] = [
    ("Nielsen, 784-30-10 with quadratic cost, best epoch", 4.58, "about 5", nielsen),
    ("LeCun 1998, 784-300-10 with squared error", 4.7, "<= 4.7", two_layers),
    ("LeCun 1998, LeNet-5", 0.95, "about 1", lenet),
]
"""What is repeated: name, published error in %, what to reach, and how ours is measured."""
