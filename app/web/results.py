"""What a workshop came to, as a file for its host."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from app.languages import Languages
from app.web.authority import seat_of
from app.web.cookies import chosen_language
from app.web.refusing import refusal
from app.workshops.codes import read_code
from app.workshops.people import TEMPLATES
from app.workshops.results import as_csv

router = APIRouter()


@router.get("/api/workshops/{code}/results.csv", responses={403: {}}, response_class=Response)
async def results(request: Request, code: Annotated[str, Path(max_length=32)]) -> Response:
    """Return who answered what and whose network read how much, as CSV, to whoever has the token of the host of now."""
    seat = seat_of(request)
    if seat is None or seat[1].role != "host" or seat[0].code != read_code(code):
        return refusal(request, 403, "hosts_only", TEMPLATES["hosts_only"], {})
    languages: Languages = request.app.state.languages
    language = chosen_language(request)

    def say(template: str, params: dict[str, Any]) -> str:
        return languages.sentence(language, template, params)

    workshop = seat[0]
    table = await asyncio.to_thread(as_csv, list(workshop.results()), say)
    headers = {
        "Content-Disposition": f'attachment; filename="backscope-{workshop.code}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(table, media_type="text/csv; charset=utf-8", headers=headers)
