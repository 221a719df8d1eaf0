"""Print the measurements of some groups, or of all: `python -m benchmarks [group ...]`."""

import sys

from benchmarks import ALL


def main(groups: list[str]) -> None:
    """Measure the named groups, all of them if none is named."""
    for group in groups or ALL:
        for measurement in ALL[group]():
            figure = "-" if measurement.value is None else f"{measurement.value:.4g}"
            reach = "" if measurement.reach is None else f"   reach {measurement.reach}"
            print(f"{measurement.name}: {figure} {measurement.unit}{reach}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
