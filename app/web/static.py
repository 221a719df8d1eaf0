"""The browser's files, revalidated at each load: an entity tag is cheaper than a page of mixed versions."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.resources import STATIC


class RevalidatedFiles(StaticFiles):
    """Static files that a browser keeps, but asks about."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file."""
        response = await super().get_response(path, scope)
        response.headers.setdefault("Cache-Control", "no-cache")
        return response
