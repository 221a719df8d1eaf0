"""The class wall of one workshop: drawings, what the host's run reads in them, and practice on those admitted."""

import base64
import json
import secrets
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from app.protocol import drawing, wall
from app.protocol.drawing import MOST_DRAWINGS_AT_ONCE
from app.protocol.message import Command, Event
from app.rooms.asking import NoRun, RunRefused
from app.rooms.soon import Soon
from app.store.ledger import KeptItem
from app.workshops.activity import Activity
from app.workshops.hung import KIND, Hung
from app.workshops.people import Person, new_id
from app.workshops.visit import Visit

if TYPE_CHECKING:
    from app.workshops.workshop import Workshop

SECONDS_TO_SHOW = 0.5
"""A class that draws at once changes every looker's wall only twice a second."""

STATE = "wall"
EVERY_HELD_OUT = 3
"""Every third admitted drawing is only tested with, never trained on: else what was learned could not be measured."""


class ClassWall(Activity):
    """What hangs there and what was learned from it."""

    handles = (
        wall.OpenWall,
        wall.HangDrawing,
        wall.TakeDown,
        wall.Admit,
        wall.LookAtWall,
        wall.ReadWall,
        wall.TrainOnWall,
        wall.AdoptWall,
    )

    def __init__(self, workshop: "Workshop") -> None:
        super().__init__(workshop)
        self.open = False
        self.drawings: dict[str, Hung] = {}
        self._trained: wall.WallTrained | None = None
        self._copy = ""
        self._training = False
        self._progress: drawing.PracticeProgress | None = None
        self._looking: set[Visit] = set()
        self._unread: deque[str] = deque()
        self._reading = False
        self._new: set[str] = set()
        self._gone: set[str] = set()
        self._show_soon = Soon(SECONDS_TO_SHOW, self._show)

    @property
    def state(self) -> wall.WallState:
        """As all in the workshop know it."""
        admitted = sum(hung.admitted for hung in self.drawings.values())
        return wall.WallState(open=self.open, count=len(self.drawings), admitted=admitted, training=self._training)

    def bring_back(self, items: tuple[KeptItem, ...]) -> None:
        """Hang again what hung; a drawing that can't be read any more is left out."""
        for item in items:
            try:
                if item.kind == KIND:
                    hung = Hung.of(item)
                    self.drawings[hung.id] = hung
                elif item.kind == STATE:
                    state = json.loads(item.body)
                    self.open = state["open"] is True
                    self._trained = wall.WallTrained.model_validate(state["trained"]) if state["trained"] else None
            except (ValueError, KeyError, TypeError):
                self._workshop.forget_item(item.kind, item.id)

    def obey(self, visit: Visit, command: Command) -> None:
        """Carry out what may be done with the wall."""
        match command:
            case wall.OpenWall(open=is_open):
                self.open = is_open
                self._keep_state()
                self._settle(visit, command)
            case wall.HangDrawing():
                self._hang(visit, command)
            case wall.TakeDown(drawing=which):
                self._take_down(visit, command, which)
            case wall.Admit(drawings=which, admitted=admitted):
                for hung in [self.drawings[one] for one in which if one in self.drawings]:
                    self._put(replace(hung, admitted=admitted))
                self._settle(visit, command)
            case wall.LookAtWall(looking=looking):
                if looking:
                    self._looking.add(visit)
                    self._tell_all(visit)
                    self._read(*(hung.id for hung in self.drawings.values() if hung.reading is None))
                else:
                    self._looking.discard(visit)
                visit.done(command)
            case wall.ReadWall():
                visit.done(command)
                self._read(*self.drawings)
            case wall.TrainOnWall():
                self._begin_to_train(visit, command)
            case wall.AdoptWall():
                self._workshop.begin(visit, command, self._adopt(visit, command))

    def forget_page(self, visit: Visit) -> None:
        """Show it no more."""
        self._looking.discard(visit)

    def forget_person(self, person: str) -> None:
        """Take down what somebody hung who was removed."""
        for hung in [hung for hung in self.drawings.values() if hung.person.id == person]:
            self._remove(hung)

    def hand_over(self) -> None:
        """Show everyone anew what they may see: the old host sees less by now, the new one more."""
        for visit in self._looking:
            self._tell_all(visit)

    def stop(self) -> None:
        """Show nothing any more."""
        self._show_soon.cancel()

    # Hanging

    def _hang(self, visit: Visit, command: wall.HangDrawing) -> None:
        person = visit.person
        limits = self._workshop.settings
        if not self.open and person.role != "host":
            visit.refuse_for(command, "wall_closed")
        elif sum(hung.person.id == person.id for hung in self.drawings.values()) >= limits.most_drawings_of_a_member:
            visit.refuse_for(command, "enough_of_yours", most=limits.most_drawings_of_a_member)
        elif len(self.drawings) >= limits.most_drawings:
            visit.refuse_for(command, "wall_full", most=limits.most_drawings)
        elif not any(command.pixels):
            visit.refuse_for(command, "empty_drawing")
        else:
            hung = Hung(new_id(), person.info, command.label, bytes(command.pixels))
            self._put(hung)
            self._settle(visit, command)
            self._read(hung.id)

    def _take_down(self, visit: Visit, command: Command, which: str) -> None:
        hung = self.drawings.get(which)
        if hung is None or (visit.person.role != "host" and hung.person.id != visit.person.id):
            visit.refuse_for(command, "no_such_drawing")
            return
        self._remove(hung)
        self._settle(visit, command)

    def _put(self, hung: Hung) -> None:
        self.drawings[hung.id] = hung
        self._new.add(hung.id)
        self._workshop.keep_item(hung.kept)
        self._show_soon()

    def _remove(self, hung: Hung) -> None:
        del self.drawings[hung.id]
        self._new.discard(hung.id)
        self._gone.add(hung.id)
        self._workshop.forget_item(KIND, hung.id)
        self._show_soon()

    def _settle(self, visit: Visit, command: Command) -> None:
        visit.done(command)
        self._workshop.changed()
        self._show_soon()

    def _keep_state(self) -> None:
        trained = self._trained.model_dump() if self._trained else None
        self._workshop.keep_item(KeptItem(STATE, STATE, json.dumps({"open": self.open, "trained": trained})))

    # Reading

    def _read(self, *which: str) -> None:
        """Have drawings read, one after the other: the host's run has more to do."""
        waiting = set(self._unread)
        self._unread.extend(one for one in which if one not in waiting)
        if self._unread and not self._reading:
            self._reading = True
            self._workshop.begin_quietly(self._read_all(), "read the wall")

    async def _read_all(self) -> None:
        try:
            while self._unread:
                hung = self.drawings.get(self._unread.popleft())
                if hung is None:
                    continue
                said = await self._workshop.main.answer_to(drawing.Predict(pixels=list(hung.pixels)))
                if isinstance(said, drawing.Prediction) and hung.id in self.drawings:
                    reading = wall.WallReading(
                        prediction=said.prediction, prob=said.probs[said.prediction], step=said.step
                    )
                    self.drawings[hung.id] = replace(self.drawings[hung.id], reading=reading)
                    self._new.add(hung.id)
                    self._show_soon()
        except (NoRun, RunRefused):
            self._unread.clear()  # a run that reads no digits now; they are read when somebody looks again
        finally:
            self._reading = False

    # Training

    def _begin_to_train(self, visit: Visit, command: wall.TrainOnWall) -> None:
        admitted = [hung for hung in self.drawings.values() if hung.admitted]
        if not admitted:
            visit.refuse_for(command, "nothing_admitted")
        elif self._training:
            visit.refuse_for(command, "wall_trains")
        else:
            self._training = True
            visit.done(command)
            self._workshop.changed()
            self._workshop.begin(visit, command, self._train(visit, command, admitted))

    async def _train(self, visit: Visit, command: wall.TrainOnWall, admitted: list[Hung]) -> None:
        copy = f"copy-wall-{secrets.token_hex(8)}"
        main = self._workshop.main
        try:
            for first in range(0, len(admitted), MOST_DRAWINGS_AT_ONCE):
                piece = admitted[first : first + MOST_DRAWINGS_AT_ONCE]
                await main.answer_to(
                    drawing.KeepDrawings(
                        copy_name=copy,
                        network="run",
                        first=first == 0,
                        images=base64.b64encode(b"".join(hung.pixels for hung in piece)).decode(),
                        labels=[hung.label for hung in piece],
                        held_out=[number % EVERY_HELD_OUT == 2 for number in range(first, first + len(piece))],
                    )
                )
            copied = await main.answer_to(drawing.OpenNetwork(network=copy))
            practised = await main.answer_to(
                drawing.Practise(
                    copy_name=copy,
                    steps=command.steps,
                    learning_rate=command.learning_rate,
                    mnist_share=command.mnist_share,
                ),
                self._take_progress,
            )
        except RunRefused as refused:
            visit.refuse_as(None, refused)
        except NoRun:
            visit.refuse_for(command, "run_not_copied")
        else:
            if isinstance(copied, drawing.NetworkOpened) and isinstance(practised, drawing.Practised):
                self._copy = copy
                self._trained = _told(command, copied, practised)
                self._keep_state()
        finally:
            self._training, self._progress = False, None
            self._workshop.changed()
            self._show_soon()

    def _take_progress(self, event: Event) -> None:
        if isinstance(event, drawing.PracticeProgress):
            self._progress = event
            self._show()

    async def _adopt(self, visit: Visit, command: Command) -> None:
        if self._trained is None or self._trained.adopted or not self._copy:
            visit.refuse_for(command, "nothing_trained")
            return
        try:
            await self._workshop.main.answer_to(drawing.Adopt(copy_name=self._copy))
        except RunRefused as refused:
            visit.refuse_as(command, refused)
        except NoRun:
            visit.refuse_for(command, "run_not_copied")
        else:
            self._trained = self._trained.model_copy(update={"adopted": True})
            self._keep_state()
            self._settle(visit, command)
            self._read(*self.drawings)

    # Showing

    def _show(self) -> None:
        new, gone = self._new, sorted(self._gone)
        self._new, self._gone = set(), set()
        for visit in self._looking:
            seen = [
                self.drawings[one].told() for one in self.drawings if one in new and self._may_see(visit.person, one)
            ]
            # What was taken out of the admitted is gone for those who see no others.
            hidden = [one for one in new if one in self.drawings and not self._may_see(visit.person, one)]
            visit.tell(self._event(seen, [*gone, *hidden], whole=False))

    def _tell_all(self, visit: Visit) -> None:
        seen = [hung.told() for hung in self.drawings.values() if self._may_see(visit.person, hung.id)]
        visit.tell(self._event(seen, [], whole=True))

    def _may_see(self, person: Person, which: str) -> bool:
        """Whether a drawing is for these eyes: what nobody has admitted is for the host and who drew it only."""
        hung = self.drawings[which]
        return person.role == "host" or hung.admitted or hung.person.id == person.id

    def _event(self, drawings: list[wall.WallDrawing], gone: list[str], *, whole: bool) -> wall.Wall:
        confusion = [[0] * wall.CLASSES for _ in range(wall.CLASSES)]
        for hung in self.drawings.values():
            if hung.reading is not None and hung.reading.prediction < wall.CLASSES:
                confusion[hung.label][hung.reading.prediction] += 1
        return wall.Wall(
            whole=whole,
            drawings=drawings,
            gone=gone,
            confusion=confusion,
            trained=self._trained,
            progress=self._progress,
        )


def _told(command: wall.TrainOnWall, copied: drawing.NetworkOpened, done: drawing.Practised) -> wall.WallTrained:
    return wall.WallTrained(
        step=copied.step,
        steps=done.steps,
        learning_rate=command.learning_rate,
        mnist_share=command.mnist_share,
        trained_on=done.drawings_before,
        trained_on_after=done.drawings_after,
        held_out=done.held_out_before,
        held_out_after=done.held_out_after,
        mnist=done.mnist_before,
        mnist_after=done.mnist_after,
        curve=done.curve,
        checksum_before=done.checksum_before,
        checksum=done.checksum,
        adopted=False,
    )
