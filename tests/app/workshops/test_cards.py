"""Cards: what a host sees of a member."""

from hypothesis import given
from hypothesis import strategies as st

from app.protocol.values import TrainingPoint
from app.workshops.cards import MOST_POINTS, spread


def curve(steps: list[int]) -> list[TrainingPoint]:
    """Points whose smoothed loss is their step, so that one sees which were chosen."""
    return [TrainingPoint(step=step, epoch=0.0, loss=0.0, smoothed_loss=float(step), accuracy=None) for step in steps]


@given(st.lists(st.integers(1, 10**9), unique=True, max_size=300).map(sorted))
def test_a_curve_is_short_in_order_and_keeps_both_ends(steps):
    chosen = spread(curve(steps))
    assert len(chosen) == min(len(steps), MOST_POINTS)
    assert chosen == sorted(chosen)
    assert set(chosen) <= {float(step) for step in steps}
    if steps:
        assert (chosen[0], chosen[-1]) == (steps[0], steps[-1])


def test_a_curve_is_even_in_steps_however_unevenly_they_were_told():
    fast, slowly = range(0, 1000, 50), range(1000, 1100)
    chosen = spread(curve([*fast, *slowly]))
    assert sum(step < 1000 for step in chosen) > 0.8 * MOST_POINTS
