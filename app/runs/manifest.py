"""What the frames of one architecture hold: built from the network once, before its first frame."""

import base64
import zlib

from app.datasets.library import Library
from app.protocol import values
from app.runs.plane import plane_of
from app.runs.tensors import STATISTICS, layer_infos, tensor_infos
from engine.activations import ACTIVATIONS
from engine.architecture import MOST_PARAMETERS
from engine.data import catalogue
from engine.data.dataset import Dataset
from engine.errors import DataError
from engine.losses import LOSSES
from engine.spec import DatasetSpec
from engine.spec.layers import MOST_LAYERS, MOST_UNITS, SPEC_OF_KIND
from engine.spec.optimizer import MOST_LEARNING_RATE, OPTIMIZERS, SCHEDULES
from engine.spec.run import INITIALIZER_NAMES, MOST_BATCH_SIZE
from engine.trainer import Trainer

GALLERY_SIZE = 16


def limits(library: Library) -> values.Limits:
    """Say what a configuration may be."""
    return values.Limits(
        layers=MOST_LAYERS,
        units=MOST_UNITS,
        parameters=MOST_PARAMETERS,
        batch_size=MOST_BATCH_SIZE,
        learning_rate=MOST_LEARNING_RATE,
        activations=list(ACTIVATIONS),
        optimizers=list(OPTIMIZERS),
        initializers=list(INITIALIZER_NAMES),
        layer_kinds=list(SPEC_OF_KIND),
        losses=list(LOSSES),
        losses_of_classes=[name for name, loss in LOSSES.items() if loss.needs_classes],
        schedules=list(SCHEDULES),
        datasets=[*map(_made_or_packaged, catalogue.NAMES), *_brought(library)],
    )


def _made_or_packaged(name: str) -> values.DatasetChoice:
    features = catalogue.features_of(name)
    about = catalogue.describe(DatasetSpec(name, features=features[:2]))
    return values.DatasetChoice(
        name=name,
        task=about.task,
        made=catalogue.is_made(name),
        input_shape=[] if features else list(about.input_shape),
        outputs=0 if catalogue.has_arms(name) else about.outputs,
        features=list(features),
        has_arms=catalogue.has_arms(name),
    )


def _brought(library: Library) -> list[values.DatasetChoice]:
    found = []
    for name in library.brought:
        try:
            dataset = library.open(DatasetSpec(name))
        except DataError:  # which the server said when it started
            continue
        found.append(
            values.DatasetChoice(
                name=name,
                task=_task(dataset),
                made=False,
                input_shape=list(dataset.input_shape),
                outputs=dataset.outputs,
                features=[],
                has_arms=False,
            )
        )
    return found


def _task(dataset: Dataset) -> catalogue.Task:
    return "regression" if dataset.is_regression else "classification"


def gallery_indices(dataset: Dataset) -> list[int]:
    """Return the held-out images of the gallery: the classes in order, each time the next example of the class."""
    if dataset.image_shape is None or dataset.is_regression:
        return []
    by_class = [dataset.test.of_class(label) for label in range(len(dataset.classes))]
    rounds = max(len(indices) for indices in by_class)
    in_turn = [int(indices[turn]) for turn in range(rounds) for indices in by_class if turn < len(indices)]
    return in_turn[:GALLERY_SIZE]


def build_manifest(run: str, trainer: Trainer) -> values.Manifest:
    """Describe the frames of this trainer's architecture."""
    dataset = trainer.dataset
    layers = layer_infos(trainer)
    plane = plane_of(dataset)
    indices = gallery_indices(dataset)
    gallery = values.Gallery(
        indices=indices,
        labels=[dataset.test.label(index) for index in indices],
        images=base64.b64encode(dataset.test.inputs[indices].tobytes()).decode(),
    )
    draft = values.Manifest(
        id=0,
        run=run,
        dataset=dataset.name,
        task=_task(dataset),
        input_shape=list(dataset.input_shape),
        image_shape=None if dataset.image_shape is None else list(dataset.image_shape),
        features=list(dataset.feature_names),
        classes=list(dataset.classes),
        outputs=dataset.outputs,
        probabilities=trainer.work.loss.gives_probabilities,
        train_count=len(dataset.train),
        test_count=len(dataset.test),
        steps_per_epoch=trainer.steps_per_epoch,
        layers=layers,
        tensors=tensor_infos(trainer, layers, plane, len(indices)),
        statistics=list(STATISTICS),
        gallery=gallery,
        plane=plane,
    )
    # The same architecture has the same id, so that frames of a run that was moved to another worker still fit.
    return draft.model_copy(update={"id": zlib.crc32(draft.model_dump_json().encode())})
