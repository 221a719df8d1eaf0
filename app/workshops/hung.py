"""A drawing on a class wall, as the server holds it, tells it and keeps it."""

import base64
from dataclasses import dataclass

from app.protocol import drawing, wall
from app.protocol.people import PersonInfo
from app.store.ledger import KeptItem

KIND = "drawing"


@dataclass(frozen=True, slots=True)
class Hung:
    """A drawing on the wall."""

    id: str
    person: PersonInfo
    label: int
    pixels: bytes
    admitted: bool = False
    reading: wall.WallReading | None = None

    def told(self) -> wall.WallDrawing:
        """As the wire says it."""
        image = base64.b64encode(self.pixels).decode()
        return wall.WallDrawing(
            id=self.id,
            person=self.person,
            label=self.label,
            image=image,
            admitted=self.admitted,
            reading=self.reading,
        )

    @property
    def kept(self) -> KeptItem:
        """As the ledger keeps it; readings are made anew."""
        return KeptItem(KIND, self.id, self.told().model_copy(update={"reading": None}).model_dump_json())

    @classmethod
    def of(cls, item: KeptItem) -> "Hung":
        """Read it from the ledger; raises ValueError."""
        told = wall.WallDrawing.model_validate_json(item.body)
        pixels = base64.b64decode(told.image, validate=True)
        if len(pixels) != drawing.PIXELS:
            raise ValueError(f"expected {drawing.PIXELS} grey values, got {len(pixels)}")
        return cls(told.id, told.person, told.label, pixels, told.admitted)
