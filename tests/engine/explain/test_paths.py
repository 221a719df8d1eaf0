"""The strongest paths are those that going through all of them would find, and all others are the remainder."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.explain.addresses import number_at
from engine.explain.layered_graph import LayeredGraph
from engine.explain.paths import blame_of_input, blame_of_parameter, dense_tail
from engine.explain.votes import votes_on
from engine.spec import Conv2DSpec, DenseSpec, DropoutSpec, FlattenSpec
from tests.engine.explain.steps import frozen_of, frozen_regression

LAYERS = {
    "dense": (DenseSpec(7, "relu"), DenseSpec(6, "tanh")),
    "dropout": (DropoutSpec(0.2), DenseSpec(7, "silu"), DropoutSpec(0.5), DropoutSpec(0.2), DenseSpec(5, "relu")),
    "tail": (Conv2DSpec(2, 3), FlattenSpec(), DenseSpec(6, "elu"), DenseSpec(5)),
    "one": (),
}
STEPS = {name: frozen_of(layers=layers, precision="float64") for name, layers in LAYERS.items()}
STEPS["regression"] = frozen_regression(LAYERS["dense"], precision="float64")


def brute_force(start, hops, end):
    """Every path with its product."""
    products = {}
    for nodes in itertools.product(*(range(size) for size in (len(start), *(hop.shape[1] for hop in hops)))):
        edges = [hop[pair] for hop, pair in zip(hops, itertools.pairwise(nodes), strict=True)]
        products[nodes] = start[nodes[0]] * math.prod(edges) * end[nodes[-1]]
    return products


@settings(max_examples=150, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    most=st.integers(0, 40),
    seed=st.integers(0, 10_000),
    zeros=st.floats(0, 0.7),
    tied=st.booleans(),
)
def test_the_search_finds_what_going_through_all_paths_finds(sizes, most, seed, zeros, tied):
    rng = np.random.default_rng(seed)

    def numbers(*shape):
        drawn = rng.integers(-2, 3, shape).astype(float) if tied else rng.standard_normal(shape)
        return drawn * (rng.random(shape) >= zeros)

    hops = tuple(numbers(*pair) for pair in itertools.pairwise(sizes))
    graph = LayeredGraph(numbers(sizes[0]), hops, numbers(sizes[-1]))
    products = brute_force(graph.start, hops, graph.end)

    found = graph.strongest(most)

    expected = sorted((abs(product) for product in products.values() if product), reverse=True)[:most]
    assert [abs(products[path]) for path in found] == pytest.approx(expected, rel=1e-12)
    assert len(set(found)) == len(found)
    assert graph.count == len(products)
    assert graph.total == pytest.approx(math.fsum(products.values()), abs=1e-10)
    assert graph.absolute_total == pytest.approx(math.fsum(map(abs, products.values())), rel=1e-10)


def test_the_search_needs_few_looks_however_many_paths_there_are():
    """1e36 paths: nobody goes through them."""
    rng = np.random.default_rng(0)
    hops = tuple(rng.standard_normal((1000, 1000)) for _ in range(11))
    graph = LayeredGraph(rng.standard_normal(1000), hops, rng.standard_normal(1000))
    paths = graph.strongest(20)
    assert graph.count == 10**36
    assert len(set(paths)) == 20
    sizes = [size_of(graph, path) for path in paths]
    assert sizes == pytest.approx(sorted(sizes, reverse=True), rel=1e-12)
    for at, other in itertools.product(range(12), rng.integers(0, 1000, 50)):
        changed = (*paths[0][:at], int(other), *paths[0][at + 1 :])
        assert size_of(graph, changed) <= sizes[0] * (1 + 1e-12)


def size_of(graph, path):
    edges = [hop[pair] for hop, pair in zip(graph.hops, itertools.pairwise(path), strict=True)]
    return abs(graph.start[path[0]] * math.prod(edges) * graph.end[path[-1]])


def assert_consistent(frozen, blame):
    for path in blame.paths:
        assert path.value == pytest.approx(math.prod(factor.value for factor in path.factors), rel=1e-12)
        assert path.share == pytest.approx(abs(path.value) / blame.absolute_total, rel=1e-12)
        assert len(path.units) == len(blame.layers)
        for factor in path.factors:
            assert number_at(frozen, factor.address, factor.index, factor.example) == factor
    sizes = [abs(path.value) for path in blame.paths]
    assert sizes == pytest.approx(sorted(sizes, reverse=True), rel=1e-12)
    shown = math.fsum(path.value for path in blame.paths)
    scale = blame.absolute_total
    assert blame.total == pytest.approx(blame.gradient, abs=1e-12 * scale)
    assert shown + blame.remainder == pytest.approx(blame.total, abs=1e-12 * scale)
    assert blame.share is None or blame.share <= 1 + 1e-9
    if len(blame.paths) == blame.open_count:
        assert blame.remainder == pytest.approx(0, abs=1e-12 * scale)


@pytest.mark.parametrize("name", STEPS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_paths_to_an_input_add_up_to_its_gradient(name, data):
    frozen = STEPS[name]
    (inputs,) = frozen.layer(dense_tail(frozen)[-1]).input_shape
    index, example = data.draw(st.integers(0, inputs - 1)), data.draw(st.integers(0, len(frozen) - 1))
    blame = blame_of_input(frozen, index, example, most=data.draw(st.integers(0, 400)))
    assert_consistent(frozen, blame)
    assert blame.count == math.prod(frozen.layer(layer).units for layer in blame.layers)
    assert len(blame.paths) <= blame.open_count <= blame.count
    assert blame.to.address == ("flatten1.a" if name == "tail" else "x")


@pytest.mark.parametrize("name", STEPS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_paths_to_a_parameter_add_up_to_the_examples_vote(name, data):
    frozen = STEPS[name]
    layers = [layer for layer in dense_tail(frozen) if layer.startswith("dense")]
    layer = data.draw(st.sampled_from(layers))
    address = f"{layer}.{data.draw(st.sampled_from(['W', 'b']))}"
    index = tuple(data.draw(st.integers(0, size - 1)) for size in frozen.parameter(address).shape)
    example = data.draw(st.integers(0, len(frozen) - 1))
    blame = blame_of_parameter(frozen, address, index, example, most=data.draw(st.integers(0, 50)))
    assert_consistent(frozen, blame)
    assert blame.total == pytest.approx(
        votes_on(frozen, address, index).votes[example], abs=1e-12 * blame.absolute_total
    )
    assert blame.layers == tuple(layers[: layers.index(layer) + 1])
    assert all(path.units[-1] == index[0] for path in blame.paths)
    assert blame.count == math.prod(frozen.layer(above).units for above in blame.layers[:-1])


def test_all_open_paths_are_found_where_there_are_few():
    frozen = STEPS["dense"]
    blame = blame_of_input(frozen, 27, 1, most=10_000)
    assert blame.count == 4 * 6 * 7
    gates = frozen.kept("dense1").slope[1]
    assert blame.open_count == 4 * 6 * np.count_nonzero(gates)
    assert len(blame.paths) == blame.open_count
    assert blame.share == pytest.approx(1)


def test_a_path_names_the_numbers_on_its_way():
    path = blame_of_input(STEPS["dropout"], 27, 1).paths[0]
    k, j, i = path.units
    named = [(factor.address, factor.index) for factor in path.factors]
    assert named == [
        ("dense3.dL_dz", (k,)),
        ("dense3.W", (k, j)),
        ("dense2.slope", (j,)),
        ("dense2.W", (j, i)),
        ("dropout3.mask", (i,)),
        ("dropout2.mask", (i,)),
        ("dense1.slope", (i,)),
        ("dense1.W", (i, 27)),
        ("dropout1.mask", (27,)),
    ]


def test_nothing_comes_through_a_closed_gate():
    frozen = STEPS["dropout"]
    dropped = int(np.flatnonzero(frozen.kept("dropout1").mask[0] == 0)[0])
    blame = blame_of_input(frozen, dropped, 0)
    assert (blame.paths, blame.open_count, blame.total, blame.share) == ((), 0, 0, None)
    assert blame.count > 0


def test_paths_of_a_run_in_float32_agree_with_it_up_to_rounding():
    blame = blame_of_input(frozen_of(), 27, 1)
    assert blame.total == pytest.approx(blame.gradient, abs=1e-5 * blame.absolute_total)


def test_where_no_paths_go_is_said():
    with pytest.raises(KeyError, match=r"conv1\.W"):
        blame_of_parameter(STEPS["tail"], "conv1.W", (0, 0, 0, 0), 0)
    with pytest.raises(IndexError):
        blame_of_input(STEPS["dense"], 64, 0)
    assert dense_tail(STEPS["tail"]) == ("dense3", "dense2", "dense1")
