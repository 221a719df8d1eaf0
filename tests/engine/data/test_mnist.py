"""MNIST: the package holds the original files, and what is unpacked is shared and verified."""

import gzip
import hashlib
import os
import shutil

import numpy as np
import pytest

from engine.data.mnist import (
    FILES,
    PACKAGED,
    TEST_IMAGES,
    TRAIN_IMAGES,
    TRAIN_LABELS,
    load_mnist,
    open_mnist,
    unpack_mnist,
)
from engine.errors import DataError


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    directory = tmp_path_factory.mktemp("mnist")
    unpack_mnist(directory)
    return directory


@pytest.fixture
def spoiled(unpacked, tmp_path):
    """Links to the unpacked files; a test replaces one of them."""
    for file in FILES:
        os.link(unpacked / file.name, tmp_path / file.name)
    return tmp_path


def test_the_package_holds_the_original_files():
    md5 = {TRAIN_IMAGES: "6bbc9ace898e44ae57da46a324031adb", TEST_IMAGES: "2646ac647ad5339dbf082846283269ea"}
    for file, digest in md5.items():
        raw = gzip.decompress((PACKAGED / f"{file.name}.gz").read_bytes())
        assert hashlib.md5(raw, usedforsecurity=False).hexdigest() == digest


def test_mnist_has_70000_digits_of_28_by_28_in_10_classes(mnist):
    assert mnist.train.inputs.shape == (60_000, 784)
    assert mnist.test.inputs.shape == (10_000, 784)
    assert mnist.image_shape == (28, 28)
    assert mnist.inputs == 784
    assert mnist.classes == tuple("0123456789")
    assert mnist.train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.test.labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(mnist.train.labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


def test_nobody_can_write_to_it(mnist, unpacked):
    for dataset in (mnist, open_mnist(unpacked)):
        for split in (dataset.train, dataset.test):
            assert not split.inputs.flags.writeable
            assert not split.labels.flags.writeable


def test_mapped_files_hold_what_the_package_holds(mnist, unpacked):
    mapped = open_mnist(unpacked)
    np.testing.assert_array_equal(mapped.train.inputs, mnist.train.inputs)
    np.testing.assert_array_equal(mapped.train.labels, mnist.train.labels)
    np.testing.assert_array_equal(mapped.test.inputs, mnist.test.inputs)
    np.testing.assert_array_equal(mapped.test.labels, mnist.test.labels)


def test_unpacking_again_leaves_good_files_alone_and_nothing_else_behind(unpacked):
    before = {path: path.stat().st_mtime_ns for path in unpacked.iterdir()}
    assert set(unpack_mnist(unpacked)) == set(before)
    assert {path: path.stat().st_mtime_ns for path in unpacked.iterdir()} == before


def test_unpacking_repairs_a_damaged_file(spoiled):
    labels = spoiled / TRAIN_LABELS.name
    labels.unlink()
    labels.write_bytes(b"half a file")
    unpack_mnist(spoiled)
    assert hashlib.sha256(labels.read_bytes()).hexdigest() == TRAIN_LABELS.sha256


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda raw: b"", "wrong_magic"),
        (lambda raw: raw[1:], "wrong_magic"),
        (lambda raw: raw[:-1], "file_too_short"),
        (lambda raw: raw + b"\x00", "trailing_bytes"),
        (lambda raw: raw[:-1] + b"\x01", "wrong_digest"),
        (lambda raw: raw[:16] + raw[17:] + b"\x00", "wrong_digest"),
    ],
    ids=["empty", "shifted", "shorter", "longer", "last byte changed", "pixels shifted"],
)
def test_a_file_that_is_not_mnist_is_refused(spoiled, damage, code):
    images = spoiled / TEST_IMAGES.name
    raw = images.read_bytes()
    images.unlink()
    images.write_bytes(damage(raw))
    with pytest.raises(DataError) as refused:
        open_mnist(spoiled)
    assert refused.value.code == code
    assert refused.value.where == TEST_IMAGES.name


def test_a_missing_file_is_refused(spoiled):
    (spoiled / TEST_IMAGES.name).unlink()
    with pytest.raises(DataError) as refused:
        open_mnist(spoiled)
    assert refused.value.code == "file_missing"


def test_a_package_with_other_digits_is_refused(tmp_path):
    for file in FILES:
        shutil.copy(PACKAGED / f"{file.name}.gz", tmp_path)
    path = tmp_path / f"{TRAIN_LABELS.name}.gz"
    raw = bytearray(gzip.decompress(path.read_bytes()))
    raw[-1] = (raw[-1] + 1) % 10
    path.write_bytes(gzip.compress(bytes(raw)))
    with pytest.raises(DataError) as refused:
        load_mnist(tmp_path)
    assert refused.value.code == "wrong_digest"
