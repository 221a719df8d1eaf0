"""Schedules: closed forms of what PyTorch steps through, and never more than the learning rate."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.schedules import SCHEDULE_OF, factor, fall, top
from engine.spec import OptimizerSpec
from engine.spec.optimizer import SCHEDULES

shares = st.floats(0, 1)
steps = st.integers(0, 3000)
schedules = st.builds(
    OptimizerSpec,
    schedule=st.sampled_from(SCHEDULES),
    schedule_steps=st.integers(1, 1000),
    schedule_factor=shares,
    warmup_steps=st.integers(0, 50),
    learning_rate_decay=shares,
)
smooth = schedules.filter(lambda settings: settings.schedule != "step")


def test_there_is_a_formula_for_every_name():
    assert tuple(SCHEDULE_OF) == SCHEDULES


@given(schedules, steps)
def test_the_rate_is_never_negative_and_never_above_the_learning_rate(settings, t):
    assert 0 <= factor(settings, t) <= 1
    assert 0 <= fall(settings, t) <= 1


@given(schedules)
def test_the_full_learning_rate_is_reached_at_the_top(settings):
    assert factor(settings, top(settings)) == 1


@given(schedules, steps)
def test_it_rises_to_the_top_and_falls_after_it(settings, t):
    change = factor(settings, t + 1) - factor(settings, t)
    assert change >= -1e-15 if t < top(settings) else change <= 1e-15


@given(schedules, steps)
def test_what_fell_is_the_factor_without_its_rises(settings, t):
    assert fall(settings, t) == (1 if t < top(settings) else factor(settings, t))


@given(schedules, st.integers(1, 50), st.floats(1e-9, 1))
def test_a_warm_up_wastes_no_step_and_is_a_straight_line(settings, warmup, share):
    settings = settings.changed(warmup_steps=warmup, schedule_factor=share)
    first, last = factor(settings, 0), factor(settings, settings.warmup_steps)
    assert first > 0
    for t in range(settings.warmup_steps):
        assert factor(settings, t) == pytest.approx(last * (t + 1) / (settings.warmup_steps + 1))


@given(smooth, st.integers(0, 2000), st.floats(0, 1))
def test_all_but_the_staircase_are_continuous(settings, t, share):
    """Between two steps lies what is between them, and a small way makes a small change."""
    settings = settings.changed(schedule_factor=max(settings.schedule_factor, 1e-3))
    h = 1e-7
    assert factor(settings, t + share + h) == pytest.approx(factor(settings, t + share), abs=20 * h)


@given(schedules, steps)
def test_without_warm_up_the_same_schedule_begins_so_many_steps_earlier(settings, t):
    warmed, unwarmed = settings, settings.changed(warmup_steps=0)
    assert factor(warmed, t + settings.warmup_steps) == factor(unwarmed, t)


@given(st.integers(1, 500), shares, st.integers(0, 100))
def test_cosine_and_one_cycle_stay_where_they_end(steps, share, more):
    assert factor(OptimizerSpec(schedule="cosine", schedule_steps=steps, schedule_factor=share), steps + more) == share
    one_cycle = OptimizerSpec(schedule="one_cycle", schedule_steps=steps, schedule_factor=share)
    assert factor(one_cycle, steps + more) == share * share


def stepped(settings: OptimizerSpec, build) -> tuple[list[float], list[float]]:
    """Return our rates and those of a scheduler of PyTorch that is stepped through, until the schedule is over."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed", exc_type=ImportError)
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64)], lr=settings.learning_rate)
    scheduler = build(torch.optim.lr_scheduler, optimizer)
    ours, theirs = [], []
    for t in range(settings.warmup_steps + settings.schedule_steps + 1):
        ours.append(settings.learning_rate * factor(settings, t))
        theirs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if t < settings.warmup_steps + settings.schedule_steps:  # some refuse to go beyond their end
            scheduler.step()
    return ours, theirs


IN_PYTORCH = {
    "constant": lambda s, library, optimizer: library.ConstantLR(optimizer, factor=1),
    "inverse_time": lambda s, library, optimizer: library.LambdaLR(
        optimizer, lambda t: 1 / (1 + s.learning_rate_decay * t)
    ),
    "step": lambda s, library, optimizer: library.StepLR(optimizer, s.schedule_steps, s.schedule_factor),
    "exponential": lambda s, library, optimizer: library.ExponentialLR(
        optimizer, s.schedule_factor ** (1 / s.schedule_steps)
    ),
    "cosine": lambda s, library, optimizer: library.CosineAnnealingLR(
        optimizer, s.schedule_steps, eta_min=s.learning_rate * s.schedule_factor
    ),
    # PyTorch's rise ends one step before its share of all steps, and the fall one step before their end.
    "one_cycle": lambda s, library, optimizer: library.OneCycleLR(
        optimizer,
        max_lr=s.learning_rate,
        total_steps=s.schedule_steps + 1,
        pct_start=(s.schedule_steps * 3 // 10 + 1) / (s.schedule_steps + 1),
        div_factor=1 / s.schedule_factor,
        final_div_factor=1 / s.schedule_factor,
        cycle_momentum=False,
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize(("count", "share", "decay"), [(20, 0.1, 0.3), (37, 0.5, 0.01), (100, 0.04, 1.0)])
def test_the_closed_form_equals_stepping_through_that_of_pytorch(name, count, share, decay):
    settings = OptimizerSpec(
        learning_rate=0.3, schedule=name, schedule_steps=count, schedule_factor=share, learning_rate_decay=decay
    )
    ours, theirs = stepped(settings, lambda library, optimizer: IN_PYTORCH[name](settings, library, optimizer))
    assert ours == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize("name", ["constant", "step", "exponential"])
@pytest.mark.parametrize("warmup", [1, 7, 30])
def test_the_warm_up_is_that_of_pytorch_before_any_schedule(name, warmup):
    settings = OptimizerSpec(
        learning_rate=0.3, schedule=name, schedule_steps=20, schedule_factor=0.5, warmup_steps=warmup
    )

    def build(library, optimizer):
        first = library.LinearLR(optimizer, start_factor=1 / (warmup + 1), total_iters=warmup)
        second = IN_PYTORCH[name](settings, library, optimizer)
        return library.SequentialLR(optimizer, [first, second], milestones=[warmup])

    ours, theirs = stepped(settings, build)
    assert ours == pytest.approx(theirs, rel=1e-9)
    assert len(ours) == ceil(warmup + 20 + 1)
