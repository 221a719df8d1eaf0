"""The link between the server and a worker: messages over two pipes, each with its length before it.

The server's side never looks into frames: they are bytes to forward. The worker's side never knows of viewers:
`viewer` is an opaque text that comes back with the reply.
"""

import struct
from typing import Any, BinaryIO, Literal

import msgspec

LENGTH = struct.Struct("<I")
MOST_MESSAGE_BYTES = 64 * 1024 * 1024


class Open(msgspec.Struct, frozen=True, tag="open"):
    """Begin a run, or go on from its checkpoint if it has one."""

    run: str


class Close(msgspec.Struct, frozen=True, tag="close"):
    """Unload a run; its checkpoint stays, or goes as well."""

    run: str
    forget: bool = False


class Deliver(msgspec.Struct, frozen=True, tag="deliver"):
    """A viewer's command, as the JSON text that was checked."""

    run: str
    viewer: str
    command: bytes


class ChannelWanted(msgspec.Struct, frozen=True):
    """A stream of frames to make."""

    key: str
    part: str
    matrices: tuple[str, ...]
    rate: float


class Watch(msgspec.Struct, frozen=True, tag="watch"):
    """The channels of a run that have viewers now."""

    run: str
    channels: tuple[ChannelWanted, ...]


class Export(msgspec.Struct, frozen=True, tag="export"):
    """Give the run as it is now, as the content of a safetensors file; `request` comes back with it."""

    run: str
    request: str


class Import(msgspec.Struct, frozen=True, tag="import"):
    """Replace the run by the one in a safetensors file, or refuse it."""

    run: str
    request: str
    data: bytes


class ReadImage(msgspec.Struct, frozen=True, tag="read_image"):
    """Read a digit with a packaged network: in the file of a picture, or in 784 grey values (of one with such ink)."""

    request: str
    network: str
    data: bytes
    is_file: bool
    ink: Literal["light", "dark"] | None = None


class Glance(msgspec.Struct, frozen=True, tag="glance"):
    """Give a few of the run's first weights as images."""

    run: str


class Drain(msgspec.Struct, frozen=True, tag="drain"):
    """Save all runs and end."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The worker has its data and takes runs; `limits` is the JSON of the protocol's Limits."""

    limits: bytes


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """The run is there; both values as JSON. `resumed`: it was told before whether to train, and is left as it was."""

    run: str
    manifest: bytes
    state: bytes
    resumed: bool


class NotOpened(msgspec.Struct, frozen=True, tag="not_opened"):
    """The run could not be brought back: there is no memory for it, or its data are not what they were."""

    run: str


class Said(msgspec.Struct, frozen=True, tag="said"):
    """An event of a run for all its viewers, as JSON, not yet numbered."""

    run: str
    event: bytes


class Exported(msgspec.Struct, frozen=True, tag="exported"):
    """The run as a safetensors file."""

    run: str
    request: str
    step: int
    data: bytes


class Imported(msgspec.Struct, frozen=True, tag="imported"):
    """The run goes on from what was sent; or, with a code, why it doesn't."""

    run: str
    request: str
    code: str = ""
    where: str = ""
    template: str = ""
    params: dict[str, str | int | float] = {}


class Glanced(msgspec.Struct, frozen=True, tag="glanced"):
    """A few of the run's first weights as images: data * scale."""

    run: str
    data: bytes
    scale: float
    shape: tuple[int, ...]


class Replied(msgspec.Struct, frozen=True, tag="replied"):
    """The answer to a viewer's command, as JSON."""

    run: str
    viewer: str
    reply: bytes


class Told(msgspec.Struct, frozen=True, tag="told"):
    """How far the way to a viewer's answer is, as JSON."""

    run: str
    viewer: str
    event: bytes


class RefusedIt(msgspec.Struct, frozen=True, tag="refused"):
    """A command was not carried out: the facts, for a sentence in the viewer's language."""

    run: str
    viewer: str
    reply_to: int | None
    code: str
    where: str
    template: str
    params: dict[str, str | int | float]


class FrameMade(msgspec.Struct, frozen=True, tag="frame"):
    """A frame for the viewers of a channel."""

    run: str
    channel: str
    part: str
    n: int
    data: bytes
    time: float
    """When it was taken, in seconds since 1970."""


class ImageRead(msgspec.Struct, frozen=True, tag="image_read"):
    """What was read, as the JSON of the protocol's PictureRead; or, with a code, why it wasn't."""

    request: str
    reading: bytes = b""
    code: str = ""
    where: str = ""
    template: str = ""
    params: dict[str, str | int | float] = {}


class Saved(msgspec.Struct, frozen=True, tag="saved"):
    """Whether a checkpoint could be written."""

    run: str
    ok: bool


class Beat(msgspec.Struct, frozen=True, tag="beat"):
    """The worker is alive, and how much it does: `training` of its runs train, their networks take `nbytes`."""

    runs: int
    training: int
    steps_per_second: float
    nbytes: int
    busy: float
    """The part of its time that runs used."""


class Shared(msgspec.Struct, frozen=True, tag="shared"):
    """Among how many runs that train the worker's time is divided, and the part of it that this run had lately."""

    run: str
    among: int
    share: float


ToWorker = Open | Close | Deliver | Watch | Export | Import | ReadImage | Glance | Drain
FromWorker = (
    Ready
    | Opened
    | NotOpened
    | Said
    | Replied
    | Told
    | RefusedIt
    | FrameMade
    | Exported
    | Imported
    | ImageRead
    | Glanced
    | Saved
    | Shared
    | Beat
)

_encoder = msgspec.msgpack.Encoder()
_to_worker: msgspec.msgpack.Decoder[ToWorker] = msgspec.msgpack.Decoder(ToWorker)
_from_worker: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)


def plain(params: dict[str, Any]) -> dict[str, str | int | float]:
    """Return the facts of a refusal as they go through a pipe."""
    return {name: value if isinstance(value, (str, int, float)) else str(value) for name, value in params.items()}


def pack(message: ToWorker | FromWorker) -> bytes:
    """Return a message as it goes through a pipe."""
    body = _encoder.encode(message)
    return LENGTH.pack(len(body)) + body


def unpack_to_worker(body: bytes) -> ToWorker:
    """Read a message for a worker."""
    return _to_worker.decode(body)


def unpack_from_worker(body: bytes) -> FromWorker:
    """Read a message from a worker."""
    return _from_worker.decode(body)


def length_of(head: bytes) -> int:
    """Return the length that goes before a message; raises ValueError if no message is that long."""
    (length,) = LENGTH.unpack(head)
    if length > MOST_MESSAGE_BYTES:
        raise ValueError(f"expected a message of at most {MOST_MESSAGE_BYTES} bytes, got {length}")
    return int(length)


def read_message(pipe: BinaryIO) -> bytes | None:
    """Wait for the next message of a blocking pipe; None at its end."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    length = length_of(head)
    body = pipe.read(length)
    return body if len(body) == length else None
