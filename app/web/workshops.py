"""Workshops over HTTP: to begin one, to join one, and the picture of its address for phones."""

import hmac
import io
from typing import Annotated

import segno
from fastapi import APIRouter, Body, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from app.languages import N_, Languages
from app.settings import Settings, is_loopback
from app.web.addresses import reachable, split
from app.web.attempts import Attempts
from app.web.cookies import chosen_language
from app.workshops.people import Person
from app.workshops.registry import Workshops
from app.workshops.workshop import NoEntry, Workshop

router = APIRouter()

MOST_NAME = 200
"""Characters a name may be sent with; what is kept of it is shorter."""

SENTENCES = {
    "wrong_key": (403, N_("That is not the host key. It was printed where the server was started.")),
    "no_such_workshop": (404, N_("There is no workshop with this code. Look at the code again.")),
    "workshop_locked": (403, N_("The host has closed the door of this workshop. Ask to be let in.")),
    "workshop_full": (409, N_("This workshop has all the members it can take.")),
    "too_many_workshops": (409, N_("This server has all the workshops it can take.")),
    "no_name": (422, N_("Please say a name, so that the host knows who you are.")),
    "too_many_attempts": (429, N_("Too many wrong codes were tried. Wait {seconds} seconds.")),
}

Code = Annotated[str, Path(max_length=32)]


class Naming(BaseModel):
    """Who somebody is."""

    model_config = ConfigDict(strict=True, extra="forbid")

    name: str = Field(max_length=MOST_NAME, examples=["Otter"])


class Beginning(Naming):
    """Who begins a workshop, and with which key."""

    key: str = Field(default="", max_length=200, description="the host key that the server printed; local needs none")


class Entry(BaseModel):
    """A seat: what a page says hello with."""

    code: str
    token: str = Field(description="for `hello`; whoever has it is this person")
    person: str
    name: str = Field(description="as it is kept; it may have got a number")
    role: str


class Known(BaseModel):
    """What anybody with the code may know of a workshop."""

    code: str
    host: str
    locked: bool
    members: int
    address: str = Field(description="where others join, as they type it: name and port")
    for_others: bool = Field(description="whether others can reach it there at all")


class Door(BaseModel):
    """What anybody may know before they begin a workshop."""

    needs_key: bool


@router.get("/api/workshops", response_model=Door)
async def door(request: Request) -> Response:
    """Tell whether one needs the host key to begin a workshop."""
    settings: Settings = request.app.state.settings
    return JSONResponse(Door(needs_key=bool(settings.host_key)).model_dump(), headers={"Cache-Control": "no-store"})


@router.post("/api/workshops", response_model=Entry, responses={403: {}, 409: {}, 422: {}, 429: {}})
async def begin(request: Request, beginning: Annotated[Beginning, Body()]) -> Response:
    """Begin a workshop as its host."""
    settings: Settings = request.app.state.settings
    attempts: Attempts = request.app.state.attempts
    if settings.host_key:
        wait = attempts.wait(_peer(request))
        if wait:
            return _refusal(request, "too_many_attempts", seconds=wait)
        if not hmac.compare_digest(beginning.key.strip().encode(), settings.host_key.encode()):
            attempts.failed(_peer(request))
            return _refusal(request, "wrong_key")
    try:
        workshop, person, token = _workshops(request).create(beginning.name)
    except NoEntry as refused:
        return _refusal(request, refused.code)
    return _entry(workshop, person, token)


@router.get("/api/workshops/{code}", response_model=Known, responses={404: {}, 429: {}})
async def look(request: Request, code: Code) -> Response:
    """Tell whether there is a workshop with this code."""
    workshop = _find(request, code)
    if isinstance(workshop, Response):
        return workshop
    state = workshop.state()
    address = _address(request)
    known = Known(
        code=state.code,
        host=state.host.name,
        locked=state.locked,
        members=state.members,
        address=address,
        for_others=not is_loopback(split(address)[0]),
    )
    return JSONResponse(known.model_dump(), headers={"Cache-Control": "no-store"})


@router.post("/api/workshops/{code}/members", response_model=Entry, responses={403: {}, 404: {}, 422: {}, 429: {}})
async def join(request: Request, code: Code, naming: Annotated[Naming, Body()]) -> Response:
    """Take a seat in a workshop."""
    found = _find(request, code)
    if isinstance(found, Response):
        return found
    try:
        workshop, person, token = _workshops(request).join(code, naming.name)
    except NoEntry as refused:
        return _refusal(request, refused.code)
    return _entry(workshop, person, token)


@router.get("/api/workshops/{code}/qr.svg", responses={404: {}, 429: {}})
async def qr(request: Request, code: Code) -> Response:
    """Return the picture of the address where one joins, for phones to read."""
    workshop = _find(request, code)
    if isinstance(workshop, Response):
        return workshop
    picture = io.BytesIO()
    address = f"{request.url.scheme}://{_address(request)}/r/{workshop.code}"
    code_picture = segno.make(address, error="m", micro=False)
    code_picture.save(picture, kind="svg", border=2, xmldecl=False, omitsize=True)
    return Response(picture.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def _address(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return reachable(settings, request.headers["host"])


def _workshops(request: Request) -> Workshops:
    workshops: Workshops = request.app.state.workshops
    return workshops


def _find(request: Request, code: str) -> Workshop | Response:
    """Return the workshop; who tries wrong codes again and again has to wait."""
    attempts: Attempts = request.app.state.attempts
    wait = attempts.wait(_peer(request))
    if wait:
        return _refusal(request, "too_many_attempts", seconds=wait)
    workshop = _workshops(request).find(code)
    if workshop is None:
        attempts.failed(_peer(request))
        return _refusal(request, "no_such_workshop")
    return workshop


def _entry(workshop: Workshop, person: Person, token: str) -> Response:
    entry = Entry(code=workshop.code, token=token, person=person.id, name=person.name, role=person.role)
    return JSONResponse(entry.model_dump(), status_code=201, headers={"Cache-Control": "no-store"})


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


def _refusal(request: Request, code: str, **params: object) -> Response:
    languages: Languages = request.app.state.languages
    language = chosen_language(request)
    status, template = SENTENCES[code]
    message = languages.sentence(language, template, params)
    return JSONResponse({"code": code, "message": message, "where": ""}, status_code=status)
