"""How an address of the API says no: a code, a sentence in the language of who asks, and where."""

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import JSONResponse

from app.languages import COOKIE, Languages


def language_of(request: Request) -> str:
    """Return the language of the cookie, or of the request's header."""
    languages: Languages = request.app.state.languages
    return languages.choose(request.cookies.get(COOKIE), header=request.headers.get("accept-language", ""))


def refusal(
    request: Request, status: int, code: str, template: str, params: Mapping[str, object], *, where: str = ""
) -> JSONResponse:
    """Say no."""
    languages: Languages = request.app.state.languages
    message = languages.sentence(language_of(request), template, {"where": where, **params})
    return JSONResponse({"code": code, "message": message, "where": where}, status_code=status)
