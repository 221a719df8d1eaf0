"""Folders of pictures that somebody brought: one subfolder a class, its name the name of the class.

    animals/cat/tom.png
    animals/cat/felix.jpg
    animals/dog/rex.png

Every picture becomes grey values (ITU-R 601 luma, 0.299 R + 0.587 G + 0.114 B; what is transparent is seen on white).
If all are of one small size they keep it; else each is scaled to fit into 28 by 28 pixels, with what is left beside it
filled with the middle grey value of its edge. A picture that can't be read is named, never left out.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from app.datasets.picture import open_picture, without_colour
from engine.data import classes
from engine.data.dataset import Dataset, Split
from engine.errors import DataError
from engine.tensors import Bytes, Indices

FORMATS = {"PNG": (".png",), "JPEG": (".jpg", ".jpeg"), "BMP": (".bmp",), "GIF": (".gif",), "WEBP": (".webp",)}
"""What is decoded, and how the names of such files end; of a moving picture the first image counts."""

SUFFIXES = tuple(suffix for suffixes in FORMATS.values() for suffix in suffixes)
LEFT_BY_SYSTEMS = ("thumbs.db", "desktop.ini")
"""Files that systems put into folders of pictures; they are passed over, as names are that begin with a dot."""

SIDE = 28
MOST_SIDE_KEPT = 64
MOST_FILES = 20_000
MOST_FILE_BYTES = 1 << 24
MOST_BYTES = 1 << 28
MOST_PIXELS_TOGETHER = 1 << 31


def open_image_folder(directory: Path, name: str, *, test_share: float = 0.2, seed: int = 0) -> Dataset:
    """Read all pictures and hold out a share of each class; raise DataError for anything not as it should be."""
    pictures = _pictures(directory)
    where = _shown(directory.name)
    names = classes.in_order(pictures)
    classes.check_names(names, where)
    for one in names:
        if len(pictures[one]) < 2:
            raise DataError("class_too_small" if pictures[one] else "no_examples_of_class", where, name=one)
    paths = [path for one in names for path in pictures[one]]
    labels = np.repeat(np.arange(len(names)), [len(pictures[one]) for one in names]).astype(np.uint8)
    width, height = _common_size(paths, where)
    images = np.stack([_grey(path, (width, height)) for path in paths]).reshape(len(paths), -1)
    train, test = classes.hold_out(len(labels), labels, test_share, seed)

    def split(rows: Indices) -> Split:
        return Split(images[rows], labels[rows])

    return Dataset(name, split(train), split(test), (1, height, width), names)


def _shown(name: str) -> str:
    """Return the name of a file as text that can be sent on, whatever bytes it has."""
    return name.encode("utf-8", "replace").decode()


def _where(path: Path) -> str:
    return _shown(f"{path.parent.name}/{path.name}")


def _entries(directory: Path) -> Iterator[os.DirEntry[str]]:
    """Yield what a folder holds, in the order of the names, without following links out of it."""
    try:
        with os.scandir(directory) as scanned:
            entries = sorted(scanned, key=lambda entry: entry.name)
    except OSError:
        raise DataError("file_unreadable", _shown(directory.name)) from None
    for entry in entries:
        if not entry.name.startswith((".", "__MACOSX")) and entry.name.lower() not in LEFT_BY_SYSTEMS:
            yield entry


def _pictures(directory: Path) -> dict[str, list[Path]]:
    """Return the files of each class; count them and their bytes before any is opened."""
    pictures: dict[str, list[Path]] = {}
    count = size = 0
    for folder in _entries(directory):
        if not folder.is_dir(follow_symlinks=False):
            raise DataError("unexpected_file", _shown(folder.name))
        pictures[folder.name] = []
        for entry in _entries(Path(folder.path)):
            path = Path(entry.path)
            if not entry.is_file(follow_symlinks=False) or path.suffix.lower() not in SUFFIXES:
                raise DataError("unexpected_file", _where(path))
            bytes_of_file = entry.stat(follow_symlinks=False).st_size
            if bytes_of_file > MOST_FILE_BYTES:
                raise DataError("file_too_large", _where(path), most=MOST_FILE_BYTES)
            pictures[folder.name].append(path)
            count, size = count + 1, size + bytes_of_file
            if count > MOST_FILES:
                raise DataError("too_many_files", _shown(directory.name), most=MOST_FILES)
            if size > MOST_BYTES:
                raise DataError("files_too_large", _shown(directory.name), most=MOST_BYTES)
    return pictures


def _open(path: Path) -> Image.Image:
    return open_picture(path, _where(path), tuple(FORMATS))


def _common_size(paths: list[Path], where: str) -> tuple[int, int]:
    """Return the width and height that all pictures shall have."""
    sizes: set[tuple[int, int]] = set()
    together = 0
    for path in paths:
        with _open(path) as image:
            sizes.add(image.size)
            together += image.width * image.height
        if together > MOST_PIXELS_TOGETHER:
            raise DataError("images_too_large", where, most=MOST_PIXELS_TOGETHER)
    size = sizes.pop()
    return size if not sizes and max(size) <= MOST_SIDE_KEPT else (SIDE, SIDE)


def _grey(path: Path, size: tuple[int, int]) -> Bytes:
    """Return the grey values of a picture, (height, width)."""
    with _open(path) as image:
        try:
            upright = ImageOps.exif_transpose(image)  # a camera held upright says so beside the pixels
            grey = without_colour(upright)
            if grey.size != size:
                edge = np.asarray(grey)
                around = np.concatenate([edge[0], edge[-1], edge[:, 0], edge[:, -1]])
                grey = ImageOps.pad(grey, size, Image.Resampling.BILINEAR, color=int(np.median(around)))
        except Exception:  # whatever a decoder stumbles over, the picture is what is wrong
            raise DataError("broken_image", _where(path)) from None
        return np.asarray(grey, np.uint8)
