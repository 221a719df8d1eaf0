"""Who is in a workshop: what the wire says of a person."""

from typing import Annotated, Literal

from pydantic import Field

from app.protocol.values import Value

PersonId = Annotated[str, Field(pattern=r"^[a-z0-9]{8}$")]
Role = Literal["host", "member"]


class PersonInfo(Value):
    """Someone in a workshop."""

    id: str
    name: str
    role: Role
