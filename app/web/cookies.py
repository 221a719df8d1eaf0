"""The one cookie there is: the language somebody chose. It holds no secret, and is still kept as if it did.

Behind TLS it has the prefix `__Host-`, so that no page of a neighbouring name can set it.
"""

from fastapi import Response
from starlette.requests import HTTPConnection

from app.languages import COOKIE, Languages
from app.settings import Settings

A_YEAR = 365 * 24 * 3600


def chosen_language(connection: HTTPConnection, asked: str | None = None) -> str:
    """Return the language that is asked for, or of the cookie, or of what the browser accepts."""
    languages: Languages = connection.app.state.languages
    cookie = connection.cookies.get(_name(connection))
    return languages.choose(asked, cookie, header=connection.headers.get("accept-language", ""))


def keep_language(connection: HTTPConnection, response: Response, language: str) -> None:
    """Have the browser remember a language, if it does not yet."""
    if connection.cookies.get(_name(connection)) == language:
        return
    settings: Settings = connection.app.state.settings
    response.set_cookie(
        _name(connection),
        language,
        max_age=A_YEAR,
        httponly=True,
        secure=settings.behind_tls,
        samesite="lax" if settings.behind_tls else "strict",
    )


def _name(connection: HTTPConnection) -> str:
    settings: Settings = connection.app.state.settings
    return f"__Host-{COOKIE}" if settings.behind_tls else COOKIE
