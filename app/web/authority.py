"""Who asks, where there is no socket: whoever has the token of a seat. It comes in a header, never in an address."""

from fastapi import Request

from app.workshops.people import Person
from app.workshops.registry import Workshops
from app.workshops.workshop import Workshop


def seat_of(request: Request) -> tuple[Workshop, Person] | None:
    """Return whose seat a request comes with, if it does."""
    workshops: Workshops = request.app.state.workshops
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return workshops.identify(token) if scheme.lower() == "bearer" else None
