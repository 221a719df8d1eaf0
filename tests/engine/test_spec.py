"""RunSpec: valid specs survive a round trip, and everything else is refused by name and place."""

import copy
import json
import math
import pickle
import string
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.activations import ACTIVATIONS
from engine.architecture import LAYERS, MOST_KEPT, MOST_PARAMETERS, architecture_of
from engine.data.catalogue import NAMES, describe
from engine.errors import TEMPLATES, SpecError
from engine.initializers import INITIALIZERS
from engine.losses import LOSSES
from engine.optimizers import create_optimizer
from engine.schedules import SCHEDULE_OF
from engine.spec import (
    DEFAULT_SPEC,
    AugmentationSpec,
    AveragePool2DSpec,
    BatchNormSpec,
    Conv2DSpec,
    DatasetSpec,
    DenseSpec,
    DropoutSpec,
    FlattenSpec,
    LayerNormSpec,
    LossSpec,
    MaxPool2DSpec,
    OptimizerSpec,
    ResidualSpec,
    RunSpec,
)
from engine.spec.layers import SPEC_OF_KIND
from engine.spec.loss import LOSS_NAMES
from engine.spec.optimizer import OPTIMIZERS, SCHEDULES
from engine.spec.run import INITIALIZER_NAMES

activations = st.sampled_from(list(ACTIVATIONS))
sides = st.integers(1, 5)
layers = st.one_of(
    st.builds(DenseSpec, st.integers(1, 1024), activations),
    st.builds(Conv2DSpec, st.integers(1, 64), sides, sides, st.integers(0, 7), activations),
    st.builds(MaxPool2DSpec, sides, sides),
    st.builds(AveragePool2DSpec, sides, sides),
    st.builds(FlattenSpec),
    st.builds(DropoutSpec, st.floats(0, 0.95)),
    st.builds(BatchNormSpec, activations),
    st.builds(LayerNormSpec, activations),
    st.builds(ResidualSpec, st.integers(1, 16), activations),
)
optimizers = st.builds(
    OptimizerSpec,
    name=st.sampled_from(OPTIMIZERS),
    learning_rate=st.floats(0, 10, exclude_min=True),
    momentum=st.floats(0, 0.9999),
    beta1=st.floats(0, 0.9999),
    beta2=st.floats(0, 0.9999),
    epsilon=st.floats(1e-12, 1),
    weight_decay=st.floats(0, 1),
    l1=st.floats(0, 1),
    clip_norm=st.floats(0, 100),
    schedule=st.sampled_from(SCHEDULES),
    schedule_steps=st.integers(1, 10_000),
    schedule_factor=st.floats(0, 1),
    warmup_steps=st.integers(0, 10_000),
    learning_rate_decay=st.floats(0, 1),
)
specs = st.builds(
    RunSpec,
    dataset=st.builds(DatasetSpec, name=st.sampled_from(NAMES), count=st.integers(20, 20_000), arms=st.integers(2, 6)),
    augmentation=st.builds(AugmentationSpec, shift=st.floats(0, 14), noise=st.floats(0, 1)),
    layers=st.lists(layers, max_size=16).map(tuple),
    output_activation=activations,
    loss=st.builds(LossSpec, st.sampled_from(LOSS_NAMES), st.floats(0, 0.9), st.floats(0.001, 1000)),
    initializer=st.sampled_from(INITIALIZER_NAMES),
    optimizer=optimizers,
    batch_size=st.integers(1, 1024),
    seed=st.integers(0, 2**32 - 1),
    precision=st.sampled_from(["float32", "float64"]),
    max_steps=st.none() | st.integers(1, 10**9),
)


HUGE = 10**400  # an integer that no float can hold


def refusal(plain: object) -> SpecError:
    with pytest.raises(SpecError) as refused:
        RunSpec.from_dict(plain)
    return refused.value


def default_with(path: tuple[str | int, ...], value: object) -> dict[str, object]:
    plain = DEFAULT_SPEC.to_dict()
    place: Any = plain
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return plain


@given(specs)
def test_a_spec_survives_the_way_through_json(spec):
    assert RunSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


@given(specs)
def test_layers_that_do_not_fit_are_refused_by_place_and_others_are_counted(spec):
    try:
        architecture = architecture_of(spec, (1, 28, 28), 10)
    except SpecError as refused:
        where, architecture = refused.where, None
    if architecture is None:
        assert where in ("output", "layers", "batch_size") or where.startswith("layers[")
    else:
        assert architecture.outputs == 10
        assert architecture.parameter_count <= MOST_PARAMETERS


IMAGES = (Conv2DSpec(8), MaxPool2DSpec())


