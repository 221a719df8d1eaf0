"""Tables that somebody brought: CSV files with one example a line.

    label,x1,x2          or          label,pixel1,pixel2, ...          or          size,rooms,target
    cat,0.5,1.25                     7,0,0,34, ...                                 81.5,3,250000

The first line may name the columns. The answers are in the column `label` (any text: the class) or `target` (a number:
a regression), else in the first column, as labels. All other columns are numbers. If they are as many as the pixels of
a square of at least `LEAST_SIDE` each way, and all are whole numbers 0 to 255, they are the grey values of an image.
Otherwise each column is standardized, (number - mean) / deviation, for a network learns slowly from numbers that are
all large or all alike; mean and deviation are those of the training split, since nothing may be learnt from what is
held out. Targets are standardized likewise.
"""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data import classes
from engine.data.classes import MOST_NAME
from engine.data.dataset import WHITE, Dataset, Split, Standardization
from engine.data.files import decoded, read_at_most
from engine.errors import DataError
from engine.tensors import Bytes, Indices

MOST_BYTES = 1 << 27
MOST_ROWS = 100_000
MOST_COLUMNS = 4097
"""A label and an image of 64 by 64 pixels."""

LEAST_SIDE = 8
"""So that a table of 4 or 9 whole numbers is not taken for a picture."""

DELIMITERS = ",;\t"

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """What the file says, before anything is made of it."""

    columns: tuple[str, ...]  # names of the inputs
    inputs: Numbers  # (N, inputs)
    answers: list[str]  # labels, or targets in text
    lines: list[int]  # where in the file each row ends
    is_regression: bool


def open_table(path: Path, name: str, *, test_share: float = 0.2, seed: int = 0, most: int = MOST_BYTES) -> Dataset:
    """Read a CSV file; raise DataError for anything that is not as it should be."""
    return parse_table(read_at_most(path, most), path.name, name, test_share=test_share, seed=seed)


def parse_table(raw: bytes, where: str, name: str, *, test_share: float = 0.2, seed: int = 0) -> Dataset:
    """Make a data set of the bytes of a CSV file, holding out a share of the examples chosen by the seed."""
    decoded(raw, where)  # refuses what is not text, by its line; it is read piece by piece, which takes less memory
    table = _read(raw, where)
    if table.is_regression:
        targets = _targets(table, where)
        if len(targets) < 2:
            raise DataError("too_few_examples", where)
        train, test = classes.hold_out(len(targets), None, test_share, seed)
        scaled, target_scale = _standardize(targets, train)
        return _dataset(name, table, train, test, targets=scaled, target_scale=target_scale)
    labels, names = _labels(table, where)
    train, test = classes.hold_out(len(labels), labels, test_share, seed)
    return _dataset(name, table, train, test, labels=labels, names=names)


def _read(raw: bytes, where: str) -> _Table:
    rows = _rows(raw, where)
    first_line, first = next(rows, (0, []))
    if not first:
        raise DataError("no_examples", where)
    if len(first) > MOST_COLUMNS:
        raise DataError("too_many_columns", where, count=len(first), most=MOST_COLUMNS)
    if len(first) < 2:
        raise DataError("no_inputs", where)
    lower = [cell.strip().lower() for cell in first]
    has_header = "label" in lower or "target" in lower or not any(_is_number(cell) for cell in first)
    at, is_regression, columns = _columns(first, where) if has_header else (0, False, _numbered(len(first)))
    inputs = bytearray()
    answers: list[str] = []
    lines: list[int] = []
    for line, row in rows if has_header else chain([(first_line, list(first))], rows):
        if len(answers) == MOST_ROWS:
            raise DataError("too_many_rows", where, most=MOST_ROWS)
        if len(row) != len(first):
            raise DataError("ragged_row", where, row=line, count=len(row), expected=len(first))
        answers.append(row.pop(at).strip())
        inputs += _numbers(row, columns, line, where).data
        lines.append(line)
    if not answers:
        raise DataError("no_examples", where)
    numbers = np.frombuffer(inputs, np.float32).reshape(len(answers), len(columns))
    return _Table(columns, numbers, answers, lines, is_regression)


