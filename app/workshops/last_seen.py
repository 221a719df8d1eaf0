"""Members' cards as they were last seen: what is shown of runs that are not loaded, after a restart or a long pause.

A run comes back from its checkpoint when somebody looks at it; of a class of a hundred nobody looks at most. Their
cards are kept in the ledger, at the latest some seconds after a change.
"""

import time
from collections.abc import Callable

from app.protocol.workshops import MemberCard
from app.rooms.room import Room
from app.store.ledger import KeptItem
from app.workshops.cards import card_of
from app.workshops.people import Person

KIND = "card"
SECONDS_BETWEEN_KEEPING = 10.0
"""Of one that trains: a hundred of them are then ten small writes a second."""


class LastSeen:
    """The newest card of each who has a run of their own."""

    def __init__(
        self,
        keep: Callable[[KeptItem], None],
        forget: Callable[[str, str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keep = keep
        self._forget = forget
        self._clock = clock
        self._cards: dict[str, MemberCard] = {}
        self._kept: dict[str, tuple[MemberCard, float]] = {}
        """What the ledger has, and since when."""

    def bring_back(self, items: tuple[KeptItem, ...]) -> None:
        """Go on from what the ledger kept."""
        for item in items:
            if item.kind == KIND:
                try:
                    card = MemberCard.model_validate_json(item.body)
                except ValueError:
                    self._forget(KIND, item.id)
                    continue
                self._cards[item.id] = card
                self._kept[item.id] = (card, float("-inf"))

    def card(self, person: Person, room: Room | None) -> MemberCard:
        """Return somebody's card, of their run as it is or as it was when it was last seen."""
        if not person.forked:
            self.forget(person.id)
            return card_of(person, None)
        last = self._cards.get(person.id)
        if room is None or room.state is None:
            if last is None:
                return card_of(person, room)
            self._keep_now(person.id, last)  # nothing more comes of it
            now = {"person": person.info, "here": person.here, "place": person.place, "asleep": True}
            return last.model_copy(update=now)
        card = card_of(person, room)
        if last is not None and room.beginnings == 0 and card.step == last.step and not card.curve:
            # It was loaded and stands where it stood: its curve is as it was, though nobody has told it again.
            known = {"loss": last.loss, "curve": last.curve, "accuracy": last.accuracy}
            known |= {} if card.tiles else {name: getattr(last, name) for name in ("tiles", "tile_shape", "tile_scale")}
            card = card.model_copy(update=known)
        self._cards[person.id] = card
        if room.plays:
            self._keep_soon(person.id, card)
        else:
            self._keep_now(person.id, card)
        return card

    def forget(self, person: str) -> None:
        """Forget somebody's card."""
        if self._cards.pop(person, None) is not None and self._kept.pop(person, None) is not None:
            self._forget(KIND, person)

    def keep_all(self) -> None:
        """Have the ledger keep all as they are now."""
        for person, card in self._cards.items():
            self._keep_now(person, card)

    def _keep_soon(self, person: str, card: MemberCard) -> None:
        if self._clock() - self._kept.get(person, (card, float("-inf")))[1] >= SECONDS_BETWEEN_KEEPING:
            self._keep_now(person, card)

    def _keep_now(self, person: str, card: MemberCard) -> None:
        if self._kept.get(person, (None, 0.0))[0] != card:
            self._kept[person] = (card, self._clock())
            self._keep(KeptItem(KIND, person, card.model_dump_json()))
