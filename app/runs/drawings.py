"""What a run is told about drawings: who reads, what it reads, why, and what it would learn."""

import base64
from collections.abc import Callable

from app.protocol import drawing
from app.protocol.message import Reply
from app.runs.readers import Reader
from app.runs.refusal import RunRefusal
from app.runs.shelf import Shelf
from engine.evaluation import EvaluationResult

DrawingCommand = (
    drawing.OpenNetwork
    | drawing.Predict
    | drawing.Explain
    | drawing.PreviewLesson
    | drawing.Teach
    | drawing.TakeBack
    | drawing.KeepDrawings
    | drawing.Practise
)
"""Those that leave the run itself as it is."""


class Drawings:
    """Reads drawings for the people of one run, with the run's network or with others."""

    def __init__(self, run: str, shelf: Shelf, number: Callable[[], int]) -> None:
        """`number` gives each frame its own."""
        self._run = run
        self._shelf = shelf
        self._number = number
        self._live: Reader | None = None

    @property
    def live(self) -> Reader:
        """The run's own network."""
        if self._live is None:
            raise RuntimeError("expected a run to look through first")
        return self._live

    def look_through(self, live: Reader) -> None:
        """Take this for the run's own network from now on."""
        self._live = live

    def carry_out(self, command: DrawingCommand, tested: EvaluationResult | None) -> Reply:
        """Obey, or raise `RunRefusal` with nothing changed; `tested` is the last test of the run on held-out digits."""
        match command:
            case drawing.OpenNetwork(network=network):
                return self._open(network, tested)
            case drawing.Predict(network=network):
                return self._reader(network).read(command, self._number())
        raise RunRefusal("copy_gone")

    def _reader(self, network: str) -> Reader:
        if network == "run":
            return self.live
        if network in ("dense", "conv"):
            packaged, weights = self._shelf.packaged(network)
            bench = self._shelf.bench(network, packaged.checkpoint.spec)
            bench.take(weights, packaged.checkpoint.step)
            return bench
        raise RunRefusal("copy_gone")

    def _open(self, network: str, tested: EvaluationResult | None) -> drawing.NetworkOpened:
        reader = self._reader(network)
        reader.check()
        correct = count = None
        if network in ("dense", "conv"):
            packaged, _ = self._shelf.packaged(network)
            correct, count = packaged.correct, packaged.count
        elif network == "run" and tested is not None and tested.step == reader.step:
            correct, count = tested.correct, tested.count
        return drawing.NetworkOpened(
            network=network,
            step=reader.step,
            manifest=reader.manifest,
            matrices=base64.b64encode(reader.weights_frame(self._number())).decode(),
            checksum=reader.checksum,
            parameters=reader.network.parameters.flat.size,
            correct=correct,
            count=count,
            lessons=0,
            undoable=0,
        )
