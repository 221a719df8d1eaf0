"""The pages: templates with the language, the import map and the addresses of their files."""

import json
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import JSONResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.exceptions import HTTPException as StarletteHTTPException

from app.languages import Languages
from app.resources import TEMPLATES, VERSION
from app.web.cookies import chosen_language, keep_language
from app.web.modules import PACKAGES, needed_by
from app.web.static import BrowserFiles
from app.workshops.codes import read_code

router = APIRouter()

IN_WORKSHOPS = ("studio", "draw", "host", "wall")
"""The pages that a workshop has, under its code."""

IN_A_WORKSHOP_AS_WELL = {"studio": "js/workshop/in-workshop.js", "draw": "js/workshop/drawing-in-workshop.js"}
"""What pages that stand on their own as well have besides in a workshop."""


class Pages:
    """Renders templates."""

    def __init__(self, languages: Languages, files: BrowserFiles) -> None:
        self._languages = languages
        self._files = files
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, request: Request, page: str, *, code: str = "", status: int = 200, **context: Any) -> Response:
        """Return a page in the language that the address, the cookie or the browser asks for.

        `code` is that of the workshop the page is in; empty: in none.
        """
        entries = tuple(_entries(page, code))
        asked = request.query_params.get("lang")
        language = chosen_language(request, asked)
        translations = self._languages.translations(language)
        text = self._environment.get_template(f"{page}.html").render(
            _=translations.gettext,
            gettext=translations.gettext,
            ngettext=translations.ngettext,
            language=language,
            languages=self._languages.names,
            messages=f"/i18n/{language}.json" if self._languages.messages(language) is not None else "",
            nonce=request.state.nonce,
            asset=self._files.address,
            sheet=self._files.sheet,
            entries=entries,
            modules=needed_by(*entries),
            import_map=self._import_map(),
            version=VERSION,
            page=page,
            code=code,
            **context,
        )
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}
        response = Response(text, status, headers, media_type="text/html; charset=utf-8")
        if asked == language:
            keep_language(request, response, language)
        return response

    def _import_map(self) -> Markup:
        # The text is ours alone, and "<" is written so that it can never end the script element it stands in.
        imports = {name: self._files.address(path) for name, path in PACKAGES.items()}
        return Markup(json.dumps({"imports": imports}).replace("<", "\\u003c"))  # noqa: S704


def _entries(page: str, code: str) -> Iterator[str]:
    """Give the modules that a page begins with."""
    yield f"js/{page}.js"
    if code and page in IN_A_WORKSHOP_AS_WELL:
        yield IN_A_WORKSHOP_AS_WELL[page]


@router.get("/", include_in_schema=False)
async def studio(request: Request) -> Response:
    """Watch a network learn."""
    pages: Pages = request.app.state.pages
    return pages.render(request, "studio")


@router.get("/draw", include_in_schema=False)
async def draw(request: Request) -> Response:
    """Draw a digit and see what a network reads in it."""
    pages: Pages = request.app.state.pages
    return pages.render(request, "draw")


@router.get("/workshop", include_in_schema=False)
async def workshop(request: Request) -> Response:
    """Begin a workshop, or join one by its code."""
    pages: Pages = request.app.state.pages
    return pages.render(request, "workshop")


@router.get("/r/{typed}", include_in_schema=False)
async def join(request: Request, typed: str) -> Response:
    """Take a seat in a workshop: where the code on the wall leads."""
    return _in_workshop(request, typed, "join")


@router.get("/r/{typed}/{page}", include_in_schema=False)
async def in_workshop(request: Request, typed: str, page: str) -> Response:
    """Return a page of a workshop; who one is there, the page itself knows."""
    if page not in IN_WORKSHOPS:
        raise HTTPException(404)
    return _in_workshop(request, typed, page, f"/{page}")


async def nothing_here(request: Request, error: Exception) -> Response:
    """Answer for an address where nothing is: a browser that shows pages gets one with a way on, programs get JSON."""
    assert isinstance(error, StarletteHTTPException)  # noqa: S101 - what it is registered for
    if "text/html" not in request.headers.get("accept", ""):
        return await http_exception_handler(request, error)
    pages: Pages = request.app.state.pages
    return pages.render(request, "nothing-here", status=404)


def _in_workshop(request: Request, typed: str, page: str, rest: str = "") -> Response:
    """Whether there is such a workshop is asked by the page, where guesses are counted."""
    pages: Pages = request.app.state.pages
    code = read_code(typed)
    if code is None:
        return pages.render(request, "join", status=404)
    if code != typed:
        return RedirectResponse(f"/r/{code}{rest}", 307)
    return pages.render(request, page, code=code)


@router.get("/i18n/{name}.json", include_in_schema=False)
async def messages(request: Request, name: str) -> Response:
    """Return a language's messages for the browser."""
    languages: Languages = request.app.state.languages
    found = languages.messages(name)
    if found is None:
        raise HTTPException(404)
    return JSONResponse(found, headers={"Cache-Control": "no-cache"})
