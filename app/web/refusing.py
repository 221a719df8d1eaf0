"""How an address of the API says no: a code, a sentence in the language of who asks, and where."""

from collections.abc import Mapping

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from app.languages import N_, Languages
from app.web.cookies import chosen_language

MALFORMED = N_("This request is not as it should be: {where}.")


def refusal(
    request: Request, status: int, code: str, template: str, params: Mapping[str, object], *, where: str = ""
) -> JSONResponse:
    """Say no."""
    languages: Languages = request.app.state.languages
    message = languages.sentence(chosen_language(request), template, {"where": where, **params})
    return JSONResponse({"code": code, "message": message, "where": where}, status_code=status)


async def refuse_malformed(request: Request, error: Exception) -> JSONResponse:
    """Say that a request is not as the API has it; what it held is not repeated, for it may be anything."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what it is registered for
    where = ".".join(str(part) for part in error.errors()[0]["loc"])[:80]
    return refusal(request, 422, "malformed_request", MALFORMED, {}, where=where)
