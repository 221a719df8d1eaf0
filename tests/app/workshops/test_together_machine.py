"""The wall and votes under arbitrary doings of a class: each page knows what it may know, and nothing more."""

import asyncio
import json

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.languages import Languages
from app.protocol import PROTOCOL_VERSION, commands, drawing, voting, wall, workshops
from app.protocol.values import Status
from app.rooms.registry import Rooms
from app.settings import Settings
from app.store.ledger import Ledger
from app.workers import link
from app.workshops.registry import Workshops
from app.workshops.tokens import Tokens
from tests.app.rooms.test_outbox import taken_at_once
from tests.app.rooms.test_room_machine import opened_run

SETTINGS = Settings(
    workers=1, most_drawings=3, most_drawings_of_a_member=2, most_questions=2, seconds_between_sweeps=3600
)
NAMES = ("Otter", "Lynx", "Finch")
people = st.integers(0, len(NAMES))


class ReadingWorkers:
    """Stands where the supervisor does: opens one run, which reads in every drawing the value of its first pixel."""

    limits = None

    def __init__(self):
        self.rooms = {}

    def open(self, run, listener):
        self.rooms[run] = listener
        manifest, state = opened_run()
        state = state.model_copy(update={"run": run, "status": Status.PAUSED})
        opened = link.Opened(run, manifest.model_dump_json().encode(), state.model_dump_json().encode(), True)
        asyncio.get_running_loop().call_soon(listener.receive, opened)

    def close(self, run, *, forget=False):
        self.rooms.pop(run, None)

    def send(self, run, message):
        if not isinstance(message, link.Deliver) or run not in self.rooms:
            return
        asked = commands.COMMAND.validate_json(message.command)
        if isinstance(asked, drawing.Predict):
            digit = asked.pixels[0] % 10
            probs = [float(one == digit) for one in range(10)]
            said = drawing.Prediction(step=7, prediction=digit, probs=probs, entropy=0.0)
            answer = link.Replied(run, message.viewer, said.model_dump_json().encode())
            asyncio.get_running_loop().call_soon(self.rooms[run].receive, answer)


class Page:
    """What a browser's page knows by what it was told."""

    def __init__(self, visit):
        self.visit = visit
        self.looks = False
        self.hung = {}
        self.asked = None
        self.earlier = None
        self.was_host = False
        self.answers = {}

    def take(self, text):
        event = json.loads(text)
        match event["type"]:
            case "wall":
                self.hung = {} if event["whole"] else self.hung
                for one in event["gone"]:
                    self.hung.pop(one, None)
                self.hung.update({one["id"]: one for one in event["drawings"]})
                self.confusion = event["confusion"]
            case "vote":
                self.asked = event["asked"]
            case "earlier_questions":
                self.earlier = [one["histogram"] for one in event["questions"]]
        if event.get("reply_to") is not None:
            self.answers[event["reply_to"]] = event


