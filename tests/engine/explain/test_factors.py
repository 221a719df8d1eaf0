"""Factors multiply, and terms add up, to the very numbers of the step; each is found again at its address."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.explain.addresses import number_at
from engine.explain.factors import factors_of
from engine.explain.upstream import upstream_of
from engine.losses import LOSSES
from engine.spec import Conv2DSpec, DenseSpec, FlattenSpec, LossSpec, MaxPool2DSpec
from tests.engine.explain.steps import NETWORKS, frozen_of, frozen_regression

STEPS = {network: frozen_of(network, precision="float64") for network in NETWORKS}
STEPS["regression"] = frozen_regression(precision="float64")
STEPS["overlapping"] = frozen_of(
    layers=(Conv2DSpec(2, 3), MaxPool2DSpec(3, 1), Conv2DSpec(3, 3, stride=2, padding=1), FlattenSpec()),
    precision="float64",
)
each_step = pytest.mark.parametrize("name", STEPS)


def drawn_index(data, shape):
    return tuple(data.draw(st.integers(0, size - 1)) for size in shape)


def assert_found_again(frozen, number):
    assert number_at(frozen, number.address, number.index, number.example) == number


@each_step
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_the_terms_of_an_upstream_gradient_add_up_to_it(name, data):
    frozen = STEPS[name]
    learned = [layer for layer in frozen.network.layers if layer.name != "images1"]
    layer = data.draw(st.sampled_from(learned))
    index = drawn_index(data, layer.output_shape)
    example = data.draw(st.integers(0, len(frozen) - 1))
    most = data.draw(st.integers(0, 20))

    upstream = upstream_of(frozen, layer.name, index, example, most=most)

    assert_found_again(frozen, upstream.of)
    if layer is frozen.network.layers[-1]:
        assert upstream.loss is not None
        assert upstream.loss.own / len(frozen) == pytest.approx(upstream.of.value, rel=1e-12)
        return
    assert upstream.loss is None
    size = math.fsum(abs(term.value) for term in upstream.terms) + abs(upstream.rest)
    total = math.fsum(term.value for term in upstream.terms) + upstream.rest
    assert total == pytest.approx(upstream.of.value, abs=1e-12 * size)
    assert len(upstream.terms) == min(most, upstream.count)
    if most >= upstream.count:
        assert upstream.rest == 0
    for term in upstream.terms:
        assert term.value == pytest.approx(term.coefficient * math.prod(f.value for f in term.factors), rel=1e-12)
        for factor in term.factors:
            assert_found_again(frozen, factor)
    sizes = [abs(term.value) for term in upstream.terms]
    assert sizes == sorted(sizes, reverse=True)


@each_step
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_the_factors_of_all_places_give_the_gradient(name, data):
    frozen = STEPS[name]
    address = data.draw(st.sampled_from(sorted(frozen.network.parameters.layout)))
    index = drawn_index(data, frozen.parameter(address).shape)
    example = data.draw(st.integers(0, len(frozen) - 1))
    most = data.draw(st.integers(1, 100))

    factors = factors_of(frozen, address, index, example, most_places=most)

    size = sum(abs(product.value) for product in factors.products) + abs(factors.rest)
    for product in factors.products:
        expected = product.upstream.of.value * product.slope.value * product.met_value
        assert product.value == pytest.approx(expected, rel=1e-12)
        assert product.dL_dz.value == pytest.approx(product.upstream.of.value * product.slope.value, rel=1e-12)
        for number in (product.slope, product.dL_dz, product.met):
            if number is not None:
                assert_found_again(frozen, number)
        if product.met is not None:
            assert product.met.value == product.met_value
    assert sum(product.value for product in factors.products) + factors.rest == pytest.approx(
        factors.value, abs=1e-12 * size
    )
    assert factors.value + factors.others == pytest.approx(factors.gradient, rel=1e-9, abs=1e-14)
    assert len(factors.products) == min(most, factors.places)


def test_the_values_of_all_examples_add_up_to_the_gradient():
    frozen = STEPS["images"]
    each = [factors_of(frozen, "conv1.W", (1, 0, 2, 0), example) for example in range(len(frozen))]
    assert math.fsum(one.value for one in each) == pytest.approx(each[0].gradient, rel=1e-10)
    assert each[0].places == 64
    assert each[0].mean_share == pytest.approx(1 / len(frozen))


@pytest.mark.parametrize("loss", LOSSES)
def test_the_slope_of_the_loss_is_that_of_the_example_alone(loss):
    """Central differences of the example's own loss, which the mean's 1/n is not in."""
    frozen = frozen_of(layers=(DenseSpec(5, "tanh"),), loss=LossSpec(loss, label_smoothing=0.1), precision="float64")
    passed, h = frozen.at_before(), 1e-6
    outputs = passed.work.loss.outputs
    for index in range(outputs.shape[1]):
        slope = upstream_of(frozen, "dense2", (index,), 2).loss
        assert slope is not None
        losses = []
        for move in (h, -2 * h):
            outputs[2, index] += move
            passed.work.loss.forward()
            losses.append(passed.work.loss.example_losses[2])
        outputs[2, index] += h
        assert (losses[0] - losses[1]) / (2 * h) == pytest.approx(slope.own, abs=1e-7)
        if loss in ("mean_softmax_cross_entropy", "mean_quadratic"):
            assert slope.own == pytest.approx(slope.difference, rel=1e-12)


def test_a_kernel_that_meets_the_border_meets_nothing_there():
    frozen = STEPS["images"]
    factors = factors_of(frozen, "conv1.W", (0, 0, 0, 0), 0, most_places=64)
    at_border = {product.place: product for product in factors.products if 0 in product.place[1:]}
    assert len(at_border) == 15
    for product in at_border.values():
        assert product.met is None
        assert product.met_value == 0
    inner = next(product for product in factors.products if product.place == (0, 3, 5))
    assert inner.met is not None
    assert (inner.met.address, inner.met.index) == ("images1.a", (0, 2, 4))


def test_the_factors_of_a_run_in_float32_give_its_gradient_up_to_rounding():
    frozen = frozen_of("dense")
    factors = factors_of(frozen, "dense1.W", (2, 30), 1)
    assert factors.value + factors.others == pytest.approx(factors.gradient, rel=1e-4, abs=1e-7)


def test_no_gradient_comes_down_to_where_nothing_is_learned():
    with pytest.raises(KeyError, match="images1"):
        upstream_of(STEPS["images"], "images1", (0, 0, 0), 0)
    with pytest.raises(IndexError, match="example"):
        factors_of(STEPS["dense"], "dense1.W", (0, 0), 6)


def test_tensors_by_their_addresses():
    frozen = STEPS["dense"]
    assert number_at(frozen, "dense1.dL_dW", (1, 2)).value == frozen.gradient("dense1.W")[1, 2]
    assert number_at(frozen, "x", (7,), 3).value == frozen.work.x[3, 7]
    assert np.isclose(number_at(frozen, "dense1.W", (1, 2)).value, frozen.before.parameters[66])
    for address in ("dense1.q", "nothing", "dense1.mask"):
        with pytest.raises(KeyError):
            number_at(frozen, address, (0,), 0)
    with pytest.raises(IndexError):
        number_at(frozen, "x", (7,))
