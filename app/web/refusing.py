"""How an address of the API says no: a code, a sentence in the language of who asks, and where."""

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import JSONResponse

from app.languages import Languages
from app.web.cookies import chosen_language


def refusal(
    request: Request, status: int, code: str, template: str, params: Mapping[str, object], *, where: str = ""
) -> JSONResponse:
    """Say no."""
    languages: Languages = request.app.state.languages
    message = languages.sentence(chosen_language(request), template, {"where": where, **params})
    return JSONResponse({"code": code, "message": message, "where": where}, status_code=status)
