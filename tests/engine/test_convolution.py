"""The convolutional layer against its definition as sums, central differences, and what does not fit."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import convolution
from engine.convolution import Conv2D
from engine.errors import SpecError
from engine.spec import Conv2DSpec
from tests.engine.single_layer import assert_gradients_equal_central_differences, single

specs = st.builds(
    Conv2DSpec,
    channels=st.integers(1, 4),
    kernel=st.integers(1, 5),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    activation=st.sampled_from(["linear", "relu", "tanh"]),
)
shapes = st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))


def fits(spec: Conv2DSpec, shape: tuple[int, int, int]) -> bool:
    return spec.kernel <= min(shape[1:]) + 2 * spec.padding


@settings(max_examples=60, deadline=None)
@given(spec=specs, shape=shapes, n=st.integers(1, 4), seed=st.integers(0, 10_000))
def test_gradients_equal_central_differences(spec, shape, n, seed):
    assume(fits(spec, shape))
    one = single(Conv2D, spec, shape, n, seed=seed)
    assert_gradients_equal_central_differences(one, np.random.default_rng(seed))


@settings(max_examples=30, deadline=None)
@given(spec=specs, shape=shapes, n=st.integers(1, 3), seed=st.integers(0, 10_000))
def test_each_number_is_the_sum_over_its_patch(spec, shape, n, seed):
    assume(fits(spec, shape))
    one = single(Conv2D, spec, shape, n, seed=seed)
    one.layer.forward(one.kept)
    p, s, K = spec.padding, spec.stride, spec.kernel
    padded = np.pad(one.kept.x, ((0, 0), (p, p), (p, p), (0, 0)))
    W, b = one.layer.parameters["W"], one.layer.parameters["b"]
    assert one.kept.z.shape == (*one.layer.output_shape, n)
    for k, u, v, example in np.ndindex(one.kept.z.shape):
        patch = padded[:, s * u : s * u + K, s * v : s * v + K, example]
        assert one.kept.z[k, u, v, example] == pytest.approx((W[k] * patch).sum() + b[k])


@pytest.mark.parametrize("columns", [1, 500, 2000])
def test_the_numbers_do_not_depend_on_how_many_rows_are_computed_at_a_time(monkeypatch, columns):
    def results(limit: int) -> tuple[int, list[np.ndarray]]:
        monkeypatch.setattr(convolution, "COLUMNS", limit)
        one = single(Conv2D, Conv2DSpec(3, kernel=3, stride=2, padding=1), (2, 13, 9), 4, seed=2)
        one.forward_and_backward()
        return len(one.kept.rows), [one.kept.a, one.dL_dx, one.gradient.flat]

    few_at_once, few = results(columns)
    one_at_once, all_rows = results(1 << 30)
    assert few_at_once > one_at_once == 1
    for found, expected in zip(few, all_rows, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


def test_what_is_written_out_at_a_time_is_bounded_for_any_minibatch():
    for n in (1, 64, 600):
        one = single(Conv2D, Conv2DSpec(8), (1, 28, 28), n, precision="float32")
        assert max(rows.columns.size for rows in one.kept.rows) <= convolution.COLUMNS


def test_backward_computes_no_gradient_by_x_that_nobody_asks_for():
    asked, not_asked = (
        single(Conv2D, Conv2DSpec(3, kernel=3, padding=1), (2, 6, 5), 4, wants_dL_dx=wants) for wants in (True, False)
    )
    asked.forward_and_backward()
    not_asked.forward_and_backward()
    assert np.isfinite(asked.dL_dx).all()
    assert not_asked.kept.dL_dx is None
    assert np.isnan(not_asked.dL_dx).all()
    np.testing.assert_array_equal(asked.gradient.flat, not_asked.gradient.flat)


def test_a_second_backward_finds_the_same_gradient():
    one = single(Conv2D, Conv2DSpec(3, kernel=3, padding=1), (2, 6, 5), 4)
    one.forward_and_backward()
    before = one.gradient.flat.copy(), one.dL_dx.copy()
    one.layer.backward(one.kept)
    np.testing.assert_array_equal(one.gradient.flat, before[0])
    np.testing.assert_array_equal(one.dL_dx, before[1])


@pytest.mark.parametrize(
    ("spec", "shape", "code"),
    [
        (Conv2DSpec(4, kernel=6), (1, 5, 9), "kernel_larger_than_image"),
        (Conv2DSpec(4, kernel=8, padding=1), (1, 9, 5), "kernel_larger_than_image"),
        (Conv2DSpec(4), (784,), "image_expected"),
    ],
)
def test_a_kernel_that_fits_nowhere_is_refused(spec, shape, code):
    with pytest.raises(SpecError) as refusal:
        Conv2D.shape_after(spec, shape, "layers[2]")
    assert (refusal.value.code, refusal.value.where) == (code, "layers[2]")


def test_a_kernel_as_large_as_the_padded_image_makes_one_number():
    assert Conv2D.shape_after(Conv2DSpec(4, kernel=7, padding=1), (2, 5, 5), "layers[0]") == (4, 1, 1)
