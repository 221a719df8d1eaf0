"""What a run may begin with: its network may take the memory that arithmetic says it takes, or it is never made."""

from app.datasets.library import Library
from app.runs.memory import Memory
from engine.architecture import architecture_of
from engine.checkpoint import Checkpoint
from engine.spec import RunSpec
from engine.trainer import Trainer

ITEMSIZE = {"float32": 4, "float64": 8}


def admitted(run: str, start: RunSpec | Checkpoint, library: Library, memory: Memory) -> Trainer:
    """Return the trainer of a run that begins so, in the place of what the run took of the memory before.

    Raises the engine's `SpecError`, or a refusal where the start is more than the memory or the data allow; then
    nothing is changed.
    """
    spec = (start.spec if isinstance(start, Checkpoint) else start).validated()
    dataset = library.open(spec.dataset)
    network = architecture_of(spec, dataset.input_shape, dataset.outputs)
    with memory.taking(run, network.nbytes(spec.batch_size, ITEMSIZE[spec.precision])):
        if isinstance(start, Checkpoint):
            return Trainer.from_checkpoint(start, dataset)
        return Trainer(start, dataset)
