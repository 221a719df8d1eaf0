"""MNIST: 60,000 + 10,000 handwritten digits, shipped in the package (see mnist/ORIGIN.md).

`load_mnist` reads the compressed files into memory. For several processes, `unpack_mnist` writes the four files once,
unpacked, into a directory, and `open_mnist` maps them, so that all processes share one copy in the page cache.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.data.dataset import Dataset, Split
from engine.data.idx import decompress, header_size, idx_header, parse_idx
from engine.errors import DataError
from engine.tensors import Bytes

PACKAGED = Path(__file__).parent / "mnist"
CLASSES = tuple("0123456789")
IMAGE_SHAPE = (28, 28)


@dataclass(frozen=True, slots=True)
class MnistFile:
    """One of the four files: its name, its shape and the SHA-256 digest of the unpacked file.

    `ends` is the digest of its first and last `ENDS` bytes, which can be checked without reading all of it.
    """

    name: str
    shape: tuple[int, ...]
    sha256: str
    ends: str

    @property
    def size(self) -> int:
        """Bytes of the unpacked file."""
        return header_size(len(self.shape)) + int(np.prod(self.shape))


ENDS = 1 << 18

TRAIN_IMAGES = MnistFile(
    "train-images-idx3-ubyte",
    (60_000, *IMAGE_SHAPE),
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "d7b5d9b01d1eaea0c0a2ba0a5377096ebb965bc8461d0d20dbc241490d314a27",
)
TRAIN_LABELS = MnistFile(
    "train-labels-idx1-ubyte",
    (60_000,),
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "e0ca26d27d46a30eb0c3cd816353312841971d77ecfe0857d34decb8c853dbe2",
)
TEST_IMAGES = MnistFile(
    "t10k-images-idx3-ubyte",
    (10_000, *IMAGE_SHAPE),
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "1ec1fe969a09678e959678fe2a00e20e06d9436a625ae6f8511ab682f0b8e575",
)
TEST_LABELS = MnistFile(
    "t10k-labels-idx1-ubyte",
    (10_000,),
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    "fa307090cf945717c46882443b3bb02572d05c727bacd66dda267477d1668d77",
)
FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)


def load_mnist(directory: Path = PACKAGED) -> Dataset:
    """Read the compressed files, check their digests and return them in memory, read-only."""
    train_images, train_labels, test_images, test_labels = (
        parse_idx(_verified(directory, file), file.name) for file in FILES
    )
    return _dataset(train_images, train_labels, test_images, test_labels)


def unpack_mnist(directory: Path, source: Path = PACKAGED) -> tuple[Path, ...]:
    """Write the four unpacked files into `directory`, unless they are there, and return their paths.

    Each file appears under its name complete or not at all, so that processes may do this at the same time.
    """
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for file in FILES:
        path = directory / file.name
        paths.append(path)
        try:
            _map(path, file)
        except DataError:
            _write_whole(path, _verified(source, file))
    return tuple(paths)


def open_mnist(directory: Path) -> Dataset:
    """Map the files that `unpack_mnist` wrote, after checking header, size and the digest of both ends."""
    train_images, train_labels, test_images, test_labels = (_map(directory / file.name, file) for file in FILES)
    return _dataset(train_images, train_labels, test_images, test_labels)


def _dataset(train_images: Bytes, train_labels: Bytes, test_images: Bytes, test_labels: Bytes) -> Dataset:
    train = Split(train_images.reshape(len(train_images), -1), train_labels)
    test = Split(test_images.reshape(len(test_images), -1), test_labels)
    return Dataset("mnist", train, test, (1, *IMAGE_SHAPE), CLASSES)


def _verified(directory: Path, file: MnistFile) -> bytes:
    raw = decompress(directory / f"{file.name}.gz")
    if hashlib.sha256(raw).hexdigest() != file.sha256:
        raise DataError("wrong_digest", file.name)
    return raw


def _map(path: Path, file: MnistFile) -> Bytes:
    where = file.name
    start = header_size(len(file.shape))
    try:
        with path.open("rb") as opened:
            size = os.fstat(opened.fileno()).st_size
            head = opened.read(ENDS)
            opened.seek(max(0, size - ENDS))
            tail = opened.read(ENDS)
    except FileNotFoundError:
        raise DataError("file_missing", where) from None
    header = idx_header(file.shape)
    if head[: len(header)] != header:
        raise DataError("wrong_magic", where)
    if size < file.size:
        raise DataError("file_too_short", where, count=size, expected=file.size)
    if size > file.size:
        raise DataError("trailing_bytes", where, expected=file.size)
    if hashlib.sha256(head + tail).hexdigest() != file.ends:
        raise DataError("wrong_digest", where)
    return np.memmap(path, np.uint8, "r", offset=start, shape=file.shape)


def _write_whole(path: Path, raw: bytes) -> None:
    # A rename within one directory is atomic: a reader sees no file, the old one or the new one.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)  # mkstemp lets only the owner read
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
