"""Cards of runs that are not loaded: as they were last seen, over a restart, and never taken for what is now."""

from types import SimpleNamespace

from app.protocol.values import HeldOutPoint, TrainingPoint
from app.rooms.history import Curves
from app.store.ledger import KeptItem
from app.workers.link import Glanced
from app.workshops.last_seen import KIND, SECONDS_BETWEEN_KEEPING, LastSeen
from app.workshops.people import Person
from tests.app.rooms.test_room_machine import opened_run


class Kept:
    """As much of a ledger as keeps cards, and a clock."""

    def __init__(self):
        self.items: dict[str, KeptItem] = {}
        self.writes = 0
        self.now = 1000.0

    def keep(self, item):
        self.items[item.id] = item
        self.writes += 1

    def forget(self, kind, item):
        assert kind == KIND
        del self.items[item]

    def last_seen(self):
        seen = LastSeen(self.keep, self.forget, lambda: self.now)
        seen.bring_back(tuple(self.items.values()))
        return seen


def otter(**changes):
    return Person("0a1b2c3d", "Otter", "member", forked=True, place="own", **changes)


def room(step, *, plays=False, loss=0.5, accuracy=0.75, beginnings=0, tiles=b"abcd"):
    """As much of a room as a card is made of."""
    curves = Curves(64)
    if loss is not None:
        point = TrainingPoint(step=step, epoch=0.0, loss=loss, smoothed_loss=loss, accuracy=None)
        tested = HeldOutPoint(step=step, epoch=0.0, loss=loss, accuracy=accuracy, count=4, correct=3)
        curves.add([point], [tested])
    _, state = opened_run()
    glanced = Glanced("room", tiles, 1.0, (1, 2, 2)) if tiles else None
    return SimpleNamespace(
        state=state, curves=curves, findings=[], reached=step, beginnings=beginnings, glanced=glanced, plays=plays
    )


def test_a_run_that_is_not_loaded_is_shown_as_it_was_last_seen_and_marked():
    kept = Kept()
    seen = kept.last_seen()
    awake = seen.card(otter(), room(240))
    assert (awake.step, awake.loss, awake.asleep) == (240, 0.5, False)
    asleep = seen.card(otter(), None)
    assert asleep == awake.model_copy(update={"asleep": True})

    # After a restart the person may be away, or elsewhere: that is as it is now.
    again = kept.last_seen()
    who = otter()
    who.place = "host"
    card = again.card(who, None)
    assert (card.step, card.loss, card.accuracy, card.asleep, card.place) == (240, 0.5, 0.75, True, "host")
    assert card.tiles == awake.tiles


def test_who_has_no_run_of_their_own_has_no_card_of_one_any_more():
    kept = Kept()
    seen = kept.last_seen()
    seen.card(otter(), room(240))
    assert kept.items
    nobody = Person("0a1b2c3d", "Otter", "member")
    assert seen.card(nobody, None).run == ""
    assert not kept.items
    assert kept.last_seen().card(otter(), None).run == ""


def test_a_run_that_was_loaded_again_and_stands_where_it_stood_has_the_curve_it_had_until_it_goes_on():
    kept = Kept()
    kept.last_seen().card(otter(), room(240))
    seen = kept.last_seen()
    card = seen.card(otter(), room(240, loss=None, tiles=None))
    assert (card.loss, card.accuracy, card.curve, card.asleep) == (0.5, 0.75, [0.5], False)
    assert card.tiles
    assert seen.card(otter(), room(241, loss=None, tiles=None)).loss is None
    # Another run that came in its place and has made as many steps is another run.
    assert kept.last_seen().card(otter(), room(240, loss=None, beginnings=1)).loss is None


def test_a_run_that_trains_is_kept_now_and_then_and_one_that_rests_or_ends_at_once():
    kept = Kept()
    seen = kept.last_seen()
    for step in range(100, 150):
        seen.card(otter(), room(step, plays=True))
    assert kept.writes == 1
    kept.now += SECONDS_BETWEEN_KEEPING
    seen.card(otter(), room(150, plays=True))
    assert kept.writes == 2
    seen.card(otter(), room(151))
    assert kept.writes == 3
    for _ in range(10):
        seen.card(otter(), room(151))
    assert kept.writes == 3, "nothing changed"
    seen.card(otter(), room(160, plays=True))
    seen.keep_all()
    assert kept.last_seen().card(otter(), None).step == 160


def test_what_the_ledger_has_that_is_no_card_is_forgotten():
    kept = Kept()
    kept.items = {"0a1b2c3d": KeptItem(KIND, "0a1b2c3d", '{"step": true}')}
    assert kept.last_seen().card(otter(), None).run == ""
    assert not kept.items
