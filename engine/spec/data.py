"""The data set of a run and how its examples are varied, as plain data; `engine.data` makes both."""

import re
from dataclasses import dataclass

from engine.errors import SpecError
from engine.spec.fields import fields_of, integer, items, number, text

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
MOST_SEED = 2**32 - 1
LEAST_COUNT, MOST_COUNT = 20, 20_000
LEAST_TEST_SHARE, MOST_TEST_SHARE = 0.05, 0.9
LEAST_ARMS, MOST_ARMS = 2, 6
MOST_FEATURES = 12
MOST_SHIFT = 14.0  # pixels
MOST_ROTATION = 180.0  # degrees
MOST_SCALE = 0.5


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """Which data set; what follows the name is for those that are made rather than read."""

    name: str = "mnist"
    count: int = 1000
    noise: float = 0.1
    test_share: float = 0.2
    arms: int = 2
    features: tuple[str, ...] = ("x1", "x2")
    seed: int = 0


@dataclass(frozen=True, slots=True)
class AugmentationSpec:
    """How far training images are varied at random, at most: nothing at all where every number is 0."""

    shift: float = 0.0  # pixels, either way
    rotation: float = 0.0  # degrees, either way
    scale: float = 0.0  # share, larger or smaller
    noise: float = 0.0  # standard deviation, as a share of full white

    def __bool__(self) -> bool:
        return any((self.shift, self.rotation, self.scale, self.noise))


def read_dataset(plain: object, where: str) -> DatasetSpec:
    """Read the data set of a run spec; raise SpecError at the first thing that is not acceptable."""
    read = fields_of(plain, where, DatasetSpec)
    name = text(read["name"], f"{where}.name")
    if not NAME.fullmatch(name):
        raise SpecError("unknown_dataset", f"{where}.name", name=name[:40])
    features = tuple(
        text(feature, f"{where}.features[{position}]")
        for position, feature in enumerate(
            items(read["features"], f"{where}.features", MOST_FEATURES, "too_many_features")
        )
    )
    return DatasetSpec(
        name=name,
        count=integer(read["count"], f"{where}.count", LEAST_COUNT, MOST_COUNT),
        noise=number(read["noise"], f"{where}.noise", 0.0, 1.0),
        test_share=number(read["test_share"], f"{where}.test_share", LEAST_TEST_SHARE, MOST_TEST_SHARE),
        arms=integer(read["arms"], f"{where}.arms", LEAST_ARMS, MOST_ARMS),
        features=features,
        seed=integer(read["seed"], f"{where}.seed", 0, MOST_SEED),
    )


def read_augmentation(plain: object, where: str) -> AugmentationSpec:
    """Read the augmentation of a run spec; raise SpecError at the first thing that is not acceptable."""
    read = fields_of(plain, where, AugmentationSpec)
    return AugmentationSpec(
        shift=number(read["shift"], f"{where}.shift", 0.0, MOST_SHIFT),
        rotation=number(read["rotation"], f"{where}.rotation", 0.0, MOST_ROTATION),
        scale=number(read["scale"], f"{where}.scale", 0.0, MOST_SCALE),
        noise=number(read["noise"], f"{where}.noise", 0.0, 1.0),
    )
