"""The shape of a network, worked out and bounded before any of it is allocated."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod

from engine.convolution import Conv2D
from engine.dropout import Dropout
from engine.errors import SpecError
from engine.layer import Layer, Shape
from engine.layers import Dense
from engine.normalization import BatchNorm, LayerNorm
from engine.parameters import Layout, parameter_count
from engine.pooling import AveragePool2D, MaxPool2D
from engine.reshaping import Flatten, Images, ImagesSpec
from engine.residual import Residual
from engine.spec import DenseSpec, LayerSpec, ResidualSpec, RunSpec

MOST_PARAMETERS = 1_000_000
MOST_KEPT = 1 << 23
"""How many activations a minibatch may have: with up to nine numbers for each, about 300 MB in float32."""
MOST_MULTIPLICATIONS = 8 * 10**9
"""How many multiplications a step may take: about a sixth of a second of one core.

Nothing can interrupt a step, so whoever shares the core waits for so long."""

PASSES = 3
"""Forward, and backward to the weights and to the inputs: each is one product with the weights."""

VECTORS = 8
"""Vectors as long as the parameters that a run holds at most: parameters, gradient, update, penalty, and an optimizer's
state and scratch."""

NUMBERS_OF_AN_ACTIVATION = 9
"""Kept at most for each number that goes into or out of a layer: values, gradients, and copies with a border."""

FIXED_BYTES = 1 << 20
"""What a run of the smallest network takes."""

LAYERS: dict[str, type[Layer]] = {
    "images": Images,
    "dense": Dense,
    "conv": Conv2D,
    "max_pool": MaxPool2D,
    "average_pool": AveragePool2D,
    "flatten": Flatten,
    "dropout": Dropout,
    "batch_norm": BatchNorm,
    "layer_norm": LayerNorm,
    "residual": Residual,
}
"""Every kind of layer, by the name a run spec uses."""

FOR_IMAGES = {"conv", "max_pool", "average_pool", "flatten"}
"""Kinds of layers that take images, not rows."""


@dataclass(frozen=True)
class Architecture:
    """The layers of a network in order, and what comes in: rows, each of the numbers of one example."""

    input_shape: Shape  # (channels, height, width) of an image, else (inputs,)
    specs: tuple[LayerSpec, ...]  # the output layer is the last

    @property
    def inputs(self) -> int:
        """Numbers of one example."""
        return prod(self.input_shape)

    @property
    def outputs(self) -> int:
        """Units of the last layer."""
        return prod(self.shapes[-1])

    @cached_property
    def layers(self) -> tuple[LayerSpec | ImagesSpec, ...]:
        """All layers, the one that turns rows into images included where there are layers for images."""
        if len(self.input_shape) == 3 and any(spec.kind in FOR_IMAGES for spec in self.specs):
            return (ImagesSpec(self.input_shape), *self.specs)
        return self.specs

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the layers, each kind counted by itself: conv1, max_pool1, conv2, dense1, ..."""
        counts: dict[str, int] = {}
        names = []
        for spec in self.layers:
            counts[spec.kind] = counts.get(spec.kind, 0) + 1
            names.append(f"{spec.kind}{counts[spec.kind]}")
        return tuple(names)

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """What goes into each layer and, last, what comes out of the last; raises SpecError where it can't be."""
        extra = len(self.layers) - len(self.specs)
        shapes: list[Shape] = [(self.inputs,)]
        for position, spec in enumerate(self.layers):
            # Addressed as in the spec, which has neither the layer of images nor the output layer.
            at = position - extra
            where = f"layers[{at}]" if at < len(self.specs) - 1 else "output"
            if isinstance(spec, ResidualSpec):
                Residual.check_skip(spec, shapes[extra:], where)
            shapes.append(LAYERS[spec.kind].shape_after(spec, shapes[-1], where))
        return tuple(shapes)

    def layout(self) -> Layout:
        """Return the shape of each parameter tensor by its address, in order."""
        layout: dict[str, tuple[int, ...]] = {}
        for name, spec, shape in self:
            layout.update(LAYERS[spec.kind].layout(name, spec, shape))
        return layout

    def buffer_layout(self) -> Layout:
        """Return the shape of each buffer by its address, in order."""
        layout: dict[str, tuple[int, ...]] = {}
        for name, spec, shape in self:
            layout.update(LAYERS[spec.kind].buffer_layout(name, spec, shape))
        return layout

    @property
    def parameter_count(self) -> int:
        """Weights, biases and all else that is learned."""
        return parameter_count(self.layout())

    @cached_property
    def multiplications(self) -> int:
        """Multiplications by weights that one example takes on its way forward."""
        count = 0
        for (name, spec, shape), after in zip(self, self.shapes[1:], strict=True):
            W = LAYERS[spec.kind].layout(name, spec, shape).get(f"{name}.W", (0,))
            if len(W) > 1:  # each unit, or each place of a channel, takes all numbers of its own row
                count += prod(W[1:]) * prod(after)
        return count

    def nbytes(self, batch_size: int, itemsize: int = 4) -> int:
        """Return about how much memory a run of this network takes, and rather too much than too little."""
        kept = batch_size * sum(prod(shape) for shape in self.shapes)
        return FIXED_BYTES + itemsize * (VECTORS * self.parameter_count + NUMBERS_OF_AN_ACTIVATION * kept)

    def __iter__(self) -> Iterator[tuple[str, LayerSpec | ImagesSpec, Shape]]:
        """Go through the layers: name, spec, and the shape of what goes in."""
        return zip(self.names, self.layers, self.shapes[:-1], strict=True)


def architecture_of(spec: RunSpec, input_shape: Shape, outputs: int) -> Architecture:
    """Return the network of a spec for data of a shape, or raise SpecError: it does not fit, or is too large."""
    architecture = Architecture(input_shape, (*spec.layers, DenseSpec(outputs, spec.output_activation)))
    count = architecture.parameter_count
    if count > MOST_PARAMETERS:
        raise SpecError("too_many_parameters", "layers", count=count, most=MOST_PARAMETERS)
    kept = spec.batch_size * sum(prod(shape) for shape in architecture.shapes[1:])
    if kept > MOST_KEPT:
        raise SpecError("too_many_activations", "batch_size", count=kept, most=MOST_KEPT)
    multiplications = PASSES * spec.batch_size * architecture.multiplications
    if multiplications > MOST_MULTIPLICATIONS:
        raise SpecError("too_many_multiplications", "batch_size", count=multiplications, most=MOST_MULTIPLICATIONS)
    return architecture
