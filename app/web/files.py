"""A run as a file: taken home, and brought back. The format is safetensors, with PyTorch's names and layout."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse

from app.languages import N_, Languages
from app.rooms.asking import NoRun
from app.rooms.registry import Rooms
from app.rooms.room import Room
from app.settings import Settings
from app.web.authority import seat_of
from app.web.cookies import chosen_language
from app.workshops.registry import Workshops

router = APIRouter()

SENTENCES = {
    "no_room": (404, N_("There is no run of that name.")),
    "no_run": (503, N_("The run does not answer. Try again in a moment.")),
    "file_too_large": (413, N_("That file is larger than the {most} bytes that are accepted.")),
}

RoomName = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,32}$")]


@router.get("/api/rooms/{room}/checkpoint")
async def export(request: Request, room: RoomName) -> Response:
    """Return the run of a room as it is now: parameters, optimizer and spec, in a safetensors file."""
    found = _find(request, room)
    if found is None:
        return _refusal(request, "no_room")
    try:
        exported = await found.export()
    except NoRun:
        return _refusal(request, "no_run")
    name = f"backscope-{room}-step-{exported.step}.safetensors"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(exported.data, media_type="application/octet-stream", headers=headers)


@router.post("/api/rooms/{room}/checkpoint")
async def load(request: Request, room: RoomName) -> Response:
    """Replace the run of a room by that of a safetensors file, paused; everything in the file is checked first."""
    settings: Settings = request.app.state.settings
    found = _find(request, room)
    if found is None:
        return _refusal(request, "no_room")
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > settings.most_file_bytes:
            return _refusal(request, "file_too_large", most=settings.most_file_bytes)
    try:
        refused = await found.load(bytes(data), chosen_language(request))
    except NoRun:
        return _refusal(request, "no_run")
    if refused is None:
        return JSONResponse({"status": "loaded"})
    plain = {"code": refused.code, "message": refused.message, "where": refused.where}
    return JSONResponse(plain, status_code=422)


def _find(request: Request, name: str) -> Room | None:
    rooms: Rooms = request.app.state.rooms
    workshops: Workshops = request.app.state.workshops
    if workshops.owns(name) and not _may(request, name):
        return None
    return rooms.known(name)


def _may(request: Request, name: str) -> bool:
    """Whether the request comes with the token of who steers this room."""
    seat = seat_of(request)
    if seat is None:
        return False
    workshop, person = seat
    return name == workshop.room_name(None if person.role == "host" else person)


def _refusal(request: Request, code: str, **params: object) -> JSONResponse:
    languages: Languages = request.app.state.languages
    status, template = SENTENCES[code]
    message = languages.sentence(chosen_language(request), template, params)
    return JSONResponse({"code": code, "message": message, "where": ""}, status_code=status)
