"""Traffic: frames are counted in classes of age, and a quantile is a bound that so many are not older than."""

from hypothesis import given
from hypothesis import strategies as st

from app.rooms.traffic import AGES, Traffic, quantile

ages = st.lists(st.floats(0, 10), min_size=1, max_size=50)


@given(ages, st.sampled_from([0.5, 0.95, 1.0]))
def test_so_many_frames_are_not_older_than_the_quantile(seen, share):
    traffic = Traffic()
    for age in seen:
        traffic.frame_sent(10, age)
    assert traffic.frames_sent == sum(traffic.ages) == len(seen)
    assert traffic.bytes_sent == 10 * len(seen)
    bound = quantile(traffic.ages, share)
    assert bound in AGES
    if bound < AGES[-1]:
        assert sum(age <= bound for age in seen) >= share * len(seen)


def test_a_clock_that_was_set_back_makes_no_frame_younger_than_new():
    traffic = Traffic()
    traffic.frame_sent(1, -3600.0)
    assert traffic.seconds_of_age == 0
    assert quantile(traffic.ages, 0.95) == AGES[0]


def test_of_no_frames_there_is_no_age():
    assert quantile(Traffic().ages, 0.5) is None