class TogetherMachine(RuleBasedStateMachine):
    """A host and three members; the model is what was said, checked against what each page was told."""

    @initialize()
    def begin(self):
        self.runner = asyncio.Runner()
        self.runner.run(self.start())

    async def start(self):
        self.registry = Workshops(
            Rooms(ReadingWorkers(), Languages(), SETTINGS), Ledger(None), Tokens(b"s" * 32), SETTINGS
        )
        self.registry.open()
        self.workshop, _, token = self.registry.create("Host")
        tokens = [token, *(self.registry.join(self.workshop.code, name)[2] for name in NAMES)]
        hello = [commands.Hello(protocol=PROTOCOL_VERSION, token=one) for one in tokens]
        self.pages = [Page(await self.registry.enter(one, "en")) for one in hello]
        self.numbers = iter(range(1, 10_000))
        self.hung = {}  # by id: (who, label, first pixel, admitted)
        self.order = []
        self.open = False
        self.question = None
        self.votes = {}
        self.closed = False
        self.remembered = []

    def teardown(self):
        if hasattr(self, "runner"):
            self.runner.run(self.registry.close())
            self.runner.close()

    @property
    def host(self):
        return next(page for page in self.pages if page.visit.person.role == "host")

    def say(self, page, command):
        """Give a command, let all that follows from it happen, and return what it was answered."""
        number = next(self.numbers)

        async def obey():
            told = command.model_copy(update={"id": number})
            page.visit.obey(page.visit.viewer, told, told.model_dump_json().encode())
            while self.workshop._errands or any(soon.pending for soon in self.soons()):
                await asyncio.gather(*list(self.workshop._errands), return_exceptions=True)
                await asyncio.sleep(0.001)
            for one in self.pages:
                while (item := await taken_at_once(one.visit.viewer.outbox)) is not None:
                    if isinstance(item, str):
                        one.take(item)

        self.runner.run(obey())
        return page.answers.pop(number)

    def soons(self):
        """What is told a moment later: the moment is made short, so that a test of many does not wait."""
        found = [self.workshop.changed]
        for activity in self.workshop._activities:
            found += [one for name, one in vars(activity).items() if name.endswith("_soon")]
        for soon in found:
            soon._seconds = 0.0
        return found

    @rule(is_open=st.booleans())
    def open_the_wall(self, is_open):
        assert self.say(self.host, wall.OpenWall(open=is_open))["type"] == "done"
        self.open = is_open

    @rule(who=people, label=st.integers(0, 9), first=st.integers(0, 255))
    def hang(self, who, label, first):
        page = self.pages[who]
        mine = sum(one[0] is page for one in self.hung.values())
        answer = self.say(page, wall.HangDrawing(pixels=[first, *[1] * 783], label=label))
        allowed = (self.open or page is self.host) and mine < 2 and len(self.hung) < 3
        assert (answer["type"] == "done") == allowed, answer
        if allowed:
            (new,) = self.workshop._wall.drawings.keys() - self.hung.keys()
            self.hung[new] = (page, label, first, False)
            self.order.append(new)

    @rule(who=people, number=st.integers(0, 9))
    def take_down(self, who, number):
        page = self.pages[who]
        which = self.order[number % len(self.order)] if self.order else "00000000"
        answer = self.say(page, wall.TakeDown(drawing=which))
        allowed = which in self.hung and (page is self.host or self.hung[which][0] is page)
        assert (answer["type"] == "done") == allowed
        if allowed:
            del self.hung[which]

    @precondition(lambda self: bool(getattr(self, "order", None)))
    @rule(who=people, number=st.integers(0, 9), admitted=st.booleans())
    def admit(self, who, number, admitted):
        which = self.order[number % len(self.order)]
        answer = self.say(self.pages[who], wall.Admit(drawings=[which], admitted=admitted))
        assert (answer["type"] == "done") == (self.pages[who] is self.host)
        if self.pages[who] is self.host and which in self.hung:
            self.hung[which] = (*self.hung[which][:3], admitted)

    @rule(who=people, looking=st.booleans())
    def look(self, who, looking):
        page = self.pages[who]
        assert self.say(page, wall.LookAtWall(looking=looking))["type"] == "done"
        page.looks = looking

    @rule(options=st.integers(2, 4))
    def ask(self, options):
        question = voting.OwnWords(about="own_words", text="Which?", options=[f"{one}" for one in range(options)])
        assert self.say(self.host, voting.AskClass(question=question))["type"] == "done"
        self.remember()
        self.question, self.votes, self.closed = options, {}, False
        self.asked_id = self.workshop._activities[1].poll.id

    @precondition(lambda self: bool(getattr(self, "question", None)))
    @rule(who=people, option=st.integers(0, 5))
    def answer(self, who, option):
        page = self.pages[who]
        answer = self.say(page, voting.AnswerClass(question=self.asked_id, option=option))
        allowed = page is not self.host and not self.closed and option < self.question
        assert (answer["type"] == "done") == allowed
        if allowed:
            self.votes[page.visit.person.id] = option

    @precondition(lambda self: bool(getattr(self, "question", None)))
    @rule(who=people)
    def close(self, who):
        answer = self.say(self.pages[who], voting.CloseAnswers(question=self.asked_id))
        assert (answer["type"] == "done") == (self.pages[who] is self.host)
        self.closed = self.closed or self.pages[who] is self.host

    def remember(self):
        """Note the histogram of the question that is over, if anybody answered it."""
        if self.question and self.votes:
            self.remembered.append([list(self.votes.values()).count(option) for option in range(self.question)])

    @precondition(lambda self: bool(getattr(self, "question", None)))
    @rule(who=people)
    def drop(self, who):
        answer = self.say(self.pages[who], voting.DropQuestion(question=self.asked_id))
        assert (answer["type"] == "done") == (self.pages[who] is self.host)
        if self.pages[who] is self.host:
            if self.closed:  # one that is open is taken back
                self.remember()
            self.question, self.votes = None, {}

    @rule(who=people)
    def hand_over(self, who):
        page = self.pages[who]
        answer = self.say(self.host, workshops.HandOver(person=page.visit.person.id))
        assert answer["type"] in ("done", "error")

    @invariant()
    def a_page_that_looks_shows_what_it_may_see_as_it_was_read(self):
        for page in getattr(self, "pages", ()):
            if not page.looks:
                continue
            seen = {
                which: (label, first % 10, admitted)
                for which, (who, label, first, admitted) in self.hung.items()
                if page is self.host or admitted or who is page
            }
            shown = {
                which: (one["label"], one["reading"]["prediction"], one["admitted"]) for which, one in page.hung.items()
            }
            assert shown == seen

    @invariant()
    def the_wall_is_bounded_and_everyone_knows_its_size(self):
        if hasattr(self, "workshop"):
            assert len(self.hung) == len(self.workshop._wall.drawings) <= SETTINGS.most_drawings
            assert self.workshop.state().wall.admitted == sum(one[3] for one in self.hung.values())

    @invariant()
    def what_others_answered_shows_only_when_no_one_can_answer_any_more(self):
        for page in getattr(self, "pages", ()):
            if self.question is None:
                assert page.asked is None
                continue
            assert page.asked["answers"] == len(self.votes)
            assert page.asked["mine"] == self.votes.get(page.visit.person.id)
            counts = [list(self.votes.values()).count(option) for option in range(self.question)]
            assert page.asked["histogram"] == (counts if self.closed else None)

    @invariant()
    def the_host_and_nobody_else_knows_what_was_asked_before_as_it_was_answered(self):
        for page in getattr(self, "pages", ()):
            page.was_host = page.was_host or page is self.host
            if page is self.host:
                assert (page.earlier or []) == self.remembered[-SETTINGS.most_questions :]
            elif not page.was_host:
                assert page.earlier is None


TogetherMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
test_what_a_class_does_together_is_told_to_those_it_is_for = TogetherMachine.TestCase
