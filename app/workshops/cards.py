"""Cards: each member as the host's page shows them, told only when they changed."""

import base64
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from app.protocol import values, workshops
from app.rooms.room import Room
from app.workshops.people import Person

MOST_POINTS = 32
"""Of a curve on a card: as many as it has columns."""

LOOKS_A_GLANCE = 4
"""Weights change more slowly than numbers, and as images they are most of what a host is sent."""

LARGE_SHARE = 0.25
"""Of a layer's units."""


class Board:
    """The cards of one workshop, and which of them were told already."""

    def __init__(self) -> None:
        self._told: dict[str, workshops.MemberCard] = {}
        self._glanced_at: dict[str, tuple[int, int]] = {}
        self._looks = 0

    def is_glance_due(self, number: int, person: Person, room: Room) -> bool:
        """Whether somebody's first weights should be looked at anew: they changed, and it is their turn."""
        at = (room.beginnings, room.reached)
        turn = (self._looks + number) % LOOKS_A_GLANCE == 0
        due = room.glanced is None or (turn and self._glanced_at.get(person.id) != at)
        if due:
            self._glanced_at[person.id] = at
        return due

    def news(self, members: Iterable[workshops.MemberCard]) -> workshops.Members | None:
        """Return the cards that changed since the last time and who is gone; None if nothing did."""
        self._looks += 1
        cards = {card.person.id: card for card in members}
        changed = [_change(self._told.get(who), card) for who, card in cards.items() if self._told.get(who) != card]
        gone = [who for who in self._told if who not in cards]
        self._told = cards
        return workshops.Members(cards=changed, gone=gone) if changed or gone else None

    def all(self) -> workshops.Members:
        """Return all cards as last told, for a host who has just come."""
        return workshops.Members(cards=list(self._told.values()), gone=[], whole=True)


def _change(told: workshops.MemberCard | None, card: workshops.MemberCard) -> workshops.MemberCard:
    """Return a card without the images that were told already: they are most of it."""
    return card.model_copy(update={"tiles": None}) if told is not None and told.tiles == card.tiles else card


def card_of(person: Person, room: Room | None) -> workshops.MemberCard:
    """Return somebody's card; `room` is their own, if it is there."""
    state = room.state if room else None
    training = room.curves.training if room else []
    held_out = room.curves.held_out if room else []
    seen = room.glanced if room else None
    return workshops.MemberCard(
        person=person.info,
        here=person.here,
        place=person.place,
        run=state.status.value if state else "",
        step=room.reached if room else 0,
        loss=training[-1].smoothed_loss if training else None,
        accuracy=held_out[-1].accuracy if held_out else None,
        layers=in_words(state.spec) if state else [],
        learning_rate=state.spec.optimizer.learning_rate if state else None,
        curve=spread(training),
        findings=sorted({finding.kind for finding in room.findings if _is_worth_a_word(finding)}) if room else [],
        tiles=base64.b64encode(seen.data).decode() if seen else "",
        tile_shape=list(seen.shape) if seen else [],
        tile_scale=seen.scale if seen else 0.0,
    )


def in_words(spec: values.RunSpec) -> list[str]:
    """Return the layers of a set-up, each in a word or two."""
    return list(_layers(spec))


def _is_worth_a_word(finding: values.Finding) -> bool:
    """Whether a teacher should come for it: not for the few silent units that most networks have."""
    units = finding.evidence.get("of_units")
    few = units is not None and len(finding.units) <= LARGE_SHARE * units
    return not (few and finding.kind in ("dead_units", "saturated_units"))


def _layers(spec: values.RunSpec) -> Iterator[str]:
    for layer in spec.layers:
        match layer:
            case values.DenseFields(units=units, activation=activation):
                yield f"{units} {activation}"
            case values.ConvFields(channels=channels, kernel=kernel, activation=activation):
                yield f"{channels}×{kernel}×{kernel} {activation}"
            case _:
                yield layer.kind


def spread(points: Sequence[values.TrainingPoint]) -> list[float]:
    """Return the smoothed loss at up to 32 of the points, evenly chosen by step: the first, the last, and between."""
    if len(points) <= MOST_POINTS:
        return [point.smoothed_loss for point in points]
    first, last = points[0].step, points[-1].step
    wanted = (first + (last - first) * number / (MOST_POINTS - 1) for number in range(MOST_POINTS - 1))
    found = [points[bisect_right(points, step, key=lambda point: point.step) - 1] for step in wanted]
    return [point.smoothed_loss for point in (*found, points[-1])]