def _rows(raw: bytes, where: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line that is not empty, with its number in the file, cut into values."""
    text = io.TextIOWrapper(io.BytesIO(raw), "utf-8-sig", newline="")
    start = next((line for line in text if line.strip()), "")
    text.seek(0)
    delimiter = max(DELIMITERS, key=start.count)  # the comma, if there is none of them
    reader = csv.reader(text, delimiter=delimiter)
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            raise DataError("broken_csv", where, row=reader.line_num) from None
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield reader.line_num, row


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"column {number}" for number in range(2, count + 1))


def _columns(header: list[str], where: str) -> tuple[int, bool, tuple[str, ...]]:
    """Return where the answers are, whether they are targets, and the names of the other columns."""
    names = [cell.strip() or f"column {number}" for number, cell in enumerate(header, 1)]
    seen: set[str] = set()
    for name in names:
        if len(name) > MOST_NAME or not name.isprintable():
            raise DataError("bad_column_name", where, name=ascii(name[:MOST_NAME]), most=MOST_NAME)
        if name.lower() in seen:
            raise DataError("repeated_column", where, name=name)
        seen.add(name.lower())
    if {"label", "target"} <= seen:
        raise DataError("label_and_target", where)
    lower = [name.lower() for name in names]
    is_regression = "target" in seen
    at = lower.index("target") if is_regression else lower.index("label") if "label" in seen else 0
    names.pop(at)
    return at, is_regression, tuple(names)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _numbers(cells: list[str], columns: tuple[str, ...], line: int, where: str) -> Numbers:
    try:
        values = list(map(float, cells))
    except ValueError:
        wrong = next(column for column, cell in zip(columns, cells, strict=True) if not _is_number(cell))
        raise DataError("not_numeric", where, row=line, column=wrong) from None
    with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite and is refused here
        numbers = np.array(values).astype(np.float32)
    if not np.isfinite(numbers).all():
        wrong = columns[int((~np.isfinite(numbers)).argmax())]
        raise DataError("number_not_finite", where, row=line, column=wrong)
    return numbers


def _targets(table: _Table, where: str) -> Numbers:
    """Return the targets, (N, 1)."""
    pairs = zip(table.answers, table.lines, strict=True)
    return np.stack([_numbers([answer], ("target",), line, where) for answer, line in pairs])


def _labels(table: _Table, where: str) -> tuple[Bytes, tuple[str, ...]]:
    """Number the classes in their order."""
    order = classes.in_order(set(table.answers))
    classes.check_names(order, where)
    number_of = {name: number for number, name in enumerate(order)}
    labels = np.array([number_of[answer] for answer in table.answers], np.uint8)
    counts = np.bincount(labels)
    if counts.min() < 2:
        raise DataError("class_too_small", where, name=order[int(counts.argmin())])
    return labels, order


def _standardize(columns: Numbers, train: Indices) -> tuple[Numbers, Standardization]:
    mean = columns[train].mean(axis=0, dtype=np.float64)
    deviation = columns[train].std(axis=0, dtype=np.float64)
    # A column that is constant but for rounding would be blown up to noise.
    deviation[deviation <= 1e-6 * np.abs(mean)] = 1
    with np.errstate(over="ignore"):  # such a number in what is held out is refused with its row
        scaled = ((columns - mean) / deviation).astype(np.float32)
    return scaled, Standardization(mean.astype(np.float32), deviation.astype(np.float32))


def _side(inputs: Numbers) -> int | None:
    """Return the side of the square images that the rows hold, or None where they hold none."""
    side = math.isqrt(inputs.shape[1])
    is_square = side >= LEAST_SIDE and side * side == inputs.shape[1]
    is_grey = inputs.min() >= 0 and inputs.max() <= WHITE and is_square and bool((inputs == np.rint(inputs)).all())
    return side if is_grey else None


def _dataset(
    name: str,
    table: _Table,
    train: Indices,
    test: Indices,
    *,
    labels: Bytes | None = None,
    names: tuple[str, ...] = (),
    targets: Numbers | None = None,
    target_scale: Standardization | None = None,
) -> Dataset:
    side = _side(table.inputs)
    inputs: Numbers | Bytes
    if side is None:
        inputs, scale = _standardize(table.inputs, train)
    else:
        inputs, scale = table.inputs.astype(np.uint8), None

    def split(rows: Indices) -> Split:
        return Split(
            inputs[rows],
            None if labels is None else labels[rows],
            None if targets is None else targets[rows],
        )

    return Dataset(
        name,
        split(train),
        split(test),
        (len(table.columns),) if side is None else (1, side, side),
        names,
        feature_names=table.columns if side is None else (),
        target_names=() if targets is None else ("target",),
        standardization=scale,
        target_standardization=target_scale,
    )
