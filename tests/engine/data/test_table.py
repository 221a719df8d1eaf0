"""The reader of CSV files: what was written is read back, scaled as it says, and all else is refused by its line."""

from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import table
from engine.data.dataset import Dataset
from engine.data.table import open_table, parse_table
from engine.errors import DataError


def read(text: str, **options: Any) -> Dataset:
    return parse_table(text.encode(), "brought.csv", "brought", **options)


def refusal(raw: bytes | str) -> DataError:
    with pytest.raises(DataError) as refused:
        parse_table(raw.encode() if isinstance(raw, str) else raw, "brought.csv", "brought")
    assert refused.value.where == "brought.csv"
    return refused.value


def raw_rows(dataset: Dataset) -> list[list[float]]:
    """Return all rows as they were before they were standardized, sorted."""
    scale = dataset.standardization
    assert scale is not None
    rows = [split.inputs * scale.deviation + scale.mean for split in (dataset.train, dataset.test)]
    return sorted(np.concatenate(rows).round(3).tolist())


numbers = st.floats(-1000, 1000, width=32).map(lambda number: round(number, 3))
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.tuples(st.sampled_from("abc"), st.lists(numbers, min_size=width, max_size=width)), min_size=6, max_size=30
    )
)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_data_set_or_refused_and_never_anything_else(raw):
    with suppress(DataError):
        assert isinstance(parse_table(raw, "brought.csv", "brought"), Dataset)


@given(st.text(alphabet='ab01.5,;"\n\r\t-e\x00é', max_size=200))
def test_any_text_is_a_data_set_or_refused_and_never_anything_else(text):
    with suppress(DataError):
        assert isinstance(read(text), Dataset)


@given(tables, st.booleans(), st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_is_read_back(rows, header, delimiter, ending):
    rows += [(label, [0.0] * len(rows[0][1])) for label in "abcabc"]  # each class is there, twice
    width = len(rows[0][1])
    lines = [["label", *(f"x{number}" for number in range(width))]] if header else []
    lines += [[label, *map(str, values)] for label, values in rows]
    made = read(ending.join(delimiter.join(line) for line in lines))
    assert made.classes == ("a", "b", "c")
    assert len(made.train) + len(made.test) == len(rows)
    np.testing.assert_allclose(raw_rows(made), sorted(values for _, values in rows), atol=0.01)
    labels = np.concatenate([made.train.labels, made.test.labels])
    for number, name in enumerate(made.classes):
        assert np.count_nonzero(labels == number) == sum(label == name for label, _ in rows)


@given(tables, st.integers(0, 2**32 - 1))
def test_the_training_split_is_standardized_by_itself(rows, seed):
    rows += [(label, [0.0] * len(rows[0][1])) for label in "abcabc"]
    made = read("\n".join(",".join([label, *map(str, values)]) for label, values in rows), seed=seed)
    train = made.train.inputs.astype(np.float64)
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-4)
    deviations = train.std(axis=0)
    assert all(np.isclose(deviations, 1, atol=1e-3) | np.isclose(deviations, 0, atol=1e-3))


def classes_of(labels: str) -> tuple[str, ...]:
    return read("\n".join(f"{label},{row}.5" for row, label in enumerate(labels.split() * 2))).classes


def test_classes_are_ordered_as_numbers_if_all_are_and_as_text_otherwise():
    assert classes_of("10 9 -1") == ("-1", "9", "10")
    assert classes_of("10 9 cat") == ("10", "9", "cat")


def test_the_share_of_every_class_is_held_out_by_the_seed():
    text = "\n".join(f"{'ab'[row % 3 == 0]},{row}.5" for row in range(60))
    splits = [read(text, test_share=0.25, seed=seed) for seed in (0, 0, 1)]
    for made in splits:
        assert np.bincount(made.test.labels).tolist() == [10, 5]
        assert np.bincount(made.train.labels).tolist() == [30, 15]
    first, again, other = (made.test.inputs.tobytes() for made in splits)
    assert first == again != other


@pytest.mark.parametrize("share", [0.05, 0.9])
def test_both_splits_have_every_class(share):
    made = read("a,1\na,2\nb,3\nb,4.5", test_share=share)
    assert sorted(made.train.labels) == sorted(made.test.labels) == [0, 1]


def test_grey_values_of_a_square_are_an_image():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (12, 64))
    made = read("\n".join(",".join(map(str, [row % 2, *values])) for row, values in enumerate(pixels)))
    assert made.image_shape == (8, 8)
    assert made.train.is_grey
    assert made.standardization is None
    assert sorted(np.concatenate([made.train.inputs, made.test.inputs]).tolist()) == sorted(pixels.tolist())


@pytest.mark.parametrize("spoiled", ["-1", "256", "0.5"])
def test_numbers_that_are_no_grey_values_are_no_image(spoiled):
    rows = [f"{row % 2},{','.join(['7'] * 63)},{spoiled}" for row in range(8)]
    assert read("\n".join(rows)).image_shape is None


