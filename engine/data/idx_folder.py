"""Image sets that come as MNIST does: a folder with four IDX files under MNIST's names, as Fashion-MNIST has them.

Each of the four may be compressed (.gz). A file `classes.txt` may name the classes, one a line; without it they are
called by their numbers. Images are grey and of any one size; labels are 0, 1, 2 ... without a gap.
"""

from pathlib import Path

import numpy as np

from engine.data import classes
from engine.data.dataset import Dataset, Split
from engine.data.files import decoded, read_at_most
from engine.data.idx import MOST_BYTES, MOST_DIMENSIONS, decompress, header_size, parse_idx
from engine.data.mnist import FILES
from engine.errors import DataError
from engine.tensors import Bytes

MOST_SIDE = 256
"""Pixels of an image, each way."""

CLASSES_FILE = "classes.txt"
MOST_CLASSES_BYTES = 1 << 16


def is_idx_folder(directory: Path) -> bool:
    """Whether the folder looks like one: it has MNIST's file of training images, compressed or not."""
    return _path_in(directory, FILES[0].name).is_file()


def open_idx_folder(directory: Path, name: str) -> Dataset:
    """Read the four files; raise DataError for anything that is not as it should be."""
    train_images, train_labels, test_images, test_labels = (file.name for file in FILES)
    train = _read_split(directory, train_images, train_labels)
    test = _read_split(directory, test_images, test_labels)
    (images, labels), (others, other_labels) = train, test
    if others.shape[1:] != images.shape[1:]:
        raise DataError("wrong_shape", test_images, shape=others.shape, expected=(len(others), *images.shape[1:]))
    present = np.bincount(labels)
    if not present.all():
        missing = int((present == 0).argmax())
        raise DataError("empty_class", train_labels, label=missing, most=len(present) - 1)
    if other_labels.max() >= len(present):
        row = int((other_labels >= len(present)).argmax())
        raise DataError("unknown_label", test_labels, row=row + 1, label=int(other_labels[row]))
    return Dataset(
        name,
        Split(images.reshape(len(images), -1), labels),
        Split(others.reshape(len(others), -1), other_labels),
        (1, *images.shape[1:]),
        _class_names(directory, len(present)),
    )


def _path_in(directory: Path, name: str) -> Path:
    packed = directory / f"{name}.gz"
    return packed if packed.exists() else directory / name


def _read(directory: Path, name: str) -> Bytes:
    path = _path_in(directory, name)
    most = MOST_BYTES + header_size(MOST_DIMENSIONS)
    raw = decompress(path) if path.suffix == ".gz" else read_at_most(path, most)
    return parse_idx(raw, path.name)


def _read_split(directory: Path, images_name: str, labels_name: str) -> tuple[Bytes, Bytes]:
    images, labels = _read(directory, images_name), _read(directory, labels_name)
    if images.ndim != 3:
        raise DataError("not_images", images_name, count=images.ndim)
    if labels.shape != images.shape[:1]:
        raise DataError("wrong_shape", labels_name, shape=labels.shape, expected=images.shape[:1])
    count, height, width = images.shape
    if count == 0:
        raise DataError("no_examples", images_name)
    if not (1 <= height <= MOST_SIDE and 1 <= width <= MOST_SIDE):
        raise DataError("image_size_out_of_range", images_name, height=height, width=width, most=MOST_SIDE)
    return images, labels


def _class_names(directory: Path, count: int) -> tuple[str, ...]:
    path = directory / CLASSES_FILE
    names = [str(label) for label in range(count)]
    if path.exists():
        lines = decoded(read_at_most(path, MOST_CLASSES_BYTES), path.name).splitlines()
        names = [line.strip() for line in lines if line.strip()]
        if len(names) != count:
            raise DataError("wrong_class_count", path.name, count=len(names), expected=count)
    classes.check_names(names, path.name if path.exists() else FILES[1].name)
    return tuple(names)
