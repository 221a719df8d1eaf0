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
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.activations import ACTIVATIONS
from engine.errors import TEMPLATES, SpecError
from engine.initializers import INITIALIZERS
from engine.optimizers import create_optimizer
from engine.spec import (
    DEFAULT_SPEC,
    INITIALIZER_NAMES,
    MOST_PARAMETERS,
    OPTIMIZERS,
    LayerSpec,
    OptimizerSpec,
    RunSpec,
)

layers = st.builds(LayerSpec, st.integers(1, 1024), st.sampled_from(list(ACTIVATIONS)))
optimizers = st.builds(
    OptimizerSpec,
    st.sampled_from(OPTIMIZERS),
    st.floats(0, 10, exclude_min=True),
    st.floats(0, 0.9999),
    st.floats(0, 0.9999),
    st.floats(0, 0.9999),
    st.floats(1e-12, 1),
    st.floats(0, 1),
    st.floats(0, 1),
)
specs = st.builds(
    RunSpec,
    layers=st.lists(layers, max_size=8).map(tuple),
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
    assume(spec.parameter_count <= MOST_PARAMETERS)
    assert RunSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


@given(specs)
def test_a_network_that_is_too_large_is_refused_before_it_is_built(spec):
    assume(spec.parameter_count > MOST_PARAMETERS)
    refused = refusal(spec.to_dict())
    assert (refused.code, refused.where) == ("too_many_parameters", "layers")
    assert refused.params["count"] == spec.parameter_count


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
        (("dataset",), "imagenet", "unknown_choice", "dataset"),
        (("dataset",), None, "not_a_string", "dataset"),
        (("initializer",), "He", "unknown_choice", "initializer"),
        (("precision",), "float16", "unknown_choice", "precision"),
        (("layers",), {"0": {}}, "not_a_list", "layers"),
        (("layers",), "relu", "not_a_list", "layers"),
        (("layers",), [{"units": 2, "activation": "relu"}] * 9, "too_many_layers", "layers"),
        (("layers", 1), 16, "not_an_object", "layers[1]"),
        (("layers", 1), {"units": 16}, "missing_field", "layers[1].activation"),
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
        (("optimizer", "beta1"), 1.0, "beta_out_of_range", "optimizer.beta1"),
        (("optimizer", "beta2"), -0.1, "beta_out_of_range", "optimizer.beta2"),
        (("optimizer", "epsilon"), 0.0, "epsilon_out_of_range", "optimizer.epsilon"),
        (("optimizer", "weight_decay"), -1e-9, "weight_decay_out_of_range", "optimizer.weight_decay"),
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


@given(st.sampled_from([*DEFAULT_SPEC.to_dict(), "layers.0", "optimizer.name", "optimizer.beta1"]), json_values)
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
    for name in OPTIMIZERS:
        create_optimizer(OptimizerSpec(name), np.zeros(3))


def test_the_default_spec_is_784_32_16_10_and_valid():
    assert DEFAULT_SPEC.sizes == (784, 32, 16, 10)
    assert DEFAULT_SPEC.parameter_count == 784 * 32 + 32 + 32 * 16 + 16 + 16 * 10 + 10
    assert DEFAULT_SPEC.validated() == DEFAULT_SPEC
