"""From one example's picture to the update: each number follows from those before it."""

import numpy as np
import pytest

from engine.explain.outer_products import image_shape_of, outer_product_of
from engine.spec import Conv2DSpec, DenseSpec, DropoutSpec, FlattenSpec, OptimizerSpec
from tests.engine.explain.steps import frozen_of, frozen_regression

SGD = OptimizerSpec("sgd", learning_rate=0.05, weight_decay=0.01, l1=0.001, clip_norm=0.05)


@pytest.mark.parametrize("layer", ["dense1", "dense3"])
def test_the_products_of_all_examples_add_up_to_the_gradient(layer):
    frozen = frozen_of(precision="float64")
    rows = [outer_product_of(frozen, layer, 2, example) for example in range(len(frozen))]
    assert np.allclose(sum(row.product for row in rows), rows[0].gradient, rtol=1e-11, atol=1e-15)
    assert np.allclose(rows[0].sum, rows[0].gradient, rtol=1e-11, atol=1e-15)
    assert np.array_equal(rows[0].gradient, frozen.gradient(f"{layer}.W")[2])
    for example, row in enumerate(rows):
        assert np.array_equal(row.x, frozen.kept(layer).x[example])
        assert np.allclose(row.product, row.dL_dz * row.x, rtol=1e-12)


def test_the_plain_update_is_that_of_sgd_clipping_and_penalty_included():
    frozen = frozen_of(precision="float64", optimizer=SGD)
    row = outer_product_of(frozen, "dense1", 0, 0)
    assert row.clip_factor < 1
    assert np.abs(row.penalty).max() > 0
    assert np.allclose(row.plain_update, row.update, rtol=1e-12, atol=1e-18)
    assert np.abs(row.memory).max() < 1e-15


def test_what_momentum_remembers_is_the_rest():
    frozen = frozen_of(precision="float64", steps=4)
    row = outer_product_of(frozen, "dense1", 0, 0)
    velocity = frozen.before.state["velocity"][: row.x.size]
    assert np.allclose(row.memory, -row.rate * 0.9 * velocity, rtol=1e-9, atol=1e-15)


def test_weights_after_are_those_before_plus_the_update_exactly():
    row = outer_product_of(frozen_of(), "dense2", 1, 3)
    assert np.array_equal(row.before + row.update, row.after)
    assert not np.array_equal(row.before, row.after)
    for name in ("x", "product", "sum", "gradient", "penalty", "plain_update", "update", "memory", "before", "after"):
        assert not getattr(row, name).flags.writeable


def test_a_row_is_drawn_as_the_image_its_inputs_are():
    assert image_shape_of(frozen_of(), "dense1") == (1, 8, 8)
    assert image_shape_of(frozen_of(), "dense2") is None
    layers = (Conv2DSpec(3, 3), FlattenSpec(), DropoutSpec(0.2), DenseSpec(4))
    assert image_shape_of(frozen_of(layers=layers), "dense1") == (3, 6, 6)
    assert image_shape_of(frozen_of(layers=layers), "dense2") is None
    assert image_shape_of(frozen_regression(), "dense1") is None


def test_what_has_no_row_is_refused():
    frozen = frozen_of("images")
    with pytest.raises(KeyError, match="conv1"):
        outer_product_of(frozen, "conv1", 0, 0)
    with pytest.raises(IndexError):
        outer_product_of(frozen, "dense1", 6, 0)
    with pytest.raises(IndexError):
        outer_product_of(frozen, "dense1", 0, -1)
