"""Haste: each kind of doing has its own measure, over all pages of a person; what pages do by themselves has none."""

import pytest

from app.workshops.haste import OF_A_KIND, OF_THESE, SEEN_BY_ALL, UNCOUNTED, Haste
from app.workshops.roles import KIND_OF, Doing
from tests.app.workshops.test_people import COMMANDS

NOW = [0.0]


@pytest.fixture
def haste() -> Haste:
    NOW[0] = 0.0
    return Haste(lambda: NOW[0])


def command(name):
    return COMMANDS[name].model_construct()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kind, next(n for n in sorted(KIND_OF) if KIND_OF[n] is kind and n not in SEEN_BY_ALL | UNCOUNTED))
        for kind in Doing
    ],
)
def test_of_each_kind_there_may_be_so_many_at_once_and_later_more(haste, kind, name):
    per_second, at_once = OF_A_KIND[kind]
    assert all(haste.allows(command(name)) for _ in range(at_once))
    assert not haste.allows(command(name))
    NOW[0] += 2 / per_second
    assert haste.allows(command(name))


def test_one_kind_does_not_use_up_another(haste):
    while haste.allows(command("fork")):
        pass
    assert haste.allows(command("predict"))
    assert haste.allows(command("play"))


def test_what_comes_on_every_screen_has_a_measure_of_its_own(haste):
    assert sum(haste.allows(command("hang_drawing")) for _ in range(1000)) == OF_THESE[1]
    assert haste.allows(command("predict"))


def test_somebody_who_draws_and_drags_like_a_person_is_never_held_up(haste):
    for _ in range(60 * 30):  # half a minute: sixty drawings a second, thirty positions of a slider, all frames painted
        NOW[0] += 1 / 60
        assert haste.allows(command("predict"))
        assert haste.allows(command("ack"))
        assert haste.allows(command("ack"))
        if int(NOW[0] * 60) % 2:
            assert haste.allows(command("pace"))


def test_every_command_has_a_measure_or_is_a_page_s_own():
    assert KIND_OF.keys() >= UNCOUNTED
    assert KIND_OF.keys() >= SEEN_BY_ALL
    assert OF_A_KIND.keys() == set(Doing)
