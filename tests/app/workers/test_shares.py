"""Shares: time is divided equally however long a step takes, and nobody waits for the long steps of all others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workers.shares import FRAME_INTERVAL, LONGEST_SLICE, SHORTEST_SLICE, Shares, slice_seconds


def jain(amounts):
    """Jain's index of fairness: 1 where all are equal, 1/n where one has everything."""
    return sum(amounts) ** 2 / (len(amounts) * sum(amount**2 for amount in amounts))


def trained(step_seconds, total, first=()):
    """Let runs of such steps train for so long; return what each used, and the longest it waited."""
    shares = Shares()
    runs = list(step_seconds)
    shares.join(runs)
    used, waited, last = dict.fromkeys(runs, 0.0), dict.fromkeys(runs, 0.0), dict.fromkeys(runs, 0.0)
    now = 0.0
    while now < total:
        run = shares.next(runs, first)
        waited[run] = max(waited[run], now - last[run])
        slice_ = slice_seconds(len(runs))
        took = max(step_seconds[run], slice_ // step_seconds[run] * step_seconds[run])
        now += took
        used[run] += took
        last[run] = now
        shares.charge(run, took, len(runs))
    return used, {run: max(waited[run], now - last[run]) for run in runs}


steps = st.lists(st.floats(0.0001, 0.16), min_size=2, max_size=30)


@given(steps)
def test_every_run_gets_its_share_of_the_time_within_one_step_of_the_longest(seconds):
    runs = {str(number): one for number, one in enumerate(seconds)}
    total = 40 * sum(seconds)
    used, _ = trained(runs, total)
    fair = sum(used.values()) / len(runs)
    longest = max(max(seconds), LONGEST_SLICE)
    for run in runs:
        assert abs(used[run] - fair) <= 2 * longest


def test_the_largest_network_leaves_a_small_one_its_share():
    used, _ = trained({"large": 0.16, "small": 0.0001}, 30)
    assert used["small"] >= 0.45 * sum(used.values())


def test_a_run_of_short_steps_waits_for_one_long_step_and_not_for_those_of_all_others_in_a_row():
    runs = {"small": 0.0001} | {f"large {number}": 0.16 for number in range(49)}
    _, waited = trained(runs, 60)
    assert waited["small"] <= 2 * 0.16 + 0.01


def test_a_hundred_equal_runs_get_equal_time():
    used, waited = trained({str(number): 0.0003 for number in range(100)}, 10)
    assert jain(list(used.values())) >= 0.999
    assert max(waited.values()) <= 2 * 100 * SHORTEST_SLICE


def test_who_waited_saved_up_no_more_than_a_slice():
    shares = Shares()
    shares.join(["a", "b"])
    for _ in range(1000):
        shares.charge("a", 0.001, 2)
    shares.join(["a", "b"])
    assert shares.owed("b") == pytest.approx(0.5)  # it was there all the time
    shares.join("a")
    shares.charge("a", 1.0, 1)
    shares.join("ab")
    assert shares.owed("b") == pytest.approx(slice_seconds(2))


def test_what_is_followed_step_by_step_comes_first_among_those_who_are_owed_something():
    shares = Shares()
    shares.join("abc")
    assert shares.next("abc", {"b"}) == "b"
    shares.charge("b", 0.005, 3)
    assert shares.next("abc", {"b"}) != "b"


def test_when_those_who_were_owed_something_are_gone_the_others_go_on():
    shares = Shares()
    shares.join("ab")
    shares.charge("a", 0.16, 2)
    shares.leave("b")
    assert shares.next(["a"], ()) == "a"


def test_a_run_that_is_gone_leaves_nothing_behind():
    shares = Shares()
    shares.join("a")
    shares.charge("a", 0.1, 1)
    shares.leave("a")
    assert shares.take_used() == {}
    assert shares.owed("a") == 0


def test_what_was_used_is_told_once():
    shares = Shares()
    shares.join("ab")
    shares.charge("a", 0.25, 2)
    shares.charge("a", 0.25, 2)
    assert shares.take_used() == {"a": 0.5}
    assert shares.take_used() == {}


@pytest.mark.parametrize("runs", [1, 2, 10, 50, 300])
def test_a_slice_is_short_enough_for_all_to_have_one_within_a_frame_unless_it_were_too_short(runs):
    seconds = slice_seconds(runs)
    assert SHORTEST_SLICE <= seconds <= LONGEST_SLICE
    assert seconds * runs <= FRAME_INTERVAL + 1e-9 or seconds == SHORTEST_SLICE