@pytest.mark.parametrize(
    ("layers", "code", "where"),
    [
        ((MaxPool2DSpec(15), MaxPool2DSpec(15)), "pool_larger_than_image", "layers[1]"),
        ((*IMAGES, Conv2DSpec(4, kernel=13)), "kernel_larger_than_image", "layers[2]"),
        ((*IMAGES, DenseSpec(10)), "row_expected", "layers[2]"),
        (IMAGES, "row_expected", "output"),
        ((FlattenSpec(), Conv2DSpec(4)), "image_expected", "layers[1]"),
        ((FlattenSpec(), FlattenSpec()), "image_expected", "layers[1]"),
        ((DenseSpec(5), ResidualSpec(1)), "residual_shapes", "layers[1]"),
        ((Conv2DSpec(4, 3, padding=1), ResidualSpec(1)), "residual_shapes", "layers[1]"),
        ((DenseSpec(5), ResidualSpec(2)), "skip_too_long", "layers[1]"),
        ((DenseSpec(1024), DenseSpec(1024)), "too_many_parameters", "layers"),
    ],
)
def test_an_impossible_network_is_refused_with_a_sentence_that_says_where(layers, code, where):
    with pytest.raises(SpecError) as refused:
        architecture_of(RunSpec(layers=layers), (1, 28, 28), 10)
    assert (refused.value.code, refused.value.where) == (code, where)
    assert refused.value.message


def test_a_minibatch_that_would_fill_the_memory_is_refused():
    spec = RunSpec(layers=(Conv2DSpec(32, 3), Conv2DSpec(1, 3), FlattenSpec()), batch_size=1024)
    with pytest.raises(SpecError) as refused:
        architecture_of(spec, (1, 28, 28), 10)
    assert (refused.value.code, refused.value.where) == ("too_many_activations", "batch_size")
    assert refused.value.params["count"] > MOST_KEPT


def test_a_convolution_on_numbers_that_are_no_image_is_refused():
    with pytest.raises(SpecError) as refused:
        architecture_of(RunSpec(layers=(Conv2DSpec(4, 1),)), (2,), 2)
    assert (refused.value.code, refused.value.where) == ("image_expected", "layers[0]")


@pytest.mark.parametrize(
    ("path", "value", "code", "where"),
    [
        (("seed",), True, "not_an_integer", "seed"),
        (("seed",), "1", "not_an_integer", "seed"),
        (("seed",), 1.0, "not_an_integer", "seed"),
        (("seed",), -1, "seed_out_of_range", "seed"),
        (("seed",), 2**32, "seed_out_of_range", "seed"),
        (("batch_size",), 0, "batch_size_out_of_range", "batch_size"),
        (("batch_size",), 1025, "batch_size_out_of_range", "batch_size"),
        (("max_steps",), 0, "max_steps_out_of_range", "max_steps"),
        (("max_steps",), False, "not_an_integer", "max_steps"),
        (("dataset",), "mnist", "not_an_object", "dataset"),
        (("dataset", "name"), "../etc/passwd", "unknown_dataset", "dataset.name"),
        (("dataset", "name"), None, "not_a_string", "dataset.name"),
        (("dataset", "noise"), -0.1, "out_of_range", "dataset.noise"),
        (("dataset", "count"), 10**9, "out_of_range", "dataset.count"),
        (("dataset", "features"), "x1", "not_a_list", "dataset.features"),
        (("dataset", "features"), ["x1"] * 13, "too_many_features", "dataset.features"),
        (("dataset", "features"), [1], "not_a_string", "dataset.features[0]"),
        (("augmentation", "shift"), 15, "out_of_range", "augmentation.shift"),
        (("output_activation",), "softmax", "unknown_choice", "output_activation"),
        (("loss", "name"), "cross_entropy", "unknown_choice", "loss.name"),
        (("loss", "label_smoothing"), 1, "out_of_range", "loss.label_smoothing"),
        (("loss", "huber_delta"), 0, "out_of_range", "loss.huber_delta"),
        (("initializer",), "He", "unknown_choice", "initializer"),
        (("precision",), "float16", "unknown_choice", "precision"),
        (("layers",), {"0": {}}, "not_a_list", "layers"),
        (("layers",), "relu", "not_a_list", "layers"),
        (("layers",), [{"kind": "dense", "units": 2, "activation": "relu"}] * 17, "too_many_layers", "layers"),
        (("layers", 1), 16, "not_an_object", "layers[1]"),
        (("layers", 1), {"units": 16}, "missing_field", "layers[1].kind"),
        (("layers", 1), {"kind": "dense", "units": 16}, "missing_field", "layers[1].activation"),
        (("layers", 1), {"kind": "lstm"}, "unknown_choice", "layers[1].kind"),
        (("layers", 1), {"kind": "max_pool", "size": 0, "stride": 2}, "out_of_range", "layers[1].size"),
        (("layers", 1), {"kind": "max_pool", "size": 2, "stride": 0}, "out_of_range", "layers[1].stride"),
        (("layers", 1), {"kind": "dropout", "rate": 1}, "out_of_range", "layers[1].rate"),
        (("layers", 1, "units"), 0, "units_out_of_range", "layers[1].units"),
        (("layers", 0, "units"), 1025, "units_out_of_range", "layers[0].units"),
        (("layers", 0, "units"), True, "not_an_integer", "layers[0].units"),
        (("layers", 0, "activation"), "swish", "unknown_choice", "layers[0].activation"),
        (("layers", 0, "bias"), 1, "unknown_field", "layers[0].bias"),
        (("optimizer",), "sgd", "not_an_object", "optimizer"),
        (("optimizer", "name"), "lion", "unknown_choice", "optimizer.name"),
        (("optimizer", "learning_rate"), 0, "learning_rate_out_of_range", "optimizer.learning_rate"),
        (("optimizer", "learning_rate"), 10.5, "learning_rate_out_of_range", "optimizer.learning_rate"),
        (("optimizer", "learning_rate"), math.nan, "not_a_number", "optimizer.learning_rate"),
        (("optimizer", "learning_rate"), math.inf, "not_a_number", "optimizer.learning_rate"),
        (("optimizer", "learning_rate"), "0.1", "not_a_number", "optimizer.learning_rate"),
        (("optimizer", "learning_rate"), True, "not_a_number", "optimizer.learning_rate"),
        (("optimizer", "learning_rate"), HUGE, "learning_rate_out_of_range", "optimizer.learning_rate"),
        (("optimizer", "momentum"), 1, "momentum_out_of_range", "optimizer.momentum"),
        (("optimizer", "beta1"), 1.0, "out_of_range", "optimizer.beta1"),
        (("optimizer", "beta2"), -0.1, "out_of_range", "optimizer.beta2"),
        (("optimizer", "epsilon"), 0.0, "epsilon_out_of_range", "optimizer.epsilon"),
        (("optimizer", "weight_decay"), -1e-9, "weight_decay_out_of_range", "optimizer.weight_decay"),
        (("optimizer", "l1"), -1, "out_of_range", "optimizer.l1"),
        (("optimizer", "clip_norm"), -1, "out_of_range", "optimizer.clip_norm"),
        (("optimizer", "schedule"), "sine", "unknown_choice", "optimizer.schedule"),
        (("optimizer", "schedule_steps"), 0, "out_of_range", "optimizer.schedule_steps"),
        (("optimizer", "schedule_steps"), 1.0, "not_an_integer", "optimizer.schedule_steps"),
        (("optimizer", "learning_rate_decay"), 2, "learning_rate_decay_out_of_range", "optimizer.learning_rate_decay"),
        (("colour",), "red", "unknown_field", "colour"),
    ],
    ids=lambda value: "huge" if value == HUGE else None,
)
def test_refused(path, value, code, where):
    refused = refusal(default_with(path, value))
    assert (refused.code, refused.where) == (code, where)


