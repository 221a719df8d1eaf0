"""Maximum and average pooling against their definitions and central differences."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.errors import SpecError
from engine.pooling import AveragePool2D, MaxPool2D
from engine.spec import AveragePool2DSpec, MaxPool2DSpec
from tests.engine.single_layer import assert_gradients_equal_central_differences, single

each_kind = pytest.mark.parametrize(
    ("layer", "spec"), [(MaxPool2D, MaxPool2DSpec), (AveragePool2D, AveragePool2DSpec)], ids=["max", "average"]
)
shapes = st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))


@each_kind
@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 4), stride=st.integers(1, 4), shape=shapes, n=st.integers(1, 4), seed=st.integers(0, 10_000))
def test_gradients_equal_central_differences(layer, spec, size, stride, shape, n, seed):
    assume(size <= min(shape[1:]))
    one = single(layer, spec(size, stride), shape, n, seed=seed)
    assert_gradients_equal_central_differences(one, np.random.default_rng(seed))


@each_kind
@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 2), (2, 3), (1, 1), (3, 1)])
def test_each_number_is_the_largest_or_the_mean_of_its_window(layer, spec, size, stride):
    one = single(layer, spec(size, stride), (2, 7, 8), 3)
    one.layer.forward(one.kept)
    reduce = np.max if layer is MaxPool2D else np.mean
    for c, u, v, example in np.ndindex(one.kept.a.shape):
        top, left = u * stride, v * stride
        window = one.kept.x[c, top : top + size, left : left + size, example]
        assert one.kept.a[c, u, v, example] == pytest.approx(reduce(window))


def test_won_is_the_place_of_the_largest_pixel_line_by_line():
    one = single(MaxPool2D, MaxPool2DSpec(3, 3), (1, 3, 9), 1)
    for window, place in enumerate((0, 5, 8)):
        one.kept.x[0, place // 3, 3 * window + place % 3, 0] = 100
    one.layer.forward(one.kept)
    assert one.kept.won.dtype == np.uint8
    assert one.kept.won[0, 0, :, 0].tolist() == [0, 5, 8]


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 2)])
def test_of_equal_pixels_the_first_wins_and_gets_the_whole_gradient(size, stride):
    one = single(MaxPool2D, MaxPool2DSpec(size, stride), (1, size, size), 2)
    one.kept.x[...] = 0.5
    one.kept.x[0, 0, 0, 0] = 0  # in the first example the largest come later
    one.kept.dL_da[...] = 7
    one.forward_and_backward()
    expected = np.zeros((1, size, size, 2))
    expected[0, 0, 1, 0] = expected[0, 0, 0, 1] = 7
    assert one.kept.won.reshape(-1).tolist() == [1, 0]
    np.testing.assert_array_equal(one.dL_dx, expected)


@each_kind
def test_backward_computes_nothing_that_nobody_asks_for(layer, spec):
    one = single(layer, spec(2, 2), (1, 4, 4), 2, wants_dL_dx=False)
    one.forward_and_backward()
    assert one.kept.dL_dx is None
    assert np.isnan(one.dL_dx).all()


@each_kind
def test_where_f_is_the_identity_the_arrays_are_shared(layer, spec):
    kept = single(layer, spec(2, 2), (1, 4, 4), 2).kept
    assert kept.z is kept.a
    assert kept.dL_dz is kept.dL_da
    assert (kept.slope == 1).all()
    assert kept.gradients == {}


@each_kind
@pytest.mark.parametrize(
    ("shape", "code"),
    [((1, 4, 9), "pool_larger_than_image"), ((9, 4, 9), "pool_larger_than_image"), ((81,), "image_expected")],
)
def test_a_window_larger_than_the_image_is_refused(layer, spec, shape, code):
    with pytest.raises(SpecError) as refusal:
        layer.shape_after(spec(5, 1), shape, "layers[1]")
    assert (refusal.value.code, refusal.value.where) == (code, "layers[1]")


@each_kind
def test_pixels_right_and_below_that_fill_no_window_are_left_out(layer, spec):
    assert layer.shape_after(spec(2, 2), (3, 7, 5), "layers[1]") == (3, 3, 2)
    one = single(layer, spec(2, 2), (1, 5, 4), 2)
    one.forward_and_backward()
    assert not one.dL_dx[:, 4].any()
    assert one.dL_dx[:, :4].any()
