"""Cards: what a host sees of a member."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from app.protocol.values import TrainingPoint
from app.rooms.history import Curves
from app.workers.link import Glanced
from app.workshops.cards import LOOKS_A_GLANCE, MOST_POINTS, Board, card_of, spread
from app.workshops.people import Person


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


def room(step: int = 0, tiles: bytes | None = None):
    """As much of a room as a card is made of."""
    glanced = None if tiles is None else Glanced("room", tiles, 1.0, (1, 1, len(tiles)))
    return SimpleNamespace(
        state=None, curves=Curves(64), findings=[], reached=step, beginnings=0, glanced=glanced, plays=True
    )


def test_images_are_told_once_and_whole_to_who_comes_later():
    otter, board = Person("0a1b2c3d", "Otter", "member"), Board()
    assert [card.tiles for card in board.news([card_of(otter, room(1, b"a"))]).cards] == ["YQ=="]
    assert [card.tiles for card in board.news([card_of(otter, room(2, b"a"))]).cards] == [None]
    assert [(card.tiles, card.step) for card in board.all().cards] == [("YQ==", 2)]
    assert board.all().whole
    assert [card.tiles for card in board.news([card_of(otter, room(3, b"b"))]).cards] == ["Yg=="]
    assert [card.tiles for card in board.news([card_of(otter, room(4))]).cards] == [""]
    assert board.news([card_of(otter, room(4))]) is None


def test_weights_are_looked_at_in_turn_and_only_if_the_run_went_on():
    people = [Person(f"0000000{number}", "Otter", "member") for number in range(8)]
    board = Board()

    def looked_at(step: int) -> list[str]:
        due = [one.id for number, one in enumerate(people) if board.is_glance_due(number, one, room(step, b"a"))]
        board.news([card_of(one, room(step, b"a")) for one in people])
        return due

    turns = [looked_at(step=7) for _ in range(LOOKS_A_GLANCE)]
    assert [len(turn) for turn in turns] == [2] * LOOKS_A_GLANCE
    assert {who for turn in turns for who in turn} == {one.id for one in people}
    assert [looked_at(step=7) for _ in range(LOOKS_A_GLANCE)] == [[]] * LOOKS_A_GLANCE
    assert sum(len(looked_at(step=8)) for _ in range(LOOKS_A_GLANCE)) == len(people)
