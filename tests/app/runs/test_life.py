"""The states of a run: what may happen when, and where it leads."""

from itertools import product

import pytest

from app.protocol.values import Status
from app.runs.life import LIFE, Happening, NotPossible, after
from app.runs.refusal import TEMPLATES

STOPPED_FOR_GOOD = {Status.FINISHED, Status.DIVERGED, Status.FAILED}


def leads(status: Status, happening: Happening) -> Status | None:
    try:
        return after(status, happening)
    except NotPossible:
        return None


@pytest.mark.parametrize("status", Status)
def test_from_anywhere_a_reset_leads_to_idle_and_a_failure_to_failed(status):
    assert after(status, Happening.RESET) is Status.IDLE
    assert after(status, Happening.FAIL) is Status.FAILED


@pytest.mark.parametrize("status", Status)
def test_pause_is_always_possible_and_leaves_nothing_running(status):
    assert after(status, Happening.PAUSE) is not Status.RUNNING


@pytest.mark.parametrize("status", Status)
def test_a_run_can_be_played_unless_it_stopped_for_good(status):
    assert leads(status, Happening.PLAY) is (None if status in STOPPED_FOR_GOOD else Status.RUNNING)


def test_only_a_running_run_can_diverge_and_only_one_at_its_last_step_can_finish():
    assert [status for status in Status if leads(status, Happening.DIVERGE)] == [Status.RUNNING]
    # A paused one may be there too: it went to a step of its past.
    assert [status for status in Status if leads(status, Happening.FINISH)] == [Status.RUNNING, Status.PAUSED]


def test_every_run_can_go_to_its_past_unless_it_failed():
    for status in Status:
        assert leads(status, Happening.SEEK) is (None if status is Status.FAILED else Status.PAUSED)


def test_every_status_can_be_reached_and_left():
    reached = {leads(status, happening) for status, happening in product(Status, Happening)} - {None}
    assert reached == set(Status)
    assert LIFE.keys() == set(Status)


@pytest.mark.parametrize("status", sorted(STOPPED_FOR_GOOD))
def test_what_stopped_for_good_says_so_in_a_sentence_of_its_own(status):
    assert f"run_{status}" in TEMPLATES
