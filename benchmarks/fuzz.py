"""Throws inputs at everything that takes any, then at a running server: `python -m benchmarks.fuzz --inputs 100000`.

It ends with 0 if nothing but refusals came back, no answer was a fault, and neither this process nor the server grew.
"""

import argparse
import asyncio
import base64
import os
import random
import sys
import time

from app import machine
from benchmarks.fuzzing import ODD_BYTES, ODD_TEXTS, Fault, spoilt, targets, throw
from benchmarks.server import Server, served

MEGABYTES_THAT_ARE_NO_GROWTH = 40
SHARE_OF_THE_SERVER = 0.03
AT_ONCE = 20
SECONDS_FOR_AN_ANSWER = 5.0

HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
POST = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
PATHS = [
    b"/",
    b"/api/workshops",
    b"/api/workshops/KX47QP",
    b"/api/predict",
    b"/static/..%2f..%2fetc/passwd",
    b"/r/%00",
    b"/i18n/en.json",
]
BODIES = [
    b'{"name":"Otter"}',
    b'{"name":1}',
    b"[]",
    b"",
    b"{" * 5000,
    b'{"name":"' + b"a" * 5000 + b'"}',
    b"\x89PNG\r\n\x1a\n",
]


def masked_frame(chance: random.Random) -> bytes:
    """Return a websocket frame: any opcode, any reserved bits, masked or not, of an honest or a lying length."""
    payload = chance.choice(
        [b"", b"{", b'{"type":"hello","protocol":1}', os.urandom(130), chance.choice(ODD_BYTES), ODD_TEXTS[4].encode()]
    )
    head = bytes((chance.choice([0x80, 0x00]) | chance.choice([0, 0, 0, 0x10, 0x40]) | chance.randrange(16),))
    mask = chance.choice([0x80, 0x80, 0x80, 0x00])
    match chance.randrange(5):
        case 0:
            length = bytes((mask | 127,)) + chance.choice([2**63, 2**40, 5]).to_bytes(8, "big")
        case 1:
            length = bytes((mask | 126,)) + chance.randrange(2**16).to_bytes(2, "big")
        case _:
            length = bytes((mask | min(125, len(payload)),))
    return head + length + (bytes(4) if mask else b"") + payload


def request(chance: random.Random) -> bytes:
    """Return what a connection says: a spoilt handshake, frames after a good one, or a request of the API."""
    match chance.randrange(3):
        case 0:
            return spoilt(chance, HANDSHAKE)
        case 1:
            return HANDSHAKE + b"".join(masked_frame(chance) for _ in range(chance.randrange(1, 8)))
        case _:
            path, body = chance.choice(PATHS), chance.choice(BODIES)
            kind = chance.choice([b"application/json", b"image/png", b"text/plain", b"multipart/form-data", b"\xff"])
            said = POST % (path, kind, len(body), body)
            return spoilt(chance, said) if chance.random() < 0.5 else said


async def _say(server: Server, said: bytes) -> None:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    except OSError as error:
        raise Fault(f"the server takes no connection any more: {error}") from error
    try:
        writer.write(said)
        writer.write_eof()
        async with asyncio.timeout(SECONDS_FOR_AN_ANSWER):
            answer = await reader.read(64 * 1024)
    except (TimeoutError, ConnectionError):
        answer = b""
    finally:
        writer.close()
    if answer.startswith(b"HTTP/1.1 5"):
        raise Fault(f"{answer[:80]!r} for {base64.b64encode(said[:400]).decode()}")


async def throw_at_server(server: Server, seed: int, count: int) -> None:
    """Throw so many connections at a server; raises `Fault` for an answer of 500 and more."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with turn:
            await _say(server, request(random.Random(f"server {seed} {number}")))  # noqa: S311 - inputs, no secrets

    await asyncio.gather(*(one(number) for number in range(count)))


def main(arguments: list[str]) -> int:
    """Throw them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args(arguments)
    print(f"seed {asked.seed}")
    try:
        before = 0
        for target in targets():
            count = int(asked.inputs * target.share)
            throw(target, asked.seed, min(count, 200))  # what is made once is made now
            before = machine.resident()
            refused = throw(target, asked.seed, count)
            grown = (machine.resident() - before) / 1e6
            print(f"{target.name:<20} {count:>8,} inputs, {refused:,} refused, {grown:+.1f} MB", flush=True)
            if grown > MEGABYTES_THAT_ARE_NO_GROWTH:
                raise Fault(f"{target.name}: the process grew by {grown:.0f} MB")
        count = int(asked.inputs * SHARE_OF_THE_SERVER)
        with served() as server:
            asyncio.run(throw_at_server(server, asked.seed, min(count, 300)))
            size = server.megabytes()
            asyncio.run(throw_at_server(server, asked.seed + 1, count))
            grown = server.megabytes() - size
            server.readiness()
            print(f"{'a running server':<20} {count:>8,} connections, {grown:+.1f} MB", flush=True)
            if grown > MEGABYTES_THAT_ARE_NO_GROWTH:
                raise Fault(f"the server grew by {grown:.0f} MB")
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
