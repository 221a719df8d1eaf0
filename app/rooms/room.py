"""A room: one run and all who watch it."""

import asyncio
import logging

from app.languages import N_, Languages
from app.protocol import PROTOCOL_VERSION, commands, events, values
from app.protocol.message import Command, Reply, RoomEvent
from app.protocol.values import Status
from app.rooms.asking import NoRun, OnTheWay, RunQuestions
from app.rooms.channels import Channels
from app.rooms.history import Curves
from app.rooms.outbox import RESTARTING, Outbox
from app.rooms.points import HeldPoints
from app.rooms.record import Record, milliseconds
from app.rooms.soon import Soon
from app.rooms.traffic import Traffic
from app.rooms.viewer import Viewer
from app.settings import Settings
from app.workers import link
from app.workers.supervisor import Supervisor

logger = logging.getLogger("backscope.rooms")

NO_WORKSHOP = N_("That can be done in a workshop only, and this run is in none.")
ALREADY_GREETED = N_("This page has said hello already.")

SECONDS_TO_OPEN = 15.0
SECONDS_TO_COUNT = 0.3
"""A class that joins at once is announced once."""


class Room:
    """One run, its viewers and what late joiners need to know."""

    def __init__(
        self,
        name: str,
        supervisor: Supervisor,
        languages: Languages,
        settings: Settings,
        traffic: Traffic | None = None,
    ) -> None:
        """`traffic` counts for the whole server."""
        self.name = name
        self._traffic = traffic or Traffic()
        self.viewers: dict[str, Viewer] = {}
        self.empty_since = asyncio.get_running_loop().time()
        self._arriving = 0
        self._supervisor = supervisor
        self._languages = languages
        self._settings = settings
        self._record = Record(name, settings)
        self._channels = Channels(self.viewers, lambda wanted: supervisor.send(name, link.Watch(name, wanted)))
        self._opened = asyncio.Event()
        self._begun = False
        self._announce_count = Soon(SECONDS_TO_COUNT, lambda: self._tell(events.Viewers(count=len(self.viewers))))
        self._points = HeldPoints(lambda: len(self.viewers), self._tell)
        self._share: events.Share | None = None
        self._rests = False
        self.glanced: link.Glanced | None = None
        """The run's first weights, as last asked for with `glance`."""
        self._questions = RunQuestions(name, supervisor, self.opened)
        supervisor.open(name, self)

    # People

    @property
    def people(self) -> int:
        """How many are in, or wait to be let in."""
        return len(self.viewers) + self._arriving

    async def join(self, hello: commands.Hello, language: str) -> Viewer:
        """Take a viewer in and send all they need to draw at once; raises `NoRun` if there is nothing to see."""
        self._arriving += 1
        try:
            await self.opened()
        finally:
            self._arriving -= 1
        settings = self._settings
        outbox = Outbox(
            frames_on_the_way=settings.frames_on_the_way, events_waiting=settings.events_waiting, traffic=self._traffic
        )
        viewer = Viewer(outbox, language)
        self._take_in(viewer, hello)
        return viewer

    async def take_over(self, viewer: Viewer, came_from: "Room") -> None:
        """Have a viewer of another room here instead, looking at the same kinds of things; raises `NoRun`."""
        await self.opened()
        if viewer.id not in came_from.viewers:
            return  # gone while we waited
        came_from.leave(viewer)
        viewer.outbox.begin_anew()
        self._take_in(viewer, commands.Hello(protocol=PROTOCOL_VERSION))
        self._channels.look_anew()
        self._channels.send_last(viewer)

    async def opened(self) -> None:
        """Wait until the run is there; raises `NoRun` if it does not come up."""
        try:
            await asyncio.wait_for(self._opened.wait(), SECONDS_TO_OPEN)
        except TimeoutError:
            raise NoRun from None
        if self._record.manifest is None:  # it was refused; whoever comes next tries again
            self._opened.clear()
            self._supervisor.send(self.name, link.Open(self.name))
            raise NoRun

    def _take_in(self, viewer: Viewer, hello: commands.Hello) -> None:
        self._points.tell()  # they are in the curves of the welcome: no one should be told them twice
        missed = self._record.missed(hello)
        welcome = self._record.welcome(hello, viewer.id, self._supervisor.limits, resumed=missed is not None)
        viewer.outbox.put_event(welcome.model_dump_json())
        for event in missed or ():
            viewer.outbox.put_event(event)
        self.viewers[viewer.id] = viewer
        if self._share:
            viewer.outbox.put_event(self._share.model_dump_json())
        self._announce_count()
        self._begin()

    def leave(self, viewer: Viewer) -> None:
        """Let a viewer go."""
        if self.viewers.pop(viewer.id, None):
            self.empty_since = asyncio.get_running_loop().time()
            self._channels.look_anew()
            self._announce_count()

    def obey(self, viewer: Viewer, command: Command, text: bytes) -> None:
        """Carry out a viewer's command, or pass it on to the run."""
        match command:
            case commands.Ack(frame=frame):
                viewer.outbox.painted(frame)
            case commands.Clock(sent=sent):
                reply = events.ClockRead(reply_to=command.id, sent=sent, time=milliseconds())
                viewer.outbox.put_event(reply.model_dump_json())
            case commands.Watch():
                viewer.watch(command)
                self._channels.look_anew()
                self._channels.send_last(viewer)
                viewer.outbox.put_event(events.Done(reply_to=command.id).model_dump_json())
            case commands.Hello():
                self.refuse(viewer, command.id, "already_greeted", "type", ALREADY_GREETED, {})
            case _ if isinstance(command, commands.RunCommand):
                self._supervisor.send(self.name, link.Deliver(self.name, viewer.id, text))
            case _:
                self.refuse(viewer, command.id, "no_workshop", "type", NO_WORKSHOP, {})

    def refuse(
        self, viewer: Viewer, reply_to: int | None, code: str, where: str, template: str, params: dict[str, object]
    ) -> None:
        """Tell a viewer, in their language, that a command was not carried out."""
        message = self._languages.sentence(viewer.language, template, {"where": where, **params})
        refused = events.Refused(reply_to=reply_to, code=code, message=message, where=where)
        viewer.outbox.put_event(refused.model_dump_json())

    def announce_end(self) -> None:
        """Tell everyone that the server is about to end."""
        self._tell(events.Notice(code="draining"))

    def close(self) -> None:
        """Send everyone away, to come back when the server is there again."""
        for viewer in list(self.viewers.values()):
            viewer.outbox.close(RESTARTING)

    def shut(self) -> None:
        """Note that the run is not there any more: who waits for it need not."""
        self._points.cancel()
        self._announce_count.cancel()
        self._questions.give_up()

    # Questions of its own

    async def export(self) -> link.Exported:
        """Return the run as a safetensors file; raises `NoRun`."""
        return await self._questions.export()

    async def load(self, data: bytes, language: str) -> events.Refused | None:
        """Replace the run by that of a safetensors file; return why not, if it can't be. Raises `NoRun`."""
        answer = await self._questions.load(data)
        if not answer.code:
            return None
        message = self._languages.sentence(language, answer.template, dict(answer.params))
        return events.Refused(code=answer.code, message=message, where=answer.where)

    async def answer_to(self, command: Command, on_the_way: OnTheWay | None = None) -> Reply:
        """Give the run a command that is no viewer's, and return its reply; raises `RunRefused` and `NoRun`.

        `on_the_way` is told how far the answer is, where the run says so.
        """
        return await self._questions.answer_to(command, on_the_way)

    # The run

    @property
    def state(self) -> values.RunState | None:
        """The run as last told."""
        return self._record.state

    @property
    def manifest(self) -> values.Manifest | None:
        """What the run's frames hold, as last told."""
        return self._record.manifest

    @property
    def plays(self) -> bool:
        """Whether the run trains."""
        return self.state is not None and self.state.status is Status.RUNNING

    @property
    def reached(self) -> int:
        """The step it is known to have done."""
        return self._record.reached

    @property
    def beginnings(self) -> int:
        """How often another run, or another past, took the place of the one before."""
        return self._record.beginnings

    @property
    def curves(self) -> Curves:
        """The run's curves so far."""
        return self._record.curves

    @property
    def findings(self) -> list[values.Finding]:
        """What is wrong with the run, as last told."""
        return self._record.findings

    def play(self) -> None:
        """Let the run train."""
        self._begun = True
        self._tell_run(commands.Play())

    def glance(self) -> None:
        """Ask for a few of the run's first weights, for a picture of it among many."""
        self._supervisor.send(self.name, link.Glance(self.name))

    def rest(self) -> None:
        """Let the run wait until somebody comes."""
        self._rests = True
        self.pause()

    def mark(self, step: int) -> None:
        """Have a step on the curve of training in any case: somebody asks what its loss will be."""
        self._record.curves.mark(step)
        self._tell_run(commands.Mark(step=step))

    def pause(self) -> None:
        """Let the run wait."""
        self._begun = True
        self._tell_run(commands.Pause())

    def receive(self, message: link.FromWorker) -> None:
        """Take what the run says; called on the event loop."""
        match message:
            case link.FrameMade():
                self._channels.hand_out(message)
            case link.Said(event=event):
                self._take_event(events.EVENT.validate_json(event))
            case link.Replied(viewer=viewer, reply=reply) if viewer in self.viewers:
                self.viewers[viewer].outbox.put_event(reply.decode())
            case link.Told(viewer=viewer, event=event):
                if viewer in self.viewers:
                    self.viewers[viewer].outbox.put_event(event.decode())
                else:
                    self._questions.receive_progress(message)
            case link.RefusedIt(viewer=viewer) if viewer in self.viewers:
                who = self.viewers[viewer]
                self.refuse(who, message.reply_to, message.code, message.where, message.template, dict(message.params))
            case link.Glanced():
                self.glanced = message
            case link.Exported() | link.Imported() | link.Replied() | link.RefusedIt():
                self._questions.receive(message)
            case link.Opened():
                self._take_opened(message)
            case link.NotOpened():
                self._opened.set()  # nobody waits any longer
            case link.Shared(among=among, share=share):
                self._share = events.Share(among=among, share=share)
                text = self._share.model_dump_json()
                for one in self.viewers.values():
                    one.outbox.put_event(text)
            case link.Saved(ok=ok) if ok != self._record.saving:
                self._record.saving = ok
                if not ok:
                    self._traffic.checkpoints_failed += 1
                    logger.error("the run of room %s could not be saved", self.name)
                    self._tell(events.Notice(code="checkpoint_failed"))
                else:
                    self._tell(events.Notice(code="checkpoint_works"))

    def worker_lost(self) -> None:
        """Tell everyone that the run is being brought back; what it was asked meanwhile is lost."""
        self._questions.give_up()
        self._tell(events.Notice(code="worker_lost"))

    def _take_opened(self, opened: link.Opened) -> None:
        again = self._opened.is_set()
        was_running = self.plays
        manifest = values.Manifest.model_validate_json(opened.manifest)
        state = values.RunState.model_validate_json(opened.state)
        self._channels.forget()
        if again:
            if self._record.manifest is None or manifest.id != self._record.manifest.id:
                self._take_event(events.ManifestChanged(manifest=manifest))
            self._take_event(events.HistoryCleared(step=state.step + 1))
            self._take_event(events.StateChanged(state=state))
            self._tell(events.Notice(code="worker_restarted"))
            if was_running and state.status is Status.IDLE:
                self.play()  # it died before its first checkpoint
        self._record.manifest, self._record.state = manifest, state
        self._begun = self._begun or opened.resumed
        self._opened.set()
        self._channels.begin_anew()

    def _take_event(self, event: RoomEvent) -> None:
        if not isinstance(event, events.MetricsAdded):
            self._points.tell()  # what they belong to is about to change
        self._record.take(event)
        if isinstance(event, events.MetricsAdded):
            self._points.add(event)
            return
        if isinstance(event, events.ManifestChanged):
            self._channels.forget()
        self._tell(event)

    def _begin(self) -> None:
        """Let the run play when the first viewer comes: not before, or the story would be over unseen."""
        rested, self._rests = self._rests, False
        if self.state and (rested or (not self._begun and self.state.status is Status.IDLE)):
            self.play()
        self._begun = True

    def _tell_run(self, command: Command) -> None:
        self._supervisor.send(self.name, link.Deliver(self.name, "", command.model_dump_json().encode()))

    def _tell(self, event: RoomEvent) -> None:
        text = self._record.number(event)
        for viewer in list(self.viewers.values()):
            viewer.outbox.put_event(text)
