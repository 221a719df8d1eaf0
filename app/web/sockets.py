"""The websocket: hello, then commands in and events and frames out, until one side goes."""

import asyncio
import contextlib
import time

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

from app.languages import N_, Languages
from app.protocol import PROTOCOL_VERSION, commands, events
from app.rooms.asking import NoRun
from app.rooms.budget import Budget
from app.rooms.outbox import Closing
from app.rooms.registry import Rooms, TooMany
from app.rooms.room import Room
from app.rooms.viewer import Viewer
from app.settings import Settings
from app.web.cookies import chosen_language
from app.web.parsing import Malformed, parse, version_in
from app.workshops.registry import Workshops
from app.workshops.visit import Visit
from app.workshops.workshop import NoEntry

router = APIRouter()

NO_HELLO = Closing(1008, "no hello")
FLOODED = Closing(1008, "too many commands")
NO_RUN = Closing(1013, "no run")
NO_SEAT = Closing(4103, "no seat")
FULL = Closing(4104, "full")
NO_MORE_RUNS = Closing(4104, "no more runs")
NO_MEMORY = Closing(4104, "no memory")
OLD_PAGE = Closing(4105, "reload")
MANY_PAGES = Closing(4106, "many pages")

SENTENCES = {
    FULL: ("full", N_("This server has all the viewers it can take. Try again in a while.")),
    NO_MORE_RUNS: ("too_many_runs", N_("All runs this server takes are in use. Try again in a while.")),
    NO_MEMORY: (
        "short_of_memory",
        N_("The server is short of memory and begins no new run now. Try again in a while."),
    ),
    MANY_PAGES: ("many_pages", N_("You have this workshop open in as many pages as one may. Close one of them.")),
    NO_SEAT: ("no_seat", N_("This workshop is over, or you have no seat in it. Join it again with its code.")),
    NO_RUN: ("no_run", N_("The network did not start. Try again in a moment.")),
    OLD_PAGE: ("old_page", N_("This page is of another version than the server. Load it again.")),
    NO_HELLO: ("no_hello", N_("The first message of a page has to be hello.")),
    FLOODED: ("too_many_commands", N_("Too many commands came at once.")),
}
"""What a page is told before the socket is closed; a close code alone explains nothing."""

WANTED = {"viewers": FULL, "runs": NO_MORE_RUNS, "memory": NO_MEMORY}
"""What a server that cannot take somebody has too little of."""

CLOSINGS = {"unknown_token": NO_SEAT, "too_many_pages": MANY_PAGES}


@router.websocket("/ws")
async def socket(websocket: WebSocket) -> None:
    """Serve one viewer."""
    state = websocket.app.state
    settings: Settings = state.settings
    languages: Languages = state.languages
    language = chosen_language(websocket)
    await websocket.accept()
    try:
        hello = await _hello(websocket, settings)
        language = languages.choose(hello.language, header=hello.language)
        if hello.protocol != PROTOCOL_VERSION:
            raise _TurnedAway(OLD_PAGE)
        if state.draining:
            raise _TurnedAway(NO_RUN)
        room: Room | Visit
        if hello.token is None:
            room = _room(state.rooms, state.workshops, hello)
            viewer = await room.join(hello, language)
        else:
            room = await _visit(state.workshops, hello, language)
            viewer = room.viewer
    except _TurnedAway as turned:
        await _turn_away(websocket, turned.closing, languages, language)
        return
    except NoRun:
        await _turn_away(websocket, NO_RUN, languages, language)
        return
    except WebSocketDisconnect:
        return
    try:
        await _converse(websocket, room, viewer, settings)
    finally:
        room.leave(viewer)


class _TurnedAway(Exception):
    def __init__(self, closing: Closing) -> None:
        self.closing = closing


