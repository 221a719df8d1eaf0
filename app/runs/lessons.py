"""Lessons that people give a copy: looked at before, taken, and taken back (`engine.explain.lesson`)."""

from app.protocol import drawing
from app.runs.copies import Copy
from app.runs.readers import Bench
from app.runs.refusal import RunRefusal
from engine.errors import Diverged
from engine.tensors import Tensor


def preview(bench: Bench, asked: drawing.PreviewLesson) -> drawing.LessonPreview:
    """Say what one step would do to the network on the bench; raise `RunRefusal` if it is not finite."""
    bench.check(asked.label)
    try:
        seen = bench.lesson.preview(bench.x_of(asked.pixels), asked.label, asked.learning_rate)
    except Diverged as diverged:
        raise RunRefusal("lesson_diverges") from diverged
    return drawing.LessonPreview(
        network=asked.network,
        step=bench.step,
        checksum=bench.checksum,
        label=asked.label,
        learning_rate=asked.learning_rate,
        loss=seen.loss,
        before=_list(seen.before),
        after=_list(seen.after),
        curve=[
            drawing.RatePoint(learning_rate=point.learning_rate, prob=point.prob, prediction=point.prediction)
            for point in seen.curve
        ],
        layers=[
            drawing.LayerMove(
                layer=move.layer,
                parameters=move.parameters,
                moved=move.moved,
                gradient_rms=move.gradient_rms,
                share=move.share,
            )
            for move in seen.layers
        ],
        weights=[
            drawing.WeightMove(address=move.address, index=list(move.index), before=move.before, after=move.after)
            for move in seen.weights
        ],
    )


def teach(bench: Bench, copy: Copy, asked: drawing.Teach) -> drawing.Taught:
    """Teach a copy that is on the bench; raise `RunRefusal`, with nothing changed, if it is not finite."""
    bench.check(asked.label)
    checksum = copy.weights.checksum
    try:
        taught = bench.lesson.teach(
            bench.x_of(asked.pixels),
            asked.label,
            asked.learning_rate,
            steps=asked.steps,
            until_agrees=asked.until_agrees,
        )
    except Diverged as diverged:
        raise RunRefusal("lesson_diverges") from diverged
    if taught.steps:
        copy.learn(bench.taught())
    return _taught(
        copy,
        asked.copy_name,
        checksum,
        steps=taught.steps,
        agrees=taught.agrees,
        before=_list(taught.before),
        after=_list(taught.after),
    )


def take_back(copy: Copy, name: str, lessons: int | None) -> drawing.Taught:
    """Undo lessons of a copy; raise `RunRefusal` for those that can't be."""
    checksum = copy.weights.checksum
    copy.take_back(lessons)
    return _taught(copy, name, checksum, steps=0, agrees=None, before=[], after=[])


def _taught(
    copy: Copy,
    name: str,
    checksum_before: str,
    *,
    steps: int,
    agrees: bool | None,
    before: list[float],
    after: list[float],
) -> drawing.Taught:
    return drawing.Taught(
        copy_name=name,
        steps=steps,
        agrees=agrees,
        before=before,
        after=after,
        checksum_before=checksum_before,
        checksum=copy.weights.checksum,
        lessons=copy.lessons,
        undoable=copy.undoable,
    )


def _list(probs: Tensor) -> list[float]:
    return [float(prob) for prob in probs]
