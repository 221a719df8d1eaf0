"""Reading: the wire of `POST /api/predict`, for programs that have a picture and want to know which digit it is."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from app.protocol.drawing import PIXELS

PackagedName = Literal["conv", "dense"]

Grey = Annotated[float, Field(ge=0, le=255, allow_inf_nan=False)]

EXAMPLE_PIXELS: list[JsonValue] = [*[0] * 112, *([0] * 12 + [255] * 4 + [0] * 12) * 20, *[0] * 112]
"""A 1."""


class PixelsToRead(BaseModel):
    """An image that was made as MNIST's were: 28 rows of 28 grey values, light on dark. It is read as it is."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [{"pixels": EXAMPLE_PIXELS, "network": "conv"}]}
    )

    pixels: Annotated[list[Grey], Field(min_length=PIXELS, max_length=PIXELS)] = Field(
        description="from 0, black, to 255, white; rounded to whole numbers"
    )
    network: PackagedName | None = Field(default=None, description="who reads; None: as the address says")


class PictureRead(BaseModel):
    """Which digit a trained network reads in a picture, and how much that is worth."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "prediction": 1,
                    "probs": [0.0, 0.98, 0.0, 0.0, 0.0, 0.0, 0.0, 0.02, 0.0, 0.0],
                    "entropy": 0.14,
                    "network": "conv",
                    "correct": 9950,
                    "count": 10000,
                    "distance": 3.1,
                    "farther_than": 0.05,
                    "pixels": EXAMPLE_PIXELS,
                    "ink": "dark",
                }
            ]
        },
    )

    prediction: int
    probs: list[float] = Field(description="of the digits 0 to 9")
    entropy: float = Field(description="of the probabilities, in bits: 0 is certain, 3.32 knows nothing")
    network: PackagedName
    correct: int = Field(description="how many of MNIST's held-out digits this network reads rightly")
    count: int = Field(description="how many of them there are")
    distance: float = Field(description="from the nearest training digit: Euclidean, grey values as 0 to 1")
    farther_than: float = Field(description="share of MNIST's held-out digits that are known to be nearer to theirs")
    pixels: list[int] = Field(description="what the network saw: 28 rows of 28 grey values, light on dark")
    ink: Literal["light", "dark"] | None = Field(
        description="whether the ink was found to be lighter or darker than its paper; None for pixels"
    )


class NotRead(BaseModel):
    """Why a picture was not read."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"code": "broken_image", "message": "The image picture cannot be read.", "where": "picture"}]
        }
    )

    code: str = Field(description="for programs, stable")
    message: str = Field(description="for people, in the language that was asked for")
    where: str = Field(description="which part is meant, if one is")