async def _hello(websocket: WebSocket, settings: Settings) -> commands.Hello:
    try:
        async with asyncio.timeout(settings.seconds_to_hello):
            text = await _receive(websocket)
        command = parse(text)
    except TimeoutError:
        raise _TurnedAway(NO_HELLO) from None
    except Malformed:
        # The hello of another version may have other fields.
        raise _TurnedAway(NO_HELLO if version_in(text) in (None, PROTOCOL_VERSION) else OLD_PAGE) from None
    if not isinstance(command, commands.Hello):
        raise _TurnedAway(NO_HELLO)
    return command


async def _visit(workshops: Workshops, hello: commands.Hello, language: str) -> Visit:
    try:
        return await workshops.enter(hello, language)
    except NoEntry as refused:
        raise _TurnedAway(CLOSINGS.get(refused.code, FULL)) from None
    except TooMany as refused:
        raise _TurnedAway(WANTED[refused.want]) from None


def _room(rooms: Rooms, workshops: Workshops, hello: commands.Hello) -> Room:
    if workshops.owns(hello.room):
        raise _TurnedAway(NO_SEAT)
    try:
        return rooms.find(hello.room)
    except TooMany as refused:
        raise _TurnedAway(WANTED[refused.want]) from None


async def _turn_away(websocket: WebSocket, closing: Closing, languages: Languages, language: str) -> None:
    code, template = SENTENCES[closing]
    message = languages.sentence(language, template, {})
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await websocket.send_text(events.Refused(code=code, message=message, where="").model_dump_json())
        await websocket.close(closing.code, closing.reason)


async def _converse(websocket: WebSocket, room: Room | Visit, viewer: Viewer, settings: Settings) -> None:
    """Read and write at the same time until one of the two ends, then end the other."""
    tasks = [
        asyncio.create_task(_write(websocket, viewer), name=f"write to {viewer.id}"),
        asyncio.create_task(_read(websocket, room, viewer, settings), name=f"read from {viewer.id}"),
    ]
    heart = Heart(viewer, settings.seconds_between_heartbeats)
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        heart.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _read(websocket: WebSocket, room: Room | Visit, viewer: Viewer, settings: Settings) -> None:
    budget = Budget(settings.commands_per_second, settings.commands_at_once, time.monotonic)
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            text = await _receive(websocket)
            if not budget.spend():
                code, template = SENTENCES[FLOODED]
                room.refuse(viewer, None, code, "", template, {})
                viewer.outbox.close(FLOODED)
                await asyncio.Event().wait()  # the writer says goodbye and ends us
            try:
                command = parse(text)
            except Malformed as malformed:
                room.refuse(
                    viewer,
                    malformed.reply_to,
                    malformed.code,
                    malformed.where,
                    malformed.template,
                    {"most": commands.MOST_COMMAND_BYTES},
                )
            else:
                room.obey(viewer, command, str(text).encode())


class Heart:
    """Sends a heartbeat to a viewer whenever nothing else was sent for a while.

    A timer of its own, and not a time-out around each message: with hundreds of viewers that would cost a fifth of all.
    """

    def __init__(self, viewer: Viewer, seconds: float) -> None:
        self._viewer = viewer
        self._seconds = seconds
        self._schedule(seconds)

    def stop(self) -> None:
        """Send no more."""
        self._timer.cancel()

    def _schedule(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._beat)

    def _beat(self) -> None:
        left = self._seconds - self._viewer.outbox.quiet_for
        if left <= 0:
            self._viewer.outbox.put_event(events.Heartbeat(time=time.time() * 1000).model_dump_json())
            left = self._seconds
        self._schedule(left)


async def _write(websocket: WebSocket, viewer: Viewer) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            item: str | bytes | Closing = await viewer.outbox.next()
            match item:
                case bytes():
                    await websocket.send_bytes(item)
                case str():
                    await websocket.send_text(item)
                case Closing(code=code, reason=reason):
                    await websocket.close(code, reason)
                    return


async def _receive(websocket: WebSocket) -> str | bytes | None:
    if websocket.client_state is not WebSocketState.CONNECTED:
        raise WebSocketDisconnect
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text: str | bytes | None = message.get("text")
    return text if text is not None else message.get("bytes")