@pytest.mark.parametrize("plain", [None, [], "mnist", 3])
def test_what_is_no_object_is_refused(plain):
    assert refusal(plain).code == "not_an_object"


@pytest.mark.parametrize("field", DEFAULT_SPEC.to_dict())
def test_no_field_may_be_missing(field):
    plain = DEFAULT_SPEC.to_dict()
    del plain[field]
    refused = refusal(plain)
    assert (refused.code, refused.where) == ("missing_field", field)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from([*DEFAULT_SPEC.to_dict(), "layers.0", "layers.0.kind", "optimizer.name", "dataset.features"]),
    json_values,
)
def test_any_json_in_any_place_is_read_or_refused_but_never_crashes(path, value):
    keys = tuple(int(key) if key.isdigit() else key for key in path.split("."))
    plain = default_with(keys, value)
    before = copy.deepcopy(plain)
    with suppress(SpecError):
        spec = RunSpec.from_dict(plain)
        assert RunSpec.from_dict(spec.to_dict()) == spec
    assert repr(plain) == repr(before)


def test_a_refusal_can_be_said_in_another_language_and_sent_to_another_process():
    refused = refusal(default_with(("layers", 2 - 1, "units"), 5000))
    assert refused.message == "The number of units in layers[1].units must be between 1 and 1024."
    assert refused.template.format(**refused.params) == refused.message
    again = pickle.loads(pickle.dumps(refused))  # noqa: S301 - how exceptions travel between processes
    assert (again.code, again.where, again.params, again.message) == (
        refused.code,
        refused.where,
        refused.params,
        refused.message,
    )


def test_every_template_has_only_named_params():
    for template in TEMPLATES.values():
        assert all(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


def test_the_names_in_the_spec_are_those_the_engine_knows():
    assert tuple(INITIALIZERS) == INITIALIZER_NAMES
    assert tuple(LOSSES) == LOSS_NAMES
    assert tuple(SCHEDULE_OF) == SCHEDULES
    assert LAYERS.keys() - {"images"} == SPEC_OF_KIND.keys()
    for name in OPTIMIZERS:
        create_optimizer(OptimizerSpec(name), np.zeros(3))


def test_the_default_spec_is_784_32_16_10_and_valid():
    about = describe(DEFAULT_SPEC.dataset)
    architecture = architecture_of(DEFAULT_SPEC, about.input_shape, about.outputs)
    assert architecture.shapes == ((784,), (32,), (16,), (10,))
    assert architecture.names == ("dense1", "dense2", "dense3")
    assert architecture.parameter_count == 784 * 32 + 32 + 32 * 16 + 16 + 16 * 10 + 10
    assert DEFAULT_SPEC.validated() == DEFAULT_SPEC
