"""Folders like Fashion-MNIST's: opened whatever the size of the images, refused wherever something does not fit."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from engine.data.idx import idx_header
from engine.data.idx_folder import MOST_SIDE, is_idx_folder, open_idx_folder
from engine.data.mnist import FILES, PACKAGED
from engine.errors import DataError

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = (file.name for file in FILES)


def arrays(height: int = 7, width: int = 5, classes: int = 4) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {
        TRAIN_IMAGES: rng.integers(0, 256, (20, height, width)).astype(np.uint8),
        TRAIN_LABELS: (np.arange(20) % classes).astype(np.uint8),
        TEST_IMAGES: rng.integers(0, 256, (8, height, width)).astype(np.uint8),
        TEST_LABELS: (np.arange(8) % classes).astype(np.uint8),
    }


def write(directory: Path, files: dict[str, np.ndarray], *, packed: bool = False) -> Path:
    for name, array in files.items():
        raw = idx_header(array.shape) + array.tobytes()
        if packed:
            (directory / f"{name}.gz").write_bytes(gzip.compress(raw, 1))
        else:
            (directory / name).write_bytes(raw)
    return directory


def refusal(directory: Path) -> DataError:
    with pytest.raises(DataError) as refused:
        open_idx_folder(directory, "brought")
    return refused.value


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("height", "width"), [(28, 28), (1, 1), (3, 9)])
def test_what_is_written_is_opened(tmp_path, packed, height, width):
    files = arrays(height, width)
    write(tmp_path, files, packed=packed)
    assert is_idx_folder(tmp_path)
    fashion = open_idx_folder(tmp_path, "fashion")
    assert (fashion.name, fashion.input_shape, fashion.classes) == ("fashion", (1, height, width), tuple("0123"))
    for split, images, labels in (
        (fashion.train, files[TRAIN_IMAGES], files[TRAIN_LABELS]),
        (fashion.test, files[TEST_IMAGES], files[TEST_LABELS]),
    ):
        np.testing.assert_array_equal(split.inputs, images.reshape(len(images), -1))
        np.testing.assert_array_equal(split.labels, labels)


def test_the_packaged_mnist_is_such_a_folder(mnist):
    opened = open_idx_folder(PACKAGED, "mnist")
    assert opened.classes == mnist.classes
    assert opened.input_shape == mnist.input_shape
    assert opened.test.inputs.tobytes() == mnist.test.inputs.tobytes()


def test_classes_may_be_named(tmp_path):
    write(tmp_path, arrays())
    (tmp_path / "classes.txt").write_text("shirt\ncoat\n\n包\nboot \n", "utf-8")
    assert open_idx_folder(tmp_path, "fashion").classes == ("shirt", "coat", "包", "boot")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"shirt\ncoat\nbag", "wrong_class_count"),
        (b"shirt\ncoat\nbag\nbag", "repeated_class_name"),
        (b"shirt\ncoat\nbag\n\xff", "not_utf8"),
        (b"shirt\ncoat\nbag\n" + b"b" * 41, "bad_class_name"),
        (b"\n" * 70_000, "file_too_large"),
    ],
)
def test_names_that_do_not_fit_are_refused(tmp_path, text, code):
    write(tmp_path, arrays())
    (tmp_path / "classes.txt").write_bytes(text)
    refused = refusal(tmp_path)
    assert (refused.code, refused.where) == (code, "classes.txt")


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        (TRAIN_IMAGES, lambda array: array.reshape(20, -1), "not_images"),
        (TRAIN_IMAGES, lambda array: array[:0], "wrong_shape"),
        (TRAIN_LABELS, lambda array: array[:-1], "wrong_shape"),
        (TRAIN_LABELS, lambda array: array.reshape(4, 5), "wrong_shape"),
        (TRAIN_LABELS, lambda array: array * 2, "empty_class"),
        (TRAIN_LABELS, lambda array: array + 1, "empty_class"),
        (TRAIN_LABELS, lambda array: array * 0, "one_class"),
        (TEST_LABELS, lambda array: array + 1, "unknown_label"),
        (TEST_IMAGES, lambda array: array[:, :-1], "wrong_shape"),
        (TEST_LABELS, lambda array: array[:3], "wrong_shape"),
    ],
)
def test_files_that_do_not_fit_are_refused(tmp_path, name, change, code):
    files = arrays()
    files[name] = change(files[name])
    if code == "one_class":
        files[TEST_LABELS] = files[TEST_LABELS] * 0
    assert refusal(write(tmp_path, files)).code == code


def test_the_first_label_that_is_unknown_is_named(tmp_path):
    files = arrays()
    files[TEST_LABELS][5] = 9
    refused = refusal(write(tmp_path, files))
    assert refused.params["row"] == 6
    assert refused.params["label"] == 9


def test_an_empty_split_is_refused(tmp_path):
    files = arrays()
    files[TEST_IMAGES], files[TEST_LABELS] = files[TEST_IMAGES][:0], files[TEST_LABELS][:0]
    refused = refusal(write(tmp_path, files))
    assert (refused.code, refused.where) == ("no_examples", TEST_IMAGES)


@pytest.mark.parametrize(("height", "width"), [(0, 5), (5, 0), (MOST_SIDE + 1, 1)])
def test_images_of_a_size_beyond_the_caps_are_refused(tmp_path, height, width):
    assert refusal(write(tmp_path, arrays(height, width))).code == "image_size_out_of_range"


@pytest.mark.parametrize("name", arrays())
def test_a_missing_file_is_refused_by_its_name(tmp_path, name):
    write(tmp_path, arrays())
    (tmp_path / name).unlink()
    refused = refusal(tmp_path)
    assert (refused.code, refused.where) == ("file_missing", name)
