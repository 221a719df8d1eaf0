"""What late joiners get: curves that stay short and true, and every event since the one they had."""

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from app.protocol.events import Viewers
from app.protocol.values import HeldOutPoint, TrainingPoint
from app.rooms.history import Curves, EventRing

batches = st.lists(st.integers(0, 300), max_size=30)


def training(step: int) -> TrainingPoint:
    return TrainingPoint(step=step, epoch=step / 100, loss=1 / (step + 1), smoothed_loss=0.5, accuracy=0.25)


def held_out(step: int) -> HeldOutPoint:
    return HeldOutPoint(step=step, epoch=step / 100, loss=None, accuracy=0.5, correct=5, count=10)


@given(batches, st.integers(2, 40))
def test_however_long_a_run_its_curves_are_short_and_hold_its_first_and_last_points(counts, kept):
    curves = Curves(kept)
    step = 0
    for count in counts:
        points = [training(step + 1 + position) for position in range(count)]
        step += count
        curves.add(points, [held_out(step)] if count else [])
        for curve in (curves.training, curves.held_out):
            assert len(curve) <= kept
            steps = [point.step for point in curve]
            assert steps == sorted(set(steps))
            assert not steps or steps[-1] == step
        if curves.training:
            assert curves.training[0].step == 1
            assert all(point == training(point.step) for point in curves.training)  # thinned, never altered


@given(st.integers(1, 400), st.integers(16, 64), st.integers(1, 5))
def test_a_long_run_is_kept_evenly_from_its_beginning_to_its_end(batches_of_points, kept, stride):
    curves = Curves(kept)
    for batch in range(batches_of_points):
        curves.add([training(stride * (8 * batch + position)) for position in range(8)], [])
    steps = [point.step for point in curves.training]
    gaps = [after - before for before, after in itertools.pairwise(steps)]
    assert max(gaps) <= max(stride, 8 * steps[-1] / kept)


@given(st.lists(st.integers(1, 50), unique=True).map(sorted), st.integers(0, 60))
def test_after_going_back_only_the_points_before_are_left(steps, back):
    curves = Curves(1000)
    curves.add([training(step) for step in steps], [held_out(step) for step in steps])
    curves.rewind(back)
    before = [step for step in steps if step < back]
    assert [point.step for point in curves.training] == before
    assert [point.step for point in curves.held_out] == before
    curves.clear()
    assert (curves.training, curves.held_out) == ([], [])


@given(st.integers(1, 20), st.integers(0, 60), st.integers(0, 80))
def test_events_since_a_number_are_all_of_them_in_order_or_none(kept, count, since):
    ring = EventRing(kept)
    texts = [ring.number(Viewers(count=number)) for number in range(1, count + 1)]
    assert [json.loads(text)["seq"] for text in texts] == list(range(1, count + 1))
    missed = ring.since(since)
    if since > count or count - since > kept:
        assert missed is None
    else:
        assert missed == texts[since:]