def test_a_target_column_makes_a_regression():
    made = read("size,target,rooms\n" + "\n".join(f"{row},{100 + 3 * row},2" for row in range(20)))
    assert made.is_regression
    assert made.feature_names == ("size", "rooms")
    assert (len(made.train), len(made.test), made.outputs) == (16, 4, 1)
    scale = made.target_standardization
    targets = made.train.targets * scale.deviation + scale.mean
    sizes = made.train.inputs * made.standardization.deviation + made.standardization.mean
    np.testing.assert_allclose(targets[:, 0], 100 + 3 * sizes[:, 0], atol=1e-3)
    assert made.standardization.deviation[1] == 1  # a constant column stays as it is, at zero
    assert not made.train.inputs[:, 1].any()


def test_a_header_need_not_be_there_and_may_have_the_label_anywhere():
    assert read("x,y,Label\n1,2,a\n3,4,b\n5,6,a\n7,8.5,b").feature_names == ("x", "y")
    assert read("a,1\nb,2\na,3\nb,4.5").feature_names == ("column 2",)
    assert read("label,0,1\na,1,2\nb,2,3\na,3,4\nb,4.5,5").feature_names == ("0", "1")


def test_a_byte_order_mark_and_empty_lines_mean_nothing():
    assert read("\ufefflabel,x\n\na,1\nb,2\n\n\na,3\nb,4.5\n\n").classes == ("a", "b")


def test_blanks_around_values_mean_nothing():
    made = read(" label , x \n a , 1\na, 2\n b,3\nb ,4.5 ")
    assert made.classes == ("a", "b")
    assert made.feature_names == ("x",)


def test_a_value_in_quotes_may_hold_the_delimiter_and_the_line_is_still_known():
    assert read('label,x\n"a, or A",1\nb,2\n"a, or A",3\nb,4.5').classes == ("a, or A", "b")
    assert refusal('label,x\n"a\n",1\nb,two').params["row"] == 4


@pytest.mark.parametrize(
    ("raw", "code", "params"),
    [
        ("", "no_examples", {}),
        ("\n\n", "no_examples", {}),
        ("label,x\n", "no_examples", {}),
        ("a\nb\n", "no_inputs", {}),
        (b"a,1\nb,2\n\xff,3", "not_utf8", {"row": 3}),
        ("a,1\nb,2\na,3,4\n", "ragged_row", {"row": 3, "count": 3, "expected": 2}),
        ("a,1\n\nb,\n", "not_numeric", {"row": 3, "column": "column 2"}),
        ("label,x,y\na,1,2\nb,1,two", "not_numeric", {"row": 3, "column": "y"}),
        ("a,1\nb,nan", "number_not_finite", {"row": 2, "column": "column 2"}),
        ("a,1\nb,-inf", "number_not_finite", {"row": 2}),
        ("a,1\nb,1e39", "number_not_finite", {"row": 2}),
        ("x,target\n1,2\n2,nan", "number_not_finite", {"row": 3, "column": "target"}),
        ("x,target\n1,2\n2,high", "not_numeric", {"row": 3, "column": "target"}),
        ("x,target\n1,2", "too_few_examples", {}),
        ("a,1\na,2", "one_class", {}),
        ("a,1\na,2\nb,3", "class_too_small", {"name": "b"}),
        ("a,1\n,2\na,2\n,3", "bad_class_name", {}),
        (f"a,1\n{'b' * 41},2", "bad_class_name", {}),
        ("a,1\nb\x00,2", "bad_class_name", {}),
        ("label,x,X\na,1,2", "repeated_column", {"name": "X"}),
        (f"label,{'x' * 41}\na,1", "bad_column_name", {}),
        ("label,x\x07\na,1", "bad_column_name", {}),
        ("label,target,x\na,1,2", "label_and_target", {}),
        ("\n".join(f"{label},1" for label in range(257)), "too_many_classes", {"most": 256}),
        (",".join(["1"] * 4098), "too_many_columns", {"count": 4098}),
        (f"a,{'1' * 140_000}", "broken_csv", {"row": 1}),
    ],
)
def test_what_is_no_table_is_refused_by_its_line(raw, code, params):
    refused = refusal(raw)
    assert refused.code == code
    assert params.items() <= refused.params.items()


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(table, "MOST_ROWS", 4)
    read("a,1\nb,2\na,3\nb,4.5")
    assert refusal("a,1\nb,2\na,3\nb,4.5\na,5").code == "too_many_rows"


def test_a_file_is_read_up_to_its_cap(tmp_path):
    path = tmp_path / "brought.csv"
    path.write_text("a,1\nb,2\na,3\nb,4.5")
    assert open_table(path, "brought", most=17).classes == ("a", "b")
    with pytest.raises(DataError) as refused:
        open_table(path, "brought", most=16)
    assert refused.value.code == "file_too_large"
    with pytest.raises(DataError) as refused:
        open_table(tmp_path / "other.csv", "other")
    assert refused.value.code == "file_missing"
    with pytest.raises(DataError) as refused:
        open_table(tmp_path, "folder")
    assert refused.value.code == "file_unreadable"
