"""The data sets that are always there: what each of them is, said without making it, and the made ones made.

A network is built from what is said here, before there is any data; `make` then gives data that is just so.
"""

from dataclasses import dataclass
from typing import Literal

from engine.data import mnist, problems
from engine.data.dataset import Dataset
from engine.errors import SpecError
from engine.spec.data import DatasetSpec

Task = Literal["classification", "regression"]

NAMES = ("mnist", *problems.PROBLEMS)
"""Every data set of the catalogue."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a network for a data set needs to know of it."""

    task: Task
    input_shape: tuple[int, ...]  # (channels, height, width) of an image, else (inputs,)
    classes: tuple[str, ...]  # none for regression
    outputs: int


def is_made(name: str) -> bool:
    """Whether the data set is made from its spec, rather than read from files."""
    return name in problems.PROBLEMS


def features_of(name: str) -> tuple[str, ...]:
    """Return the features that may be chosen for a data set; none for images."""
    return tuple(problems.PROBLEMS[name].features) if is_made(name) else ()


def has_arms(name: str) -> bool:
    """Whether the number of arms means anything for a data set."""
    problem = problems.PROBLEMS.get(name)
    return isinstance(problem, problems.Classification) and problem.has_arms


def check(spec: DatasetSpec, where: str = "dataset") -> None:
    """Refuse with a SpecError what is not in the catalogue or can't be made, once the ranges are checked."""
    if spec.name not in NAMES:
        raise SpecError("unknown_choice", f"{where}.name", choices=", ".join(NAMES))
    if is_made(spec.name):
        problems.check(spec, where)


def describe(spec: DatasetSpec, where: str = "dataset") -> Description:
    """Say what the data set is; raise SpecError for one that can't be."""
    check(spec, where)
    if not is_made(spec.name):
        return Description("classification", (1, *mnist.IMAGE_SHAPE), mnist.CLASSES, len(mnist.CLASSES))
    problem = problems.PROBLEMS[spec.name]
    if isinstance(problem, problems.Regression):
        return Description("regression", (len(spec.features),), (), 1)
    classes = tuple(str(label) for label in range(problem.classes(spec)))
    return Description("classification", (len(spec.features),), classes, len(classes))


def describe_dataset(dataset: Dataset) -> Description:
    """Say the same of any data set that is there, such as one that somebody brought."""
    task: Task = "regression" if dataset.is_regression else "classification"
    return Description(task, dataset.input_shape, dataset.classes, dataset.outputs)


def make(spec: DatasetSpec, where: str = "dataset") -> Dataset:
    """Make a data set of the catalogue that is made; raise SpecError for one that can't be."""
    check(spec, where)
    if not is_made(spec.name):
        raise SpecError("read_not_made", f"{where}.name", name=spec.name)
    return problems.PROBLEMS[spec.name].make(spec)
