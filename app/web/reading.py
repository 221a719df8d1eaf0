"""Reading a picture for a program: `POST /api/predict`."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError

from app.languages import N_
from app.protocol.reading import NotRead, PackagedName, PictureRead, PixelsToRead
from app.settings import Settings
from app.web.refusing import refusal
from app.workers.supervisor import NoAnswer, Supervisor

router = APIRouter()

JSON = "application/json"
PICTURES = ("image/png", "image/jpeg", "image/webp")
MOST_JSON_BYTES = 64 * 1024

SENTENCES = {
    "picture_too_large": (413, N_("That picture is larger than the {most} bytes that are accepted.")),
    "unknown_type": (415, N_("A picture is sent as one of {types}, and named so by Content-Type.")),
    "not_json": (422, N_("That is not JSON.")),
    "wrong_value": (422, N_("{where} is not acceptable here.")),
    "no_answer": (503, N_("The server is too busy to read that. Try again in a moment.")),
}

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in PICTURES},
            JSON: {"schema": PixelsToRead.model_json_schema()},
        },
    }
}

REFUSALS: dict[int | str, dict[str, Any]] = {
    413: {"model": NotRead, "description": "It is too large."},
    415: {"model": NotRead, "description": "It is no picture by its Content-Type."},
    422: {"model": NotRead, "description": "There is nothing in it that could be read."},
    503: {"model": NotRead, "description": "Nobody answers just now."},
}


@router.post("/api/predict", response_model=PictureRead, responses=REFUSALS, openapi_extra=BODY)
async def predict(
    request: Request, network: Annotated[str, Query(description="who reads: conv, or dense")] = "conv"
) -> Response:
    """Read the digit in a picture: a PNG, JPEG or WebP file as the body, or 784 grey values as JSON.

    A picture may be a photo or a scan, dark on light or light on dark: it is cropped, scaled and centred as MNIST's
    digits were. Grey values are read as they are. Nothing is kept.
    """
    settings: Settings = request.app.state.settings
    supervisor: Supervisor = request.app.state.supervisor
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON and kind not in PICTURES:
        return _refusal(request, "unknown_type", types=", ".join((*PICTURES, JSON)))
    most = MOST_JSON_BYTES if kind == JSON else settings.most_picture_bytes
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > most:
            return _refusal(request, "picture_too_large", most=most)
    try:
        pixels, reader = _grey_values(bytes(data)) if kind == JSON else (None, None)
    except ValidationError as error:
        return _malformed(request, error)
    reader = reader or _packaged(network)
    if reader is None:
        return _refusal(request, "wrong_value", where="network")
    try:
        answer = await supervisor.read_image(reader, pixels or bytes(data), is_file=pixels is None)
    except NoAnswer:
        return _refusal(request, "no_answer")
    if answer.code:
        return refusal(request, 422, answer.code, answer.template, answer.params, where=answer.where)
    return Response(answer.reading, media_type=JSON, headers={"Cache-Control": "no-store"})


def _grey_values(data: bytes) -> tuple[bytes, PackagedName | None]:
    asked = PixelsToRead.model_validate_json(data)
    return bytes(round(grey) for grey in asked.pixels), asked.network


def _packaged(name: str) -> PackagedName | None:
    return "conv" if name == "conv" else "dense" if name == "dense" else None


def _malformed(request: Request, error: ValidationError) -> Response:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return _refusal(request, "not_json")
    return _refusal(request, "wrong_value", where=".".join(str(part) for part in first["loc"])[:80])


def _refusal(request: Request, code: str, *, where: str = "", **params: object) -> Response:
    status, template = SENTENCES[code]
    return refusal(request, status, code, template, params, where=where)
